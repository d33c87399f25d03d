/*
 * A compact JWS (RFC 7515) taken apart and read strictly, before any library sees it.
 *
 * libjwt 1.10.2 reads loosely: its base64 decoder skips what it does not know (a line feed inside
 * a signature, dots after it), it accepts standard base64 and padding, duplicate JSON members and
 * `crit`, and it compares `alg` without regard to case. Nothing of that passes here: exactly three
 * segments of canonical base64url (no padding, unused bits zero), UTF-8 JSON objects without
 * duplicates or NUL, and a header of no other members than alg, kid and typ. The list is closed
 * rather than a list of dangers (crit, jku, jwk, x5u, x5c, zip, b64 ...), so that a member nobody
 * has thought of is refused too.
 *
 * Reading says nothing about who made the token: every value is untrusted until issuer_verify has
 * checked the signature.
 */
#ifndef LOFT_AUTH_JWS_H
#define LOFT_AUTH_JWS_H

#include "domain/base/arena.h"

/* Limits in bytes, and in members of `aud`. */
enum {
    TOKEN_MAX = 8192,
    TOKEN_HEADER_MAX = 512, /* decoded */
    TOKEN_WORD_MAX = 255,   /* iss, sub, client_id, jti, each audience */
    TOKEN_SCOPE_MAX = 2048,
    TOKEN_AUDIENCES_MAX = 8,
    KID_MAX = 64,
};

/* Why a token is refused. The client hears "token_invalid" or "token_expired" and no more. */
enum token_fault {
    TOKEN_SOUND = 0,
    TOKEN_TOO_LONG,
    TOKEN_SEGMENTS,  /* not three, or an empty one */
    TOKEN_BASE64URL, /* not canonical */
    TOKEN_HEADER,    /* not an object of alg, kid and typ */
    TOKEN_CLAIMS,    /* not an object, a claim is missing or of the wrong type */
    TOKEN_ISSUER,
    TOKEN_ALGORITHM,
    TOKEN_TYPE,
    TOKEN_KEY, /* no key of that kid */
    TOKEN_SIGNATURE,
    TOKEN_AUDIENCE,
    TOKEN_EXPIRED,
    TOKEN_NOT_YET, /* nbf or iat lies in the future */
};

/* A word for the log, such as "signature". */
const char *token_fault_name(enum token_fault fault);

/* The claims of RFC 9068; times in seconds since the Unix epoch, 0 .. 2^40. */
struct claims {
    const char *issuer;
    const char *subject;
    const char *client_id;
    const char *scope; /* "" when absent */
    const char *id;    /* jti */
    const char *audiences[TOKEN_AUDIENCES_MAX];
    size_t audience_count;
    int64_t issued_at;
    int64_t not_before; /* 0 when absent */
    int64_t expires_at;
};

struct jws {
    const char *algorithm;
    const char *type; /* "" when absent */
    const char *kid;  /* 1 .. KID_MAX of A-Z a-z 0-9 . _ - */
    struct claims claims;
    size_t signature_len; /* bytes, decoded */
};

/* Reads a NUL-terminated token onto the arena; `ret` is untouched unless TOKEN_SOUND. */
enum token_fault jws_read(const char *token, struct arena *arena, struct jws *ret);

/* True for 1 to KID_MAX of A-Z a-z 0-9 . _ - that does not begin with a dot. */
bool kid_valid(const char *kid, size_t len);

/* Canonical base64url without padding. `ret` has room for len / 4 * 3 + 2 bytes. */
bool base64url_decode(const char *s, size_t len, unsigned char *ret, size_t *ret_len);
/* NUL-terminated; `ret` has room for (len + 2) / 3 * 4 + 1 bytes. */
void base64url_encode(const unsigned char *bytes, size_t len, char *ret);

#endif
