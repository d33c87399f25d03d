#include "api/system/contract.h"

#include "operations.h"

enum outcome get_contract_json(struct call *call)
{
    call->raw = contract_json;
    call->raw_len = contract_json_len;
    call->media_type = "application/json";
    return DONE;
}

enum outcome get_contract_yaml(struct call *call)
{
    call->raw = contract_yaml;
    call->raw_len = contract_yaml_len;
    call->media_type = "application/yaml";
    return DONE;
}

static void add(struct buffer *out, const char *name, const char *value)
{
    buffer_add_string(out, ",\"");
    buffer_add_string(out, name);
    buffer_add_string(out, "\":");
    buffer_add_json_string(out, value, strlen(value));
}

enum outcome get_problem(struct call *call, const struct problem_key *in)
{
    const struct message *message = message_find(in->code.s);
    struct buffer out;
    if (!message)
        return error_refuse(call->error, NOT_FOUND, "not_found", NULL);
    buffer_init(&out, call->arena, 512);
    buffer_add_string(&out, "{\"status\":");
    if (message->status)
        buffer_add_int(&out, message->status);
    else
        buffer_add_string(&out, "null");
    add(&out, "code", message->code);
    add(&out, "title", message->title[call->language]);
    add(&out, "detail", message->detail[call->language]);
    buffer_add_char(&out, '}');
    return call_answer_json(call, out.data, out.len);
}
