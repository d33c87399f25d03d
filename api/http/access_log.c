#include "api/http/access_log.h"

#include "api/log.h"

enum { METHOD_MAX = 16 };

/* As it stands when it is a word of capitals: anything else is not worth a line of its own. */
static const char *plain_method(const char *method)
{
    size_t len = strspn(method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    return len > 0 && len <= METHOD_MAX && method[len] == '\0' ? method : "-";
}

void access_log(const struct access *access, struct arena *arena)
{
    struct buffer line;
    log_line_begin(&line, arena, "request");
    log_line_add(&line, "method", plain_method(access->method));
    log_line_add(&line, "path", access->path);
    log_line_add(&line, "operation", access->operation);
    log_line_add_int(&line, "status", access->status);
    log_line_add_int(&line, "duration_us", access->duration_us);
    log_line_add_int(&line, "bytes", (int64_t)access->bytes);
    log_line_add(&line, "request_id", access->request_id);
    log_line_add(&line, "subject", access->subject);
    log_line_add(&line, "code", access->code);
    log_line_end(&line);
}
