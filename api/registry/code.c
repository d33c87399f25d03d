#include "api/registry/code.h"

#include "operations.h"
#include "storage/statements.h"

/* A code that is a row of the database. */
struct stored_code {
    struct text list;
    struct text code;
    struct text label_nb;
    struct text label_nn;
    struct text label_en;
};
SHAPE(stored_code_shape, struct stored_code, FIELD(struct stored_code, list),
      FIELD(struct stored_code, code), FIELD(struct stored_code, label_nb),
      FIELD(struct stored_code, label_nn), FIELD(struct stored_code, label_en));

static const char *const language_names[LANGUAGE_COUNT] = {"nb", "nn", "en"};

static void add_string(struct buffer *out, const char *name, const char *value)
{
    buffer_add_json_string(out, name, strlen(name));
    buffer_add_char(out, ':');
    buffer_add_json_string(out, value, strlen(value));
}

static void add_code(struct buffer *out, const struct code *code, enum language language)
{
    buffer_add_char(out, '{');
    add_string(out, "code", code->code);
    buffer_add_char(out, ',');
    add_string(out, "label", code->label[language]);
    buffer_add_string(out, ",\"labels\":{");
    for (int i = 0; i < LANGUAGE_COUNT; i++) {
        if (i > 0)
            buffer_add_char(out, ',');
        add_string(out, language_names[i], code->label[i]);
    }
    buffer_add_string(out, "}}");
}

static void add_list(struct buffer *out, const struct code_list *list, enum language language)
{
    if (out->data[out->len - 1] != '[')
        buffer_add_char(out, ',');
    buffer_add_char(out, '{');
    add_string(out, "list", list->name);
    buffer_add_string(out, ",\"codes\":[");
    for (size_t i = 0; i < list->count; i++) {
        if (i > 0)
            buffer_add_char(out, ',');
        add_code(out, &list->codes[i], language);
    }
    buffer_add_string(out, "]}");
}

static bool is_wanted(const struct code_filter *in, const char *name)
{
    for (size_t i = 0; i < in->list.count; i++)
        if (text_is(in->list.items[i], name))
            return true;
    return !given(in->list.is);
}

/* The rows come list by list. */
static void add_stored(struct buffer *out, const struct stored_code *rows, size_t count,
                       const struct code_filter *in, enum language language)
{
    struct code *codes = arena_array(out->arena, struct code, count + 1);
    for (size_t first = 0, end; first < count; first = end) {
        for (end = first; end < count && text_equals(rows[end].list, rows[first].list); end++)
            codes[end] = (struct code){.code = rows[end].code.s,
                                       .label = {[LANGUAGE_NB] = rows[end].label_nb.s,
                                                 [LANGUAGE_NN] = rows[end].label_nn.s,
                                                 [LANGUAGE_EN] = rows[end].label_en.s}};
        const struct code_list list = {
            .name = rows[first].list.s, .codes = &codes[first], .count = end - first};
        if (is_wanted(in, list.name))
            add_list(out, &list, language);
    }
}

enum outcome list_codes(struct call *call, const struct code_filter *in)
{
    struct stored_code *rows = NULL;
    size_t count = 0;
    struct buffer out;
    enum outcome outcome = tx_load_all(call->tx, &sql_code_list, NO_SOURCES, &stored_code_shape,
                                       &rows, &count);
    if (outcome != DONE)
        return outcome;
    buffer_init(&out, call->arena, 32768);
    buffer_add_string(&out, "{\"lists\":[");
    for (size_t i = 0; i < code_list_count; i++)
        if (is_wanted(in, code_lists[i].name))
            add_list(&out, &code_lists[i], call->language);
    add_stored(&out, rows, count, in, call->language);
    buffer_add_string(&out, "]}");
    return call_answer_json(call, out.data, out.len);
}
