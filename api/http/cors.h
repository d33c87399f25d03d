/* Cross-origin requests of browsers (Fetch standard), for the origins that a setting names. */
#ifndef LOFT_API_HTTP_CORS_H
#define LOFT_API_HTTP_CORS_H

#include "api/http/exchange.h"
#include "api/http/request.h"

/* The headers of an actual request; nothing for an origin that is not allowed. */
void cors_headers(const char *origins, const struct request *request,
                  struct http_response *response);

/* The answer to a preflight, `allow` being the route's methods. */
void cors_preflight(const char *origins, const struct request *request, const char *allow,
                    struct http_response *response);

#endif
