/* The letter of a decision to one of its recipients, on A4 in nb or nn. */
#ifndef LOFT_API_RENDER_DECISION_LETTER_H
#define LOFT_API_RENDER_DECISION_LETTER_H

#include "domain/grants/decision.h"

/* `lines` are all that the decision gives. The bytes are on the arena and the same for the same letter.
 * False, with a log line, when it cannot be made. */
bool decision_letter_render(const struct decision_letter *letter,
                            const struct decision_letter_line *lines, size_t count,
                            struct arena *arena, struct bytes *ret_bytes);

#endif
