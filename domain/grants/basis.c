#include "domain/grants/basis.h"

#include "domain/base/clock.h"
#include "domain/base/text.h"

#include <stdlib.h>

#define RULE_IMPARTIAL "KL-R16"

#define MAY_SUBMIT "grants.basis.submit"
#define MAY_SIGN "grants.basis.sign"

const char *const basis_states[] = {
    BASIS_DRAFT,   BASIS_SUBMITTED,   BASIS_RETURNED, "assessed",
    "recommended", "not_recommended", "granted",      "partially_granted",
    "refused",     BASIS_WITHDRAWN,   NULL,
};
const char *const partner_kinds[] = {"uh", "owner", NULL};

static const struct transition basis_transitions[] = {
    {.from = BASIS_DRAFT, .action = "submit", .to = BASIS_SUBMITTED, .permission = MAY_SUBMIT},
    {.from = BASIS_DRAFT, .action = "sign", .to = BASIS_DRAFT, .permission = MAY_SIGN},
    {.from = BASIS_DRAFT, .action = "withdraw", .to = BASIS_WITHDRAWN, .permission = MAY_SUBMIT},
    {.from = BASIS_SUBMITTED,
     .action = "return",
     .to = BASIS_RETURNED,
     .permission = "grants.basis.return"},
    {.from = BASIS_SUBMITTED,
     .action = "assess",
     .to = "assessed",
     .permission = "grants.basis.assess"},
    {.from = BASIS_SUBMITTED,
     .action = "withdraw",
     .to = BASIS_WITHDRAWN,
     .permission = MAY_SUBMIT},
    {.from = BASIS_RETURNED, .action = "resubmit", .to = BASIS_SUBMITTED, .permission = MAY_SUBMIT},
    {.from = BASIS_RETURNED, .action = "sign", .to = BASIS_RETURNED, .permission = MAY_SIGN},
    {.from = BASIS_RETURNED, .action = "withdraw", .to = BASIS_WITHDRAWN, .permission = MAY_SUBMIT},
};

const struct machine basis_machine = {
    .transitions = basis_transitions,
    .count = sizeof basis_transitions / sizeof basis_transitions[0],
};

SHAPE(shape_basis, struct basis, FIELD(struct basis, id), FIELD(struct basis, round_id),
      FIELD(struct basis, network_id), FIELD(struct basis, state), FIELD(struct basis, starts_on),
      FIELD(struct basis, ends_on), FIELD(struct basis, today_on), FIELD(struct basis, of_network),
      FIELD(struct basis, own), FIELD(struct basis, own_uhs), FIELD(struct basis, revision),
      FIELD(struct basis, version));

SHAPE(shape_basis_change, struct basis_change, FIELD(struct basis_change, state),
      FIELD(struct basis_change, state_note), FIELD(struct basis_change, resubmit_due_on),
      FIELD(struct basis_change, claimed_nok));

SHAPE(shape_basis_round, struct basis_round, FIELD(struct basis_round, state),
      FIELD(struct basis_round, is_late), FIELD(struct basis_round, network_is_known));

SHAPE(shape_basis_reference, struct basis_reference, FIELD(struct basis_reference, list),
      FIELD(struct basis_reference, no), FIELD(struct basis_reference, is_known),
      FIELD(struct basis_reference, is_fit));

/* ---- text and partners ----------------------------------------------------------------------- */

static const char *unfit_code(struct text list, bool of_measure)
{
    if (of_measure) {
        return "not_in_partnership";
    }
    return text_is(list, "uh_ids") ? "organisation_unfit" : "owner_not_in_network";
}

void basis_check_references(const struct basis_reference *references, size_t count, bool of_measure,
                            struct error *error)
{
    for (size_t i = 0; i < count; i++) {
        const struct basis_reference *one = &references[i];
        const char *pointer = arena_format(error->arena, "/%s/%lld", one->list.s,
                                           (long long)one->no);
        if (!one->is_known) {
            error_fault(error, pointer, "unknown_reference", NULL);
        } else if (!one->is_fit) {
            error_fault(error, pointer, unfit_code(one->list, of_measure), NULL);
        }
    }
}

void basis_check_days(struct text starts_on, struct text ends_on, struct error *error)
{
    if (day_is_before(ends_on, starts_on)) {
        error_fault(error, "/ends_on", "ends_before_it_begins", starts_on.s);
    }
}

/* Three years at most, of which the last day is one: until the day before the same day three years on, or
 * before 28 February for who begins on the 29th. Texts of days compare like days. */
static bool is_too_long(struct text starts_on, struct text ends_on, struct arena *arena)
{
    enum { YEARS_MAX = 3, YEAR_DIGITS = 4 };
    if (!given(starts_on.is) || !given(ends_on.is)) {
        return false;
    }
    const char *day = starts_on.s + YEAR_DIGITS;
    const char *beyond = arena_format(arena, "%04ld%s", strtol(starts_on.s, NULL, 10) + YEARS_MAX,
                                      strcmp(day, "-02-29") == 0 ? "-02-28" : day);
    return strcmp(ends_on.s, beyond) >= 0;
}

static void check_duration(struct text starts_on, struct text ends_on, struct error *error)
{
    basis_check_days(starts_on, ends_on, error);
    if (is_too_long(starts_on, ends_on, error->arena)) {
        error_fault(error, "/ends_on", "duration_too_long", NULL);
    }
}

static bool takes_bases(const struct basis_round *round)
{
    static const char *const states[] = {"planning", "frame_adopted", "open", NULL};
    return text_is_one_of(round->state, states) && !round->is_late;
}

enum outcome basis_check_create(const struct basis_create *in, const struct basis_round *round,
                                const struct basis_reference *references, size_t count,
                                struct error *error)
{
    if (!given(round->state.is)) {
        error_fault(error, "/round_id", "unknown_reference", NULL);
    } else if (!round->network_is_known) {
        error_fault(error, "/network_id", "unknown_reference", NULL);
    }
    basis_check_references(references, count, false, error);
    check_duration(in->starts_on, in->ends_on, error);
    enum outcome outcome = error_outcome(error);
    if (outcome == DONE && !takes_bases(round)) {
        return error_refuse(error, CONFLICT, "bases_closed", NULL);
    }
    return outcome;
}

enum outcome basis_check_editable(const struct basis *basis, struct error *error)
{
    static const char *const states[] = {BASIS_DRAFT, BASIS_RETURNED, NULL};
    if (!basis->of_network && basis->own_uhs.count == 0) {
        return error_refuse(error, FORBIDDEN, "forbidden", NULL);
    }
    return text_is_one_of(basis->state, states)
               ? DONE
               : error_refuse(error, CONFLICT, "basis_not_editable", NULL);
}

static bool has_any(const struct text_list *list, const struct text_list *others)
{
    for (size_t i = 0; i < list->count; i++) {
        for (size_t j = 0; j < others->count; j++) {
            if (text_equals(list->items[i], others->items[j])) {
                return true;
            }
        }
    }
    return false;
}

static struct text patched(struct text patch, struct text stored)
{
    return patch.is == ABSENT ? stored : patch;
}

enum outcome basis_check_update(const struct basis *basis, const struct basis_update *in,
                                const struct basis_reference *references, size_t count,
                                struct error *error)
{
    enum outcome outcome = basis_check_editable(basis, error);
    if (outcome != DONE) {
        return outcome;
    }
    basis_check_references(references, count, false, error);
    if (given(in->uh_ids.is) && !basis->of_network && !has_any(&in->uh_ids, &basis->own_uhs)) {
        error_fault(error, "/uh_ids", "leaves_partnership", NULL);
    }
    check_duration(patched(in->starts_on, basis->starts_on), patched(in->ends_on, basis->ends_on),
                   error);
    return error_outcome(error);
}

/* ---- actions but submitting ------------------------------------------------------------------ */

static enum outcome apply(const struct basis *basis, const char *action, struct error *error,
                          struct basis_change *ret_change)
{
    const struct transition *transition = NULL;
    enum outcome outcome = machine_apply(&basis_machine, basis->state.s, action, error,
                                         &transition);
    if (outcome == DONE) {
        *ret_change = (struct basis_change){.state = text_of(transition->to),
                                            .claimed_nok = integer_of(0)};
    }
    return outcome;
}

enum outcome basis_check_impartial(const struct basis *basis, struct error *error)
{
    return basis->own ? error_refuse(error, FORBIDDEN, "own_basis", RULE_IMPARTIAL) : DONE;
}

enum outcome basis_return(const struct basis *basis, const struct basis_return *in,
                          struct error *error, struct basis_change *ret_change)
{
    enum outcome outcome = basis_check_impartial(basis, error);
    if (outcome == DONE) {
        outcome = apply(basis, "return", error, ret_change);
    }
    if (outcome != DONE) {
        return outcome;
    }
    if (day_is_before(in->resubmit_due_on, basis->today_on)) {
        error_fault(error, "/resubmit_due_on", "day_over", basis->today_on.s);
    }
    ret_change->state_note = in->note;
    ret_change->resubmit_due_on = in->resubmit_due_on;
    return error_outcome(error);
}

enum outcome basis_withdraw(const struct basis *basis, struct error *error,
                            struct basis_change *ret_change)
{
    return apply(basis, "withdraw", error, ret_change);
}

enum outcome basis_sign(const struct basis *basis, const struct basis_sign *in, struct error *error,
                        struct text *ret_institution_id)
{
    const struct text_list asked = {.items = &in->institution_id, .count = 1};
    struct basis_change change;
    enum outcome outcome = apply(basis, "sign", error, &change);
    if (outcome != DONE) {
        return outcome;
    }
    if (basis->own_uhs.count == 0 ||
        (given(in->institution_id.is) && !has_any(&asked, &basis->own_uhs))) {
        return error_refuse(error, FORBIDDEN, "forbidden", NULL);
    }
    if (!given(in->institution_id.is) && basis->own_uhs.count > 1) {
        error_fault(error, "/institution_id", "required", NULL);
        return error_outcome(error);
    }
    *ret_institution_id = given(in->institution_id.is) ? in->institution_id
                                                       : basis->own_uhs.items[0];
    return DONE;
}
