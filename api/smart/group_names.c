#include "api/smart/group_names.h"

#include "api/read/csv.h"
#include "domain/base/text.h"
#include "storage/statements.h"

/* ---- the file -------------------------------------------------------------------------------- */

#define ITEM "item:"

static const struct column {
    const char *name;
    size_t offset; /* of the text in struct group_name */
    bool required;
} columns[] = {
    {"full_name", offsetof(struct group_name, full_name), true},
    {"email", offsetof(struct group_name, email), true},
    {"phone", offsetof(struct group_name, phone), false},
    {"profession_code", offsetof(struct group_name, profession_code), true},
    {"profession_other", offsetof(struct group_name, profession_other), false},
    {"municipality_no", offsetof(struct group_name, municipality_no), false},
    {"dietary_note", offsetof(struct group_name, dietary_note), false},
};
enum { COLUMNS = sizeof columns / sizeof columns[0] };

/* Where the cells of a line go: one of the columns, or the item whose option is chosen. */
struct header {
    const struct csv_row *row;
    const struct column *fixed[CSV_CELLS_MAX];
    struct text item[CSV_CELLS_MAX];
};

static const char *at(struct error *error, int64_t line, struct text column)
{
    return json_pointer(error->arena, arena_format(error->arena, "/%lld", (long long)line), column);
}

static const struct column *find_column(struct text name)
{
    for (size_t i = 0; i < COLUMNS; i++)
        if (text_is(name, columns[i].name))
            return &columns[i];
    return NULL;
}

static struct text item_of(struct text name)
{
    size_t prefix = strlen(ITEM);
    bool item = name.len > prefix && strncmp(name.s, ITEM, prefix) == 0;
    return item ? (struct text){.is = GIVEN, .s = name.s + prefix, .len = name.len - prefix}
                : (struct text){.is = ABSENT};
}

static void read_heading(struct header *header, size_t i, struct error *error)
{
    const struct csv_row *row = header->row;
    struct text name = row->cells[i];
    header->fixed[i] = find_column(name);
    header->item[i] = item_of(name);
    if (!header->fixed[i] && !given(header->item[i].is))
        error_fault(error, at(error, row->line, name), "unknown_column", NULL);
    for (size_t j = 0; j < i; j++)
        if (text_equals(row->cells[j], name))
            error_fault(error, at(error, row->line, name), "duplicate_column", NULL);
}

static enum outcome read_header(const struct csv_row *row, struct error *error,
                                struct header *ret_header)
{
    *ret_header = (struct header){.row = row};
    if (row->count > CSV_CELLS_MAX) {
        error_arg_int(error, "line", row->line);
        return error_refuse(error, INVALID, "csv_malformed", NULL);
    }
    for (size_t i = 0; i < row->count; i++)
        read_heading(ret_header, i, error);
    for (size_t i = 0; i < COLUMNS; i++) {
        bool found = false;
        for (size_t j = 0; j < row->count; j++)
            found = found || ret_header->fixed[j] == &columns[i];
        if (columns[i].required && !found)
            error_fault(error, at(error, row->line, text_of(columns[i].name)), "required", NULL);
    }
    return error_outcome(error);
}

static struct group_name read_line(const struct header *header, const struct csv_row *row,
                                   struct arena *arena)
{
    struct group_name name = {.line = row->line};
    struct text *keys = arena_array(arena, struct text, row->count);
    struct text *values = arena_array(arena, struct text, row->count);
    for (size_t i = 0; i < row->count; i++) {
        if (text_is_blank(row->cells[i]))
            continue;
        if (header->fixed[i]) {
            memcpy((char *)&name + header->fixed[i]->offset, &row->cells[i], sizeof(struct text));
            continue;
        }
        keys[name.item_choices.count] = header->item[i];
        values[name.item_choices.count++] = row->cells[i];
    }
    name.item_choices.is = name.item_choices.count > 0 ? GIVEN : ABSENT;
    name.item_choices.keys = keys;
    name.item_choices.values = values;
    return name;
}

enum outcome group_names_read(struct bytes file, struct error *error, struct group_name **ret_names,
                              size_t *ret_count)
{
    const struct csv_row *rows = NULL;
    struct header header;
    size_t count = 0, read = 0;
    enum outcome outcome = csv_rows(file, GROUP_SEATS_MAX, error, &rows, &count);
    if (outcome != DONE || count == 0)
        return outcome;
    outcome = read_header(&rows[0], error, &header);
    if (outcome != DONE)
        return outcome;
    struct group_name *names = arena_array(error->arena, struct group_name, count);
    for (size_t i = 1; i < count; i++) {
        if (rows[i].count == rows[0].count)
            names[read++] = read_line(&header, &rows[i], error->arena);
        else
            error_fault(error, arena_format(error->arena, "/%lld", (long long)rows[i].line),
                        "wrong_cell_count", arena_format(error->arena, "%zu", rows[0].count));
    }
    *ret_names = names;
    *ret_count = read;
    return DONE;
}

/* ---- what is known --------------------------------------------------------------------------- */

struct names_key {
    struct text course_id;
    struct text_list municipalities;
    struct text_list emails;
};
SHAPE(group_names_key_shape, struct names_key, FIELD(struct names_key, course_id),
      FIELD(struct names_key, municipalities), FIELD(struct names_key, emails));

struct known_code {
    struct text list;
    struct text code;
};
SHAPE(group_known_code_shape, struct known_code, FIELD(struct known_code, list),
      FIELD(struct known_code, code));

static struct names_key key_of(struct call *call, struct text course_id,
                               const struct group_name *names, size_t count)
{
    struct text *municipalities = arena_array(call->arena, struct text, count + 1);
    struct text *emails = arena_array(call->arena, struct text, count + 1);
    struct names_key key = {
        .course_id = course_id,
        .municipalities = {.is = GIVEN, .items = municipalities},
        .emails = {.is = GIVEN, .items = emails},
    };
    for (size_t i = 0; i < count; i++) {
        if (given(names[i].municipality_no.is))
            municipalities[key.municipalities.count++] = names[i].municipality_no;
        if (given(names[i].email.is))
            emails[key.emails.count++] = names[i].email;
    }
    return key;
}

/* The rows of one list. */
static const struct text *codes_of(struct call *call, const char *list,
                                   const struct known_code *rows, size_t count, size_t *ret_count)
{
    struct text *codes = arena_array(call->arena, struct text, count + 1);
    *ret_count = 0;
    for (size_t i = 0; i < count; i++)
        if (text_is(rows[i].list, list))
            codes[(*ret_count)++] = rows[i].code;
    return codes;
}

enum outcome group_names_known(struct call *call, struct text course_id,
                               const struct group_name *names, size_t count,
                               struct group_names_known *ret_known)
{
    const struct names_key key = key_of(call, course_id, names, count);
    struct known_code *rows = NULL;
    size_t found = 0;
    enum outcome outcome = tx_load_all(call->tx, &sql_group_names_known,
                                       SOURCES({&group_names_key_shape, &key}),
                                       &group_known_code_shape, &rows, &found);
    if (outcome != DONE)
        return outcome;
    ret_known->professions = codes_of(call, "profession", rows, found,
                                      &ret_known->profession_count);
    ret_known->municipalities = codes_of(call, "municipality", rows, found,
                                         &ret_known->municipality_count);
    ret_known->registered = codes_of(call, "registered", rows, found, &ret_known->registered_count);
    return DONE;
}
