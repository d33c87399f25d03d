#include "domain/base/suppression.h"

/*
 * Whether an entry could have another value is a question of flows. A line says that its cells make
 * up its margin, so a table is a circulation: a cell flows from its row to its column, a margin of a
 * row from the column of margins back to the row, one of a column on to the row of margins. Each entry
 * is an arc between two lines. A hidden one may carry more, or less down to its least value; and as
 * flows that keep the law differ by cycles, it has another value exactly when it lies on such a cycle
 * of hidden entries.
 */
struct net {
    struct suppression *table;
    size_t height, width; /* lines each way, those of the margins included */
    bool *reached;        /* rows first, then columns */
    size_t *queue;        /* lines to look at */
    size_t *order;        /* hidden entries in the order in which they were hidden */
    size_t hidden;
};

bool small_cell(int64_t count)
{
    return count > 0 && count < SMALL_CELL;
}

size_t suppression_at(const struct suppression *table, size_t row, size_t column)
{
    return row * (table->columns + 1) + column;
}

void suppression_make(const int64_t *counts, size_t rows, size_t columns, struct arena *arena,
                      struct suppression *ret)
{
    const size_t entries = (rows + 1) * (columns + 1);
    *ret = (struct suppression){.rows = rows,
                                .columns = columns,
                                .values = arena_array(arena, int64_t, entries),
                                .hidden = arena_array(arena, bool, entries)};
    for (size_t r = 0; r < rows; r++) {
        for (size_t c = 0; c < columns; c++) {
            const int64_t count = counts[r * columns + c];
            ret->values[suppression_at(ret, r, c)] = count;
            ret->values[suppression_at(ret, r, columns)] += count;
            ret->values[suppression_at(ret, rows, c)] += count;
            ret->values[entries - 1] += count;
        }
    }
}

static size_t total_of(const struct net *net)
{
    return net->height * net->width - 1;
}

static bool is_margin(const struct net *net, size_t entry)
{
    return (entry / net->width == net->height - 1) != (entry % net->width == net->width - 1);
}

static void hide(struct net *net, size_t entry)
{
    net->table->hidden[entry] = true;
    net->order[net->hidden++] = entry;
}

/* ---- what could be otherwise ---- */

/* A cell may be empty, a line may not. */
static bool can_shrink(const struct net *net, size_t entry)
{
    return net->table->values[entry] > (is_margin(net, entry) ? 1 : 0);
}

/* Whether something can be carried over a hidden entry from its row to its column, or back. */
static bool carries(const struct net *net, size_t entry, bool to_column)
{
    return net->table->hidden[entry] &&
           (to_column != is_margin(net, entry) || can_shrink(net, entry));
}

static bool reaches(struct net *net, size_t from, size_t to, size_t without)
{
    size_t head = 0, tail = 0;
    memset(net->reached, 0, net->height + net->width);
    net->reached[from] = true;
    net->queue[tail++] = from;
    while (head < tail && !net->reached[to]) {
        const size_t line = net->queue[head++];
        const bool is_row = line < net->height;
        const size_t others = is_row ? net->width : net->height;
        for (size_t i = 0; i < others; i++) {
            const size_t entry = is_row ? line * net->width + i
                                        : i * net->width + line - net->height;
            const size_t next = is_row ? net->height + i : i;
            if (entry != without && !net->reached[next] && carries(net, entry, is_row)) {
                net->reached[next] = true;
                net->queue[tail++] = next;
            }
        }
    }
    return net->reached[to];
}

static bool is_open(struct net *net, size_t entry)
{
    const size_t row = entry / net->width;
    const size_t column = net->height + entry % net->width;
    const size_t from = is_margin(net, entry) ? column : row;
    const size_t to = is_margin(net, entry) ? row : column;
    return reaches(net, to, from, entry) ||
           (can_shrink(net, entry) && reaches(net, from, to, entry));
}

/* ---- what to hide next ---- */

/* A line as entries first, first + step and so on. */
struct line {
    size_t first, step, count;
};

static struct line row_line(const struct net *net, size_t row)
{
    return (struct line){row * net->width, 1, net->width};
}

static struct line column_line(const struct net *net, size_t column)
{
    return (struct line){column, net->width, net->height};
}

/* 0 for cells, 1 for empty ones, 2 for margins. */
static int rank(const struct net *net, size_t entry)
{
    return is_margin(net, entry) ? 2 : net->table->values[entry] == 0;
}

static bool rather(const struct net *net, size_t entry, size_t than)
{
    const int difference = rank(net, entry) - rank(net, than);
    return difference < 0 ||
           (difference == 0 && net->table->values[entry] < net->table->values[than]);
}

/* The entry of a line to hide, or the total when all are hidden. */
static size_t candidate(const struct net *net, struct line line, size_t best)
{
    for (size_t i = 0; i < line.count; i++) {
        const size_t entry = line.first + i * line.step;
        if (entry != total_of(net) && !net->table->hidden[entry] &&
            (best == total_of(net) || rather(net, entry, best)))
            best = entry;
    }
    return best;
}

/* A second one where only one is hidden; true when there was something to hide. */
static bool accompany(struct net *net, struct line line)
{
    size_t hidden = 0;
    for (size_t i = 0; i < line.count; i++)
        hidden += net->table->hidden[line.first + i * line.step];
    const size_t entry = hidden == 1 ? candidate(net, line, total_of(net)) : total_of(net);
    if (entry == total_of(net))
        return false;
    hide(net, entry);
    return true;
}

static void accompany_all(struct net *net)
{
    bool more = true;
    while (more) {
        more = false;
        for (size_t r = 0; r < net->height; r++)
            more |= accompany(net, row_line(net, r));
        for (size_t c = 0; c < net->width; c++)
            more |= accompany(net, column_line(net, c));
    }
}

/* One more beside an entry that can be worked out, else anywhere; false when all are hidden. */
static bool widen(struct net *net, size_t entry)
{
    size_t next = candidate(net, row_line(net, entry / net->width), total_of(net));
    next = candidate(net, column_line(net, entry % net->width), next);
    for (size_t r = 0; r < net->height && next == total_of(net); r++)
        next = candidate(net, row_line(net, r), next);
    if (next == total_of(net))
        return false;
    hide(net, next);
    accompany_all(net);
    return true;
}

static void withhold(struct net *net)
{
    net->table->withheld = true;
    for (size_t entry = 0; entry < total_of(net); entry++)
        net->table->hidden[entry] = true;
}

/* More hidden entries never narrow those before, so each is looked at until it is open, and once. */
static bool protect(struct net *net)
{
    accompany_all(net);
    for (size_t i = 0; i < net->hidden; i++) {
        while (!is_open(net, net->order[i])) {
            if (!widen(net, net->order[i]))
                return false;
        }
    }
    return true;
}

void suppression_apply(struct suppression *table, struct arena *arena)
{
    const size_t height = table->rows + 1, width = table->columns + 1;
    struct net net = {.table = table,
                      .height = height,
                      .width = width,
                      .reached = arena_array(arena, bool, height + width),
                      .queue = arena_array(arena, size_t, height + width),
                      .order = arena_array(arena, size_t, height * width)};
    table->hidden[total_of(&net)] = small_cell(table->values[total_of(&net)]);
    for (size_t entry = 0; entry < total_of(&net); entry++) {
        if (small_cell(table->values[entry]))
            hide(&net, entry);
    }
    if (table->hidden[total_of(&net)] || !protect(&net))
        withhold(&net);
}
