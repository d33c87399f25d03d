/*
 * An e-mail as bytes: RFC 5322, plain text in UTF-8, quoted-printable. Words that people typed go into
 * headers as encoded words (RFC 2047) or not at all, so that none of them can become a header.
 */
#ifndef LOFT_API_RENDER_MAIL_H
#define LOFT_API_RENDER_MAIL_H

#include "domain/base/arena.h"

struct mail {
    const char *from;   /* an address: email_valid, as the next but one */
    const char *sender; /* who is shown as sender, or NULL */
    const char *to;
    const char *name; /* of the addressee, or NULL */
    const char *subject;
    const char *body;       /* lines end in \n */
    const char *language;   /* nb, nn, en */
    const char *message_id; /* without its angle brackets */
    const char *dated;      /* as RFC 5322 has it */
};

/* On the arena. */
const char *mail_render(const struct mail *mail, struct arena *arena, size_t *ret_len);

#endif
