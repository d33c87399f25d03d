#include "api/notify/notify.h"

#include "domain/smart/registration.h"
#include "storage/statements.h"

#define REGISTRATION "registration"

/* In order: the first that fits. */
const struct notice notices[] = {
    {REGISTRATION, "course_cancel", NULL, "course_cancelled", &sql_notify_registration},
    {REGISTRATION, "course_start", NULL, "waiting_list_closed", &sql_notify_registration},
    {REGISTRATION, "transfer_registration", NULL, "registration_confirmed",
     &sql_notify_registration}, /* the new person */
    {REGISTRATION, "shorten_offer", NULL, "registration_offered", &sql_notify_registration},
    {REGISTRATION, NULL, REGISTRATION_CONFIRMED, "registration_confirmed",
     &sql_notify_registration},
    {REGISTRATION, NULL, REGISTRATION_WAITLISTED, "registration_waitlisted",
     &sql_notify_registration},
    {REGISTRATION, NULL, REGISTRATION_OFFERED, "registration_offered", &sql_notify_registration},
    {REGISTRATION, NULL, REGISTRATION_EXPIRED, "offer_expired", &sql_notify_registration},
    {REGISTRATION, NULL, REGISTRATION_CANCELLED, "registration_cancelled",
     &sql_notify_registration},
    {"need_report", NULL, "returned", "need_report_returned", &sql_notify_grant_case},
    {"decision_basis", NULL, "returned", "basis_returned", &sql_notify_grant_case},
    {"grant_report", NULL, "returned", "report_returned", &sql_notify_grant_case},
    {"grant_decision", NULL, "issued", "decision_issued", &sql_notify_grant_case},
};
const size_t notice_count = sizeof notices / sizeof notices[0];

static bool same(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

static bool fits(const struct notice *notice, const struct event *event, const char *action)
{
    if (!same(notice->resource, event->resource))
        return false;
    if (notice->action)
        return same(notice->action, action);
    return same(notice->to, event->to) && !same(event->from, event->to);
}

const struct notice *notice_find(const struct event *event, const char *action)
{
    for (size_t i = 0; i < notice_count; i++)
        if (fits(&notices[i], event, action))
            return &notices[i];
    return NULL;
}

struct notice_params {
    struct text kind;
    struct text resource_id;
    int64_t version;
};
SHAPE(notice_params_shape, struct notice_params, FIELD(struct notice_params, kind),
      FIELD(struct notice_params, resource_id), FIELD(struct notice_params, version));

enum outcome notify_event(struct call *call, const struct event *event, const char *action)
{
    const struct notice *notice = notice_find(event, action);
    if (!notice)
        return DONE;
    const struct notice_params params = {.kind = text_of(notice->kind),
                                         .resource_id = text_of(event->id),
                                         .version = event->version};
    return tx_execute(call->tx, notice->write, SOURCES({&notice_params_shape, &params}), NULL);
}
