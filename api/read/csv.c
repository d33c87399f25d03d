#include "api/read/csv.h"

#include <csv.h>

struct reading {
    struct error *error;
    struct csv_row *rows;
    size_t count, rows_max;
    struct text cells[CSV_CELLS_MAX];
    size_t cell_count;
    int64_t line;     /* where the parser is */
    int64_t row_line; /* where the row began */
    bool after_cr;    /* the next line feed belongs to it */
};

static int64_t newlines(const char *s, size_t len)
{
    int64_t count = 0;
    for (size_t i = 0; i < len; i++)
        count += s[i] == '\n' || (s[i] == '\r' && (i + 1 == len || s[i + 1] != '\n'));
    return count;
}

static void on_cell(void *data, size_t len, void *context)
{
    struct reading *reading = context;
    if (reading->cell_count == 0)
        reading->row_line = reading->line;
    if (reading->cell_count < CSV_CELLS_MAX)
        reading->cells[reading->cell_count] = arena_text(reading->error->arena, data, len);
    reading->cell_count++;
    reading->line += newlines(data, len);
    reading->after_cr = false;
}

static void end_row(struct reading *reading)
{
    size_t count = reading->cell_count;
    if (count > CSV_CELLS_MAX)
        count = CSV_CELLS_MAX;
    struct text *cells = arena_array(reading->error->arena, struct text, count);
    memcpy(cells, reading->cells, count * sizeof *cells);
    if (reading->count <= reading->rows_max)
        reading->rows[reading->count] = (struct csv_row){
            .line = reading->row_line, .cells = cells, .count = reading->cell_count};
    reading->count++;
    reading->cell_count = 0;
}

/* Called for every line end, also of blank lines, and with -1 at the end of the file. */
static void on_line_end(int c, void *context)
{
    struct reading *reading = context;
    if (reading->cell_count > 0)
        end_row(reading);
    if (c == '\r' || (c == '\n' && !reading->after_cr))
        reading->line++;
    reading->after_cr = c == '\r';
}

/* What stands between the names of the header, the first line that is not blank. */
static unsigned char delimiter_of(const char *data, size_t len)
{
    bool quoted = false, begun = false;
    for (size_t i = 0; i < len; i++) {
        bool line_end = (data[i] == '\n' || data[i] == '\r') && !quoted;
        if (line_end && begun)
            break;
        begun = begun || !line_end;
        if (data[i] == '"')
            quoted = !quoted;
        else if (data[i] == ';' && !quoted)
            return ';';
    }
    return ',';
}

static bool parse(struct reading *reading, const char *data, size_t len)
{
    struct csv_parser parser;
    if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL) != 0)
        return false;
    csv_set_delim(&parser, delimiter_of(data, len));
    bool parsed = csv_parse(&parser, data, len, on_cell, on_line_end, reading) == len &&
                  csv_fini(&parser, on_cell, on_line_end, reading) == 0;
    csv_free(&parser);
    return parsed;
}

enum outcome csv_rows(struct bytes file, size_t rows_max, struct error *error,
                      const struct csv_row **ret_rows, size_t *ret_count)
{
    static const char mark[] = "\xef\xbb\xbf";
    struct reading reading = {.error = error, .rows_max = rows_max, .line = 1};
    size_t skip = file.len >= 3 && memcmp(file.data, mark, 3) == 0 ? 3 : 0;
    reading.rows = arena_array(error->arena, struct csv_row, rows_max + 1);
    if (!parse(&reading, file.data + skip, file.len - skip)) {
        error_arg_int(error, "line", reading.line);
        return error_refuse(error, INVALID, "csv_malformed", NULL);
    }
    if (reading.count > rows_max + 1) {
        error_arg_int(error, "limit", (int64_t)rows_max);
        return error_refuse(error, INVALID, "csv_too_long", NULL);
    }
    *ret_rows = reading.rows;
    *ret_count = reading.count;
    return DONE;
}
