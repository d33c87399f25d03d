#include "domain/smart/seats.h"

int64_t seats_free(int64_t capacity, int64_t confirmed, int64_t offered, int64_t held)
{
    int64_t seats = capacity - confirmed - offered - held;
    return seats > 0 ? seats : 0;
}

bool seats_few_left(int64_t capacity, int64_t free_seats)
{
    int64_t tenth = capacity * SEATS_FEW_BP / 10000;
    return free_seats > 0 && free_seats <= (tenth > SEATS_FEW ? tenth : SEATS_FEW);
}
