#include "api/system/docs.h"

#include "api/service.h"
#include "api/settings.h"
#include "operations.h"

#include <stdio.h>

enum { DOCS_FILE_MAX = 8 * 1024 * 1024 };

/* Nothing inline and nothing from elsewhere; data: is for the icons inside the style sheet. */
static const char policy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; "
    "base-uri 'none'; form-action 'none'";

static const char page[] =
    "<!doctype html>\n"
    "<html lang=\"en\">\n"
    "<head>\n"
    "<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<title>Løft API</title>\n"
    "<link rel=\"icon\" href=\"/docs/favicon-32x32.png\">\n"
    "<link rel=\"stylesheet\" href=\"/docs/swagger-ui.css\">\n"
    "</head>\n"
    "<body>\n"
    "<div id=\"swagger-ui\"></div>\n"
    "<script src=\"/docs/swagger-ui-bundle.js\"></script>\n"
    "<script src=\"/docs/start.js\"></script>\n"
    "</body>\n"
    "</html>\n";

static const char start[] =
    "window.ui = SwaggerUIBundle({\n"
    "  url: '/openapi.json',\n"
    "  dom_id: '#swagger-ui',\n"
    "  deepLinking: true,\n"
    "  displayRequestDuration: true,\n"
    "  docExpansion: 'none',\n"
    "  validatorUrl: null,\n"
    "});\n";

struct asset {
    const char *name;
    const char *media_type;
};

/* The contract's enum lets nothing else through. */
static const struct asset assets[] = {
    {"swagger-ui.css", "text/css; charset=utf-8"},
    {"swagger-ui-bundle.js", "text/javascript; charset=utf-8"},
    {"favicon-32x32.png", "image/png"},
};

static enum outcome answer_raw(struct call *call, const char *media_type, const char *bytes,
                               size_t len)
{
    call->media_type = media_type;
    call->raw = bytes;
    call->raw_len = len;
    call->policy = policy;
    return DONE;
}

enum outcome get_docs(struct call *call)
{
    if (!*call->service->settings->docs)
        return error_refuse(call->error, NOT_FOUND, "not_found", NULL);
    return answer_raw(call, "text/html; charset=utf-8", page, sizeof page - 1);
}

static enum outcome read_asset(struct call *call, const struct asset *asset)
{
    const char *path = arena_format(call->arena, "%s/%s", call->service->settings->docs,
                                    asset->name);
    FILE *file = fopen(path, "rb");
    if (!file)
        return error_refuse(call->error, NOT_FOUND, "not_found", NULL);
    char *bytes = arena_alloc(call->arena, DOCS_FILE_MAX);
    size_t len = fread(bytes, 1, DOCS_FILE_MAX, file);
    fclose(file);
    return answer_raw(call, asset->media_type, bytes, len);
}

enum outcome get_docs_file(struct call *call, const struct docs_file *in)
{
    bool on = *call->service->settings->docs != '\0';
    if (on && text_is(in->file, "start.js"))
        return answer_raw(call, "text/javascript; charset=utf-8", start, sizeof start - 1);
    for (size_t i = 0; on && i < sizeof assets / sizeof assets[0]; i++)
        if (text_is(in->file, assets[i].name))
            return read_asset(call, &assets[i]);
    return error_refuse(call->error, NOT_FOUND, "not_found", NULL);
}
