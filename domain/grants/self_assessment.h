/*
 * A unit's own assessment (virksomhetens egen vurdering): what a kindergarten, a school, an SFO or a PP
 * service finds that it needs, in a round. domain.md §5.2, F14, KL-R09.
 *
 *   draft      complete -> completed   with the day; from now on network and forum read it
 *   completed  reopen   -> draft       unless something that was passed on cites it (CONFLICT "frozen")
 *
 * Evidence for criterion 1 is one that staff and leaders were involved in, after a dialogue with a
 * university. What lacks is a warning here and decides when a basis is submitted (KL-R09).
 */
#ifndef LOFT_DOMAIN_GRANTS_SELF_ASSESSMENT_H
#define LOFT_DOMAIN_GRANTS_SELF_ASSESSMENT_H

#include "domain/base/error.h"
#include "domain/base/shape.h"
#include "domain/base/transition.h"

#define ASSESSMENT_DRAFT "draft"
#define ASSESSMENT_COMPLETED "completed"
extern const char *const self_assessment_states[]; /* NULL-terminated */

/* Actions complete and reopen. */
extern const struct machine self_assessment_machine;

struct self_assessment_create {
    struct text round_id;
    struct text unit_id;
    struct text service_type;
    struct text findings;
    struct text_list competence_needs;
    struct boolean staff_involved; /* this and the two below default to false */
    struct boolean leaders_involved;
    struct boolean uh_dialogue;
    struct integer staff_count;
};

struct self_assessment_update { /* merge patch */
    struct text id;
    struct text service_type;
    struct text findings;
    struct text_list competence_needs;
    struct boolean staff_involved;
    struct boolean leaders_involved;
    struct boolean uh_dialogue;
    struct integer staff_count;
};

struct self_assessment_action {
    struct text id;
    struct text reason;
};

/* As decisions see it, locked. */
struct self_assessment {
    struct text id;
    struct text state;
    struct text today_on; /* in Europe/Oslo */
    int64_t version;
};
extern const struct shape shape_self_assessment;

/* What an action leads to. */
struct self_assessment_change {
    struct text state;
    struct text completed_on;
};
extern const struct shape shape_self_assessment_change;

/* Of the unit; org_type is ABSENT when there is no such organisation. Faults at /unit_id:
 * "unknown_reference", "organisation_unfit" when it is no unit, "unit_without_owner". */
enum outcome self_assessment_check_unit(struct text org_type, struct text owner_id,
                                        struct error *error);

/* CONFLICT "assessment_completed". */
enum outcome self_assessment_check_update(const struct self_assessment *assessment,
                                          struct error *error);

/* CONFLICT "invalid_transition". */
enum outcome self_assessment_complete(const struct self_assessment *assessment, struct error *error,
                                      struct self_assessment_change *ret_change);
enum outcome self_assessment_reopen(const struct self_assessment *assessment, struct error *error,
                                    struct self_assessment_change *ret_change);

#endif
