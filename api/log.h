/*
 * Log lines: JSON, one line an event, one write a line, on standard error. When nobody reads them a
 * line is dropped and counted; a request never waits for its log.
 */
#ifndef LOFT_API_LOG_H
#define LOFT_API_LOG_H

#include "domain/base/arena.h"
#include "domain/base/log.h"

/* Begins a line with its time and event; members follow, then log_line_end writes it. */
void log_line_begin(struct buffer *line, struct arena *arena, const char *event);
void log_line_add(struct buffer *line, const char *name, const char *value); /* NULL: nothing */
void log_line_add_int(struct buffer *line, const char *name, int64_t value);
void log_line_end(struct buffer *line);

/* Lines that were dropped since the start. */
uint64_t log_lines_dropped(void);

/* The sink that the layers below write to (log_set_sink). */
log_sink log_line_sink;

#endif
