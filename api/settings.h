/*
 * Every setting of the service, once: name, type, default, meaning. `loft config` and the README
 * print this table. Values come from the environment; an unreadable value stops the start.
 */
#ifndef LOFT_API_SETTINGS_H
#define LOFT_API_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct settings {
    const char *database_url;
    const char *owner_url;
    const char *host;
    const char *ops_host;
    int64_t port;
    int64_t ops_port;
    int64_t workers;
    int64_t export_connections;
    int64_t export_s;
    int64_t connections_max;
    int64_t connection_timeout_s;
    int64_t statement_timeout_ms;
    int64_t lock_timeout_ms;
    int64_t drain_s;
    const char *keys;
    const char *issuer;
    const char *audience;
    int64_t token_lifetime_s;
    bool sandbox;
    const char *cors_origins;
    int64_t rate_per_minute;
    int64_t rate_public_per_minute;
    int64_t rate_public_writes_per_minute;
    bool trust_proxy;
    const char *docs;
    int64_t work_interval_ms;
    bool access_log;
    const char *smtp_url; /* empty: no mail is sent */
    bool smtp_starttls;
    const char *smtp_ca;
    const char *smtp_user;
    const char *smtp_password;
    const char *mail_from;
    int64_t mail_timeout_s;
    int64_t mail_attempts;
    int64_t mail_retry_s;
};

/* False after a message on stderr that names the setting and what it accepts. */
bool settings_read(struct settings *ret_settings);

/* A table of name, value in force and meaning; secrets (passwords in URLs) are masked. */
void settings_print(const struct settings *settings, FILE *out);

/* The same table as Markdown with the defaults, for the README. */
void settings_print_markdown(FILE *out);

#endif
