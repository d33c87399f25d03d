#include "domain/grants/headcount.h"

#include "domain/base/text.h"

#define RULE_LOCKED "KL-R13"

const char *const headcount_categories[] = {
    "kindergarten_child", "primary_pupil",      "upper_secondary_pupil",
    "apprentice",         "training_candidate", NULL,
};
const char *const headcount_sources[] = {"gsi", "ssb", "basil", "manual", NULL};
const char *const headcount_year_states[] = {HEADCOUNT_OPEN, HEADCOUNT_LOCKED, NULL};

static const struct transition headcount_year_transitions[] = {
    {.from = HEADCOUNT_OPEN,
     .action = "lock",
     .to = HEADCOUNT_LOCKED,
     .permission = "grants.headcount.lock"},
    {.from = HEADCOUNT_LOCKED,
     .action = "unlock",
     .to = HEADCOUNT_OPEN,
     .permission = "grants.headcount.lock"},
};

const struct machine headcount_year_machine = MACHINE_OF(headcount_year_transitions);

SHAPE(shape_headcount_year, struct headcount_year, FIELD(struct headcount_year, id),
      FIELD(struct headcount_year, forum_id), FIELD(struct headcount_year, year),
      FIELD(struct headcount_year, state), FIELD(struct headcount_year, networks_missing),
      FIELD(struct headcount_year, own), FIELD(struct headcount_year, version));

SHAPE(shape_headcount_target, struct headcount_target, FIELD(struct headcount_target, network_id),
      FIELD(struct headcount_target, forum_id), FIELD(struct headcount_target, owner_network_id));

SHAPE(shape_headcount_place, struct headcount_place, FIELD(struct headcount_place, network_id),
      FIELD(struct headcount_place, network_code), FIELD(struct headcount_place, organisation_id),
      FIELD(struct headcount_place, name), FIELD(struct headcount_place, org_number),
      FIELD(struct headcount_place, municipality_no));

SHAPE(shape_headcount_figure, struct headcount_figure, FIELD(struct headcount_figure, network_id),
      FIELD(struct headcount_figure, organisation_id), FIELD(struct headcount_figure, category),
      FIELD(struct headcount_figure, heads));

/* ---- a year ---------------------------------------------------------------------------------- */

enum outcome headcount_year_lock(const struct headcount_year *year, struct error *error,
                                 const struct transition **ret_transition)
{
    enum outcome outcome = machine_apply(&headcount_year_machine, year->state.s, "lock", error,
                                         ret_transition);
    if (outcome == DONE && !text_is_blank(year->networks_missing)) {
        error_arg(error, "networks", year->networks_missing.s);
        outcome = error_refuse(error, CONFLICT, "headcount_incomplete", RULE_LOCKED);
    }
    return outcome;
}

enum outcome headcount_year_unlock(const struct headcount_year *year, struct error *error,
                                   const struct transition **ret_transition)
{
    return machine_apply(&headcount_year_machine, year->state.s, "unlock", error, ret_transition);
}

enum outcome headcount_check_open(const struct headcount_year *year, struct error *error)
{
    if (!text_is(year->state, HEADCOUNT_LOCKED)) {
        return DONE;
    }
    error_arg_int(error, "year", year->year.v);
    return error_refuse(error, CONFLICT, "headcount_locked", RULE_LOCKED);
}

/* ---- one figure ------------------------------------------------------------------------------ */

enum outcome headcount_check_target(const struct headcount_put *in,
                                    const struct headcount_target *target, struct error *error)
{
    bool of_owner = given(in->organisation_id.is);

    if (!of_owner && !given(in->network_id.is)) {
        error_fault(error, "/network_id", "network_required", NULL);
    } else if (of_owner && !given(target->owner_network_id.is)) {
        error_fault(error, "/organisation_id", "owner_without_network", NULL);
    } else if (!given(target->forum_id.is)) {
        error_fault(error, "/network_id", "unknown_reference", NULL);
    } else if (of_owner && !text_equals(target->network_id, target->owner_network_id)) {
        error_fault(error, "/network_id", "owner_of_other_network", NULL);
    }
    return error_outcome(error);
}

/* ---- a file ---------------------------------------------------------------------------------- */

struct resolving {
    const struct headcount_place *places;
    size_t place_count;
    struct error *error;
    struct headcount_figure *figures;
    size_t figure_count;
};

static void cell_fault(struct error *error, const struct headcount_line *line, const char *column,
                       const char *code, const char *expected)
{
    error_fault(error, arena_format(error->arena, "/%lld/%s", (long long)line->line, column), code,
                expected);
}

static const struct headcount_place *find_network(const struct resolving *resolving,
                                                  struct text code)
{
    for (size_t i = 0; i < resolving->place_count; i++) {
        const struct headcount_place *place = &resolving->places[i];
        if (!given(place->organisation_id.is) && text_equals(place->network_code, code)) {
            return place;
        }
    }
    return NULL;
}

static const struct headcount_place *find_municipality(const struct resolving *resolving,
                                                       const struct headcount_line *line)
{
    if (!municipality_no_valid(line->municipality_no)) {
        cell_fault(resolving->error, line, "municipality_no", "municipality_no_invalid", NULL);
        return NULL;
    }
    for (size_t i = 0; i < resolving->place_count; i++) {
        const struct headcount_place *place = &resolving->places[i];
        if (text_equals(place->municipality_no, line->municipality_no)) {
            if (given(place->network_id.is)) {
                return place;
            }
            cell_fault(resolving->error, line, "municipality_no", "owner_without_network", NULL);
            return NULL;
        }
    }
    cell_fault(resolving->error, line, "municipality_no", "unknown_reference", NULL);
    return NULL;
}

static bool is_number(struct text value)
{
    return strspn(value.s, "0123456789") == value.len;
}

static const struct headcount_place *find_organisation(const struct resolving *resolving,
                                                       const struct headcount_line *line)
{
    bool by_number = is_number(line->organisation);
    const struct headcount_place *found = NULL;

    if (by_number && !org_number_valid(line->organisation)) {
        cell_fault(resolving->error, line, "organisation", "org_number_invalid", NULL);
        return NULL;
    }
    for (size_t i = 0; i < resolving->place_count; i++) {
        const struct headcount_place *place = &resolving->places[i];
        if (!given(place->organisation_id.is) ||
            !text_equals(by_number ? place->org_number : place->name, line->organisation)) {
            continue;
        }
        if (found) {
            cell_fault(resolving->error, line, "organisation", "owner_ambiguous", NULL);
            return NULL;
        }
        found = place;
    }
    if (!found) {
        cell_fault(resolving->error, line, "organisation", "unknown_reference", NULL);
    }
    return found;
}

/* The owner of a line that names one, by number, by name or by both; NULL after a fault. */
static const struct headcount_place *find_owner(const struct resolving *resolving,
                                                const struct headcount_line *line)
{
    const struct headcount_place *municipality = NULL, *organisation = NULL;

    if (given(line->municipality_no.is)) {
        municipality = find_municipality(resolving, line);
    }
    if (given(line->organisation.is)) {
        organisation = find_organisation(resolving, line);
    }
    if (municipality && organisation && municipality != organisation) {
        cell_fault(resolving->error, line, "organisation", "owner_differs", NULL);
        return NULL;
    }
    return municipality ? municipality : organisation;
}

static const struct headcount_place *find_place(const struct resolving *resolving,
                                                const struct headcount_line *line)
{
    bool of_owner = given(line->municipality_no.is) || given(line->organisation.is);
    const struct headcount_place *network = NULL, *owner = NULL;

    if (!of_owner && !given(line->network_code.is)) {
        cell_fault(resolving->error, line, "network_code", "required", NULL);
        return NULL;
    }
    if (given(line->network_code.is)) {
        network = find_network(resolving, line->network_code);
        if (!network) {
            cell_fault(resolving->error, line, "network_code", "unknown_reference", NULL);
        }
    }
    if (of_owner) {
        owner = find_owner(resolving, line);
    }
    if (network && owner && !text_equals(network->network_id, owner->network_id)) {
        cell_fault(resolving->error, line, "network_code", "owner_of_other_network", NULL);
    }
    return of_owner ? owner : network;
}

/* False after a fault. */
static bool read_heads(struct error *error, const struct headcount_line *line, size_t category,
                       int64_t *ret_heads)
{
    static const size_t digits_max = 7; /* of HEADCOUNT_MAX */
    const char *column = headcount_categories[category];
    struct text cell = line->heads[category], digits = cell;
    int64_t heads = 0;

    if (cell.len > 1 && cell.s[0] == '-') {
        digits = (struct text){.is = GIVEN, .s = cell.s + 1, .len = cell.len - 1};
    }
    if (!is_number(digits)) {
        cell_fault(error, line, column, "wrong_type", "integer");
        return false;
    }
    if (digits.s != cell.s) {
        cell_fault(error, line, column, "too_small", "0");
        return false;
    }
    for (size_t i = 0; i < cell.len && i <= digits_max; i++) {
        heads = heads * 10 + (cell.s[i] - '0');
    }
    if (cell.len > digits_max || heads > HEADCOUNT_MAX) {
        cell_fault(error, line, column, "too_large",
                   arena_format(error->arena, "%d", HEADCOUNT_MAX));
        return false;
    }
    *ret_heads = heads;
    return true;
}

static void add_figures(struct resolving *resolving, const struct headcount_line *line,
                        const struct headcount_place *place)
{
    bool any = false;

    for (size_t i = 0; i < HEADCOUNT_CATEGORIES; i++) {
        int64_t heads = 0;
        if (!given(line->heads[i].is)) {
            continue;
        }
        any = true;
        if (read_heads(resolving->error, line, i, &heads) && place) {
            resolving->figures[resolving->figure_count++] = (struct headcount_figure){
                .network_id = place->network_id,
                .organisation_id = place->organisation_id,
                .category = text_of(headcount_categories[i]),
                .heads = integer_of(heads),
            };
        }
    }
    if (!any) {
        error_fault(resolving->error,
                    arena_format(resolving->error->arena, "/%lld", (long long)line->line),
                    "required", NULL);
    }
}

/* Two lines about the same place must not say the same category. */
static void check_repeated(struct error *error, const struct headcount_line *line,
                           const struct headcount_line *earlier)
{
    for (size_t i = 0; i < HEADCOUNT_CATEGORIES; i++) {
        if (given(line->heads[i].is) && given(earlier->heads[i].is)) {
            cell_fault(error, line, headcount_categories[i], "figure_repeated",
                       arena_format(error->arena, "%lld", (long long)earlier->line));
        }
    }
}

enum outcome headcount_resolve(const struct headcount_line *lines, size_t count,
                               const struct headcount_place *places, size_t place_count,
                               struct error *error, struct record_list *ret_figures)
{
    struct resolving resolving = {.places = places, .place_count = place_count, .error = error};
    const struct headcount_place **found = arena_array(error->arena, const struct headcount_place *,
                                                       count + 1);
    resolving.figures = arena_array(error->arena, struct headcount_figure,
                                    count * HEADCOUNT_CATEGORIES + 1);
    for (size_t i = 0; i < count; i++) {
        found[i] = find_place(&resolving, &lines[i]);
        add_figures(&resolving, &lines[i], found[i]);
        for (size_t j = 0; j < i; j++) {
            if (found[i] && found[i] == found[j]) {
                check_repeated(error, &lines[i], &lines[j]);
            }
        }
    }
    *ret_figures = (struct record_list){.is = GIVEN,
                                        .shape = &shape_headcount_figure,
                                        .items = resolving.figures,
                                        .count = resolving.figure_count};
    return error_outcome(error);
}
