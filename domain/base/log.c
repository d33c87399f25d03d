#include "domain/base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>

enum { LOG_MESSAGE_MAX = 2048 };

static void write_to_stderr(enum log_level level, const char *event, const char *message)
{
    static const char *const names[] = {
        [LOG_DEBUGGING] = "debug",
        [LOG_INFORMATION] = "info",
        [LOG_WARNINGS] = "warning",
        [LOG_ERRORS] = "error",
    };
    fprintf(stderr, "%s %s: %s\n", names[level], event, message);
}

/* Set once by main, read by every thread. */
static _Atomic(log_sink *) current_sink = write_to_stderr;

void log_set_sink(log_sink *sink)
{
    atomic_store(&current_sink, sink ? sink : write_to_stderr);
}

void log_write(enum log_level level, const char *event, const char *format, ...)
{
    char message[LOG_MESSAGE_MAX];
    va_list args;

    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);

    log_sink *sink = atomic_load(&current_sink);
    sink(level, event, message);
}
