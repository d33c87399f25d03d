/* What bytes are, by their content. */
#ifndef LOFT_API_MEDIA_TYPE_H
#define LOFT_API_MEDIA_TYPE_H

#include "domain/base/arena.h"

/* "image/png" and so on, as libmagic knows them; NULL when it cannot say. */
const char *media_type_of(struct arena *arena, struct bytes bytes);

#endif
