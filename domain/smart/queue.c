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

static size_t find_entry(const struct queue_entry *line, size_t count, struct text id)
{
    size_t i = 0;
    while (i < count && !text_equals(line[i].id, id)) {
        i++;
    }
    return i;
}

enum outcome queue_move(const struct queue_entry *line, size_t count, struct text id,
                        int64_t position, struct error *error, struct queue_shift *ret_shift)
{
    size_t from = find_entry(line, count, id);
    size_t to = (size_t)position - 1;

    if (from == count) {
        return error_refuse(error, NOT_FOUND, "not_found", NULL);
    }
    if (to >= count) {
        error_arg_int(error, "waiting", (int64_t)count);
        return error_refuse(error, CONFLICT, "place_not_in_line", "SM-R02");
    }
    size_t first = from < to ? from : to, last = from < to ? to : from;
    struct text *ids = arena_array(error->arena, struct text, last - first + 1);
    size_t next = 0;
    for (size_t i = first; i <= last; i++) {
        /* Backwards, those behind close up first; forwards, the one moved stands before them. */
        size_t shifted = from < to ? i + 1 : i - 1;
        ids[next++] = i == to ? id : line[shifted].id;
    }
    *ret_shift = (struct queue_shift){
        .from = (int64_t)from + 1,
        .to = position,
        .ids = {.is = GIVEN, .items = ids, .count = next},
    };
    return DONE;
}
