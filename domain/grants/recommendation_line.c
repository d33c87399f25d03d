#include "domain/grants/recommendation_line.h"

#include "domain/base/text.h"

#define RULE_FRAME "KL-R03"
#define RULE_CRITERIA "KL-R05"
#define RULE_COMPLETE "KL-R11"
#define RULE_IMPARTIAL "KL-R16"

const char *const recommendation_verdicts[] = {LINE_RECOMMEND, LINE_REDUCE, LINE_REJECT, NULL};

SHAPE(shape_recommendation_line, struct recommendation_line,
      FIELD(struct recommendation_line, basis_id), FIELD(struct recommendation_line, verdict),
      FIELD(struct recommendation_line, amount_uh_nok),
      FIELD(struct recommendation_line, amount_network_nok),
      FIELD(struct recommendation_line, priority), FIELD(struct recommendation_line, conditions),
      FIELD(struct recommendation_line, reason),
      FIELD(struct recommendation_line, disqualified_member_ids),
      FIELD(struct recommendation_line, version));

SHAPE(shape_recommendation_case, struct recommendation_case,
      FIELD(struct recommendation_case, basis_id), FIELD(struct recommendation_case, title),
      FIELD(struct recommendation_case, state), FIELD(struct recommendation_case, network_id),
      FIELD(struct recommendation_case, frame_nok),
      FIELD(struct recommendation_case, applied_uh_nok),
      FIELD(struct recommendation_case, applied_network_nok),
      FIELD(struct recommendation_case, has_measures),
      FIELD(struct recommendation_case, has_participants),
      FIELD(struct recommendation_case, has_duration),
      FIELD(struct recommendation_case, has_criteria),
      FIELD(struct recommendation_case, has_partners),
      FIELD(struct recommendation_case, has_distribution),
      FIELD(struct recommendation_case, not_met), FIELD(struct recommendation_case, partly),
      FIELD(struct recommendation_case, line_id), FIELD(struct recommendation_case, verdict),
      FIELD(struct recommendation_case, amount_uh_nok),
      FIELD(struct recommendation_case, amount_network_nok),
      FIELD(struct recommendation_case, conditions), FIELD(struct recommendation_case, own),
      FIELD(struct recommendation_case, awaited_until_on),
      FIELD(struct recommendation_case, undeclared));

/* ---- a line as a body makes it --------------------------------------------------------------- */

struct recommendation_line recommendation_line_of(const struct recommendation_line_create *in)
{
    return (struct recommendation_line){
        .basis_id = in->basis_id,
        .verdict = in->verdict,
        .amount_uh_nok = in->amount_uh_nok,
        .amount_network_nok = in->amount_network_nok,
        .priority = in->priority,
        .conditions = in->conditions,
        .reason = in->reason,
        .disqualified_member_ids = in->disqualified_member_ids,
    };
}

static void merge_amount(struct integer *amount, struct integer said, bool stays)
{
    if (said.is != ABSENT || !stays) {
        *amount = said;
    }
}

void recommendation_line_merge(struct recommendation_line *line,
                               const struct recommendation_line_update *in)
{
    bool was_reduced = text_is(line->verdict, LINE_REDUCE);

    if (in->verdict.is != ABSENT) {
        line->verdict = in->verdict;
    }
    bool stays = was_reduced && text_is(line->verdict, LINE_REDUCE);
    merge_amount(&line->amount_uh_nok, in->amount_uh_nok, stays);
    merge_amount(&line->amount_network_nok, in->amount_network_nok, stays);
    if (in->priority.is != ABSENT) {
        line->priority = in->priority;
    }
    if (in->conditions.is != ABSENT) {
        line->conditions = in->conditions;
    }
    if (in->reason.is != ABSENT) {
        line->reason = in->reason;
    }
    if (in->disqualified_member_ids.is != ABSENT) {
        line->disqualified_member_ids = in->disqualified_member_ids;
    }
}

/* ---- amounts --------------------------------------------------------------------------------- */

static const char *kroner(struct error *error, int64_t nok)
{
    return arena_format(error->arena, "%lld", (long long)nok);
}

static void settle_amount(struct integer *amount, int64_t follows, const char *pointer,
                          struct error *error)
{
    if (!given(amount->is)) {
        *amount = integer_of(follows);
    } else if (amount->v != follows) {
        error_fault(error, pointer, "amount_follows", kroner(error, follows));
    }
}

static void check_part(struct integer amount, int64_t applied, const char *pointer,
                       struct error *error)
{
    if (!given(amount.is)) {
        error_fault(error, pointer, "required", NULL);
    } else if (amount.v > applied) {
        error_fault(error, pointer, "amount_above_applied", kroner(error, applied));
    }
}

static bool is_reduced(int64_t amount, const struct recommendation_case *about)
{
    return amount > 0 && amount < about->applied_uh_nok + about->applied_network_nok;
}

static void check_amounts(struct recommendation_line *line, const struct recommendation_case *about,
                          struct error *error)
{
    static const char uh[] = "/amount_uh_nok", network[] = "/amount_network_nok";

    if (!text_is(line->verdict, LINE_REDUCE)) {
        bool rejected = text_is(line->verdict, LINE_REJECT);
        settle_amount(&line->amount_uh_nok, rejected ? 0 : about->applied_uh_nok, uh, error);
        settle_amount(&line->amount_network_nok, rejected ? 0 : about->applied_network_nok, network,
                      error);
        return;
    }
    check_part(line->amount_uh_nok, about->applied_uh_nok, uh, error);
    check_part(line->amount_network_nok, about->applied_network_nok, network, error);
    if (given(line->amount_uh_nok.is) && given(line->amount_network_nok.is) &&
        !is_reduced(line->amount_uh_nok.v + line->amount_network_nok.v, about)) {
        error_fault(error, "/verdict", "not_reduced",
                    kroner(error, about->applied_uh_nok + about->applied_network_nok));
    }
}

/* Of all lines of the network; `line`, when not NULL, in place of what stands for its basis. */
static int64_t sum_of_network(struct text network_id, const struct recommendation_line *line,
                              const struct recommendation_case *cases, size_t count)
{
    int64_t sum = 0;
    for (size_t i = 0; i < count; i++) {
        if (!text_equals(cases[i].network_id, network_id)) {
            continue;
        }
        bool in_place = line && text_equals(cases[i].basis_id, line->basis_id);
        sum += in_place ? line->amount_uh_nok.v + line->amount_network_nok.v
                        : cases[i].amount_uh_nok.v + cases[i].amount_network_nok.v;
    }
    return sum;
}

static int64_t frame_of(const struct recommendation_case *about)
{
    return given(about->frame_nok.is) ? about->frame_nok.v : 0;
}

/* ---- complete -------------------------------------------------------------------------------- */

struct part {
    const char *pointer;
    bool is_there;
};

static bool is_complete(const struct recommendation_case *about)
{
    return about->has_measures && about->has_participants && about->has_duration &&
           about->has_criteria && about->has_partners && about->has_distribution;
}

static enum outcome check_complete(const struct recommendation_case *about, struct error *error)
{
    const struct part parts[] = {
        {"/basis/measures", about->has_measures}, {"/basis/participants", about->has_participants},
        {"/basis/duration", about->has_duration}, {"/basis/criteria", about->has_criteria},
        {"/basis/partners", about->has_partners}, {"/basis/distribution", about->has_distribution},
    };

    if (is_complete(about)) {
        return DONE;
    }
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (!parts[i].is_there) {
            error_fault(error, parts[i].pointer, "missing_in_basis", NULL);
        }
    }
    return error_refuse(error, CONFLICT, "line_incomplete", RULE_COMPLETE);
}

/* ---- one line -------------------------------------------------------------------------------- */

static bool is_up_for_recommendation(const struct recommendation_case *about)
{
    return text_is(about->state, "submitted") || text_is(about->state, "assessed");
}

static const struct recommendation_case *
find_case(struct text basis_id, const struct recommendation_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (text_equals(cases[i].basis_id, basis_id)) {
            return &cases[i];
        }
    }
    return NULL;
}

static enum outcome refuse_as_own(struct error *error)
{
    return error_refuse(error, FORBIDDEN, "own_basis", RULE_IMPARTIAL);
}

enum outcome recommendation_line_check_impartial(const struct recommendation_line *line,
                                                 const struct recommendation_case *cases,
                                                 size_t case_count, struct error *error)
{
    const struct recommendation_case *about = find_case(line->basis_id, cases, case_count);
    return about && about->own ? refuse_as_own(error) : DONE;
}

enum outcome recommendation_line_check(struct recommendation_line *line,
                                       const struct recommendation_case *cases, size_t case_count,
                                       const struct meeting_voter *members, size_t member_count,
                                       struct error *error)
{
    const struct recommendation_case *about = find_case(line->basis_id, cases, case_count);
    bool rejected = text_is(line->verdict, LINE_REJECT);
    enum outcome outcome = recommendation_line_check_impartial(line, cases, case_count, error);

    if (outcome != DONE) {
        return outcome;
    }
    meeting_check_members(&line->disqualified_member_ids, members, member_count, error);
    if (!text_is(line->verdict, LINE_RECOMMEND) && text_is_blank(line->reason)) {
        error_fault(error, "/reason", "required", NULL);
    }
    if (!about) {
        error_fault(error, "/basis_id", "unknown_reference", NULL);
        return error_outcome(error);
    }
    check_amounts(line, about, error);
    outcome = error_outcome(error);
    if (outcome == DONE && !is_up_for_recommendation(about)) {
        error_arg(error, "state", about->state.s);
        return error_refuse(error, CONFLICT, "basis_not_recommendable", NULL);
    }
    if (outcome == DONE && !rejected) {
        outcome = check_complete(about, error);
    }
    if (outcome != DONE) {
        return outcome;
    }
    return sum_of_network(about->network_id, line, cases, case_count) > frame_of(about)
               ? error_refuse(error, CONFLICT, "recommended_above_frame", RULE_FRAME)
               : DONE;
}

/* ---- all lines ------------------------------------------------------------------------------- */

struct all_cases {
    const struct recommendation_case *cases;
    size_t count;
};

static bool has_line(const struct recommendation_case *about)
{
    return given(about->line_id.is);
}

enum outcome recommendation_lines_check_impartial(const struct recommendation_case *cases,
                                                  size_t count, struct error *error)
{
    for (size_t i = 0; i < count; i++) {
        if (has_line(&cases[i]) && cases[i].own) {
            return refuse_as_own(error);
        }
    }
    return DONE;
}

static bool gives(const struct recommendation_case *about)
{
    return has_line(about) && !text_is(about->verdict, LINE_REJECT);
}

static bool lacks_line(const struct recommendation_case *about, const struct all_cases *all)
{
    (void)all;
    return !has_line(about) && is_up_for_recommendation(about);
}

static bool is_not_assessed(const struct recommendation_case *about, const struct all_cases *all)
{
    (void)all;
    return has_line(about) && !text_is(about->state, "assessed");
}

static bool is_outdated(const struct recommendation_case *about, const struct all_cases *all)
{
    int64_t uh = about->amount_uh_nok.v, network = about->amount_network_nok.v;
    (void)all;
    if (!gives(about)) {
        return false;
    }
    if (text_is(about->verdict, LINE_RECOMMEND)) {
        return uh != about->applied_uh_nok || network != about->applied_network_nok;
    }
    return uh > about->applied_uh_nok || network > about->applied_network_nok ||
           !is_reduced(uh + network, about);
}

static bool is_incomplete(const struct recommendation_case *about, const struct all_cases *all)
{
    (void)all;
    return gives(about) && !is_complete(about);
}

static bool has_unmet_criterion(const struct recommendation_case *about,
                                const struct all_cases *all)
{
    (void)all;
    return gives(about) && about->not_met;
}

static bool lacks_conditions(const struct recommendation_case *about, const struct all_cases *all)
{
    (void)all;
    return gives(about) && about->partly && text_is_blank(about->conditions);
}

static bool has_undeclared(const struct recommendation_case *about, const struct all_cases *all)
{
    (void)all;
    return has_line(about) && about->undeclared;
}

static bool is_above_frame(const struct recommendation_case *about, const struct all_cases *all)
{
    return gives(about) &&
           sum_of_network(about->network_id, NULL, all->cases, all->count) > frame_of(about);
}

static const struct {
    bool (*stands_in_the_way)(const struct recommendation_case *about, const struct all_cases *all);
    const char *code;
    const char *rule;
} obstacles[] = {
    {lacks_line, "bases_without_line", NULL},
    {is_not_assessed, "basis_not_assessed", NULL},
    {is_outdated, "line_outdated", NULL},
    {is_incomplete, "line_incomplete", RULE_COMPLETE},
    {has_unmet_criterion, "criterion_not_met", RULE_CRITERIA},
    {lacks_conditions, "conditions_required", RULE_CRITERIA},
    {has_undeclared, "members_not_disqualified", RULE_IMPARTIAL},
    {is_above_frame, "recommended_above_frame", RULE_FRAME},
};

static const char *pointer_of(const struct recommendation_case *about, struct error *error)
{
    return has_line(about) ? arena_format(error->arena, "/lines/%s", about->line_id.s)
                           : arena_format(error->arena, "/bases/%s", about->basis_id.s);
}

enum outcome recommendation_lines_check(const struct recommendation_case *cases, size_t count,
                                        struct error *error)
{
    const struct all_cases all = {cases, count};

    for (size_t o = 0; o < sizeof obstacles / sizeof obstacles[0]; o++) {
        for (size_t i = 0; i < count; i++) {
            if (obstacles[o].stands_in_the_way(&cases[i], &all)) {
                error_fault(error, pointer_of(&cases[i], error), obstacles[o].code,
                            cases[i].title.s);
                error_refuse(error, CONFLICT, obstacles[o].code, obstacles[o].rule);
            }
        }
    }
    return error_outcome(error);
}
