/* What the client would like: media type, language, a dry run (RFC 9110 12, RFC 7240). */
#ifndef LOFT_API_HTTP_NEGOTIATE_H
#define LOFT_API_HTTP_NEGOTIATE_H

#include "api/contract/contract.h"

enum media { MEDIA_JSON, MEDIA_CSV, MEDIA_CSV_EXCEL, MEDIA_NDJSON, MEDIA_XLSX, MEDIA_COUNT };

extern const char *const media_types[MEDIA_COUNT];

/* The best offer for an Accept header; false when none is acceptable. Without a header JSON. */
bool negotiate_media(struct text accept, bool list, enum media *ret_media);

/* nb for anything but nn and en. `no` reads as nb. */
enum language negotiate_language(struct text accept_language);
extern const char *const language_tags[LANGUAGE_COUNT];

/* Prefer: tx=rollback. Other preferences may be ignored, as the RFC says. */
bool negotiate_dry_run(struct text prefer);

/* True when the Content-Type is this media type, with no charset other than UTF-8. */
bool content_type_is(struct text content_type, const char *media);

#endif
