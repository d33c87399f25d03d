/*
 * What is attached to an idea: pictures and PDF. domain.md §1.2 `document`, §4.2 `media`.
 *
 * Whoever may see an idea may see what is attached to it, and nobody else. The author adds and removes
 * while the idea is in their hands, so that what smart_admin has looked at is what is shown. The type is
 * that of the content. Pictures are kept without what they tell about their maker (base/image.h); a PDF
 * is kept as it is.
 */
#ifndef LOFT_DOMAIN_SMART_ATTACHMENT_H
#define LOFT_DOMAIN_SMART_ATTACHMENT_H

#include "domain/smart/idea.h"

enum { ATTACHMENTS_MAX = 10 }; /* per idea, each of at most 5 MiB */

#define MEDIA_PDF "application/pdf"

struct attachment_create {
    struct text id; /* of the idea */
    struct text filename;
    struct bytes body;
    struct text content_type;
};

struct attachment_ref {
    struct text id;
};

/* INVALID: the fault "filename_unfit" at ?filename when its ending is not one of the type's. */
enum outcome attachment_check_name(const struct attachment_create *in, struct error *error);

/* CONFLICT "idea_not_editable" unless the idea is in the hands of its author, who is the caller. */
enum outcome attachment_check_idea(const struct idea *idea, struct error *error);

/* CONFLICT "limit_reached" with {limit} when there are so many already; under the idea's lock. */
enum outcome attachment_check_room(const struct idea *idea, struct error *error);

#endif
