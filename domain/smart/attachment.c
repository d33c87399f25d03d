#include "domain/smart/attachment.h"

#include "domain/base/image.h"

#include <strings.h>

static const struct {
    const char *media_type;
    const char *ending;
} endings[] = {
    {IMAGE_PNG, ".png"},   {IMAGE_JPEG, ".jpg"}, {IMAGE_JPEG, ".jpeg"},
    {IMAGE_WEBP, ".webp"}, {MEDIA_PDF, ".pdf"},
};

static bool ends_with(struct text name, const char *ending)
{
    size_t len = strlen(ending);
    return name.len > len && strcasecmp(name.s + name.len - len, ending) == 0;
}

enum outcome attachment_check_name(const struct attachment_create *in, struct error *error)
{
    const char *expected = NULL;

    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        if (text_is(in->content_type, endings[i].media_type)) {
            if (ends_with(in->filename, endings[i].ending)) {
                return DONE;
            }
            expected = expected ? expected : endings[i].ending;
        }
    }
    error_fault(error, "?filename", "filename_unfit", expected);
    return error_outcome(error);
}

enum outcome attachment_check_idea(const struct idea *idea, struct error *error)
{
    bool in_hand = text_is(idea->state, IDEA_DRAFT) || text_is(idea->state, IDEA_RETURNED);
    return in_hand && idea->own ? DONE : error_refuse(error, CONFLICT, "idea_not_editable", NULL);
}

enum outcome attachment_check_room(const struct idea *idea, struct error *error)
{
    if (idea->attachment_count < ATTACHMENTS_MAX) {
        return DONE;
    }
    error_arg_int(error, "limit", ATTACHMENTS_MAX);
    return error_refuse(error, CONFLICT, "limit_reached", NULL);
}
