#include "api/http/answer.h"

#include "domain/base/role.h"
#include "domain/base/text.h"

#include <inttypes.h>
#include <stdlib.h>

struct selection answer_selection(const struct request *request)
{
    return (struct selection){.fields = request_query(request, "fields"),
                              .embed = request_query(request, "embed")};
}

static bool list_names(struct text list, const char *name)
{
    size_t len = strlen(name);
    for (const char *s = list.is == GIVEN ? list.s : ""; *s;) {
        size_t word = strcspn(s, ",");
        if (word == len && strncmp(s, name, len) == 0)
            return true;
        s += word + (s[word] == ',');
    }
    return false;
}

static bool is_masked(const struct operation *op, const struct principal *principal,
                      const char *name)
{
    for (size_t i = 0; i < op->restricted_count; i++)
        if (strcmp(op->restricted[i].property, name) == 0)
            return !principal_has_scope(principal, op->restricted[i].scope);
    return false;
}

/* A related item is there when it was asked for, everything else unless other fields were. */
static bool is_wanted(const struct operation *op, struct selection selection, const char *name)
{
    for (size_t i = 0; op->embeds && op->embeds[i]; i++)
        if (strcmp(op->embeds[i], name) == 0)
            return list_names(selection.embed, name);
    return selection.fields.is != GIVEN || strcmp(name, "id") == 0 ||
           list_names(selection.fields, name);
}

enum column_view *answer_views(const struct operation *op, const struct principal *principal,
                               struct selection selection, const struct rows *rows,
                               struct arena *arena)
{
    size_t columns = rows_columns(rows);
    enum column_view *views = arena_array(arena, enum column_view, columns + 1);
    for (size_t i = 0; i < columns; i++) {
        const char *name = rows_column_name(rows, i);
        if (name[0] == '_' || !is_wanted(op, selection, name))
            views[i] = COLUMN_HIDDEN;
        else
            views[i] = is_masked(op, principal, name) ? COLUMN_MASKED : COLUMN_SHOWN;
    }
    return views;
}

enum outcome answer_check_parent(struct tx *tx, const struct operation *op, const void *input,
                                 struct error *error)
{
    struct rows *rows = NULL;
    if (!op->parent)
        return DONE;
    enum outcome outcome = tx_query(tx, op->parent, SOURCES({op->input_shape, input}), &rows);
    if (outcome == DONE && rows_count(rows) == 0)
        outcome = error_refuse(error, NOT_FOUND, "not_found", NULL);
    return outcome;
}

/* Permission comes with a role; the operation of the action also demands a scope of the token. */
static bool may_take(const struct principal *principal, const char *permission)
{
    if (!principal_may(principal, permission))
        return false;
    for (size_t i = 0; i < operation_count; i++) {
        const struct operation *op = &operations[i];
        if (op->permission && op->scope && strcmp(op->permission, permission) == 0)
            return principal_has_scope(principal, op->scope);
    }
    return true;
}

/* Whether a permission comes with one of these roles; without a list any will do. */
static bool is_carried(struct text roles, const char *permission)
{
    for (size_t i = 0; roles.is == GIVEN && i < role_table_count; i++) {
        if (list_names(roles, role_table[i].name) && role_carries(role_table[i].name, permission))
            return true;
    }
    return roles.is != GIVEN;
}

/* What this caller can do with the item in its state: the transition table, less what they have no
 * permission for, less everything when the row is not theirs to change (column _writable), or less what
 * comes with none of the roles that they have for this row (column _roles). */
static void add_allowed_actions(struct call *call, struct buffer *out)
{
    const struct machine *machine = call->operation->machine;
    struct text state = rows_text(call->rows, 0, "state", call->arena);
    int writable = rows_column(call->rows, "_writable");
    bool may_write = writable < 0 ||
                     text_is(rows_text(call->rows, 0, "_writable", call->arena), "true");
    struct text roles = rows_text(call->rows, 0, "_roles", call->arena);
    bool first = true;
    buffer_add_string(out, ",\"allowed_actions\":[");
    for (size_t i = 0; may_write && i < machine->count; i++) {
        const struct transition *transition = &machine->transitions[i];
        if (!text_is(state, transition->from) || !transition->permission ||
            !may_take(call->principal, transition->permission) ||
            !is_carried(roles, transition->permission))
            continue;
        if (!first)
            buffer_add_char(out, ',');
        first = false;
        buffer_add_json_string(out, transition->action, strlen(transition->action));
    }
    buffer_add_char(out, ']');
}

/* Null wherever the handler did not run: in a stored answer. */
static void add_secret(const struct call *call, struct buffer *out)
{
    buffer_add_char(out, ',');
    buffer_add_json_string(out, call->operation->once, strlen(call->operation->once));
    buffer_add_char(out, ':');
    if (given(call->secret.is))
        buffer_add_json_string(out, call->secret.s, call->secret.len);
    else
        buffer_add_string(out, "null");
}

enum outcome answer_item(struct call *call, struct selection selection, struct buffer *out)
{
    if (call->json.is == GIVEN) {
        buffer_add(out, call->json.s, call->json.len);
        return DONE;
    }
    if (!call->rows || rows_count(call->rows) == 0)
        return error_refuse(call->error, NOT_FOUND, "not_found", NULL);
    const enum column_view *views = answer_views(call->operation, call->principal, selection,
                                                 call->rows, call->arena);
    rows_write_object(call->rows, 0, views, out);
    if (call->operation->once)
        add_secret(call, out);
    if (call->operation->machine && is_wanted(call->operation, selection, "allowed_actions"))
        add_allowed_actions(call, out);
    buffer_add_char(out, '}');
    return DONE;
}

const char *answer_etag(const struct call *call, const struct buffer *body)
{
    if (!call->rows || rows_column(call->rows, "version") < 0)
        return NULL;
    uint64_t variant = hash_mix(HASH_SEED ^ (uint64_t)call->language, body->data, body->len);
    return arena_format(call->arena, "\"%" PRId64 "-%016" PRIx64 "\"",
                        rows_int(call->rows, 0, "version"), variant);
}

bool answer_etag_matches(struct text if_none_match, const char *etag)
{
    if (if_none_match.is != GIVEN || !etag)
        return false;
    size_t len = strlen(etag);
    for (const char *s = if_none_match.s; *s;) {
        s += strspn(s, " \t,");
        if (*s == '*')
            return true;
        if (strncmp(s, "W/", 2) == 0)
            s += 2;
        if (strncmp(s, etag, len) == 0)
            return true;
        s += strcspn(s, ",");
    }
    return false;
}

enum outcome answer_expected_version(struct text if_match, struct error *error,
                                     struct integer *ret_version)
{
    char *end = NULL;
    if (if_match.is != GIVEN)
        return error_refuse(error, UNCONDITIONAL, "precondition_required", NULL);
    if (text_is(if_match, "*")) /* any version that exists */
        return DONE;
    bool quoted = if_match.s[0] == '"' && if_match.s[1] >= '0' && if_match.s[1] <= '9';
    long long version = quoted ? strtoll(if_match.s + 1, &end, 10) : 0;
    bool closed = quoted && (*end == '"' || *end == '-') && if_match.s[if_match.len - 1] == '"';
    if (!closed || version < 1 || strchr(if_match.s, ',')) {
        error_fault(error, "header:If-Match", "invalid_format", "the ETag of the item");
        return error_refuse(error, MALFORMED, "invalid_parameter", NULL);
    }
    *ret_version = integer_of(version);
    return DONE;
}
