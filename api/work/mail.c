#include "api/work/mail.h"

#include "api/http/metrics.h"
#include "api/now.h"
#include "api/render/mail.h"
#include "api/settings.h"
#include "api/work/smtp.h"
#include "api/work/transaction.h"
#include "domain/base/log.h"
#include "domain/base/text.h"
#include "storage/statements.h"

#include <stdlib.h>
#include <unistd.h>

enum { ITEMS_A_ROUND = 50, MAIL_ARENA_MAX = 4 * 1024 * 1024, MARK_STEP_US = 200000 };
enum { WAIT_MAX_S = 4 * 3600, PAUSE_MAX_S = 300 };

struct mailer {
    struct service *service;
    const atomic_bool *stopping;
    struct smtp *smtp;
    int64_t paused_until; /* monotonic, microseconds */
    int64_t pauses;       /* in a row */
};

bool mail_check_settings(const struct settings *settings)
{
    const char *url = settings->smtp_url, *from = settings->mail_from;
    if (!*url)
        return true;
    bool known = strncmp(url, "smtp://", 7) == 0 || strncmp(url, "smtps://", 8) == 0;
    if (!known || strchr(url, '@'))
        fputs(
            "loft: LOFT_SMTP_URL must be smtp://host:port or smtps://host:port; user and password "
            "are settings of their own\n",
            stderr);
    else if (!email_valid(from, strlen(from)))
        fputs("loft: LOFT_MAIL_FROM must be an e-mail address when LOFT_SMTP_URL is set\n", stderr);
    else
        return true;
    return false;
}

struct mailer *mailer_create(struct service *service, const atomic_bool *stopping)
{
    struct mailer *mailer = calloc(1, sizeof *mailer);
    if (!mailer)
        return NULL;
    mailer->service = service;
    mailer->stopping = stopping;
    mailer->smtp = smtp_create(service->settings, stopping);
    if (mailer->smtp)
        return mailer;
    free(mailer);
    return NULL;
}

void mailer_destroy(struct mailer *mailer)
{
    if (!mailer)
        return;
    smtp_destroy(mailer->smtp);
    free(mailer);
}

/* ---- one message ------------------------------------------------------------------------------ */

struct claimed {
    struct text id;
    struct text email;
    struct text subject;
    struct text body;
    struct text language;
    struct text name;
    struct text sender;
    struct text dated;
    int64_t attempts;
    bool sendable;
};
SHAPE(claimed_shape, struct claimed, FIELD(struct claimed, id), FIELD(struct claimed, email),
      FIELD(struct claimed, subject), FIELD(struct claimed, body), FIELD(struct claimed, language),
      FIELD(struct claimed, name), FIELD(struct claimed, sender), FIELD(struct claimed, dated),
      FIELD(struct claimed, attempts), FIELD(struct claimed, sendable));

struct limits {
    int64_t lease_s;
    int64_t attempts_max;
};
SHAPE(limits_shape, struct limits, FIELD(struct limits, lease_s),
      FIELD(struct limits, attempts_max));

struct claim {
    struct claimed *found;
    size_t count;
};

/* The lease is longer than a message can take, so that nobody else has it meanwhile. */
static enum outcome claim_next(struct call *call, void *context)
{
    struct claim *claim = context;
    const struct settings *settings = call->service->settings;
    const struct limits limits = {.lease_s = 2 * settings->mail_timeout_s,
                                  .attempts_max = settings->mail_attempts};
    enum outcome outcome = tx_execute(call->tx, &sql_notification_give_up,
                                      SOURCES({&limits_shape, &limits}), NULL);
    if (outcome == DONE)
        outcome = tx_load_all(call->tx, &sql_notification_claim, SOURCES({&limits_shape, &limits}),
                              &claimed_shape, &claim->found, &claim->count);
    return outcome;
}

struct mark {
    struct text id;
    int64_t attempts;
    bool accepted;
    bool final;
    int64_t wait_s;
    struct text delivery_error;
};
SHAPE(mark_shape, struct mark, FIELD(struct mark, id), FIELD(struct mark, attempts),
      FIELD(struct mark, final), FIELD(struct mark, wait_s), FIELD(struct mark, delivery_error));

static enum outcome mark_message(struct call *call, void *context)
{
    const struct mark *mark = context;
    const struct statement *statement = mark->accepted ? &sql_notification_sent
                                                       : &sql_notification_not_sent;
    return tx_execute(call->tx, statement, SOURCES({&mark_shape, mark}), NULL);
}

static enum outcome try_to_mark(struct mailer *mailer, struct mark *mark)
{
    struct arena *arena = arena_create(MAIL_ARENA_MAX);
    if (!arena)
        return UNAVAILABLE;
    enum outcome outcome = work_transaction(mailer->service, arena, "mail", mark_message, mark);
    arena_destroy(arena);
    return outcome;
}

/* What the server has must not be sent again: goes on until the database takes the mark. */
static void mark_for_sure(struct mailer *mailer, struct mark *mark)
{
    while (try_to_mark(mailer, mark) == UNAVAILABLE && !atomic_load(mailer->stopping))
        usleep(MARK_STEP_US);
}

/* Doubled each time, and spread by a quarter so that what failed together is not tried together. */
static int64_t backoff_s(const struct settings *settings, int64_t times, int64_t max_s,
                         struct text id)
{
    int64_t wait_s = settings->mail_retry_s;
    for (int64_t i = 1; i < times && wait_s < max_s; i++)
        wait_s *= 2;
    if (wait_s > max_s)
        wait_s = max_s;
    uint64_t spread = hash_mix(HASH_SEED ^ (uint64_t)times, id.s, id.len);
    return wait_s + (int64_t)(spread % (uint64_t)(wait_s / 4 + 1));
}

static enum smtp_result hand_over(struct mailer *mailer, const struct claimed *claimed,
                                  struct arena *arena, char error[static SMTP_ERROR_MAX])
{
    const char *from = mailer->service->settings->mail_from;
    const struct mail mail = {
        .from = from,
        .sender = claimed->sender.s,
        .to = claimed->email.s,
        .name = claimed->name.s,
        .subject = claimed->subject.s,
        .body = claimed->body.s,
        .language = claimed->language.s,
        .message_id = arena_format(arena, "%s@%s", claimed->id.s, strchr(from, '@') + 1),
        .dated = claimed->dated.s,
    };
    if (!email_valid(claimed->email.s, claimed->email.len)) {
        snprintf(error, SMTP_ERROR_MAX, "not an e-mail address");
        return SMTP_REFUSED;
    }
    struct smtp_message message = {.from = from, .to = claimed->email.s};
    message.bytes = mail_render(&mail, arena, &message.len);
    return smtp_send(mailer->smtp, &message, error);
}

/* The server is away: nobody's turn for a while. */
static void pause_all(struct mailer *mailer, struct text id)
{
    mailer->pauses++;
    mailer->paused_until = now_monotonic() +
                           backoff_s(mailer->service->settings, mailer->pauses, PAUSE_MAX_S, id) *
                               INT64_C(1000000);
}

static void deliver(struct mailer *mailer, const struct claimed *claimed, struct arena *arena)
{
    const struct settings *settings = mailer->service->settings;
    char error[SMTP_ERROR_MAX];
    enum smtp_result result = hand_over(mailer, claimed, arena, error);
    struct mark mark = {
        .id = claimed->id,
        .attempts = claimed->attempts,
        .accepted = result == SMTP_ACCEPTED,
        .final = result == SMTP_REFUSED || claimed->attempts >= settings->mail_attempts,
        .wait_s = backoff_s(settings, claimed->attempts, WAIT_MAX_S, claimed->id),
        .delivery_error = text_of(error),
    };
    mark_for_sure(mailer, &mark);
    metrics_mail(mailer->service->metrics, mark.accepted ? MAIL_SENT
                                           : mark.final  ? MAIL_FAILED
                                                         : MAIL_RETRIED);
    if (!mark.accepted)
        log_write(LOG_WARNINGS, "mail_not_sent", "%s, attempt %lld%s: %s", claimed->id.s,
                  (long long)claimed->attempts, mark.final ? ", the last" : "", error);
    if (result == SMTP_UNREACHABLE)
        pause_all(mailer, claimed->id);
    else
        mailer->pauses = 0;
}

/* False when nothing was due, or nobody could say. */
static bool deliver_next(struct mailer *mailer)
{
    struct arena *arena = arena_create(MAIL_ARENA_MAX);
    struct claim claim = {0};
    if (!arena)
        return false;
    enum outcome outcome = work_transaction(mailer->service, arena, "mail", claim_next, &claim);
    bool found = outcome == DONE && claim.count > 0;
    if (found && claim.found->sendable)
        deliver(mailer, claim.found, arena);
    arena_destroy(arena);
    return found;
}

/* ---- one round -------------------------------------------------------------------------------- */

static enum outcome measure_backlog(struct call *call, void *context)
{
    struct rows *rows = NULL;
    enum outcome outcome = tx_query(call->tx, &sql_notification_backlog, NO_SOURCES, &rows);
    if (outcome == DONE)
        *(int64_t *)context = rows_int(rows, 0, "waiting");
    return outcome;
}

static void show_backlog(struct mailer *mailer)
{
    struct arena *arena = arena_create(MAIL_ARENA_MAX);
    int64_t waiting = 0;
    if (!arena)
        return;
    if (work_transaction(mailer->service, arena, "mail", measure_backlog, &waiting) == DONE)
        metrics_mail_waiting(mailer->service->metrics, waiting);
    arena_destroy(arena);
}

static bool is_held_up(const struct mailer *mailer)
{
    return atomic_load(mailer->stopping) || now_monotonic() < mailer->paused_until;
}

void mailer_round(struct mailer *mailer)
{
    for (int i = 0; i < ITEMS_A_ROUND && !is_held_up(mailer); i++)
        if (!deliver_next(mailer))
            break;
    smtp_hang_up(mailer->smtp);
    show_backlog(mailer);
}
