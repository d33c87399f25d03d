#include "domain/grants/allocation.h"

#include "api/call.h"
#include "operations.h"

static void add_member(struct buffer *out, const char *name, int64_t value)
{
    buffer_add_string(out, name);
    buffer_add_int(out, value);
}

static void add_line(struct buffer *out, const struct allocation_line *line)
{
    buffer_add_string(out, "{\"code\":");
    buffer_add_json_string(out, line->code.s, line->code.len);
    add_member(out, ",\"weight\":", line->weight);
    add_member(out, ",\"base_nok\":", line->base_nok);
    add_member(out, ",\"variable_nok\":", line->variable_nok);
    add_member(out, ",\"remainder\":", line->remainder);
    buffer_add_string(out, line->extra_krone ? ",\"extra_krone\":true" : ",\"extra_krone\":false");
    add_member(out, ",\"amount_nok\":", line->amount_nok);
    buffer_add_char(out, '}');
}

enum outcome simulate_allocation(struct call *call, const struct allocation_simulation *in)
{
    struct allocation_result result = {0};
    size_t count = 0;
    struct buffer out;
    enum outcome outcome = allocation_simulate(in, call->arena, call->error, &result, &count);
    if (outcome != DONE)
        return outcome;
    buffer_init(&out, call->arena, 4096);
    add_member(&out, "{\"joint_nok\":", result.joint_nok);
    add_member(&out, ",\"pool_nok\":", result.pool_nok);
    buffer_add_string(&out, ",\"lines\":[");
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buffer_add_char(&out, ',');
        add_line(&out, &result.lines[i]);
    }
    buffer_add_string(&out, "]}");
    return call_answer_json(call, out.data, out.len);
}
