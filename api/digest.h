/* SHA-256 in hexadecimal: entity tags, and whether two requests are the same. */
#ifndef LOFT_API_DIGEST_H
#define LOFT_API_DIGEST_H

#include "domain/base/arena.h"

const char *sha256_hex(struct arena *arena, const void *bytes, size_t len);

#endif
