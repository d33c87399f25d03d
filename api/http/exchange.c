#include "api/http/exchange.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

void response_header(struct http_response *response, const char *name, const char *value)
{
    for (size_t i = 0; i < response->header_count; i++)
        if (strcasecmp(response->headers[i].name, name) == 0) {
            response->headers[i].value = value;
            return;
        }
    if (response->header_count == HTTP_RESPONSE_HEADERS_MAX)
        abort();
    response->headers[response->header_count++] = (struct http_header){name, value};
}
