#include "api/settings.h"

#include "storage/url.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum setting_kind { SETTING_TEXT, SETTING_NUMBER, SETTING_SWITCH, SETTING_URL, SETTING_SECRET };

struct setting {
    const char *name;
    enum setting_kind kind;
    size_t offset;
    const char *default_value;
    int64_t minimum, maximum; /* of numbers */
    const char *meaning;
};

#define MEMBER(member) offsetof(struct settings, member)

static const struct setting table[] = {
    {"LOFT_DATABASE_URL", SETTING_URL, MEMBER(database_url), "", 0, 0,
     "PostgreSQL as the service role, which owns nothing (libpq URL)"},
    {"LOFT_OWNER_URL", SETTING_URL, MEMBER(owner_url), "", 0, 0,
     "PostgreSQL as the owner role; only migrate, demo and client use it"},
    {"LOFT_HOST", SETTING_TEXT, MEMBER(host), "127.0.0.1", 0, 0, "IPv4 address to listen on"},
    {"LOFT_PORT", SETTING_NUMBER, MEMBER(port), "8080", 1, 65535, "port of the API"},
    {"LOFT_OPS_HOST", SETTING_TEXT, MEMBER(ops_host), "127.0.0.1", 0, 0,
     "address of the operations listener"},
    {"LOFT_OPS_PORT", SETTING_NUMBER, MEMBER(ops_port), "8081", 0, 65535,
     "port of the operations listener (health, readiness, metrics); 0 switches it off"},
    {"LOFT_WORKERS", SETTING_NUMBER, MEMBER(workers), "8", 1, 64,
     "worker threads, each with a database connection"},
    {"LOFT_EXPORT_CONNECTIONS", SETTING_NUMBER, MEMBER(export_connections), "2", 1, 16,
     "streamed lists at a time; one more answers 503"},
    {"LOFT_EXPORT_S", SETTING_NUMBER, MEMBER(export_s), "600", 1, 86400,
     "longest streamed list; a client that is slower is cut off"},
    {"LOFT_CONNECTIONS", SETTING_NUMBER, MEMBER(connections_max), "4096", 16, 65535,
     "client connections at most"},
    {"LOFT_CONNECTION_TIMEOUT_S", SETTING_NUMBER, MEMBER(connection_timeout_s), "30", 1, 3600,
     "an idle or stalled client is dropped after this"},
    {"LOFT_STATEMENT_TIMEOUT_MS", SETTING_NUMBER, MEMBER(statement_timeout_ms), "5000", 100, 600000,
     "longest statement; longer answers 503"},
    {"LOFT_LOCK_TIMEOUT_MS", SETTING_NUMBER, MEMBER(lock_timeout_ms), "3000", 100, 600000,
     "longest wait for a row lock; longer answers 503"},
    {"LOFT_DRAIN_S", SETTING_NUMBER, MEMBER(drain_s), "10", 0, 300,
     "after SIGTERM: how long running requests may take to end"},
    {"LOFT_KEYS", SETTING_TEXT, MEMBER(keys), "var/keys", 0, 0,
     "directory of signing keys (EC P-256 PEM, file name = kid, the newest signs)"},
    {"LOFT_ISSUER", SETTING_TEXT, MEMBER(issuer), "http://127.0.0.1:8080", 0, 0,
     "`iss` of the service's own tokens: its public URL"},
    {"LOFT_AUDIENCE", SETTING_TEXT, MEMBER(audience), "loft", 0, 0, "`aud` that a token must have"},
    {"LOFT_TOKEN_LIFETIME_S", SETTING_NUMBER, MEMBER(token_lifetime_s), "3600", 60, 86400,
     "life of an access token"},
    {"LOFT_SANDBOX", SETTING_SWITCH, MEMBER(sandbox), "0", 0, 0,
     "1 lets a request set the business clock with X-Loft-Now; never in production"},
    {"LOFT_CORS_ORIGINS", SETTING_TEXT, MEMBER(cors_origins), "", 0, 0,
     "origins that browsers may call from, separated by commas; * for any"},
    {"LOFT_RATE_LIMIT", SETTING_NUMBER, MEMBER(rate_per_minute), "1200", 0, 100000000,
     "requests a minute for each principal; 0 = no limit"},
    {"LOFT_RATE_LIMIT_PUBLIC", SETTING_NUMBER, MEMBER(rate_public_per_minute), "300", 0, 100000000,
     "requests a minute for each address without a token; 0 = no limit"},
    {"LOFT_RATE_LIMIT_PUBLIC_WRITES", SETTING_NUMBER, MEMBER(rate_public_writes_per_minute), "10",
     0, 100000000, "what each address may send in a minute without a token; 0 = no limit"},
    {"LOFT_TRUST_PROXY", SETTING_SWITCH, MEMBER(trust_proxy), "0", 0, 0,
     "1 takes the client's address from the last X-Forwarded-For, as set by the proxy in front"},
    {"LOFT_DOCS", SETTING_TEXT, MEMBER(docs), "", 0, 0,
     "directory of swagger-ui-dist, for /docs; empty switches the page off"},
    {"LOFT_WORK_INTERVAL_MS", SETTING_NUMBER, MEMBER(work_interval_ms), "1000", 50, 3600000,
     "how often background work looks for something to do"},
    {"LOFT_ACCESS_LOG", SETTING_SWITCH, MEMBER(access_log), "1", 0, 0,
     "1 writes one JSON line for each request to standard error"},
    {"LOFT_SMTP_URL", SETTING_TEXT, MEMBER(smtp_url), "", 0, 0,
     "smtp://host:port or smtps://host:port that notifications are mailed through; empty: none is"},
    {"LOFT_SMTP_STARTTLS", SETTING_SWITCH, MEMBER(smtp_starttls), "0", 0, 0,
     "1 demands TLS of the SMTP server; so does a user"},
    {"LOFT_SMTP_CA", SETTING_TEXT, MEMBER(smtp_ca), "", 0, 0,
     "file of the certificates that the SMTP server's is signed by; empty: those of the system"},
    {"LOFT_SMTP_USER", SETTING_TEXT, MEMBER(smtp_user), "", 0, 0,
     "user at the SMTP server; empty: no login"},
    {"LOFT_SMTP_PASSWORD", SETTING_SECRET, MEMBER(smtp_password), "", 0, 0,
     "password at the SMTP server"},
    {"LOFT_MAIL_FROM", SETTING_TEXT, MEMBER(mail_from), "", 0, 0,
     "address that mail comes from; bounces go there"},
    {"LOFT_MAIL_TIMEOUT_S", SETTING_NUMBER, MEMBER(mail_timeout_s), "30", 1, 600,
     "how long the SMTP server may take for a message"},
    {"LOFT_MAIL_ATTEMPTS", SETTING_NUMBER, MEMBER(mail_attempts), "10", 1, 50,
     "attempts to deliver a message before it is given up"},
    {"LOFT_MAIL_RETRY_S", SETTING_NUMBER, MEMBER(mail_retry_s), "60", 1, 3600,
     "wait before the second attempt; doubled for each further one, up to four hours"},
};

enum { SETTING_COUNT = sizeof table / sizeof table[0] };

static bool read_number(const struct setting *setting, const char *value, int64_t *ret)
{
    char *end = NULL;
    errno = 0;
    long long number = strtoll(value, &end, 10);
    if (errno || *value == '\0' || *end != '\0' || number < setting->minimum ||
        number > setting->maximum) {
        fprintf(stderr, "loft: %s must be a whole number from %lld to %lld, not \"%s\"\n",
                setting->name, (long long)setting->minimum, (long long)setting->maximum, value);
        return false;
    }
    *ret = number;
    return true;
}

static bool read_switch(const struct setting *setting, const char *value, bool *ret)
{
    if (strcmp(value, "0") != 0 && strcmp(value, "1") != 0) {
        fprintf(stderr, "loft: %s must be 0 or 1, not \"%s\"\n", setting->name, value);
        return false;
    }
    *ret = value[0] == '1';
    return true;
}

bool settings_read(struct settings *ret_settings)
{
    bool valid = true;
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        const struct setting *setting = &table[i];
        void *at = (char *)ret_settings + setting->offset;
        const char *value = getenv(setting->name);
        if (!value || !*value)
            value = setting->default_value;
        switch (setting->kind) {
        case SETTING_TEXT:
        case SETTING_URL:
        case SETTING_SECRET:
            *(const char **)at = value;
            break;
        case SETTING_NUMBER:
            valid = read_number(setting, value, at) && valid;
            break;
        case SETTING_SWITCH:
            valid = read_switch(setting, value, at) && valid;
            break;
        }
    }
    return valid;
}

static void print_value(const struct setting *setting, const struct settings *settings, FILE *out)
{
    const void *at = (const char *)settings + setting->offset;
    switch (setting->kind) {
    case SETTING_TEXT:
        fputs(*(const char *const *)at, out);
        break;
    case SETTING_URL:
        storage_print_url(*(const char *const *)at, out); /* without its secrets */
        break;
    case SETTING_SECRET:
        fputs(**(const char *const *)at ? "(set)" : "", out);
        break;
    case SETTING_NUMBER:
        fprintf(out, "%lld", (long long)*(const int64_t *)at);
        break;
    case SETTING_SWITCH:
        fputs(*(const bool *)at ? "1" : "0", out);
        break;
    }
}

void settings_print(const struct settings *settings, FILE *out)
{
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        fprintf(out, "%s=", table[i].name);
        print_value(&table[i], settings, out);
        fprintf(out, "\n    # %s\n", table[i].meaning);
    }
}

void settings_print_markdown(FILE *out)
{
    fputs("| setting | default | meaning |\n|---|---|---|\n", out);
    for (size_t i = 0; i < SETTING_COUNT; i++)
        fprintf(out, "| `%s` | %s%s%s | %s |\n", table[i].name, *table[i].default_value ? "`" : "",
                table[i].default_value, *table[i].default_value ? "`" : "", table[i].meaning);
}
