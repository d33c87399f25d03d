/*
 * Lists: keyset pages, a cursor bound to filters and sort, and streamed exports.
 *
 * The cursor is base64url of "<hash>|<id>|<sort key>"; the hash covers the operation, the sort and
 * every filter, so a cursor of another list is refused.
 */
#ifndef LOFT_API_HTTP_LIST_H
#define LOFT_API_HTTP_LIST_H

#include "api/call.h"
#include "api/http/export.h"
#include "api/http/negotiate.h"
#include "api/http/request.h"

enum { LIST_LIMIT_DEFAULT = 50 }; /* the contract allows at most 200 */

/* One page as {"items": [...], "next_cursor": ..., "count": ...}. */
enum outcome list_page(struct call *call, const struct request *request, const void *input,
                       struct buffer *out);

/* The whole list in any other format. Opens a transaction of its own on the export pool and reads the
 * first rows, so that a refusal is still a clean problem; the rest is streamed. */
enum outcome list_export(struct call *call, const struct request *request, const void *input,
                         enum media media, struct http_response *response,
                         struct export_failure *ret_failure);

/* True when the page query is the transaction's only statement. */
bool list_is_single(const struct request *request);

#endif
