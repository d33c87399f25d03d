/*
 * One string or number against its schema. Internal to the contract.
 */
#ifndef LOFT_API_CONTRACT_SCALAR_H
#define LOFT_API_CONTRACT_SCALAR_H

#include "api/contract/contract.h"

/* NULL when it fits, else the code of the fault. `ret_expected` gets what to show beside it; with
 * no arena it is left out. */
const char *scalar_check_string(const struct schema *schema, struct text value, struct arena *arena,
                                const char **ret_expected);
const char *scalar_check_integer(const struct schema *schema, int64_t value, struct arena *arena,
                                 const char **ret_expected);

/* "integer", "string or null": for a fault of type. */
const char *scalar_type_words(unsigned types, struct arena *arena);

/* The whole text as a decimal integer without sign +, leading zeros or spaces. */
bool scalar_parse_integer(struct text value, int64_t *ret_value);
bool scalar_parse_boolean(struct text value, bool *ret_value);

/* An UUID in lower case; any other string as it is. On the arena. */
struct text scalar_canonical(const struct schema *schema, struct text value, struct arena *arena);

/* True when the pattern is found in the text; also for -1, no pattern. */
bool scalar_matches(int pattern, const char *s, size_t len);

#endif
