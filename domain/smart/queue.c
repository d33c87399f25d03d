#include "domain/smart/queue.h"

SHAPE(shape_queue_entry, struct queue_entry, FIELD(struct queue_entry, kind),
      FIELD(struct queue_entry, id), FIELD(struct queue_entry, seats),
      FIELD(struct queue_entry, skipped));

size_t queue_choose(const struct queue_entry *line, size_t count, int64_t free_seats,
                    size_t *ret_chosen)
{
    size_t chosen = 0;

    for (size_t i = 0; i < count && free_seats > 0; i++) {
        if (line[i].seats <= free_seats) {
            free_seats -= line[i].seats;
            ret_chosen[chosen++] = i;
        } else if (!line[i].skipped) {
            break;
        }
    }
    return chosen;
}
