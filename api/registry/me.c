#include "domain/base/role.h"
#include "operations.h"
#include "storage/statements.h"

struct me {
    struct json_text person;
    struct json_text grants;
};
SHAPE(me_shape, struct me, FIELD(struct me, person), FIELD(struct me, grants));

static void add_name(struct buffer *out, const char *name)
{
    buffer_add_string(out, out->len > 1 ? ",\"" : "\"");
    buffer_add_string(out, name);
    buffer_add_string(out, "\":");
}

static void add_text(struct buffer *out, const char *name, const char *value)
{
    add_name(out, name);
    if (value)
        buffer_add_json_string(out, value, strlen(value));
    else
        buffer_add_string(out, "null");
}

static void add_json(struct buffer *out, const char *name, const struct json_text *json)
{
    add_name(out, name);
    if (given(json->is))
        buffer_add(out, json->s, json->len);
    else
        buffer_add_string(out, "null");
}

static void add_word(struct buffer *out, const char *word, bool *first)
{
    if (!*first)
        buffer_add_char(out, ',');
    *first = false;
    buffer_add_json_string(out, word, strlen(word));
}

static bool named_before(size_t role, const char *permission)
{
    for (size_t i = 0; i < role; i++)
        if (role_carries(role_table[i].name, permission))
            return true;
    return false;
}

/* Each permission once, in the order of the role table. */
static void add_permissions(struct buffer *out, const struct principal *principal)
{
    bool first = true;
    add_name(out, "permissions");
    buffer_add_char(out, '[');
    for (const char *const *own = token_permissions; *own; own++)
        add_word(out, *own, &first);
    for (size_t i = 0; i < role_table_count; i++)
        for (const char *const *each = role_table[i].permissions; *each; each++)
            if (principal_may(principal, *each) && !named_before(i, *each))
                add_word(out, *each, &first);
    buffer_add_char(out, ']');
}

static void add_scopes(struct buffer *out, const struct principal *principal)
{
    bool first = true;
    add_name(out, "scopes");
    buffer_add_char(out, '[');
    for (size_t i = 0; i < principal->scope_count; i++)
        add_word(out, principal->scopes[i], &first);
    buffer_add_char(out, ']');
}

enum outcome get_me(struct call *call)
{
    const struct principal *principal = call->principal;
    struct me me = {0};
    struct buffer out;
    enum outcome outcome = tx_load(call->tx, &sql_me_get, NO_SOURCES, &me_shape, &me);
    if (outcome != DONE)
        return outcome;
    buffer_init(&out, call->arena, 2048);
    buffer_add_char(&out, '{');
    add_text(&out, "kind", principal->kind == PRINCIPAL_CLIENT ? "client" : "user");
    add_text(&out, "subject", principal->subject);
    add_text(&out, "id", principal->id);
    add_json(&out, "person", &me.person);
    add_json(&out, "grants", &me.grants);
    add_scopes(&out, principal);
    add_permissions(&out, principal);
    buffer_add_char(&out, '}');
    return call_answer_json(call, out.data, out.len);
}
