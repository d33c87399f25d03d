#include "api/log.h"

#include "api/now.h"
#include "domain/base/clock.h"

#include <poll.h>
#include <stdatomic.h>
#include <unistd.h>

/* A pipe that says it can be written takes so much at once (PIPE_BUF). */
enum { LINE_MAX_BYTES = 4096, MESSAGE_MAX = 2000, SINK_ARENA = 64 * 1024 };

static const char *const level_names[] = {"debug", "info", "warning", "error"};
static atomic_uint_fast64_t dropped;

void log_line_begin(struct buffer *line, struct arena *arena, const char *event)
{
    buffer_init(line, arena, 512);
    buffer_add_string(line, "{\"time\":\"");
    buffer_add_string(line, instant_format(arena, now_real()));
    buffer_add_char(line, '"');
    log_line_add(line, "event", event);
}

void log_line_add(struct buffer *line, const char *name, const char *value)
{
    if (!value)
        return;
    buffer_add_string(line, ",\"");
    buffer_add_string(line, name);
    buffer_add_string(line, "\":");
    buffer_add_json_string(line, value, strlen(value));
}

void log_line_add_int(struct buffer *line, const char *name, int64_t value)
{
    buffer_add_string(line, ",\"");
    buffer_add_string(line, name);
    buffer_add_string(line, "\":");
    buffer_add_int(line, value);
}

void log_line_end(struct buffer *line)
{
    struct pollfd out = {.fd = STDERR_FILENO, .events = POLLOUT};
    buffer_add_string(line, "}\n");
    bool fits = line->len <= LINE_MAX_BYTES && poll(&out, 1, 0) == 1 && (out.revents & POLLOUT);
    if (!fits || write(STDERR_FILENO, line->data, line->len) < 0)
        atomic_fetch_add(&dropped, 1);
}

uint64_t log_lines_dropped(void)
{
    return atomic_load(&dropped);
}

void log_line_sink(enum log_level level, const char *event, const char *message)
{
    struct arena *arena = arena_create(SINK_ARENA);
    struct buffer line;
    if (!arena)
        return;
    log_line_begin(&line, arena, event);
    log_line_add(&line, "level", level_names[level]);
    log_line_add(&line, "message", arena_copy(arena, message, strnlen(message, MESSAGE_MAX)));
    log_line_end(&line);
    arena_destroy(arena);
}
