#include "api/http/cors.h"

static bool origin_allowed(const char *origins, struct text origin)
{
    if (origin.is != GIVEN || !*origins)
        return false;
    if (strcmp(origins, "*") == 0)
        return true;
    for (const char *s = origins; *s;) {
        s += strspn(s, ", ");
        size_t len = strcspn(s, ", ");
        if (len == origin.len && strncmp(s, origin.s, len) == 0)
            return true;
        s += len;
    }
    return false;
}

void cors_headers(const char *origins, const struct request *request,
                  struct http_response *response)
{
    struct text origin = request_header(request, "Origin");
    if (!origin_allowed(origins, origin))
        return;
    response_header(response, "Access-Control-Allow-Origin", origin.s);
    response_header(response, "Access-Control-Expose-Headers",
                    "ETag, Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id, "
                    "Idempotency-Replayed, Preference-Applied, Content-Language, "
                    "Content-Disposition, Content-Range, Accept-Ranges");
}

void cors_preflight(const char *origins, const struct request *request, const char *allow,
                    struct http_response *response)
{
    response->status = 204;
    response_header(response, "Allow", allow);
    if (!origin_allowed(origins, request_header(request, "Origin")))
        return;
    response_header(response, "Access-Control-Allow-Methods", allow);
    response_header(response, "Access-Control-Allow-Headers",
                    "Authorization, Content-Type, Accept-Language, If-Match, If-None-Match, "
                    "Idempotency-Key, Prefer, Range, If-Range, X-Loft-Now, X-Request-Id, "
                    "traceparent");
    response_header(response, "Access-Control-Max-Age", "3600");
}
