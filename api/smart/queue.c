#include "domain/smart/queue.h"

#include "api/smart/queue_load.h"
#include "operations.h"
#include "storage/statements.h"

struct outlook {
    struct text course_id;
    int64_t free_seats;
    bool draw_pending;
};
SHAPE(queue_outlook_shape, struct outlook, FIELD(struct outlook, course_id),
      FIELD(struct outlook, free_seats), FIELD(struct outlook, draw_pending));

static void add_offer(struct buffer *out, const struct queue_entry *entry, size_t index)
{
    if (out->data[out->len - 1] != '[')
        buffer_add_char(out, ',');
    buffer_add_string(out, "{\"position\":");
    buffer_add_int(out, (int64_t)index + 1);
    buffer_add_string(out, ",\"kind\":");
    buffer_add_json_string(out, entry->kind.s, entry->kind.len);
    buffer_add_string(out, ",\"id\":");
    buffer_add_json_string(out, entry->id.s, entry->id.len);
    buffer_add_string(out, ",\"seats\":");
    buffer_add_int(out, entry->seats);
    buffer_add_char(out, '}');
}

static enum outcome answer_simulation(struct call *call, const struct outlook *outlook,
                                      int64_t seats, const struct queue_entry *line,
                                      const size_t *chosen, size_t count)
{
    struct buffer out;
    int64_t left = outlook->free_seats + seats;
    buffer_init(&out, call->arena, 1024);
    buffer_add_string(&out, "{\"course_id\":");
    buffer_add_json_string(&out, outlook->course_id.s, outlook->course_id.len);
    buffer_add_string(&out, ",\"free\":");
    buffer_add_int(&out, outlook->free_seats);
    buffer_add_string(&out, ",\"seats\":");
    buffer_add_int(&out, seats);
    buffer_add_string(&out,
                      outlook->draw_pending ? ",\"draw_pending\":true" : ",\"draw_pending\":false");
    buffer_add_string(&out, ",\"offers\":[");
    for (size_t i = 0; i < count; i++) {
        add_offer(&out, &line[chosen[i]], chosen[i]);
        left -= line[chosen[i]].seats;
    }
    buffer_add_string(&out, "],\"left\":");
    buffer_add_int(&out, left);
    buffer_add_char(&out, '}');
    return call_answer_json(call, out.data, out.len);
}

enum outcome simulate_queue(struct call *call, const struct queue_simulation *in)
{
    struct outlook *outlook = NULL;
    struct queue_entry *line = NULL;
    size_t found = 0, count = 0;
    enum outcome outcome = tx_load_all(call->tx, &sql_queue_outlook,
                                       SOURCES({&shape_queue_simulation, in}), &queue_outlook_shape,
                                       &outlook, &found);
    if (outcome == DONE && found == 0)
        outcome = error_refuse(call->error, NOT_FOUND, "not_found", NULL);
    if (outcome == DONE && !outlook->draw_pending)
        outcome = queue_front(call, in->id, outlook->free_seats + in->seats.v, &line, &count);
    if (outcome != DONE)
        return outcome;
    size_t *chosen = arena_array(call->arena, size_t, count + 1);
    count = queue_choose(line, count, outlook->free_seats + in->seats.v, chosen);
    return answer_simulation(call, outlook, in->seats.v, line, chosen, count);
}
