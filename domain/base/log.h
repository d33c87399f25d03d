/*
 * The log sink that main hands down: one JSON line per event. Without a sink, lines go to stderr.
 * Never logged: bodies, tokens, personal data.
 */
#ifndef LOFT_DOMAIN_BASE_LOG_H
#define LOFT_DOMAIN_BASE_LOG_H

enum log_level { LOG_DEBUGGING, LOG_INFORMATION, LOG_WARNINGS, LOG_ERRORS };

typedef void log_sink(enum log_level level, const char *event, const char *message);

void log_set_sink(log_sink *sink);
__attribute__((format(printf, 3, 4))) void log_write(enum log_level level, const char *event,
                                                     const char *format, ...);

#endif
