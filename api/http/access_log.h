/* One JSON line for each request. Paths are templates and subjects are ids: no personal data. */
#ifndef LOFT_API_HTTP_ACCESS_LOG_H
#define LOFT_API_HTTP_ACCESS_LOG_H

#include "domain/base/arena.h"

struct access {
    const char *method;
    const char *path; /* template of the operation, "-" when none matched */
    const char *operation;
    int status;
    int64_t duration_us;
    size_t bytes; /* 0 for a stream */
    const char *request_id;
    const char *subject;
    const char *code; /* of the problem, or NULL */
};

void access_log(const struct access *access, struct arena *arena);

#endif
