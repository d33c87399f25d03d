#include "domain/base/role.h"
#include "domain/registry/person.h"
#include "operations.h"
#include "storage/statements.h"

struct me {
    struct integer version; /* of the person */
    struct text person;     /* JSON, as are the grants */
    struct text grants;
};

struct my_language {
    struct text language;
    int64_t version;
};
SHAPE(my_language_shape, struct my_language, FIELD(struct my_language, language),
      FIELD(struct my_language, version));

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

static void add_json(struct buffer *out, const char *name, struct text json)
{
    add_name(out, name);
    if (given(json.is))
        buffer_add(out, json.s, json.len);
    else
        buffer_add_string(out, "null");
}

static void add_version(struct buffer *out, struct integer version)
{
    add_name(out, "version");
    if (given(version.is))
        buffer_add_int(out, version.v);
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

/* The row stays with the call: its version makes the ETag. */
static enum outcome load(struct call *call, struct me *ret_me)
{
    enum outcome outcome = tx_query(call->tx, &sql_me_get, NO_SOURCES, &call->rows);
    if (outcome != DONE)
        return outcome;
    ret_me->person = rows_text(call->rows, 0, "person", call->arena);
    ret_me->grants = rows_text(call->rows, 0, "grants", call->arena);
    if (given(ret_me->person.is))
        ret_me->version = integer_of(rows_int(call->rows, 0, "version"));
    return DONE;
}

enum outcome get_me(struct call *call)
{
    const struct principal *principal = call->principal;
    struct me me = {0};
    struct buffer out;
    enum outcome outcome = load(call, &me);
    if (outcome != DONE)
        return outcome;
    buffer_init(&out, call->arena, 2048);
    buffer_add_char(&out, '{');
    add_text(&out, "kind", principal->kind == PRINCIPAL_CLIENT ? "client" : "user");
    add_text(&out, "subject", principal->subject);
    add_text(&out, "id", principal->id);
    add_version(&out, me.version);
    add_json(&out, "person", me.person);
    add_json(&out, "grants", me.grants);
    add_scopes(&out, principal);
    add_permissions(&out, principal);
    buffer_add_char(&out, '}');
    return call_answer_json(call, out.data, out.len);
}

enum outcome update_me(struct call *call, const struct me_update *in)
{
    struct me me = {0};
    struct stored_row *now = NULL;
    size_t count = 0;
    enum outcome outcome = load(call, &me);
    if (outcome == DONE && !given(me.version.is))
        outcome = error_refuse(call->error, NOT_FOUND, "not_found", NULL);
    if (outcome == DONE)
        outcome = call_expect_version(call, me.version.v);
    const struct my_language wanted = {.language = in->language, .version = me.version.v};
    if (outcome == DONE)
        outcome = tx_load_all(call->tx, &sql_me_set_language,
                              SOURCES({&my_language_shape, &wanted}), &stored_row_shape, &now,
                              &count);
    if (outcome == DONE && count == 0) /* changed between the two statements */
        outcome = error_refuse(call->error, STALE, "version_conflict", NULL);
    if (outcome == DONE)
        outcome = call_record(call, &(struct event){.resource = "person",
                                                    .id = now[0].id.s,
                                                    .version = now[0].version,
                                                    .changes = "{\"changed\":[\"language\"]}"});
    return outcome == DONE ? get_me(call) : outcome;
}
