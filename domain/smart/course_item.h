/*
 * Included items of a course (inkludert i kursavgiften) and their options: lunch without a choice,
 * a textbook of one's choice (valgfri lærebok), strength cards. SM-R08.
 *
 * Limits: 20 items per course, 50 options per item.
 */
#ifndef LOFT_DOMAIN_SMART_COURSE_ITEM_H
#define LOFT_DOMAIN_SMART_COURSE_ITEM_H

#include "domain/base/error.h"
#include "domain/base/shape.h"

enum { COURSE_ITEMS_MAX = 20, ITEM_OPTIONS_MAX = 50 };

struct course_item_create {
    struct text course_id;
    struct text code;
    struct text name;
    struct boolean choice_required; /* default false */
};

struct course_item_update { /* merge patch */
    struct text id;
    struct text name;
    struct boolean choice_required;
};

struct item_option_create {
    struct text item_id;
    struct text code;
    struct text name;
};

struct item_option_update { /* merge patch */
    struct text id;
    struct text name;
};

/* What there is to choose from, as decisions see it: a row per option, outer-joined so that an item
 * without options is seen too (option_code not given). Rows of one item stand together. */
struct course_choice {
    struct text item_code;
    bool choice_required;
    struct text option_code;
};
extern const struct shape shape_course_choice;

/*
 * SM-R08: every item that requires a choice, and has options to choose from, has one; every choice
 * names an option of an item of this course. Faults at /item_choices/<item code>, both with the
 * codes to choose from as `expected`: "choice_required", "choice_unknown". INVALID with the code of
 * the first of them, or DONE.
 */
enum outcome course_item_check_choices(const struct text_map *choices,
                                       const struct course_choice *menu, size_t menu_count,
                                       struct error *error);

#endif
