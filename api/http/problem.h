/*
 * The one writer of errors: struct error -> application/problem+json (RFC 9457), in the language
 * of the request, with every fault at once. Status and texts come from problems.yaml by code.
 */
#ifndef LOFT_API_HTTP_PROBLEM_H
#define LOFT_API_HTTP_PROBLEM_H

#include "api/contract/contract.h"
#include "api/http/exchange.h"

struct problem_context {
    const char *instance;
    const char *request_id;
    enum language language;
    bool oauth; /* 400 and 401 as RFC 6749 5.2 has them: {"error", "error_description"} */
};

/* Fills status, body and the headers that belong to the refusal (WWW-Authenticate, Retry-After). */
void problem_write(const struct error *error, const struct problem_context *context,
                   struct arena *arena, struct http_response *response);

#endif
