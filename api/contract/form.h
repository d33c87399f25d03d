/*
 * Percent-encoding (RFC 3986) and application/x-www-form-urlencoded: paths, queries, forms.
 */
#ifndef LOFT_API_CONTRACT_FORM_H
#define LOFT_API_CONTRACT_FORM_H

#include "api/contract/contract.h"

enum percent { PERCENT_PATH, PERCENT_FORM /* `+` is a space */ };

/* Decoded text on the arena. False for a broken escape, NUL and what is not UTF-8. */
bool percent_decode(const char *s, size_t len, enum percent percent, struct arena *arena,
                    struct text *ret_text);

enum form { FORM_READ, FORM_BROKEN /* escape, NUL, not UTF-8 */, FORM_TOO_LONG };

/* At most FORM_PAIRS_MAX pairs on the arena, decoded; an empty piece between two `&` is nothing. */
enum form form_parse(const char *body, size_t len, struct arena *arena,
                     const struct pair **ret_pairs, size_t *ret_count);

#endif
