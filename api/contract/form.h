/*
 * application/x-www-form-urlencoded. Internal to the contract.
 */
#ifndef LOFT_API_CONTRACT_FORM_H
#define LOFT_API_CONTRACT_FORM_H

#include "api/contract/contract.h"

/* At most FORM_PAIRS_MAX pairs on the arena, decoded (`+` is a space); an empty piece between two
 * `&` is nothing. False for a broken escape, NUL, what is not UTF-8, or too many pairs. */
bool form_parse(const char *body, size_t len, struct arena *arena, const struct pair **ret_pairs,
                size_t *ret_count);

#endif
