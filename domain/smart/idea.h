/*
 * The idea bank (idébanken): what participants and the SMART centre share of new practice.
 * domain.md §0.1, §4.2, §4.3, SM-R16.
 *
 *   draft, returned     submit   -> submitted
 *   submitted           return   -> returned    with a reason; edited and submitted again
 *   submitted           reject   -> rejected    with a reason
 *   submitted           approve  -> approved
 *   approved            publish  -> published   to the circle that the author chose
 *   approved, published archive  -> archived
 *   submitted, approved, published  withdraw -> returned   and both consents end
 *
 * The author writes, submits and withdraws; what becomes of the idea is for smart_admin. Consent can
 * be withdrawn at any time: the idea leaves every circle at once and comes back only when its author
 * submits it anew, with a new consent if it is to be public.
 *
 * Names of children are never stored: there is no member for them, and author_display names the
 * author or their workplace.
 */
#ifndef LOFT_DOMAIN_SMART_IDEA_H
#define LOFT_DOMAIN_SMART_IDEA_H

#include "domain/base/error.h"
#include "domain/base/shape.h"
#include "domain/base/transition.h"

#define IDEA_DRAFT "draft"
#define IDEA_SUBMITTED "submitted"
#define IDEA_RETURNED "returned"
#define IDEA_REJECTED "rejected"
#define IDEA_APPROVED "approved"
#define IDEA_PUBLISHED "published"
#define IDEA_ARCHIVED "archived"
extern const char *const idea_states[]; /* NULL-terminated, as are the other lists */

/* Actions submit, return, reject, approve, publish, archive, withdraw. */
extern const struct machine idea_machine;

/* Who sees what is published, each circle within the next: the author's course, all who have
 * completed the trainer programme, everybody. */
#define IDEA_COHORT "cohort"
#define IDEA_ALUMNI "alumni"
#define IDEA_PUBLIC "public"
extern const char *const idea_visibilities[];

#define IDEA_BY_PARTICIPANT "participant"
#define IDEA_BY_FORMER_PARTICIPANT "former_participant"
#define IDEA_BY_CENTRE "smart_centre"
#define IDEA_EXTERNAL "external"
extern const char *const idea_sources[];

extern const char *const idea_kinds[];
extern const char *const idea_audiences[];
extern const char *const idea_smart_values[];
extern const char *const idea_seasons[];
extern const char *const idea_languages[];

struct idea_create {
    struct text id; /* the idea that inspired this one, of an adaptation */
    struct text title;
    struct text summary;
    struct text body;
    struct text language; /* nb, nn or en: of the text */
    struct text kind;
    struct text source;                 /* default: by the registration, see idea_check_create */
    struct text author_registration_id; /* of the author; none: the centre's own */
    struct text author_display;
    struct text school_or_unit;
    struct text municipality_no;
    struct text audience;
    struct integer grade_from; /* 1 .. 13 */
    struct integer grade_to;
    struct text_list smart_values;
    struct text_list tags;
    struct text_list links;
    struct text season;
    struct text shared_at_session_id; /* the session at which it was shared */
    struct text visibility;
    struct boolean consent_author;
    struct boolean contains_children; /* children can be recognised */
    struct boolean consent_children;  /* those responsible for them have agreed */
};

struct idea_update { /* merge patch */
    struct text id;
    struct text title;
    struct text summary;
    struct text body;
    struct text language;
    struct text kind;
    struct text author_display;
    struct text school_or_unit;
    struct text municipality_no;
    struct text audience;
    struct integer grade_from;
    struct integer grade_to;
    struct text_list smart_values;
    struct text_list tags;
    struct text_list links;
    struct text season;
    struct text shared_at_session_id;
    struct text visibility;
    struct boolean consent_author;
    struct boolean contains_children;
    struct boolean consent_children;
};

/* Input of the actions and of deleting. */
struct idea_action {
    struct text id;
    struct text reason; /* at most 500 code points; the author reads that of return and reject */
};

/* What a new or changed idea refers to, as the caller sees it; absent when they do not see it. */
struct idea_references {
    bool for_centre; /* the caller may write in the centre's name */
    struct text registration_state;
    bool registration_own; /* it is about the caller */
    struct text registration_course_id;
    struct text session_course_id; /* of a session of a course that is no draft */
};
extern const struct shape shape_idea_references;

/* An idea as decisions see it, its row locked. */
struct idea {
    struct text id;
    struct text state;
    bool own;    /* the caller is its author, or it is the centre's and the caller works there */
    bool editor; /* the caller is smart_admin */
    struct text author_registration_id;
    struct text course_id; /* whose participants are the cohort */
    struct text visibility;
    struct integer grade_from;
    struct integer grade_to;
    bool consent_author;
    bool contains_children;
    bool consent_children;
    int64_t attachment_count;
    int64_t version;
};
extern const struct shape shape_idea;

/* What is stored of a new idea beside the input. */
struct idea_origin {
    struct text source;
};
extern const struct shape shape_idea_origin;

/*
 * A new draft. In this order:
 *   INVALID   all of the body's faults at once: "author_registration_required" (no registration, and
 *             not for the centre), "unknown_reference" at /author_registration_id and
 *             /shared_at_session_id, "author_registration_of_other", "source_unfit" at /source
 *             (participant and former_participant with a registration, the others without),
 *             "session_of_other_course", "cohort_unknown" at /visibility (cohort without a course),
 *             "grades_reversed" at /grade_to, "municipality_no_invalid"
 *   CONFLICT  "author_not_participant": the registration is neither confirmed nor completed
 * The source that is not said is participant, or former_participant once the course is completed, and
 * smart_centre without a registration.
 */
enum outcome idea_check_create(const struct idea_create *in,
                               const struct idea_references *references, struct error *error,
                               struct idea_origin *ret_origin);

/*
 * A change. The author edits what is in their hands (draft, returned), smart_admin what
 * was handed in (submitted, approved, published). In this order:
 *   FORBIDDEN "consent_not_yours": consents are given by the author alone
 *   CONFLICT  "idea_not_editable"
 *   INVALID   faults as above
 *   CONFLICT  "consent_required" (SM-R16): what is published and public would lack a consent, or
 *             somebody else than the author widens the circle without their consent
 */
enum outcome idea_check_update(const struct idea *idea, const struct idea_update *in,
                               const struct idea_references *references, struct error *error);

/* One of the machine's actions: CONFLICT "invalid_transition", and for publish "consent_required"
 * (SM-R16) when it would be public without the consents. */
enum outcome idea_decide(const struct idea *idea, const char *action, struct error *error,
                         const struct transition **ret_transition);

/* CONFLICT "idea_not_deletable" unless draft or returned. */
enum outcome idea_check_delete(const struct idea *idea, struct error *error);

/* An idea is adapted when it is published: CONFLICT "idea_not_published". */
enum outcome idea_check_parent(struct text state, struct error *error);

#endif
