/*
 * Rounds for other use cases of the programme: what they do to a round's cases, they do with its row
 * locked, one at a time.
 */
#ifndef LOFT_API_GRANTS_ROUND_H
#define LOFT_API_GRANTS_ROUND_H

#include "api/call.h"
#include "domain/grants/round.h"

/* The round FOR UPDATE, for a caller whose role in its forum carries the operation's permission:
 * NOT_FOUND when they cannot see it, FORBIDDEN otherwise. */
enum outcome round_lock(struct call *call, struct text id, struct round *ret_round);

#endif
