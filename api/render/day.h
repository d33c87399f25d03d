/* Days as a letter writes them. */
#ifndef LOFT_API_RENDER_DAY_H
#define LOFT_API_RENDER_DAY_H

#include "api/contract/contract.h"

/* "6. september 2023"; in English "6 September 2023". `day` is YYYY-MM-DD. */
const char *render_day(struct arena *arena, struct text day, enum language language);

/* Several days in order, those that follow one another as one, with the separator in between:
 * "6.–7. september 2023" and "22.–23. november 2023". */
const char *render_days(struct arena *arena, const struct text_list *days, enum language language,
                        const char *separator);

#endif
