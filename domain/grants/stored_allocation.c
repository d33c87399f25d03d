#include "domain/grants/stored_allocation.h"

#include "domain/base/text.h"

#define RULE_FRAME "KL-R03"
#define RULE_JOINT_SHARE "KL-R04"
#define RULE_TOTAL "KL-R08"
#define RULE_HEADCOUNTS "KL-R13"
#define PROVISIONAL "provisional"
#define FINAL "final"

const char *const allocation_states[] = {ALLOCATION_DRAFT, ALLOCATION_ADOPTED, ALLOCATION_PUBLISHED,
                                         ALLOCATION_SUPERSEDED, NULL};
const char *const allocation_kinds[] = {PROVISIONAL, FINAL, NULL};

/* clang-format off */
static const struct transition allocation_transitions[] = {
    {ALLOCATION_DRAFT, "recompute", ALLOCATION_DRAFT, "grants.allocation.update"},
    {ALLOCATION_DRAFT, "adopt", ALLOCATION_ADOPTED, "grants.allocation.adopt"},
    {ALLOCATION_ADOPTED, "publish", ALLOCATION_PUBLISHED, "grants.allocation.adopt"},
};
/* clang-format on */

const struct machine allocation_machine = MACHINE_OF(allocation_transitions);

SHAPE(shape_allocation, struct allocation, FIELD(struct allocation, id),
      FIELD(struct allocation, round_id), FIELD(struct allocation, name),
      FIELD(struct allocation, state), FIELD(struct allocation, kind),
      FIELD(struct allocation, headcount_year), FIELD(struct allocation, total_nok),
      FIELD(struct allocation, joint_share_bp), FIELD(struct allocation, joint_nok),
      FIELD(struct allocation, base_per_network_nok), FIELD(struct allocation, weight_child_milli),
      FIELD(struct allocation, weight_pupil_milli),
      FIELD(struct allocation, weight_apprentice_milli), FIELD(struct allocation, version));

SHAPE(shape_allocation_count, struct allocation_count, FIELD(struct allocation_count, network_id),
      FIELD(struct allocation_count, code), FIELD(struct allocation_count, children),
      FIELD(struct allocation_count, pupils), FIELD(struct allocation_count, apprentices),
      FIELD(struct allocation_count, is_counted));

SHAPE(shape_allocation_row, struct allocation_row, FIELD(struct allocation_row, network_id),
      FIELD(struct allocation_row, children), FIELD(struct allocation_row, pupils),
      FIELD(struct allocation_row, apprentices), FIELD(struct allocation_row, weight),
      FIELD(struct allocation_row, base_nok), FIELD(struct allocation_row, variable_nok),
      FIELD(struct allocation_row, remainder), FIELD(struct allocation_row, extra_krone),
      FIELD(struct allocation_row, amount_nok));

SHAPE(shape_allocation_scene, struct allocation_scene,
      FIELD(struct allocation_scene, meeting_forum_id),
      FIELD(struct allocation_scene, meeting_scheme_code),
      FIELD(struct allocation_scene, meeting_state), FIELD(struct allocation_scene, meeting_year),
      FIELD(struct allocation_scene, meeting_year_no), FIELD(struct allocation_scene, present_id),
      FIELD(struct allocation_scene, decided_before),
      FIELD(struct allocation_scene, headcounts_open), FIELD(struct allocation_scene, is_outdated),
      FIELD(struct allocation_scene, frames_short));

/* ---- computing ------------------------------------------------------------------------------- */

static struct integer or_else(struct integer value, int64_t otherwise)
{
    return given(value.is) ? value : integer_of(otherwise);
}

enum outcome allocation_draft(const struct allocation_create *in, const struct round *round,
                              struct error *error, struct allocation *ret_draft)
{
    if (!given(in->total_nok.is) && !given(round->total_nok.is)) {
        return error_refuse(error, CONFLICT, "round_total_missing", NULL);
    }
    *ret_draft = (struct allocation){
        .round_id = round->id,
        .name = in->name,
        .state = text_of(ALLOCATION_DRAFT),
        .kind = given(in->kind.is) ? in->kind : text_of(PROVISIONAL),
        .headcount_year = or_else(in->headcount_year, round->year.v - 1),
        .total_nok = given(in->total_nok.is) ? in->total_nok : round->total_nok,
        .joint_share_bp = in->joint_share_bp,
        .joint_nok = in->joint_nok,
        .base_per_network_nok = in->base_per_network_nok,
        .weight_child_milli = or_else(in->weights_child_milli, ALLOCATION_WEIGHT_MILLI),
        .weight_pupil_milli = or_else(in->weights_pupil_milli, ALLOCATION_WEIGHT_MILLI),
        .weight_apprentice_milli = or_else(in->weights_apprentice_milli, ALLOCATION_WEIGHT_MILLI),
    };
    return DONE;
}

/* Codes of the networks without a figure; NULL when there is none. */
static const char *not_counted(const struct allocation_count *counts, size_t count,
                               struct arena *arena)
{
    static const size_t shown_max = 20;
    const char *codes = NULL;
    size_t shown = 0;
    for (size_t i = 0; i < count && shown < shown_max; i++) {
        if (!counts[i].is_counted) {
            codes = codes ? arena_format(arena, "%s, %s", codes, counts[i].code.s)
                          : counts[i].code.s;
            shown++;
        }
    }
    return codes;
}

/* Whoever drafts gives one of the two; what is stored has both when it was a share. */
static struct allocation_terms terms_of(const struct allocation *draft, bool computed)
{
    struct integer amount = computed && given(draft->joint_share_bp.is) ? (struct integer){0}
                                                                        : draft->joint_nok;
    return (struct allocation_terms){
        .total_nok = draft->total_nok.v,
        .joint_nok = amount,
        .joint_share_bp = draft->joint_share_bp,
        .base_per_network_nok = draft->base_per_network_nok.v,
        .weight_child_milli = draft->weight_child_milli.v,
        .weight_pupil_milli = draft->weight_pupil_milli.v,
        .weight_apprentice_milli = draft->weight_apprentice_milli.v,
    };
}

static struct allocation_row row_of(const struct allocation_count *counted,
                                    const struct allocation_line *line)
{
    return (struct allocation_row){
        .network_id = counted->network_id,
        .children = counted->children,
        .pupils = counted->pupils,
        .apprentices = counted->apprentices,
        .weight = line->weight,
        .base_nok = line->base_nok,
        .variable_nok = line->variable_nok,
        .remainder = line->remainder,
        .extra_krone = line->extra_krone,
        .amount_nok = line->amount_nok,
    };
}

enum outcome allocation_distribute(struct allocation *draft, const struct allocation_count *counts,
                                   size_t count, struct arena *arena, struct error *error,
                                   struct allocation_row **ret_rows)
{
    const struct allocation_terms terms = terms_of(draft, given(draft->id.is));
    struct allocation_result result = {0};
    struct allocation_network *networks = arena_array(arena, struct allocation_network, count + 1);
    struct allocation_row *rows = arena_array(arena, struct allocation_row, count + 1);
    const char *missing = not_counted(counts, count, arena);

    if (missing) {
        error_arg(error, "networks", missing);
        return error_refuse(error, CONFLICT, "headcount_missing", RULE_HEADCOUNTS);
    }
    for (size_t i = 0; i < count; i++) {
        networks[i] = (struct allocation_network){.code = counts[i].code,
                                                  .children = counts[i].children,
                                                  .pupils = counts[i].pupils,
                                                  .apprentices = counts[i].apprentices};
    }
    enum outcome outcome = allocation_compute(&terms, networks, count, arena, error, &result);
    if (outcome != DONE) {
        return outcome;
    }
    for (size_t i = 0; i < count; i++) {
        rows[i] = row_of(&counts[i], &result.lines[i]);
    }
    draft->joint_nok = integer_of(result.joint_nok);
    *ret_rows = rows;
    return DONE;
}

/* ---- changing and deciding ------------------------------------------------------------------- */

enum outcome allocation_check_draft(const struct allocation *allocation, struct error *error)
{
    return text_is(allocation->state, ALLOCATION_DRAFT)
               ? DONE
               : error_refuse(error, CONFLICT, "allocation_not_draft", NULL);
}

static enum outcome apply(const struct allocation *allocation, const char *action,
                          struct error *error, struct text *ret_state)
{
    return machine_next(&allocation_machine, allocation->state, action, error, ret_state);
}

enum outcome allocation_recompute(const struct allocation *allocation, struct error *error)
{
    struct text state = {0};
    return apply(allocation, "recompute", error, &state);
}

enum outcome allocation_publish(const struct allocation *allocation, struct error *error,
                                struct text *ret_state)
{
    return apply(allocation, "publish", error, ret_state);
}

static enum outcome check_meeting(const struct round *round, const struct allocation_scene *scene,
                                  struct error *error)
{
    if (!given(scene->meeting_forum_id.is)) {
        error_fault(error, "/meeting_id", "unknown_reference", NULL);
    } else if (!text_equals(scene->meeting_forum_id, round->forum_id) ||
               !text_equals(scene->meeting_scheme_code, round->scheme_code) ||
               scene->meeting_year.v != round->year.v) {
        error_fault(error, "/meeting_id", "meeting_unfit", NULL);
    }
    return error_outcome(error);
}

static bool is_decided(const struct round *round)
{
    return text_is(round->state, ROUND_DECIDED) || text_is(round->state, ROUND_REPORTING) ||
           text_is(round->state, ROUND_CLOSED);
}

/* When the year's first meeting has decided, a later one may change it, and says why. */
static enum outcome check_turn(const struct round *round, const struct allocation_scene *scene,
                               const struct allocation_adoption *in, struct error *error)
{
    if (!text_is(scene->meeting_state, "held")) {
        return error_refuse(error, CONFLICT, "meeting_not_held", NULL);
    }
    if (round->joint_share_first_meeting_only && !scene->decided_before &&
        scene->meeting_year_no.v != 1) {
        return error_refuse(error, CONFLICT, "not_first_meeting", RULE_JOINT_SHARE);
    }
    if (given(scene->present_id.is) && text_is_blank(in->reason)) {
        return error_refuse(error, CONFLICT, "allocation_in_force", RULE_JOINT_SHARE);
    }
    return DONE;
}

static enum outcome check_total(const struct allocation *allocation, const struct round *round,
                                struct error *error)
{
    bool final = text_is(allocation->kind, FINAL);
    bool fits = !given(round->total_nok.is) ? !final
                : final                     ? allocation->total_nok.v == round->total_nok.v
                                            : allocation->total_nok.v <= round->total_nok.v;
    if (fits) {
        return DONE;
    }
    error_arg_int(error, "total_nok", allocation->total_nok.v);
    return error_refuse(error, CONFLICT, "allocation_total_differs", RULE_TOTAL);
}

static enum outcome check_figures(const struct allocation_scene *scene, struct error *error)
{
    if (given(scene->headcounts_open.is)) {
        error_arg(error, "networks", scene->headcounts_open.s);
        return error_refuse(error, CONFLICT, "headcounts_open", RULE_HEADCOUNTS);
    }
    if (scene->is_outdated) {
        return error_refuse(error, CONFLICT, "allocation_outdated", RULE_HEADCOUNTS);
    }
    if (given(scene->frames_short.is)) {
        error_arg(error, "networks", scene->frames_short.s);
        return error_refuse(error, CONFLICT, "frame_below_claims", RULE_FRAME);
    }
    return DONE;
}

enum outcome allocation_adopt(const struct allocation *allocation, const struct round *round,
                              const struct allocation_scene *scene,
                              const struct allocation_adoption *in, struct error *error,
                              struct text *ret_state)
{
    enum outcome outcome = check_meeting(round, scene, error);
    if (outcome == DONE) {
        outcome = apply(allocation, "adopt", error, ret_state);
    }
    if (outcome == DONE && is_decided(round)) {
        outcome = error_refuse(error, CONFLICT, "round_decided", NULL);
    }
    if (outcome == DONE) {
        outcome = check_turn(round, scene, in, error);
    }
    if (outcome == DONE) {
        outcome = check_total(allocation, round, error);
    }
    return outcome == DONE ? check_figures(scene, error) : outcome;
}
