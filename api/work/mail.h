/*
 * Delivers notifications by e-mail, in a thread of its own: a server that stalls holds up nothing else.
 *
 * A message is claimed in a transaction of its own (state `sending`, with a lease), handed to the
 * server, and then marked in another one. Between the server's 250 and that mark lies the only moment
 * in which a crash leads to a second copy: the message is sent again when its lease has ended, with the
 * same Message-ID, by which mail programs tell a copy. So it is at least once, and nearly always once.
 * A message that nobody claimed is never lost, and two processes never have one at the same time.
 *
 * 4xx and network errors are tried again, after LOFT_MAIL_RETRY_S and then twice as long each time, up
 * to LOFT_MAIL_ATTEMPTS; 5xx is for good. When the server itself is away, all messages wait.
 */
#ifndef LOFT_API_WORK_MAIL_H
#define LOFT_API_WORK_MAIL_H

#include "api/service.h"

struct mailer;

/* Whether the settings about mail fit together; false after a message on stderr. */
bool mail_check_settings(const struct settings *settings);

/* Where mail is on. NULL without memory. */
struct mailer *mailer_create(struct service *service, const atomic_bool *stopping);
void mailer_destroy(struct mailer *mailer); /* accepts NULL */

/* Delivers what is due, up to a limit. */
void mailer_round(struct mailer *mailer);

#endif
