/*
 * Bytes as an answer, with an entity tag, a name and parts (RFC 9110 13 and 14). For operations
 * under /v1 that answer bytes.
 */
#ifndef LOFT_API_HTTP_FILE_H
#define LOFT_API_HTTP_FILE_H

#include "api/call.h"
#include "api/http/request.h"

/* Answers with the file of the call: whole, 304 when the client has it, or the part that was asked
 * for. MALFORMED "range_not_satisfiable" when there is no such part. */
enum outcome file_answer(const struct call *call, const struct request *request,
                         struct http_response *response);

#endif
