/*
 * Who came to SMART courses, in numbers. What is small is hidden by domain/base/suppression.h.
 *
 * There is one table for each year, of municipality and profession; the divisions by one of the two
 * are its margins, hidden together with it. It counts people, each once, as in their latest registration
 * of the year: what is small is few people and not few registrations. There is no sum over the years, so
 * no year can be subtracted from the others. Every further division (a type of course, a single course)
 * could be, and is for smart_admin alone, who sees exact numbers.
 */
#ifndef LOFT_DOMAIN_SMART_STATISTICS_H
#define LOFT_DOMAIN_SMART_STATISTICS_H

#include "domain/base/shape.h"

#define STATISTICS_BY_PROFESSION "profession"
#define STATISTICS_BY_MUNICIPALITY "municipality"

struct statistics_query {
    struct integer year;
    struct text by; /* one of the two above, else by both */
    struct text course_type;
    struct text course_id;
};

#endif
