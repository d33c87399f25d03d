/* Counters of a process, as Prometheus text. Requests are counted without a lock, in one slot for
 * each operation. */
#ifndef LOFT_API_HTTP_METRICS_H
#define LOFT_API_HTTP_METRICS_H

#include "api/contract/contract.h"
#include "api/service.h"

struct metrics *metrics_create(void);
void metrics_destroy(struct metrics *metrics); /* accepts NULL */

/* `operation` is NULL for requests that matched none. */
void metrics_count(struct metrics *metrics, const struct operation *operation, int status,
                   int64_t duration_us);

/* Items of background work done, for example "offer_expiry". At most 16 names. */
void metrics_work(struct metrics *metrics, const char *name, int64_t count);

/* Attempts to deliver a message by e-mail, and how many wait; shown where mail is on. */
enum mail_result { MAIL_SENT, MAIL_FAILED, MAIL_RETRIED, MAIL_RESULTS };
void metrics_mail(struct metrics *metrics, enum mail_result result);
void metrics_mail_waiting(struct metrics *metrics, int64_t waiting);

/* The whole exposition on the arena. */
const char *metrics_write(const struct service *service, struct arena *arena, size_t *ret_len);

#endif
