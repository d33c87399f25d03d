/*
 * Small counts of people are not told. domain.md §0.1: a small cell is below 5, and what is hidden
 * must not follow from the totals.
 *
 * A table of counts stands in rows and columns with its margins; the total is the last entry. A
 * table of one dimension is one row. Hidden are
 *
 *   1. cells and margins of 1 to 4. A zero tells of nobody and may be shown;
 *   2. where a line (a row or column with its margin) has only one hidden entry, the smallest other
 *      cell of the line: one that is not zero, else a zero, else the margin. Until no such line is left;
 *   3. whatever else it takes before every hidden entry could have at least two values.
 *
 * The reader is thought to know everything that is shown, that cells are 0 or more, that a line
 * stands in the table because somebody is counted in it, and the total: it is never hidden to
 * protect something else, because seats are public. A total of 1 to 4, or a table in which even
 * hiding everything leaves an entry that can be worked out, is withheld whole, without naming its
 * lines.
 *
 * Two values are all that is promised. Who knows these rules and reasons about why a cell was chosen,
 * who is counted in the table, or who kept its earlier state, may narrow an entry down further.
 */
#ifndef LOFT_DOMAIN_BASE_SUPPRESSION_H
#define LOFT_DOMAIN_BASE_SUPPRESSION_H

#include "domain/base/arena.h"

enum { SMALL_CELL = 5 };

bool small_cell(int64_t count);

/* `values` and `hidden` have (rows + 1) * (columns + 1) entries, row by row: each row ends in its
 * margin, the last row holds those of the columns and ends in the total. */
struct suppression {
    size_t rows;
    size_t columns;
    int64_t *values;
    bool *hidden;
    bool withheld; /* no line is to be named; the total is shown unless it is hidden */
};

/* The entry of a cell; row = rows or column = columns for margins, both for the total. */
size_t suppression_at(const struct suppression *table, size_t row, size_t column);

/* `counts` has rows * columns cells, row by row. No line may be without anybody. */
void suppression_make(const int64_t *counts, size_t rows, size_t columns, struct arena *arena,
                      struct suppression *ret);

/* Hides what must be hidden. */
void suppression_apply(struct suppression *table, struct arena *arena);

#endif
