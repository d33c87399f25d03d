#include "api/render/day.h"

#include "domain/base/clock.h"

#include <stdlib.h>

static const char *const months[LANGUAGE_COUNT][12] = {
    [LANGUAGE_NB] = {"januar", "februar", "mars", "april", "mai", "juni", "juli", "august",
                     "september", "oktober", "november", "desember"},
    [LANGUAGE_NN] = {"januar", "februar", "mars", "april", "mai", "juni", "juli", "august",
                     "september", "oktober", "november", "desember"},
    [LANGUAGE_EN] = {"January", "February", "March", "April", "May", "June", "July", "August",
                     "September", "October", "November", "December"},
};

/* YYYY-MM-DD as the database writes it. */
static int year_of(struct text day)
{
    return atoi(day.s);
}

static int month_of(struct text day)
{
    return atoi(day.s + 5);
}

static int number_of(struct text day)
{
    return atoi(day.s + 8);
}

static const char *dot(enum language language)
{
    return language == LANGUAGE_EN ? "" : ".";
}

const char *render_day(struct arena *arena, struct text day, enum language language)
{
    return arena_format(arena, "%d%s %s %d", number_of(day), dot(language),
                        months[language][month_of(day) - 1], year_of(day));
}

static const char *render_span(struct arena *arena, struct text first, struct text last,
                               enum language language)
{
    if (text_equals(first, last))
        return render_day(arena, first, language);
    if (month_of(first) == month_of(last) && year_of(first) == year_of(last))
        return arena_format(arena, "%d%s–%s", number_of(first), dot(language),
                            render_day(arena, last, language));
    return arena_format(arena, "%s – %s", render_day(arena, first, language),
                        render_day(arena, last, language));
}

static bool follows(struct text day, struct text before)
{
    int64_t days;
    return days_between(before, day, &days) && days == 1;
}

const char *render_days(struct arena *arena, const struct text_list *days, enum language language,
                        const char *separator)
{
    struct buffer out;
    buffer_init(&out, arena, 128);
    buffer_add_string(&out, "");
    for (size_t i = 0, last; i < days->count; i = last + 1) {
        for (last = i; last + 1 < days->count && follows(days->items[last + 1], days->items[last]);)
            last++;
        if (i > 0)
            buffer_add_string(&out, separator);
        buffer_add_string(&out, render_span(arena, days->items[i], days->items[last], language));
    }
    return out.data;
}
