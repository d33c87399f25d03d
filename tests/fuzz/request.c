/* Fuzzes the first reading of a request: target, query, framing headers. The input is the target up
 * to the first line feed, then "Name: value" lines. */
#include "api/http/request.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct headers {
    const char *text; /* lines, each ended by a line feed */
};

static const char *find(const void *context, const char *name)
{
    static char value[256];
    const struct headers *headers = context;
    size_t len = strlen(name);
    for (const char *line = headers->text; *line;) {
        size_t end = strcspn(line, "\n");
        if (end > len + 1 && strncasecmp(line, name, len) == 0 && line[len] == ':') {
            size_t value_len = end - len - 1;
            if (value_len >= sizeof value)
                value_len = sizeof value - 1;
            memcpy(value, line + len + 1, value_len);
            value[value_len] = '\0';
            return value;
        }
        line += end + (line[end] == '\n');
    }
    return NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    struct arena *arena = arena_create(1024 * 1024);
    struct error error;
    struct request request = {0};
    if (!text || !arena)
        abort();
    memcpy(text, data, size);
    text[size] = '\0';
    char *line_end = strchr(text, '\n');
    struct headers headers = {line_end ? line_end + 1 : ""};
    if (line_end)
        *line_end = '\0';
    const struct http_request http = {
        .method = "GET",
        .target = text,
        .remote = "127.0.0.1",
        .header = find,
        .header_context = &headers,
    };
    error_init(&error, arena);
    enum outcome outcome = request_parse(&http, arena, &error, &request);
    if (!request.id || !request.path || (outcome != DONE) != (error.outcome != DONE))
        abort();
    arena_destroy(arena);
    free(text);
    return 0;
}
