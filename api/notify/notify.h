/*
 * Who is told when something happens: one table, asked for every event (call_record). An entry names a
 * resource, what has to happen to it, the kind of message and the statement that writes it into the
 * outbox, with its facts, in the same transaction and round trip as the event itself. The words of a
 * kind stand under `letters:` in a part of the contract.
 *
 * A resource that is to tell of itself needs
 *   - lines in the table of notify.c
 *   - a function like notify_registration (storage/migrations) with a statement that calls it
 *   - its letters, the label of each kind in notification.yaml, new facts in letters.yaml
 */
#ifndef LOFT_API_NOTIFY_NOTIFY_H
#define LOFT_API_NOTIFY_NOTIFY_H

#include "api/call.h"

struct notice {
    const char *resource;
    const char *action;            /* NULL: whatever leads from another state to `to` */
    const char *to;                /* asked without an action only */
    const char *kind;              /* of the letter */
    const struct statement *write; /* takes :kind, :resource_id, :version */
};
extern const struct notice notices[];
extern const size_t notice_count;

/* The first entry that the event fits, or NULL. `action` as it stands in the event log. */
const struct notice *notice_find(const struct event *event, const char *action);

/* Deferred, like the event: it travels with the next statement. */
enum outcome notify_event(struct call *call, const struct event *event, const char *action);

#endif
