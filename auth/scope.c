#include "auth/scope.h"

#include "domain/base/principal.h"
#include "domain/base/role.h"

bool scopes_add(struct scopes *scopes, const char *word, size_t len)
{
    for (unsigned i = 0; oauth_scopes[i]; i++) {
        if (strlen(oauth_scopes[i]) == len && memcmp(oauth_scopes[i], word, len) == 0) {
            scopes->bits |= UINT32_C(1) << i;
            return true;
        }
    }
    return false;
}

/* The words between spaces; false when one of them is unknown. */
static bool add_all(struct scopes *scopes, const char *scope)
{
    bool known = true;
    for (const char *at = scope; *at;) {
        size_t len = strcspn(at, " ");
        if (len > 0 && !scopes_add(scopes, at, len))
            known = false;
        at += len + (at[len] == ' ');
    }
    return known;
}

struct scopes scopes_all(void)
{
    struct scopes all = {.bits = 0};
    for (unsigned i = 0; oauth_scopes[i]; i++)
        all.bits |= UINT32_C(1) << i;
    return all;
}

struct scopes scopes_of_token(const char *scope)
{
    struct scopes scopes = {.bits = 0};
    add_all(&scopes, scope);
    return scopes;
}

bool scopes_narrow(struct scopes held, const char *requested, struct scopes *ret)
{
    struct scopes scopes = {.bits = 0};
    if (!add_all(&scopes, requested) || (scopes.bits & ~held.bits) != 0)
        return false;
    *ret = scopes.bits ? scopes : held;
    return true;
}

size_t scopes_words(struct scopes scopes, const char **ret)
{
    size_t count = 0;
    for (unsigned i = 0; oauth_scopes[i]; i++)
        if (scopes.bits >> i & 1)
            ret[count++] = oauth_scopes[i];
    return count;
}

const char *scopes_join(struct scopes scopes, char separator, struct arena *arena)
{
    const char *words[PRINCIPAL_SCOPES_MAX];
    size_t count = scopes_words(scopes, words);
    struct buffer list;
    buffer_init(&list, arena, 128);
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buffer_add_char(&list, separator);
        buffer_add_string(&list, words[i]);
    }
    return list.data;
}
