#include "api/http/access_log.h"

#include "api/now.h"
#include "domain/base/clock.h"

#include <unistd.h>

static void add(struct buffer *out, const char *name, const char *value)
{
    if (!value)
        return;
    buffer_add_string(out, ",\"");
    buffer_add_string(out, name);
    buffer_add_string(out, "\":");
    buffer_add_json_string(out, value, strlen(value));
}

static void add_number(struct buffer *out, const char *name, int64_t value)
{
    buffer_add_string(out, ",\"");
    buffer_add_string(out, name);
    buffer_add_string(out, "\":");
    buffer_add_int(out, value);
}

void access_log(const struct access *access, struct arena *arena)
{
    struct buffer out;
    buffer_init(&out, arena, 512);
    buffer_add_string(&out, "{\"time\":\"");
    buffer_add_string(&out, instant_format(arena, now_real()));
    buffer_add_string(&out, "\",\"event\":\"request\"");
    add(&out, "method", access->method);
    add(&out, "path", access->path);
    add(&out, "operation", access->operation);
    add_number(&out, "status", access->status);
    add_number(&out, "duration_us", access->duration_us);
    add_number(&out, "bytes", (int64_t)access->bytes);
    add(&out, "request_id", access->request_id);
    add(&out, "subject", access->subject);
    add(&out, "code", access->code);
    buffer_add_string(&out, "}\n");
    /* One write a line, so that lines of threads do not mix; a full pipe loses a line, not a request. */
    if (write(STDERR_FILENO, out.data, out.len) < 0)
        return;
}
