/*
 * One SMTP server, one message after the other on one connection: the only door to libcurl. Every wait
 * has an end (LOFT_MAIL_TIMEOUT_S for a message as a whole).
 */
#ifndef LOFT_API_WORK_SMTP_H
#define LOFT_API_WORK_SMTP_H

#include "api/settings.h"

#include <stdatomic.h>
#include <stddef.h>

struct smtp;

struct smtp_message {
    const char *from;
    const char *to;
    const char *bytes;
    size_t len;
};

enum smtp_result {
    SMTP_ACCEPTED, /* 250 to the whole of it */
    SMTP_REFUSED,  /* 5xx to this message or its addressee: for good */
    SMTP_DEFERRED, /* 4xx to it: later */
    SMTP_UNREACHABLE, /* the server itself: not there, stalled, gone in the middle, wants no part of us */
};

enum { SMTP_ERROR_MAX = 100 };

/* `stopping` cuts short a message of which the server has not had the end yet. NULL without memory. */
struct smtp *smtp_create(const struct settings *settings, const atomic_bool *stopping);
void smtp_destroy(struct smtp *smtp); /* accepts NULL */

/* `ret_error` says what went wrong in words without personal data, "" when nothing did. */
enum smtp_result smtp_send(struct smtp *smtp, const struct smtp_message *message,
                           char ret_error[static SMTP_ERROR_MAX]);

/* Ends the connection politely; the next message makes a new one. */
void smtp_hang_up(struct smtp *smtp);

#endif
