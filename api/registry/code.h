/* Input of GET /v1/codes. */
#ifndef LOFT_API_REGISTRY_CODE_H
#define LOFT_API_REGISTRY_CODE_H

#include "domain/base/value.h"

struct code_filter {
    struct text_list list; /* names of lists; not given = all */
};

#endif
