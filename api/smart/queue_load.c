#include "api/smart/queue_load.h"

#include "storage/statements.h"

#include <inttypes.h>

struct queue_key {
    struct text course_id;
    int64_t free_seats;
};
SHAPE(queue_key_shape, struct queue_key, FIELD(struct queue_key, course_id),
      FIELD(struct queue_key, free_seats));

enum outcome queue_front(struct call *call, struct text course_id, int64_t free_seats,
                         struct queue_entry **ret_line, size_t *ret_count)
{
    const struct queue_key key = {.course_id = course_id, .free_seats = free_seats};
    return tx_load_all(call->tx, &sql_queue_front, SOURCES({&queue_key_shape, &key}),
                       &shape_queue_entry, ret_line, ret_count);
}

/* ---- another order --------------------------------------------------------------------------- */

struct reorder {
    struct text course_id;
    struct text_list ids;
};
SHAPE(queue_reorder_shape, struct reorder, FIELD(struct reorder, course_id),
      FIELD(struct reorder, ids));

enum outcome queue_place(struct call *call, const struct course *course, struct text id,
                         int64_t position, const char **ret_changes)
{
    const struct queue_key key = {.course_id = course->id};
    struct reorder order = {.course_id = course->id};
    struct queue_entry *line = NULL;
    struct queue_shift move = {0};
    size_t count = 0;
    enum outcome outcome = tx_load_all(call->tx, &sql_queue_line, SOURCES({&queue_key_shape, &key}),
                                       &shape_queue_entry, &line, &count);
    if (outcome == DONE)
        outcome = queue_move(line, count, id, position, call->error, &move);
    if (outcome != DONE)
        return outcome;
    order.ids = move.ids;
    *ret_changes = arena_format(call->arena,
                                "{\"from_position\":%" PRId64 ",\"to_position\":%" PRId64 "}",
                                move.from, move.to);
    return tx_execute(call->tx, &sql_queue_reorder, SOURCES({&queue_reorder_shape, &order}), NULL);
}
