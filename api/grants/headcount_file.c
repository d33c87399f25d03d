#include "api/grants/headcount_file.h"

#include "api/read/csv.h"
#include "domain/base/text.h"

enum { KEYS = 3 };

static const struct {
    const char *name;
    size_t offset; /* of the text in struct headcount_line */
} keys[KEYS] = {
    {"network_code", offsetof(struct headcount_line, network_code)},
    {"municipality_no", offsetof(struct headcount_line, municipality_no)},
    {"organisation", offsetof(struct headcount_line, organisation)},
};

/* Where the cells of a line go. */
struct header {
    size_t offsets[CSV_CELLS_MAX];
    size_t count;
};

static const char *at(struct error *error, int64_t line, struct text column)
{
    return json_pointer(error->arena, arena_format(error->arena, "/%lld", (long long)line), column);
}

/* Notes where the column goes; false when there is none of that name. */
static bool place_column(struct header *header, struct text name, bool *has_key, bool *has_category)
{
    size_t *offset = &header->offsets[header->count++];
    for (size_t i = 0; i < KEYS; i++) {
        if (text_is(name, keys[i].name)) {
            *offset = keys[i].offset;
            return *has_key = true;
        }
    }
    for (size_t i = 0; i < HEADCOUNT_CATEGORIES; i++) {
        if (text_is(name, headcount_categories[i])) {
            *offset = offsetof(struct headcount_line, heads) + i * sizeof(struct text);
            return *has_category = true;
        }
    }
    return false;
}

static enum outcome read_header(const struct csv_row *row, struct error *error,
                                struct header *ret_header)
{
    bool has_key = false, has_category = false;
    *ret_header = (struct header){0};
    if (row->count > CSV_CELLS_MAX) {
        error_arg_int(error, "line", row->line);
        return error_refuse(error, INVALID, "csv_malformed", NULL);
    }
    for (size_t i = 0; i < row->count; i++) {
        if (!place_column(ret_header, row->cells[i], &has_key, &has_category))
            error_fault(error, at(error, row->line, row->cells[i]), "unknown_column", NULL);
        for (size_t j = 0; j < i; j++)
            if (text_equals(row->cells[j], row->cells[i]))
                error_fault(error, at(error, row->line, row->cells[i]), "duplicate_column", NULL);
    }
    if (!has_key)
        error_fault(error, at(error, row->line, text_of(keys[0].name)), "required", NULL);
    if (!has_category)
        error_fault(error, at(error, row->line, text_of(headcount_categories[0])), "required",
                    NULL);
    return error_outcome(error);
}

static struct headcount_line read_line(const struct header *header, const struct csv_row *row)
{
    struct headcount_line line = {.line = row->line};
    for (size_t i = 0; i < row->count; i++)
        if (!text_is_blank(row->cells[i]))
            memcpy((char *)&line + header->offsets[i], &row->cells[i], sizeof(struct text));
    return line;
}

enum outcome headcount_file_read(struct bytes file, struct error *error,
                                 struct headcount_line **ret_lines, size_t *ret_count)
{
    const struct csv_row *rows = NULL;
    struct header header;
    size_t count = 0, read = 0;
    enum outcome outcome = csv_rows(file, HEADCOUNT_LINES_MAX, error, &rows, &count);
    if (outcome == DONE && count < 2) { /* nothing below the header */
        error_fault(error, "", "figures_required", NULL);
        outcome = error_outcome(error);
    }
    if (outcome == DONE)
        outcome = read_header(&rows[0], error, &header);
    if (outcome != DONE)
        return outcome;
    struct headcount_line *lines = arena_array(error->arena, struct headcount_line, count);
    for (size_t i = 1; i < count; i++) {
        if (rows[i].count == header.count)
            lines[read++] = read_line(&header, &rows[i]);
        else
            error_fault(error, arena_format(error->arena, "/%lld", (long long)rows[i].line),
                        "wrong_cell_count", arena_format(error->arena, "%zu", header.count));
    }
    *ret_lines = lines;
    *ret_count = read;
    return DONE;
}
