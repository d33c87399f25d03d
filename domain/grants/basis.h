/*
 * Decision bases (beslutningsgrunnlag): what a partnership of owners, their network and universities
 * applies with. domain.md §0.1, §5.2, §5.3.
 *
 *   draft      submit   -> submitted   by basis_due_on, rules of basis_submission.h
 *   submitted  return   -> returned    with a note and resubmit_due_on
 *   returned   resubmit -> submitted   by resubmit_due_on, also after basis_due_on
 *   submitted  assess   -> assessed
 *   draft, submitted, returned  withdraw -> withdrawn
 *   draft, returned  sign   stays; by each university, of one revision
 *
 * A recommendation and a decision bring it further; none of that is an action on the basis. Its text
 * and its parts change while it is a draft or returned. `revision` counts these edits: a signature is of
 * one revision, so that any edit voids it.
 */
#ifndef LOFT_DOMAIN_GRANTS_BASIS_H
#define LOFT_DOMAIN_GRANTS_BASIS_H

#include "domain/base/error.h"
#include "domain/base/shape.h"
#include "domain/base/transition.h"

#define BASIS_DRAFT "draft"
#define BASIS_SUBMITTED "submitted"
#define BASIS_RETURNED "returned"
#define BASIS_WITHDRAWN "withdrawn"
extern const char *const basis_states[]; /* NULL-terminated, as are the other lists */
extern const char *const partner_kinds[];

/* Actions submit, resubmit, return, assess, withdraw and sign. */
extern const struct machine basis_machine;

struct basis_create {
    struct text round_id;
    struct text network_id;
    struct text title;
    struct text background_needs;
    struct text goals;
    struct text involvement;
    struct text answer_c1; /* how the basis meets each of the four criteria */
    struct text answer_c2;
    struct text answer_c3;
    struct text answer_c4;
    struct text starts_on;
    struct text ends_on;
    struct boolean statped_participates;
    struct text contact_name;
    struct text contact_email;
    struct text_list uh_ids;
    struct text_list owner_ids; /* the network's own organisation among them when it is a party */
    struct text_list self_assessment_ids;
};

struct basis_update { /* merge patch */
    struct text id;
    struct text title;
    struct text background_needs;
    struct text goals;
    struct text involvement;
    struct text answer_c1;
    struct text answer_c2;
    struct text answer_c3;
    struct text answer_c4;
    struct text starts_on;
    struct text ends_on;
    struct boolean statped_participates;
    struct text contact_name;
    struct text contact_email;
    struct text_list uh_ids;
    struct text_list owner_ids;
    struct text_list self_assessment_ids;
};

/* Input of submit, resubmit and withdraw. */
struct basis_action {
    struct text id;
    struct text reason;
};

struct basis_return {
    struct text id;
    struct text note;
    struct text resubmit_due_on;
};

struct basis_sign {
    struct text id;
    struct text institution_id; /* needed by whoever acts for several of the partners */
};

/* A basis as decisions see it, its row locked. */
struct basis {
    struct text id;
    struct text round_id;
    struct text network_id;
    struct text state;
    struct text starts_on;
    struct text ends_on;
    struct text today_on;     /* in Europe/Oslo */
    bool of_network;          /* the caller coordinates its network */
    bool own;                 /* the caller acts for the network, an owner in it or a partner */
    struct text_list own_uhs; /* universities of the partnership that the caller acts for */
    int64_t revision;
    int64_t version;
};
extern const struct shape shape_basis;

/* What an action leads to; what is ABSENT stays. */
struct basis_change {
    struct text state;
    struct text state_note;
    struct text resubmit_due_on;
    struct integer claimed_nok; /* counts against the frame */
};
extern const struct shape shape_basis_change;

/* ---- text and partners ----------------------------------------------------------------------- */

/* The round that a basis is begun in. */
struct basis_round {
    struct text state;     /* ABSENT when there is none such */
    bool is_late;          /* basis_due_on is over */
    bool network_is_known; /* the network is of the same forum and active in the round's year */
};
extern const struct shape shape_basis_round;

/* An id of a body, by the list that it stands in and its place there. */
struct basis_reference {
    struct text list;
    int64_t no;    /* 0 = first */
    bool is_known; /* there is such a row that the caller may name */
    bool is_fit;   /* and it may stand in this list */
};
extern const struct shape shape_basis_reference;

/* Faults "unknown_reference" and, by list: "organisation_unfit" (uh_ids of a basis),
 * "owner_not_in_network" (owner_ids of a basis), "not_in_partnership" (all of a measure). */
void basis_check_references(const struct basis_reference *references, size_t count, bool of_measure,
                            struct error *error);

/* Faults "unknown_reference" at /round_id and /network_id, those of the references,
 * "ends_before_it_begins" and "duration_too_long" at /ends_on; CONFLICT "bases_closed": a basis is begun
 * from planning on until basis_due_on. */
enum outcome basis_check_create(const struct basis_create *in, const struct basis_round *round,
                                const struct basis_reference *references, size_t count,
                                struct error *error);

/* As basis_check_editable; then faults as above, and "leaves_partnership" at /uh_ids when a
 * university takes itself out. */
enum outcome basis_check_update(const struct basis *basis, const struct basis_update *in,
                                const struct basis_reference *references, size_t count,
                                struct error *error);

/* FORBIDDEN "forbidden": the network and the universities write; CONFLICT "basis_not_editable". */
enum outcome basis_check_editable(const struct basis *basis, struct error *error);

/* Fault "ends_before_it_begins" at /ends_on. */
void basis_check_days(struct text starts_on, struct text ends_on, struct error *error);

/* ---- actions but submitting ------------------------------------------------------------------ */

/* FORBIDDEN "own_basis" (KL-R16): nobody handles a basis that they are themselves a party to. */
enum outcome basis_check_impartial(const struct basis *basis, struct error *error);

/* As above; CONFLICT "invalid_transition"; fault "day_over" at /resubmit_due_on. */
enum outcome basis_return(const struct basis *basis, const struct basis_return *in,
                          struct error *error, struct basis_change *ret_change);
enum outcome basis_withdraw(const struct basis *basis, struct error *error,
                            struct basis_change *ret_change);

/* Which of the caller's universities signs. CONFLICT "invalid_transition"; FORBIDDEN "forbidden" when it
 * is none of theirs; fault "required" at /institution_id when they have several. */
enum outcome basis_sign(const struct basis *basis, const struct basis_sign *in, struct error *error,
                        struct text *ret_institution_id);

#endif
