/*
 * What recommendations and their lines share: the recommendation locked, and the bases of its round.
 */
#ifndef LOFT_API_GRANTS_RECOMMENDATION_H
#define LOFT_API_GRANTS_RECOMMENDATION_H

#include "api/call.h"
#include "domain/grants/recommendation.h"

/* As somebody who may change it: FORBIDDEN for who only sees it, NOT_FOUND for others. `meeting_id`: in
 * place of its own, when given. */
enum outcome recommendation_lock(struct call *call, struct text id, struct text meeting_id,
                                 struct recommendation *ret_recommendation);

/* The bases of its round, locked, each with its line. */
enum outcome recommendation_load_cases(struct call *call,
                                       const struct recommendation *recommendation,
                                       struct recommendation_case **ret_cases, size_t *ret_count);

#endif
