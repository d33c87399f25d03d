#include "domain/grants/joint_measure.h"

#include "domain/base/clock.h"
#include "domain/base/text.h"

#define RULE_STATES "KL-R15"

const char *const joint_measure_states[] = {
    JOINT_IDEA, JOINT_CONCEPT, JOINT_PLANNED, JOINT_RUNNING, JOINT_EVALUATED, JOINT_ENDED, NULL,
};

#define WRITE "grants.joint_measure.write"
static const struct transition joint_measure_transitions[] = {
    {.from = JOINT_IDEA, .action = "develop", .to = JOINT_CONCEPT, .permission = WRITE},
    {.from = JOINT_CONCEPT, .action = "plan", .to = JOINT_PLANNED, .permission = WRITE},
    {.from = JOINT_PLANNED, .action = "start", .to = JOINT_RUNNING, .permission = WRITE},
    {.from = JOINT_RUNNING, .action = "evaluate", .to = JOINT_EVALUATED, .permission = WRITE},
    {.from = JOINT_EVALUATED, .action = "end", .to = JOINT_ENDED, .permission = WRITE},
};

const struct machine joint_measure_machine = MACHINE_OF(joint_measure_transitions);

SHAPE(shape_joint_measure, struct joint_measure, FIELD(struct joint_measure, id),
      FIELD(struct joint_measure, forum_id), FIELD(struct joint_measure, state),
      FIELD(struct joint_measure, starts_year), FIELD(struct joint_measure, ends_year),
      FIELD(struct joint_measure, considerations_a_ok),
      FIELD(struct joint_measure, considerations_b_ok),
      FIELD(struct joint_measure, considerations_c_ok),
      FIELD(struct joint_measure, considerations_d_ok), FIELD(struct joint_measure, has_concept),
      FIELD(struct joint_measure, evaluations), FIELD(struct joint_measure, today_on),
      FIELD(struct joint_measure, version));

SHAPE(shape_joint_measure_change, struct joint_measure_change,
      FIELD(struct joint_measure_change, state));

SHAPE(shape_joint_measure_money, struct joint_measure_money,
      FIELD(struct joint_measure_money, round_state),
      FIELD(struct joint_measure_money, round_forum_id),
      FIELD(struct joint_measure_money, recipient_type));

SHAPE(shape_joint_measure_grant, struct joint_measure_grant, FIELD(struct joint_measure_grant, id),
      FIELD(struct joint_measure_grant, round_state), FIELD(struct joint_measure_grant, version));

SHAPE(shape_joint_measure_participation, struct joint_measure_participation,
      FIELD(struct joint_measure_participation, id),
      FIELD(struct joint_measure_participation, year),
      FIELD(struct joint_measure_participation, this_year),
      FIELD(struct joint_measure_participation, own),
      FIELD(struct joint_measure_participation, version));

/* ---- what a state stands on ------------------------------------------------------------------ */

static enum outcome check_answers(const struct joint_measure *measure, struct error *error)
{
    const struct boolean answers[] = {measure->considerations_a_ok, measure->considerations_b_ok,
                                      measure->considerations_c_ok, measure->considerations_d_ok};
    const char *missing = "";

    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        if (!given(answers[i].is)) {
            missing = arena_format(error->arena, "%s%s%c", missing, *missing ? ", " : "",
                                   (char)('a' + i));
        }
    }
    if (*missing) {
        error_arg(error, "missing", missing);
        return error_refuse(error, CONFLICT, "considerations_unanswered", RULE_STATES);
    }
    return DONE;
}

static enum outcome check_concept(const struct joint_measure *measure, struct error *error)
{
    return measure->has_concept ? DONE
                                : error_refuse(error, CONFLICT, "concept_missing", RULE_STATES);
}

static enum outcome check_ground(const struct joint_measure *measure, struct error *error)
{
    static const char *const unplanned[] = {JOINT_IDEA, JOINT_CONCEPT, NULL};

    if (text_is_one_of(measure->state, unplanned)) {
        return DONE;
    }
    enum outcome outcome = check_answers(measure, error);
    return outcome == DONE && !text_is(measure->state, JOINT_PLANNED)
               ? check_concept(measure, error)
               : outcome;
}

static enum outcome check_not_over(const struct joint_measure *measure, struct error *error)
{
    return text_is(measure->state, JOINT_ENDED)
               ? error_refuse(error, CONFLICT, "joint_measure_over", NULL)
               : DONE;
}

/* ---- content --------------------------------------------------------------------------------- */

static enum outcome check_years(struct integer starts_year, struct integer ends_year,
                                struct error *error)
{
    if (given(starts_year.is) && given(ends_year.is) && ends_year.v < starts_year.v) {
        error_fault(error, "/ends_year", "ends_before_it_begins",
                    arena_format(error->arena, "%lld", (long long)starts_year.v));
    }
    return error_outcome(error);
}

enum outcome joint_measure_check_create(const struct joint_measure_create *in, struct error *error)
{
    return check_years(in->starts_year, in->ends_year, error);
}

static void patch_boolean(struct boolean *stored, struct boolean patch)
{
    if (patch.is != ABSENT) {
        *stored = patch;
    }
}

static void patch_integer(struct integer *stored, struct integer patch)
{
    if (patch.is != ABSENT) {
        *stored = patch;
    }
}

static struct joint_measure patched(const struct joint_measure *measure,
                                    const struct joint_measure_update *in)
{
    struct joint_measure after = *measure;
    patch_boolean(&after.considerations_a_ok, in->considerations_a_ok);
    patch_boolean(&after.considerations_b_ok, in->considerations_b_ok);
    patch_boolean(&after.considerations_c_ok, in->considerations_c_ok);
    patch_boolean(&after.considerations_d_ok, in->considerations_d_ok);
    patch_integer(&after.starts_year, in->starts_year);
    patch_integer(&after.ends_year, in->ends_year);
    if (in->concept.is != ABSENT) {
        after.has_concept = given(in->concept.is);
    }
    return after;
}

enum outcome joint_measure_check_update(const struct joint_measure *measure,
                                        const struct joint_measure_update *in, bool in_circle,
                                        struct error *error)
{
    const struct joint_measure after = patched(measure, in);
    enum outcome outcome = check_not_over(measure, error);
    if (outcome == DONE && in_circle) {
        outcome = error_refuse(error, CONFLICT, "builds_on_itself", NULL);
    }
    if (outcome == DONE) {
        outcome = check_ground(&after, error);
    }
    return outcome == DONE ? check_years(after.starts_year, after.ends_year, error) : outcome;
}

/* ---- actions --------------------------------------------------------------------------------- */

static enum outcome apply(const struct joint_measure *measure, const char *action,
                          struct error *error, struct joint_measure_change *ret_change)
{
    *ret_change = (struct joint_measure_change){0};
    return machine_next(&joint_measure_machine, measure->state, action, error, &ret_change->state);
}

enum outcome joint_measure_develop(const struct joint_measure *measure, struct error *error,
                                   struct joint_measure_change *ret_change)
{
    return apply(measure, "develop", error, ret_change);
}

enum outcome joint_measure_plan(const struct joint_measure *measure, struct error *error,
                                struct joint_measure_change *ret_change)
{
    enum outcome outcome = apply(measure, "plan", error, ret_change);
    return outcome == DONE ? check_answers(measure, error) : outcome;
}

enum outcome joint_measure_start(const struct joint_measure *measure, struct error *error,
                                 struct joint_measure_change *ret_change)
{
    enum outcome outcome = apply(measure, "start", error, ret_change);
    return outcome == DONE ? check_concept(measure, error) : outcome;
}

enum outcome joint_measure_evaluate(const struct joint_measure *measure, struct error *error,
                                    struct joint_measure_change *ret_change)
{
    enum outcome outcome = apply(measure, "evaluate", error, ret_change);
    if (outcome == DONE && measure->evaluations == 0) {
        outcome = error_refuse(error, CONFLICT, "evaluation_missing", NULL);
    }
    return outcome;
}

enum outcome joint_measure_end(const struct joint_measure *measure, struct error *error,
                               struct joint_measure_change *ret_change)
{
    return apply(measure, "end", error, ret_change);
}

/* ---- what belongs to one --------------------------------------------------------------------- */

enum outcome joint_measure_check_evaluation(const struct joint_measure *measure,
                                            const struct joint_measure_evaluation_create *in,
                                            struct error *error)
{
    static const char *const begun[] = {JOINT_RUNNING, JOINT_EVALUATED, JOINT_ENDED, NULL};

    if (!text_is_one_of(measure->state, begun)) {
        return error_refuse(error, CONFLICT, "joint_measure_not_running", NULL);
    }
    return day_is_before(measure->today_on, in->held_on)
               ? error_refuse(error, CONFLICT, "date_in_future", NULL)
               : DONE;
}

static void check_forum(struct text forum_id, const struct joint_measure *measure,
                        const char *pointer, struct error *error)
{
    if (!given(forum_id.is)) {
        error_fault(error, pointer, "unknown_reference", NULL);
    } else if (!text_equals(forum_id, measure->forum_id)) {
        error_fault(error, pointer, "other_forum", NULL);
    }
}

/* Who can be given money: universities and the like, networks and owners. */
static void check_recipient(struct text org_type, struct error *error)
{
    static const char *const fit[] = {
        "uh_institution",
        "research_centre",
        "competence_network",
        "municipality",
        "county",
        "private_owner",
        "company",
        NULL,
    };

    if (!given(org_type.is)) {
        error_fault(error, "/recipient_id", "unknown_reference", NULL);
    } else if (!text_is_one_of(org_type, fit)) {
        error_fault(error, "/recipient_id", "organisation_unfit", NULL);
    }
}

static enum outcome check_round_open(struct text round_state, struct error *error)
{
    return text_is(round_state, "closed") ? error_refuse(error, CONFLICT, "round_closed", NULL)
                                          : DONE;
}

enum outcome joint_measure_check_grant(const struct joint_measure *measure,
                                       const struct joint_measure_money *money, struct error *error)
{
    check_forum(money->round_forum_id, measure, "/round_id", error);
    check_recipient(money->recipient_type, error);
    enum outcome outcome = error_outcome(error);
    if (outcome == DONE) {
        outcome = check_not_over(measure, error);
    }
    return outcome == DONE ? check_round_open(money->round_state, error) : outcome;
}

enum outcome joint_measure_check_grant_change(const struct joint_measure_grant *grant,
                                              struct error *error)
{
    return check_round_open(grant->round_state, error);
}

enum outcome joint_measure_check_participation(const struct joint_measure *measure,
                                               const struct joint_measure_participation_create *in,
                                               struct text network_forum_id, struct error *error)
{
    check_forum(network_forum_id, measure, "/network_id", error);
    enum outcome outcome = error_outcome(error);
    if (outcome == DONE) {
        outcome = check_not_over(measure, error);
    }
    if (outcome == DONE &&
        ((given(measure->starts_year.is) && in->year.v < measure->starts_year.v) ||
         (given(measure->ends_year.is) && in->year.v > measure->ends_year.v))) {
        outcome = error_refuse(error, CONFLICT, "year_outside_measure", NULL);
    }
    return outcome;
}

enum outcome joint_measure_check_leave(const struct joint_measure_participation *participation,
                                       struct error *error)
{
    if (!participation->own) {
        return error_refuse(error, FORBIDDEN, "forbidden", NULL);
    }
    return participation->year < participation->this_year
               ? error_refuse(error, CONFLICT, "year_over", NULL)
               : DONE;
}
