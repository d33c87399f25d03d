#include "domain/base/suppression.h"
#include "tests/unit/support.h"

enum { LINES_MAX = 5, ENTRIES_MAX = LINES_MAX * LINES_MAX };

static struct suppression suppressed(struct arena *arena, const int64_t *counts, size_t rows,
                                     size_t columns)
{
    struct suppression table;
    suppression_make(counts, rows, columns, arena, &table);
    suppression_apply(&table, arena);
    return table;
}

/* ---- a reader who tries every table that looks the same ---- */

struct reader {
    const struct suppression *table;
    int64_t guess[ENTRIES_MAX]; /* cells; margins as sums of them */
    int64_t low[ENTRIES_MAX], high[ENTRIES_MAX];
    size_t tables;
};

static size_t entries_of(const struct suppression *table)
{
    return (table->rows + 1) * (table->columns + 1);
}

static bool all_doubtful(const struct reader *reader)
{
    for (size_t e = 0; e + 1 < entries_of(reader->table); e++) {
        if (reader->table->hidden[e] && reader->low[e] == reader->high[e])
            return false;
    }
    return reader->tables > 0;
}

static int64_t sum_of(const struct reader *reader, size_t line, bool row)
{
    int64_t sum = 0;
    for (size_t i = 0; i < (row ? reader->table->columns : reader->table->rows); i++)
        sum += reader->guess[row ? suppression_at(reader->table, line, i)
                                 : suppression_at(reader->table, i, line)];
    return sum;
}

static bool margin_holds(struct reader *reader, size_t entry, int64_t sum)
{
    reader->guess[entry] = sum;
    return reader->table->hidden[entry] ? sum >= 1 : sum == reader->table->values[entry];
}

static bool looks_the_same(struct reader *reader)
{
    const struct suppression *table = reader->table;
    for (size_t c = 0; c < table->columns; c++) {
        if (!margin_holds(reader, suppression_at(table, table->rows, c), sum_of(reader, c, false)))
            return false;
    }
    return true;
}

static void note(struct reader *reader)
{
    for (size_t e = 0; e < entries_of(reader->table); e++) {
        const int64_t v = reader->guess[e];
        if (reader->tables == 0 || v < reader->low[e])
            reader->low[e] = v;
        if (reader->tables == 0 || v > reader->high[e])
            reader->high[e] = v;
    }
    reader->tables++;
}

/* `left` of the total is not given out yet. */
static void guess(struct reader *reader, size_t row, size_t column, int64_t left)
{
    const struct suppression *table = reader->table;
    const size_t entry = suppression_at(table, row, column);
    if (all_doubtful(reader))
        return;
    if (row == table->rows) {
        if (left == 0 && looks_the_same(reader))
            note(reader);
    } else if (column == table->columns) {
        if (margin_holds(reader, entry, sum_of(reader, row, true)))
            guess(reader, row + 1, 0, left);
    } else {
        const int64_t shown = table->values[entry];
        const int64_t least = table->hidden[entry] ? 0 : shown;
        const int64_t most = table->hidden[entry] ? left : shown;
        for (int64_t v = least; v <= most && v <= left; v++) {
            reader->guess[entry] = v;
            guess(reader, row, column + 1, left - v);
        }
    }
}

static struct reader read_all(const struct suppression *table)
{
    struct reader reader = {.table = table};
    guess(&reader, 0, 0, table->values[entries_of(table) - 1]);
    return reader;
}

/* Small ones are hidden, no hidden one can be worked out, and nothing is withheld without need. */
static void check(const struct suppression *table)
{
    const size_t total = entries_of(table) - 1;
    assert_int_equal(table->hidden[total], small_cell(table->values[total]));
    for (size_t e = 0; e < total; e++)
        assert_true(table->hidden[e] || !small_cell(table->values[e]));
    if (table->hidden[total]) {
        assert_true(table->withheld);
        return;
    }
    const struct reader reader = read_all(table);
    assert_true(reader.tables > 0);
    assert_int_equal(all_doubtful(&reader), !table->withheld);
}

/* Lines in which nobody is counted do not stand in a table. */
static bool is_full(const int64_t *counts, size_t rows, size_t columns)
{
    for (size_t r = 0; r < rows; r++) {
        int64_t sum = 0;
        for (size_t c = 0; c < columns; c++)
            sum += counts[r * columns + c];
        if (sum == 0)
            return false;
    }
    for (size_t c = 0; c < columns; c++) {
        int64_t sum = 0;
        for (size_t r = 0; r < rows; r++)
            sum += counts[r * columns + c];
        if (sum == 0)
            return false;
    }
    return true;
}

/* ---- tests ---- */

static void what_is_hidden(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        int64_t counts[4];
        size_t count;
        const char *hidden; /* x hidden, . shown, - withheld */
    } cases[] = {
        {{5, 6}, 2, ".."},
        {{2, 7, 9}, 3, "xx."},
        {{9, 7, 2}, 3, ".xx"},
        {{4, 3, 9}, 3, "xx."},
        {{1, 1, 9}, 3, "xxx"},
        {{1, 1, 8, 9}, 4, "xxx."},
        {{4, 1}, 2, "xx"},
        {{1, 1, 1, 1}, 4, "-"},
        {{2, 2, 1, 1}, 4, "xxxx"},
        {{4}, 1, "-"},
        {{5}, 1, "."},
        {{12, 1}, 2, "xx"},
        {{1, 2, 2, 1}, 4, "xxxx"},
        {{5, 5, 5, 4}, 4, "x..x"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct suppression table = suppressed(fixture->arena, cases[i].counts, 1,
                                                    cases[i].count);
        assert_int_equal(table.withheld, cases[i].hidden[0] == '-');
        for (size_t c = 0; c < cases[i].count && !table.withheld; c++) {
            assert_int_equal(table.hidden[c], cases[i].hidden[c] == 'x');
            /* The margin of a single row's column is the cell again. */
            assert_int_equal(table.hidden[suppression_at(&table, 1, c)], table.hidden[c]);
        }
        check(&table);
    }
}

static void two_ways(void **state)
{
    struct fixture *fixture = *state;
    static const int64_t counts[] = {2, 10, 11, 20, 21, 22, 30, 31, 32};
    static const bool hidden[] = {true,  true,  false, false, true,  true,  false, false,
                                  false, false, false, false, false, false, false, false};
    const struct suppression table = suppressed(fixture->arena, counts, 3, 3);
    assert_false(table.withheld);
    assert_memory_equal(table.hidden, hidden, sizeof(hidden));
    assert_int_equal(table.values[suppression_at(&table, 3, 3)], 179);
    check(&table);
}

static void nobody_is_counted(void **state)
{
    struct fixture *fixture = *state;
    const struct suppression table = suppressed(fixture->arena, NULL, 0, 0);
    assert_false(table.withheld);
    assert_false(table.hidden[0]);
    assert_int_equal(table.values[0], 0);
}

/* Every table of these counts, in each of these sizes. */
static void every_small_table(void **state)
{
    static const struct {
        size_t rows, columns;
        int64_t counts[8];
        size_t kinds;
    } cases[] = {
        {1, 3, {0, 1, 2, 3, 4, 5, 6, 7}, 8}, {3, 1, {0, 1, 2, 3, 4, 5, 6, 7}, 8},
        {2, 2, {0, 1, 2, 3, 4, 5, 6, 7}, 8}, {2, 3, {0, 1, 2, 4, 5}, 5},
        {3, 2, {0, 1, 2, 4, 5}, 5},          {3, 3, {0, 1, 5}, 3},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const size_t cells = cases[i].rows * cases[i].columns;
        int64_t counts[ENTRIES_MAX];
        uint64_t all = 1;
        for (size_t c = 0; c < cells; c++)
            all *= cases[i].kinds;
        for (uint64_t number = 0; number < all; number++) {
            uint64_t digits = number;
            for (size_t c = 0; c < cells; c++, digits /= cases[i].kinds)
                counts[c] = cases[i].counts[digits % cases[i].kinds];
            if (!is_full(counts, cases[i].rows, cases[i].columns))
                continue;
            struct error *error = fresh_error(*state);
            const struct suppression table = suppressed(error->arena, counts, cases[i].rows,
                                                        cases[i].columns);
            check(&table);
        }
    }
}

static void random_tables(void **state)
{
    struct random random = {.state = 18};
    size_t checked = 0, told = 0;
    while (checked < 3000) {
        const size_t rows = (size_t)random_between(&random, 1, 3);
        const size_t columns = (size_t)random_between(&random, 1, 4);
        const int64_t most = random_between(&random, 1, rows * columns > 6 ? 6 : 12);
        int64_t counts[ENTRIES_MAX];
        for (size_t c = 0; c < rows * columns; c++)
            counts[c] = random_between(&random, 0, 2) == 0 ? 0 : random_between(&random, 0, most);
        if (!is_full(counts, rows, columns))
            continue;
        struct error *error = fresh_error(*state);
        const struct suppression table = suppressed(error->arena, counts, rows, columns);
        check(&table);
        told += !table.withheld;
        checked++;
    }
    assert_true(told > checked / 2);
}

/* All municipalities and a dozen professions: what a request may cost. */
static void a_large_table(void **state)
{
    enum { ROWS = 360, COLUMNS = 12 };
    struct fixture *fixture = *state;
    struct random random = {.state = 5};
    int64_t *counts = arena_array(fixture->arena, int64_t, ROWS * COLUMNS);
    for (size_t c = 0; c < ROWS * COLUMNS; c++)
        counts[c] = random_between(&random, 0, 3) ? 0 : random_between(&random, 1, 9);
    for (size_t r = 0; r < ROWS; r++)
        counts[r * COLUMNS + r % COLUMNS] += 1;
    const struct suppression table = suppressed(fixture->arena, counts, ROWS, COLUMNS);
    assert_false(table.withheld);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_hidden),    TEST(two_ways),      TEST(nobody_is_counted),
        TEST(every_small_table), TEST(random_tables), TEST(a_large_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
