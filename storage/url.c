#include "storage/url.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <string.h>

void storage_print_url(const char *url, FILE *out)
{
    PQconninfoOption *options = *url ? PQconninfoParse(url, NULL) : NULL;
    if (*url && !options)
        fputs("*** (cannot be read)", out);
    const char *separator = "";
    for (PQconninfoOption *option = options; option && option->keyword; option++) {
        if (!option->val)
            continue;
        bool secret = strstr(option->keyword, "password") != NULL;
        fprintf(out, "%s%s=%s", separator, option->keyword, secret ? "***" : option->val);
        separator = " ";
    }
    PQconninfoFree(options);
}
