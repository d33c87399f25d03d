#include "domain/smart/learning_group.h"

#include "domain/smart/employer_mix.h"
#include "domain/smart/least_moves.h"

#include <inttypes.h>
#include <stdlib.h>

const char *const learning_grouping_states[] = {GROUPING_PROPOSED, GROUPING_LOCKED, NULL};

const char *const learning_group_placements[] = {PLACED_DEAL, PLACED_EXCHANGE, PLACED_LATE_CHANGE,
                                                 PLACED_BY_HAND, NULL};

const char *const learning_group_violations[] = {UNBALANCED_PROFESSION, UNBALANCED_SIZE,
                                                 UNBALANCED_SINGLE, NULL};

#define IN_BOTH_STATES(name)                                                                       \
    {.from = GROUPING_PROPOSED,                                                                    \
     .action = name,                                                                               \
     .to = GROUPING_PROPOSED,                                                                      \
     .permission = "smart.learning_group." name},                                                  \
    {                                                                                              \
        .from = GROUPING_LOCKED, .action = name, .to = GROUPING_LOCKED,                            \
        .permission = "smart.learning_group." name                                                 \
    }

static const struct transition learning_grouping_transitions[] = {
    {.from = GROUPING_PROPOSED,
     .action = "regenerate",
     .to = GROUPING_PROPOSED,
     .permission = "smart.learning_group.regenerate"},
    {.from = GROUPING_PROPOSED,
     .action = "lock",
     .to = GROUPING_LOCKED,
     .permission = "smart.learning_group.lock"},
    {.from = GROUPING_LOCKED,
     .action = "unlock",
     .to = GROUPING_PROPOSED,
     .permission = "smart.learning_group.unlock"},
    IN_BOTH_STATES("swap"),
    IN_BOTH_STATES("move"),
    IN_BOTH_STATES("rebalance"),
    IN_BOTH_STATES("pair"),
};

const struct machine learning_grouping_machine = MACHINE_OF(learning_grouping_transitions);

SHAPE(shape_group_member, struct group_member, FIELD(struct group_member, registration_id),
      FIELD(struct group_member, profession_code), FIELD(struct group_member, employer_id),
      FIELD(struct group_member, group_no), FIELD(struct group_member, pair_no));

SHAPE(shape_group_placement, struct group_member, FIELD(struct group_member, registration_id),
      FIELD(struct group_member, group_no), FIELD(struct group_member, pair_no),
      FIELD(struct group_member, profession_no), FIELD(struct group_member, profession_count),
      FIELD(struct group_member, placed_by), FIELD(struct group_member, deal_no),
      FIELD(struct group_member, exchanged_with), FIELD(struct group_member, from_group_no));

/* ---- order ---------------------------------------------------------------------------------- */

/* Not given comes last. */
static int compare_text(struct text a, struct text b)
{
    if (!given(a.is) || !given(b.is)) {
        return given(b.is) - given(a.is);
    }
    return strcmp(a.s, b.s);
}

static int compare_alike(const void *a, const void *b)
{
    const struct group_member *x = a, *y = b;
    int order = compare_text(x->profession_code, y->profession_code);
    if (order == 0) {
        order = compare_text(x->employer_id, y->employer_id);
    }
    return order == 0 ? compare_text(x->registration_id, y->registration_id) : order;
}

static int compare_dealt(const void *a, const void *b)
{
    const struct group_member *x = a, *y = b;
    if (x->profession_count != y->profession_count) {
        return x->profession_count > y->profession_count ? -1 : 1;
    }
    return compare_alike(a, b);
}

/* The first member after `begin` of another profession, in either order. */
static size_t profession_end(const struct group_member *members, size_t count, size_t begin)
{
    size_t end = begin;
    while (end < count &&
           text_equals(members[end].profession_code, members[begin].profession_code)) {
        end++;
    }
    return end;
}

void groups_order(struct group_member *members, size_t count)
{
    qsort(members, count, sizeof *members, compare_alike);
    for (size_t begin = 0, end; begin < count; begin = end) {
        end = profession_end(members, count, begin);
        for (size_t i = begin; i < end; i++) {
            members[i].profession_no = (int64_t)(i - begin) + 1;
            members[i].profession_count = (int64_t)(end - begin);
        }
    }
    qsort(members, count, sizeof *members, compare_dealt);
}

/* ---- members as numbers --------------------------------------------------------------------- */

static int compare_employers(const void *a, const void *b, void *members)
{
    const struct group_member *of = members;
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    int order = compare_text(of[x].employer_id, of[y].employer_id);
    return order == 0 ? x - y : order;
}

/* Who is alone from their employer has no colleague to be kept from, and counts as without one. */
static int32_t number_employers(struct arena *arena, struct group_member *members, int32_t count,
                                int32_t *employer)
{
    int32_t *sorted = arena_array(arena, int32_t, (size_t)count + 1);
    int32_t employers = 0;
    for (int32_t i = 0; i < count; i++) {
        sorted[i] = i;
    }
    qsort_r(sorted, (size_t)count, sizeof *sorted, compare_employers, members);
    for (int32_t begin = 0, end; begin < count; begin = end) {
        struct text id = members[sorted[begin]].employer_id;
        end = begin + 1;
        while (end < count && text_equals(members[sorted[end]].employer_id, id)) {
            end++;
        }
        for (int32_t i = begin; i < end; i++) {
            employer[sorted[i]] = end - begin > 1 ? employers : -1;
        }
        employers += end - begin > 1;
    }
    return employers;
}

static int32_t number_professions(const struct group_member *members, size_t count,
                                  int32_t *profession)
{
    int32_t professions = 0;
    for (size_t begin = 0, end; begin < count; begin = end, professions++) {
        end = profession_end(members, count, begin);
        for (size_t i = begin; i < end; i++) {
            profession[i] = professions;
        }
    }
    return professions;
}

/* Ordered members, each in a group or fixed. */
static void mix_employers(struct arena *arena, struct group_member *members, size_t count,
                          int64_t k, const bool *fixed)
{
    int32_t *profession = arena_array(arena, int32_t, count + 1);
    int32_t *employer = arena_array(arena, int32_t, count + 1);
    struct employer_mix mix = {.count = (int32_t)count,
                               .groups = (int32_t)k,
                               .profession = profession,
                               .employer = employer,
                               .fixed = fixed,
                               .group = arena_array(arena, int32_t, count + 1),
                               .partner = arena_array(arena, int32_t, count + 1)};
    number_professions(members, count, profession);
    mix.employers = number_employers(arena, members, mix.count, employer);
    for (size_t i = 0; i < count; i++) {
        mix.group[i] = (int32_t)members[i].group_no - 1;
    }
    if (employer_mix(arena, &mix) == 0) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        members[i].group_no = mix.group[i] + 1;
        if (mix.partner[i] >= 0 && text_is(members[i].placed_by, PLACED_DEAL)) {
            members[i].placed_by = text_of(PLACED_EXCHANGE);
            members[i].exchanged_with = members[mix.partner[i]].registration_id;
        }
    }
}

/* ---- propose -------------------------------------------------------------------------------- */

static enum outcome check_room(int64_t k, size_t member_count, struct error *error)
{
    if (k <= (int64_t)member_count) {
        return DONE;
    }
    error_arg_int(error, "groups", k);
    error_arg_int(error, "members", (int64_t)member_count);
    return error_refuse(error, CONFLICT, "too_many_groups", NULL);
}

enum outcome groups_count(struct integer group_count, struct integer size_target,
                          int64_t default_size, size_t member_count, struct error *error,
                          int64_t *ret_k)
{
    if (given(group_count.is) && given(size_target.is)) {
        error_fault(error, "/size_target", "group_count_ambiguous", NULL);
        return error_outcome(error);
    }
    if (member_count == 0) {
        return error_refuse(error, CONFLICT, "no_participants", NULL);
    }
    int64_t size = given(size_target.is) ? size_target.v : default_size;
    *ret_k = given(group_count.is) ? group_count.v : ((int64_t)member_count + size - 1) / size;
    return check_room(*ret_k, member_count, error);
}

void groups_propose(struct arena *arena, struct group_member *members, size_t count, int64_t k)
{
    groups_order(members, count);
    for (size_t i = 0; i < count; i++) {
        members[i].deal_no = (int64_t)i + 1;
        members[i].group_no = (int64_t)i % k + 1;
        members[i].pair_no = 0;
        members[i].placed_by = text_of(PLACED_DEAL);
    }
    mix_employers(arena, members, count, k, NULL);
}

/* ---- check ---------------------------------------------------------------------------------- */

struct spread {
    int64_t least;
    int64_t most;
    int64_t total;
};

static struct spread spread_of(const int64_t *counts, int64_t k)
{
    struct spread spread = {.least = counts[0], .most = counts[0]};
    for (int64_t g = 0; g < k; g++) {
        spread.least = counts[g] < spread.least ? counts[g] : spread.least;
        spread.most = counts[g] > spread.most ? counts[g] : spread.most;
        spread.total += counts[g];
    }
    return spread;
}

/* What groups_check counts, profession by profession. */
struct census {
    int64_t *sizes;
    int64_t *here;        /* of the profession at hand */
    int64_t *professions; /* how many each group has */
    int64_t placed;
    int64_t largest; /* profession */
};

static struct spread count_profession(struct census *census, const struct group_member *members,
                                      size_t begin, size_t end, int64_t k)
{
    memset(census->here, 0, sizeof *census->here * (size_t)k);
    for (size_t i = begin; i < end; i++) {
        if (members[i].group_no > 0) {
            census->here[members[i].group_no - 1]++;
        }
    }
    for (int64_t g = 0; g < k; g++) {
        census->sizes[g] += census->here[g];
        census->professions[g] += census->here[g] > 0;
    }
    struct spread spread = spread_of(census->here, k);
    census->placed += spread.total;
    census->largest = spread.total > census->largest ? spread.total : census->largest;
    return spread;
}

static int64_t count_single(const struct census *census, int64_t k)
{
    int64_t single = 0;
    for (int64_t g = 0; g < k; g++) {
        single += census->sizes[g] > 1 && census->professions[g] == 1;
    }
    return single;
}

size_t groups_check(struct arena *arena, struct group_member *members, size_t count, int64_t k,
                    struct group_violation **ret_violations)
{
    struct census census = {.sizes = arena_array(arena, int64_t, (size_t)k),
                            .here = arena_array(arena, int64_t, (size_t)k),
                            .professions = arena_array(arena, int64_t, (size_t)k)};
    struct group_violation *found = arena_array(arena, struct group_violation, count + 2);
    size_t violations = 0;

    groups_order(members, count);
    for (size_t begin = 0, end; begin < count; begin = end) {
        end = profession_end(members, count, begin);
        struct spread spread = count_profession(&census, members, begin, end, k);
        if (spread.most - spread.least > 1) {
            found[violations++] = (struct group_violation){
                .code = UNBALANCED_PROFESSION,
                .profession_code = members[begin].profession_code.s,
                .least = spread.least,
                .most = spread.most};
        }
    }
    struct spread size = spread_of(census.sizes, k);
    if (size.most - size.least > 1) {
        found[violations++] = (struct group_violation){
            .code = UNBALANCED_SIZE, .least = size.least, .most = size.most};
    }
    /* Each member of another profession can save one group from being of the largest alone. */
    int64_t others = census.placed - census.largest;
    int64_t unavoidable = others == 0 ? k : others < k ? k - others : 0;
    int64_t single = count_single(&census, k);
    if (single > unavoidable) {
        found[violations++] = (struct group_violation){
            .code = UNBALANCED_SINGLE, .least = unavoidable, .most = single};
    }
    *ret_violations = found;
    return violations;
}

/* ---- by hand -------------------------------------------------------------------------------- */

static struct group_member *find(struct group_member *members, size_t count, struct text id,
                                 const char *pointer, struct error *error)
{
    for (size_t i = 0; i < count; i++) {
        if (text_equals(members[i].registration_id, id)) {
            return &members[i];
        }
    }
    error_fault(error, pointer, "unknown_reference", NULL);
    return NULL;
}

static void check_force(struct boolean force, struct text reason, struct error *error)
{
    if (given(force.is) && force.v && !given(reason.is)) {
        error_fault(error, "/reason", "reason_required", NULL);
    }
}

static void place_by_hand(struct group_member *member, int64_t group_no)
{
    member->from_group_no = member->group_no;
    member->group_no = group_no;
    member->pair_no = 0;
    member->placed_by = text_of(PLACED_BY_HAND);
}

/* "group_size 5-7, profession laerer 1-3" */
static const char *describe(struct arena *arena, const struct group_violation *violations,
                            size_t count)
{
    struct buffer text;
    buffer_init(&text, arena, 128);
    for (size_t i = 0; i < count; i++) {
        const struct group_violation *v = &violations[i];
        buffer_add_string(&text, i > 0 ? ", " : "");
        buffer_add_string(&text, v->code);
        buffer_add_string(&text, v->profession_code ? " " : "");
        buffer_add_string(&text, v->profession_code ? v->profession_code : "");
        buffer_add_string(&text, arena_format(arena, " %" PRId64 "-%" PRId64, v->least, v->most));
    }
    return text.data;
}

static enum outcome check_change(struct arena *arena, struct group_member *members, size_t count,
                                 int64_t k, struct boolean force, struct error *error)
{
    struct group_violation *violations = NULL;
    size_t found = groups_check(arena, members, count, k, &violations);
    if (found == 0 || (given(force.is) && force.v)) {
        return DONE;
    }
    error_arg(error, "violations", describe(error->arena, violations, found));
    return error_refuse(error, CONFLICT, "groups_unbalanced", "SM-R11");
}

enum outcome groups_swap(struct arena *arena, const struct learning_groups_swap *in,
                         struct group_member *members, size_t count, int64_t k, struct error *error)
{
    struct group_member *a = find(members, count, in->registration_id, "/registration_id", error);
    struct group_member *b = find(members, count, in->with_registration_id, "/with_registration_id",
                                  error);
    check_force(in->force, in->reason, error);
    if (a && a == b) {
        error_fault(error, "/with_registration_id", "same_registration", NULL);
    }
    if (error->fault_count > 0) {
        return error_outcome(error);
    }
    if (a->group_no == 0 || b->group_no == 0) {
        return error_refuse(error, CONFLICT, "not_in_group", NULL);
    }
    if (a->group_no == b->group_no) {
        return error_refuse(error, CONFLICT, "same_group", NULL);
    }
    int64_t group_no = a->group_no;
    place_by_hand(a, b->group_no);
    place_by_hand(b, group_no);
    a->exchanged_with = in->with_registration_id;
    b->exchanged_with = in->registration_id;
    return check_change(arena, members, count, k, in->force, error);
}

enum outcome groups_move(struct arena *arena, const struct learning_groups_move *in,
                         struct group_member *members, size_t count, int64_t k, struct error *error)
{
    struct group_member *member = find(members, count, in->registration_id, "/registration_id",
                                       error);
    check_force(in->force, in->reason, error);
    if (in->group_no.v > k) {
        error_fault(error, "/group_no", "unknown_reference", NULL);
    }
    if (error->fault_count > 0) {
        return error_outcome(error);
    }
    if (member->group_no == in->group_no.v) {
        return error_refuse(error, CONFLICT, "same_group", NULL);
    }
    place_by_hand(member, in->group_no.v);
    return check_change(arena, members, count, k, in->force, error);
}

/* ---- late change ---------------------------------------------------------------------------- */

/* Who is too many in a group leaves it, the last in order. `wanted` becomes what is still missing. */
static void release(struct group_member *members, size_t count, int64_t k,
                    const int32_t *profession, int32_t *wanted)
{
    for (size_t i = 0; i < count; i++) {
        if (members[i].group_no == 0) {
            continue;
        }
        int32_t *left = &wanted[(int64_t)profession[i] * k + members[i].group_no - 1];
        if (*left > 0) {
            --*left;
            continue;
        }
        members[i].from_group_no = members[i].group_no;
        members[i].group_no = 0;
    }
}

/* Those without a group fill what is still wanted, group by group. */
static void fill(struct group_member *members, size_t count, int64_t k, const int32_t *profession,
                 int32_t *wanted, bool *fixed)
{
    int64_t g = 0;
    for (size_t i = 0; i < count; i++) {
        fixed[i] = members[i].group_no > 0;
        if (i > 0 && profession[i] != profession[i - 1]) {
            g = 0;
        }
        if (fixed[i]) {
            continue;
        }
        while (wanted[(int64_t)profession[i] * k + g] == 0) {
            g++;
        }
        wanted[(int64_t)profession[i] * k + g]--;
        members[i].group_no = g + 1;
        members[i].pair_no = 0;
        members[i].placed_by = text_of(PLACED_LATE_CHANGE);
    }
}

enum outcome groups_rebalance(struct arena *arena, struct group_member *members, size_t count,
                              int64_t k, struct error *error)
{
    enum outcome outcome = check_room(k, count, error);
    if (outcome != DONE) {
        return outcome;
    }
    groups_order(members, count);
    int32_t *profession = arena_array(arena, int32_t, count + 1);
    int32_t professions = number_professions(members, count, profession);
    int32_t *total = arena_array(arena, int32_t, (size_t)professions);
    int32_t *have = arena_array(arena, int32_t, (size_t)professions * (size_t)k);
    bool *fixed = arena_array(arena, bool, count);
    for (size_t i = 0; i < count; i++) {
        total[profession[i]]++;
        if (members[i].group_no > 0) {
            have[(int64_t)profession[i] * k + members[i].group_no - 1]++;
        }
    }
    int32_t *wanted = least_moves(arena, professions, (int32_t)k, total, have);
    release(members, count, k, profession, wanted);
    fill(members, count, k, profession, wanted, fixed);
    mix_employers(arena, members, count, k, fixed);
    return DONE;
}

/* ---- transitions ---------------------------------------------------------------------------- */

enum outcome groups_decide(const char *state, const char *action, const struct course *course,
                           int64_t now, size_t unplaced, struct error *error,
                           const struct transition **ret_transition)
{
    enum outcome outcome = machine_apply(&learning_grouping_machine, state, action, error,
                                         ret_transition);
    if (outcome != DONE) {
        return outcome;
    }
    if (strcmp(action, "unlock") == 0 && course_has_started(course, now)) {
        return error_refuse(error, CONFLICT, "course_started", NULL);
    }
    if (strcmp(action, "lock") == 0 && unplaced > 0) {
        error_arg_int(error, "count", (int64_t)unplaced);
        return error_refuse(error, CONFLICT, "members_unplaced", NULL);
    }
    return DONE;
}
