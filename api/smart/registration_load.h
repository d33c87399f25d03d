/* What decisions about a registration load first: the participant, the course's tickets and items,
 * the registration itself. Storage only; the rules are in domain/smart/registration.h. */
#ifndef LOFT_API_SMART_REGISTRATION_LOAD_H
#define LOFT_API_SMART_REGISTRATION_LOAD_H

#include "api/call.h"
#include "domain/smart/registration.h"

/* The participant as the INSERT takes it: an id that the caller may see with the name and address
 * on record, or a new name and address and no id (found or created by e-mail at the INSERT). */
struct participant {
    struct text person_id;
    struct text full_name;
    struct text email;
    struct text phone;
};
extern const struct shape participant_shape;

/* Who registers or books: a user or a machine client, never both. */
struct registrar {
    struct text registered_by;
    struct text registered_by_client;
};
extern const struct shape registrar_shape;
struct registrar registrar_of(const struct principal *principal);

/* A locked course with everything that registration_decide looks at. */
struct seat_context {
    struct course course;
    struct registration_context context;
};

/* NOT_FOUND when the caller cannot see the course, INVALID at /person_id when they cannot see the
 * person. Faults of the body alone come first. */
enum outcome participant_of_create(struct call *call, const struct registration_create *in,
                                   struct participant *ret);
enum outcome participant_of_transfer(struct call *call, const struct registration_transfer *in,
                                     const struct registration *registration,
                                     struct participant *ret);

/* NOT_FOUND "course_not_found" when the caller cannot see the course. */
enum outcome registration_check_course(struct call *call, struct text course_id);

/* Tickets and items of seat->course; sets the context's clock. */
enum outcome seat_context_load(struct call *call, struct seat_context *seat);

/* NOT_FOUND when the caller cannot see the registration. */
enum outcome registration_course_of(struct call *call, struct text id, struct text *ret_course_id);
/* FORBIDDEN when the caller sees it and may not change it. */
enum outcome registration_lock(struct call *call, struct text id,
                               struct registration *ret_registration);

/* The course's counters after an action, as the database's trigger keeps them. */
void registration_recount(const struct registration *before,
                          const struct registration_outcome *after, struct course *course);

#endif
