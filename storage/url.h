/* Connection strings as people may see them. */
#ifndef LOFT_STORAGE_URL_H
#define LOFT_STORAGE_URL_H

#include <stdio.h>

/* Prints a libpq URL or keyword string as keywords, every password as ***. */
void storage_print_url(const char *url, FILE *out);

#endif
