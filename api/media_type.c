#include "api/media_type.h"

#include "domain/base/log.h"

#include <magic.h>

/* A cookie belongs to one thread, and uploads are rare: each opens its own. Archives, programs and
 * office files are not looked into, because none of them is accepted. */
const char *media_type_of(struct arena *arena, struct bytes bytes)
{
    const char *found = NULL;
    magic_t cookie = magic_open(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_TAR |
                                MAGIC_NO_CHECK_ELF | MAGIC_NO_CHECK_CDF | MAGIC_NO_CHECK_CSV |
                                MAGIC_NO_CHECK_JSON);
    if (!cookie)
        return NULL;
    if (magic_load(cookie, NULL) != 0)
        log_write(LOG_ERRORS, "magic_database", "%s", magic_error(cookie));
    else
        found = magic_buffer(cookie, bytes.data, bytes.len);
    if (found)
        found = arena_string(arena, found);
    magic_close(cookie);
    return found;
}
