/*
 * From rows to bytes: which columns are shown, masked or left out, and how an item looks. Said
 * once here for items, lists, exports and stored answers.
 */
#ifndef LOFT_API_HTTP_ANSWER_H
#define LOFT_API_HTTP_ANSWER_H

#include "api/call.h"
#include "api/http/exchange.h"
#include "api/http/request.h"

/* The lists of `fields=` and `embed=`, whose words the contract has checked, or ABSENT. */
struct selection {
    struct text fields, embed;
};
struct selection answer_selection(const struct request *request);

/* How each column of the rows is shown to this principal. */
enum column_view *answer_views(const struct operation *op, const struct principal *principal,
                               struct selection selection, const struct rows *rows,
                               struct arena *arena);

/* A list below an item, when nothing was found: NOT_FOUND unless the item itself is there for the
 * caller. */
enum outcome answer_check_parent(struct tx *tx, const struct operation *op, const void *input,
                                 struct error *error);

/* The item of a call: its first row with allowed_actions, or the document it made itself. */
enum outcome answer_item(struct call *call, struct selection selection, struct buffer *out);

/* `"<version>-<variant>"`, the variant being a hash of the very bytes, or NULL without version. */
const char *answer_etag(const struct call *call, const struct buffer *body);

/* RFC 9110 13.1.2, weak comparison: "*", or any of the tags. */
bool answer_etag_matches(struct text if_none_match, const char *etag);

/* The version in an If-Match header. MALFORMED "invalid_parameter" when there is none to read. */
enum outcome answer_expected_version(struct text if_match, struct error *error,
                                     struct integer *ret_version);

#endif
