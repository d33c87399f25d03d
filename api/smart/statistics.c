#include "domain/smart/statistics.h"

#include "domain/base/suppression.h"
#include "operations.h"
#include "storage/statements.h"

struct reader {
    bool exact;
};
SHAPE(statistics_reader_shape, struct reader, FIELD(struct reader, exact));

/* In the order of municipality_no. */
struct cell {
    struct text municipality_no;
    struct text municipality_name;
    struct text profession_code;
    int64_t participants;
};
SHAPE(statistics_cell_shape, struct cell, FIELD(struct cell, municipality_no),
      FIELD(struct cell, municipality_name), FIELD(struct cell, profession_code),
      FIELD(struct cell, participants));

/* Municipalities are rows and professions columns; each line is known by a cell that is in it. */
struct lines {
    const struct cell **rows;
    const struct cell **columns;
    size_t row_count;
    size_t column_count;
};

static bool same_text(struct text a, struct text b)
{
    return (!given(a.is) && !given(b.is)) || text_equals(a, b);
}

static size_t column_of(struct lines *lines, const struct cell *cell)
{
    size_t column = 0;
    while (column < lines->column_count &&
           !text_equals(lines->columns[column]->profession_code, cell->profession_code))
        column++;
    if (column == lines->column_count)
        lines->columns[lines->column_count++] = cell;
    return column;
}

static void find_lines(struct arena *arena, const struct cell *cells, size_t count,
                       struct lines *ret)
{
    *ret = (struct lines){.rows = arena_array(arena, const struct cell *, count + 1),
                          .columns = arena_array(arena, const struct cell *, count + 1)};
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || !same_text(cells[i].municipality_no, cells[i - 1].municipality_no))
            ret->rows[ret->row_count++] = &cells[i];
        column_of(ret, &cells[i]);
    }
}

static void make_table(struct arena *arena, const struct cell *cells, size_t count,
                       struct lines *lines, struct suppression *ret)
{
    int64_t *counts = arena_array(arena, int64_t, lines->row_count * lines->column_count + 1);
    for (size_t i = 0, row = 0; i < count; i++) {
        if (row + 1 < lines->row_count && lines->rows[row + 1] == &cells[i])
            row++;
        counts[row * lines->column_count + column_of(lines, &cells[i])] = cells[i].participants;
    }
    suppression_make(counts, lines->row_count, lines->column_count, arena, ret);
}

/* ---- the answer ---- */

static void add_text(struct buffer *out, const char *member, struct text value)
{
    buffer_add_string(out, member);
    if (given(value.is))
        buffer_add_json_string(out, value.s, value.len);
    else
        buffer_add_string(out, "null");
}

static void add_count(struct buffer *out, const struct suppression *table, size_t entry)
{
    buffer_add_string(out, ",\"participants\":");
    if (table->hidden[entry])
        buffer_add_string(out, "null");
    else
        buffer_add_int(out, table->values[entry]);
}

/* A zero that is shown is left out, as are the lines in which nobody is counted. */
static void add_cell(struct buffer *out, const struct suppression *table, const struct cell *row,
                     const struct cell *column, size_t entry)
{
    const struct text none = {.is = NULLED};
    if (!table->hidden[entry] && table->values[entry] == 0)
        return;
    if (out->data[out->len - 1] != '[')
        buffer_add_char(out, ',');
    add_text(out, "{\"municipality_no\":", row ? row->municipality_no : none);
    add_text(out, ",\"municipality_name\":", row ? row->municipality_name : none);
    add_text(out, ",\"profession_code\":", column ? column->profession_code : none);
    add_count(out, table, entry);
    buffer_add_string(out,
                      table->hidden[entry] ? ",\"suppressed\":true}" : ",\"suppressed\":false}");
}

static void add_cells(struct buffer *out, const struct suppression *table,
                      const struct lines *lines, struct text by)
{
    const bool by_row = !text_is(by, STATISTICS_BY_PROFESSION);
    const bool by_column = !text_is(by, STATISTICS_BY_MUNICIPALITY);
    if (table->withheld)
        return;
    for (size_t r = by_row ? 0 : table->rows; r < table->rows + !by_row; r++) {
        for (size_t c = by_column ? 0 : table->columns; c < table->columns + !by_column; c++)
            add_cell(out, table, by_row ? lines->rows[r] : NULL,
                     by_column ? lines->columns[c] : NULL, suppression_at(table, r, c));
    }
}

static bool any_hidden(const struct suppression *table)
{
    bool any = false;
    for (size_t e = 0; e < (table->rows + 1) * (table->columns + 1); e++)
        any |= table->hidden[e];
    return any;
}

static enum outcome answer(struct call *call, const struct statistics_query *in,
                           const struct suppression *table, const struct lines *lines)
{
    struct buffer out;
    buffer_init(&out, call->arena, 4096);
    buffer_add_string(&out, "{\"year\":");
    buffer_add_int(&out, in->year.v);
    add_text(&out, ",\"by\":", in->by);
    add_text(&out, ",\"course_type\":", in->course_type);
    add_text(&out, ",\"course_id\":", in->course_id);
    add_count(&out, table, suppression_at(table, table->rows, table->columns));
    buffer_add_string(&out, any_hidden(table) ? ",\"suppressed\":true" : ",\"suppressed\":false");
    buffer_add_string(&out, ",\"cells\":[");
    add_cells(&out, table, lines, in->by);
    buffer_add_string(&out, "]}");
    return call_answer_json(call, out.data, out.len);
}

static enum outcome may_divide(struct call *call, const struct statistics_query *in,
                               struct reader *ret)
{
    enum outcome outcome = tx_load(call->tx, &sql_statistics_reader, NO_SOURCES,
                                   &statistics_reader_shape, ret);
    if (outcome == DONE && !ret->exact && (given(in->course_type.is) || given(in->course_id.is)))
        outcome = error_refuse(call->error, FORBIDDEN, "statistics_filter_reserved", NULL);
    return outcome;
}

enum outcome get_participant_statistics(struct call *call, const struct statistics_query *in)
{
    struct reader reader = {0};
    struct cell *cells = NULL;
    struct lines lines;
    struct suppression table;
    size_t count = 0;
    enum outcome outcome = may_divide(call, in, &reader);
    if (outcome == DONE)
        outcome = tx_load_all(call->tx, &sql_statistics_participants,
                              SOURCES({&shape_statistics_query, in}), &statistics_cell_shape,
                              &cells, &count);
    if (outcome != DONE)
        return outcome;
    find_lines(call->arena, cells, count, &lines);
    make_table(call->arena, cells, count, &lines, &table);
    if (!reader.exact)
        suppression_apply(&table, call->arena);
    return answer(call, in, &table, &lines);
}
