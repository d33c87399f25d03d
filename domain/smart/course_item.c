#include "domain/smart/course_item.h"

#include "domain/base/text.h"

SHAPE(shape_course_choice, struct course_choice, FIELD(struct course_choice, item_code),
      FIELD(struct course_choice, choice_required), FIELD(struct course_choice, option_code));

struct menu {
    const struct course_choice *rows;
    size_t count;
    struct error *error;
};

/* The codes of an item's options, "a, b, c"; NULL when it has none. */
static const char *menu_codes(const struct menu *menu, struct text item_code)
{
    struct buffer codes;

    buffer_init(&codes, menu->error->arena, 0);
    for (size_t i = 0; i < menu->count; i++) {
        struct text code = menu->rows[i].option_code;
        if (given(code.is) && text_equals(menu->rows[i].item_code, item_code)) {
            buffer_add_string(&codes, codes.len > 0 ? ", " : "");
            buffer_add(&codes, code.s, code.len);
        }
    }
    return codes.len > 0 ? codes.data : NULL;
}

static bool menu_has(const struct menu *menu, struct text item_code, struct text option_code)
{
    for (size_t i = 0; i < menu->count; i++) {
        if (text_equals(menu->rows[i].item_code, item_code) &&
            text_equals(menu->rows[i].option_code, option_code)) {
            return true;
        }
    }
    return false;
}

static void refuse_choice(const struct menu *menu, struct text item_code, const char *code)
{
    struct error *error = menu->error;
    const char *codes = menu_codes(menu, item_code);

    error_fault(error, json_pointer(error->arena, "/item_choices", item_code), code, codes);
    error_refuse(error, INVALID, code, "SM-R08");
}

static bool is_chosen(const struct text_map *choices, struct text item_code)
{
    for (size_t i = 0; given(choices->is) && i < choices->count; i++) {
        if (text_equals(choices->keys[i], item_code)) {
            return true;
        }
    }
    return false;
}

/* An item stands once per option; it is asked about at its first row. */
static bool must_choose(const struct menu *menu, size_t row)
{
    struct text item_code = menu->rows[row].item_code;
    bool first = row == 0 || !text_equals(menu->rows[row - 1].item_code, item_code);

    return first && menu->rows[row].choice_required && menu_codes(menu, item_code);
}

enum outcome course_item_check_choices(const struct text_map *choices,
                                       const struct course_choice *menu_rows, size_t menu_count,
                                       struct error *error)
{
    const struct menu menu = {.rows = menu_rows, .count = menu_count, .error = error};
    enum outcome outcome = DONE;

    for (size_t i = 0; i < menu_count; i++) {
        if (must_choose(&menu, i) && !is_chosen(choices, menu_rows[i].item_code)) {
            refuse_choice(&menu, menu_rows[i].item_code, "choice_required");
            outcome = INVALID;
        }
    }
    for (size_t i = 0; given(choices->is) && i < choices->count; i++) {
        if (!menu_has(&menu, choices->keys[i], choices->values[i])) {
            refuse_choice(&menu, choices->keys[i], "choice_unknown");
            outcome = INVALID;
        }
    }
    return outcome;
}
