/*
 * Text that rules look into: UTF-8, e-mail addresses, Norwegian numbers, URL words.
 *
 * Everything here is byte-exact and the same on every machine: no locale, no Unicode tables. Where
 * the database has the same rule, the SQL is given, so that both can be compared.
 */
#ifndef LOFT_DOMAIN_BASE_TEXT_H
#define LOFT_DOMAIN_BASE_TEXT_H

#include "domain/base/arena.h"

/* Limits in bytes: an address (RFC 5321 path less its brackets), its local part, a URL slug. */
enum { EMAIL_MAX = 254, EMAIL_LOCAL_MAX = 64, SLUG_MAX = 80 };

/* Well-formed UTF-8 (RFC 3629): no overlong form, no surrogate, nothing above U+10FFFF, and no NUL,
 * which neither C strings nor PostgreSQL text can hold. */
bool utf8_valid(const char *s, size_t len);

/* Code points of valid UTF-8. */
size_t utf8_length(const char *s, size_t len);

/* Whether valid UTF-8 has a control character (C0, DEL, C1) other than tab, line feed and carriage
 * return: nobody writes one on purpose, and no letter, sheet or mail can show it. */
bool text_has_control(struct text value);

/* True when not given, empty, or nothing but ASCII white space and no-break spaces (U+00A0). */
bool text_is_blank(struct text value);

/* Without ASCII white space (space, \t \n \v \f \r) at both ends. Not given stays as it is. */
struct text text_trim(struct arena *arena, struct text value);

/* "a, b, c"; `words` ends with NULL. */
const char *text_join(struct arena *arena, const char *const *words);

/* True when the value is one of the words; `words` ends with NULL. */
bool text_is_one_of(struct text value, const char *const *words);

/*
 * E-mail, the identity by which people are found (api.md, "People").
 *
 * email_valid: one `@`; a local part of 1 to 64 bytes without quotes, brackets, white space,
 * control characters or dots at an end or in a row; a domain of at least two labels, each 1 to 63
 * bytes of letters, digits, hyphens (not at an end) and non-ASCII UTF-8; at most 254 bytes in all.
 * Spaces and other invisible characters beyond ASCII (no-break space, zero-width joiner, byte order
 * mark, direction marks ...) are refused: pasted in, they would make a second person of one.
 * Whether a mailbox exists is not asked.
 *
 * email_normalise: trims ASCII white space and turns A-Z into a-z over the whole address, local
 * part included. Only these 26 letters: case rules beyond ASCII differ by language and library,
 * so "Å" and "å" stay two addresses everywhere. Idempotent. The database has the same:
 *   lower(btrim(email, E' \t\n\x0b\f\r') COLLATE "C")
 * (\x0b, because PostgreSQL reads \v as the letter v).
 * False, and `ret_email` untouched, when what remains is not a valid address.
 */
bool email_valid(const char *s, size_t len);
bool email_normalise(struct arena *arena, struct text email, struct text *ret_email);

/* Norwegian organisation number (organisasjonsnummer): nine digits, the last a MOD11 check digit
 * with weights 3 2 7 6 5 4 3 2; a remainder that would need the digit 10 is never issued. */
bool org_number_valid(struct text value);

/* Norwegian municipality number (kommunenummer): four digits, the first two a county other than 00,
 * the last two other than 00. Whether it is in use on a given day is for the table to say. */
bool municipality_no_valid(struct text value);

/* A word of a URL: 1 to 80 of a-z, 0-9 and single hyphens inside. */
bool slug_valid(struct text value);

/* FNV-1a, 64 bits: for tables and variants, never where somebody could choose the text to do harm.
 * Begin with HASH_SEED. */
#define HASH_SEED UINT64_C(14695981039346656037)
uint64_t hash_mix(uint64_t hash, const char *s, size_t len);

/* RFC 6901: `prefix` + "/" + `token` with "~" and "/" escaped, for faults in maps. */
const char *json_pointer(struct arena *arena, const char *prefix, struct text token);

#endif
