#include "domain/grants/headcount.h"

#include "api/grants/headcount.h"
#include "api/grants/headcount_file.h"
#include "api/registry/write.h"
#include "operations.h"
#include "storage/statements.h"

static const struct registry headcounts = {
    .resource = "headcount", .get = &sql_headcount_get, .lock = &sql_headcount_lock};
static const struct registry years = {.resource = "headcount_year", .get = &sql_headcount_year_get};

struct year_key {
    struct integer year;
    struct text forum_id;
};
SHAPE(year_key_shape, struct year_key, FIELD(struct year_key, year),
      FIELD(struct year_key, forum_id));

enum outcome headcount_take_turn(struct call *call)
{
    return tx_execute(call->tx, &sql_headcount_turn, NO_SOURCES, NULL);
}

/* The figures that a caller is to change: their forum's, or that of the forum they name. */
static enum outcome find_year(struct call *call, struct integer year, struct text forum_id,
                              struct headcount_year *ret_year)
{
    const struct year_key key = {year, forum_id};
    struct headcount_year *rows = NULL;
    size_t count = 0;
    enum outcome outcome = headcount_take_turn(call);
    if (outcome == DONE)
        outcome = tx_load_all(call->tx, &sql_headcount_year_find, SOURCES({&year_key_shape, &key}),
                              &shape_headcount_year, &rows, &count);
    if (outcome != DONE)
        return outcome;
    if (count == 0)
        return error_refuse(call->error, FORBIDDEN, "forbidden", NULL);
    if (count > 1) {
        error_fault(call->error, "?forum_id", "required", NULL);
        return error_outcome(call->error);
    }
    *ret_year = rows[0];
    return DONE;
}

/* ---- one figure ------------------------------------------------------------------------------ */

enum outcome put_headcount(struct call *call, const struct headcount_put *in)
{
    struct headcount_target target = {0};
    struct headcount_year year = {0};
    enum outcome outcome = tx_load(call->tx, &sql_headcount_target,
                                   SOURCES({&shape_headcount_put, in}), &shape_headcount_target,
                                   &target);
    if (outcome == DONE)
        outcome = headcount_check_target(in, &target, call->error);
    if (outcome == DONE)
        outcome = find_year(call, in->year, target.forum_id, &year);
    if (outcome == DONE)
        outcome = headcount_check_open(&year, call->error);
    return outcome == DONE ? register_create(call, &headcounts, &sql_headcount_put,
                                             SOURCES({&shape_headcount_target, &target},
                                                     {&shape_headcount_put, in}),
                                             changes_set(call->arena, &shape_headcount_put, in))
                           : outcome;
}

enum outcome delete_headcount(struct call *call, const struct headcount_delete *in)
{
    struct headcount_year year = {0};
    enum outcome outcome = headcount_take_turn(call);
    if (outcome == DONE)
        outcome = register_load(call, &headcounts, in->id, &shape_headcount_year, &year);
    if (outcome == DONE)
        outcome = headcount_check_open(&year, call->error);
    return outcome == DONE
               ? register_delete(call, &headcounts, &sql_headcount_delete, in->id, year.version)
               : outcome;
}

/* ---- a year ---------------------------------------------------------------------------------- */

typedef enum outcome decide_year(const struct headcount_year *year, struct error *error,
                                 const struct transition **ret_transition);

struct year_lock {
    bool locked;
};
SHAPE(year_lock_shape, struct year_lock, FIELD(struct year_lock, locked));

static enum outcome load_year(struct call *call, struct text id, struct headcount_year *ret_year)
{
    const struct row_id key = {.id = id};
    struct headcount_year *rows = NULL;
    size_t count = 0;
    enum outcome outcome = headcount_take_turn(call);
    if (outcome == DONE)
        outcome = tx_load_all(call->tx, &sql_headcount_year_load, SOURCES({&row_id_shape, &key}),
                              &shape_headcount_year, &rows, &count);
    if (outcome != DONE)
        return outcome;
    if (count == 0 || !rows[0].own)
        return register_refuse(call, &years, id);
    *ret_year = rows[0];
    return call_expect_version(call, ret_year->version);
}

static enum outcome change_year(struct call *call, const struct headcount_year_action *in,
                                decide_year *decide)
{
    struct headcount_year year = {0};
    const struct transition *transition = NULL;
    enum outcome outcome = load_year(call, in->id, &year);
    if (outcome == DONE)
        outcome = decide(&year, call->error, &transition);
    if (outcome != DONE)
        return outcome;
    const struct year_lock lock = {.locked = strcmp(transition->to, HEADCOUNT_LOCKED) == 0};
    outcome = tx_execute(call->tx, &sql_headcount_year_set_locked,
                         SOURCES({&year_lock_shape, &lock}, {&shape_headcount_year, &year}), NULL);
    if (outcome == DONE)
        outcome = call_record(call, &(struct event){.resource = years.resource,
                                                    .id = in->id.s,
                                                    .version = year.version + 1,
                                                    .from = transition->from,
                                                    .to = transition->to,
                                                    .reason = in->reason.s});
    return outcome == DONE ? call_answer_item(call, years.get, in->id.s) : outcome;
}

enum outcome lock_headcount_year(struct call *call, const struct headcount_year_action *in)
{
    return change_year(call, in, headcount_year_lock);
}

enum outcome unlock_headcount_year(struct call *call, const struct headcount_year_action *in)
{
    return change_year(call, in, headcount_year_unlock);
}

/* ---- a file ---------------------------------------------------------------------------------- */

struct import_counts {
    int64_t created;
    int64_t changed;
    int64_t unchanged;
};
SHAPE(import_counts_shape, struct import_counts, FIELD(struct import_counts, created),
      FIELD(struct import_counts, changed), FIELD(struct import_counts, unchanged));

struct import_stored {
    int64_t created;
    int64_t changed;
};
SHAPE(import_stored_shape, struct import_stored, FIELD(struct import_stored, created),
      FIELD(struct import_stored, changed));

struct import_figures {
    struct record_list figures;
};
SHAPE(import_figures_shape, struct import_figures, FIELD(struct import_figures, figures));

/* What the file says, every fault of it found. */
static enum outcome resolve(struct call *call, const struct headcount_import *in,
                            const struct headcount_year *year, struct record_list *ret_figures)
{
    struct headcount_line *lines = NULL;
    struct headcount_place *places = NULL;
    size_t count = 0, place_count = 0;
    enum outcome outcome = headcount_file_read(in->body, call->error, &lines, &count);
    if (outcome == DONE)
        outcome = tx_load_all(call->tx, &sql_headcount_places,
                              SOURCES({&shape_headcount_year, year}, {&shape_headcount_import, in}),
                              &shape_headcount_place, &places, &place_count);
    return outcome == DONE
               ? headcount_resolve(lines, count, places, place_count, call->error, ret_figures)
               : outcome;
}

static enum outcome store(struct call *call, const struct headcount_import *in,
                          const struct record_list *figures, struct import_counts *ret_counts)
{
    struct import_stored stored = {0};
    const struct import_figures sent = {.figures = *figures};
    enum outcome outcome = tx_load(
        call->tx, &sql_headcount_import,
        SOURCES({&import_figures_shape, &sent}, {&shape_headcount_import, in}),
        &import_stored_shape, &stored);
    *ret_counts = (struct import_counts){
        .created = stored.created,
        .changed = stored.changed,
        .unchanged = (int64_t)figures->count - stored.created - stored.changed,
    };
    return outcome;
}

static enum outcome answer_import(struct call *call, const struct headcount_year *year,
                                  const struct import_counts *counts)
{
    enum outcome outcome = tx_query(
        call->tx, &sql_headcount_imported,
        SOURCES({&import_counts_shape, counts}, {&shape_headcount_year, year}), &call->rows);
    if (outcome != DONE)
        return outcome;
    const char *changes = arena_format(call->arena, "{\"created\":%lld,\"changed\":%lld}",
                                       (long long)counts->created, (long long)counts->changed);
    return call_record(call, &(struct event){.resource = years.resource,
                                             .id = rows_text(call->rows, 0, "id", call->arena).s,
                                             .version = rows_int(call->rows, 0, "version"),
                                             .changes = changes});
}

enum outcome import_headcounts(struct call *call, const struct headcount_import *in)
{
    struct headcount_year year = {0};
    struct record_list figures = {0};
    struct import_counts counts = {0};
    enum outcome outcome = find_year(call, in->year, in->forum_id, &year);
    if (outcome == DONE)
        outcome = call_expect_version(call, year.version);
    if (outcome == DONE)
        outcome = headcount_check_open(&year, call->error);
    if (outcome == DONE)
        outcome = resolve(call, in, &year, &figures);
    if (outcome == DONE)
        outcome = store(call, in, &figures, &counts);
    return outcome == DONE ? answer_import(call, &year, &counts) : outcome;
}
