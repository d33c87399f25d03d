/*
 * From a letter and its facts to plain text. A letter is text with {fact}; every fact is text too, and
 * the end of its name says how it is written:
 *
 *   *_at    2023-03-22T09:00 (the clock in Norway) -> "onsdag 22. mars 2023 kl. 09.00"
 *   *_on    2023-03-22                             -> "onsdag 22. mars 2023"
 *   *_nok   1250                                   -> "1 250 kr", in English "NOK 1,250"
 *   others  as they stand, control characters as spaces
 *
 * {?fact} writes nothing. A line with a fact that is not there is left out, and of several empty
 * lines that then meet one remains.
 */
#ifndef LOFT_DOMAIN_NOTIFY_LETTER_H
#define LOFT_DOMAIN_NOTIFY_LETTER_H

#include "domain/base/arena.h"

enum letter_language { LETTER_NB, LETTER_NN, LETTER_EN, LETTER_LANGUAGES };

/* Names and values in one order. */
struct facts {
    const struct text *names;
    const struct text *values;
    size_t count;
};

/* On the arena. Without its last newline. */
const char *letter_fill(struct arena *arena, const char *letter, const struct facts *facts,
                        enum letter_language language);

/* "1 250 kr", in English "NOK 1,250": as {fact_nok} is written. `nok` is not negative. */
const char *letter_amount(struct arena *arena, int64_t nok, enum letter_language language);

#endif
