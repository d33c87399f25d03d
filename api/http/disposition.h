/* How a file is handed over (RFC 6266). */
#ifndef LOFT_API_HTTP_DISPOSITION_H
#define LOFT_API_HTTP_DISPOSITION_H

#include "domain/base/arena.h"

/* Content-Disposition: no path, no control or direction marks, at most 120 characters of the name;
 * in ASCII for those who read nothing else, and whole. `name` is UTF-8 or NULL. */
const char *disposition_of(struct arena *arena, const char *name, bool in_place);

#endif
