/* The documentation page: our own page and start script, Swagger UI from its package. */
#ifndef LOFT_API_SYSTEM_DOCS_H
#define LOFT_API_SYSTEM_DOCS_H

#include "domain/base/value.h"

struct docs_file {
    struct text file;
};

#endif
