#include "api/digest.h"

#include <openssl/sha.h>

const char *sha256_hex(struct arena *arena, const void *bytes, size_t len)
{
    static const char hex[] = "0123456789abcdef";
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256(bytes, len, digest);
    char *out = arena_alloc(arena, 2 * sizeof digest + 1);
    for (size_t i = 0; i < sizeof digest; i++) {
        out[2 * i] = hex[digest[i] >> 4];
        out[2 * i + 1] = hex[digest[i] & 15];
    }
    return out;
}
