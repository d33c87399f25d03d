#include "domain/notify/letter.h"
#include "tests/unit/support.h"

#define FACT(fact_name, fact_value)                                                                \
    {                                                                                              \
        .name = (fact_name), .value = (fact_value)                                                 \
    }

struct pair {
    const char *name;
    const char *value;
};

static const char *fill(struct fixture *fixture, const char *letter, const struct pair *pairs,
                        size_t count, enum letter_language language)
{
    struct text *names = arena_array(fixture->arena, struct text, count + 1);
    struct text *values = arena_array(fixture->arena, struct text, count + 1);
    for (size_t i = 0; i < count; i++) {
        names[i] = text_of(pairs[i].name);
        values[i] = text_of(pairs[i].value);
    }
    const struct facts facts = {.names = names, .values = values, .count = count};
    return letter_fill(fixture->arena, letter, &facts, language);
}

static void facts_by_their_names(void **state)
{
    static const struct pair facts[] = {
        FACT("starts_at", "2023-03-22T09:05"),
        FACT("due_on", "2024-02-29"),
        FACT("price_nok", "1250"),
        FACT("large_nok", "15450000"),
        FACT("small_nok", "950"),
        FACT("name", "Åse\r\nBcc: x"),
        FACT("odd_at", "i morgen"),
        FACT("far_on", "1969-12-28"),
    };
    static const struct {
        const char *letter;
        const char *expected[LETTER_LANGUAGES];
    } cases[] = {
        {"{starts_at}",
         {"onsdag 22. mars 2023 kl. 09.05", "onsdag 22. mars 2023 kl. 09.05",
          "Wednesday 22 March 2023 at 09:05"}},
        {"{due_on}",
         {"torsdag 29. februar 2024", "torsdag 29. februar 2024", "Thursday 29 February 2024"}},
        {"{far_on}",
         {"søndag 28. desember 1969", "søndag 28. desember 1969", "Sunday 28 December 1969"}},
        {"{price_nok}", {"1\u00a0250\u00a0kr", "1\u00a0250\u00a0kr", "NOK\u00a01,250"}},
        {"{large_nok}",
         {"15\u00a0450\u00a0000\u00a0kr", "15\u00a0450\u00a0000\u00a0kr", "NOK\u00a015,450,000"}},
        {"{small_nok}", {"950\u00a0kr", "950\u00a0kr", "NOK\u00a0950"}},
        {"Hei {name}!", {"Hei Åse  Bcc: x!", "Hei Åse  Bcc: x!", "Hei Åse  Bcc: x!"}},
        {"{odd_at}", {"i morgen", "i morgen", "i morgen"}},
        {"{?name}ja", {"ja", "ja", "ja"}},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        for (int language = 0; language < LETTER_LANGUAGES; language++)
            assert_string_equal(
                fill(*state, cases[i].letter, facts, COUNT(facts), (enum letter_language)language),
                cases[i].expected[language]);
}

static void every_weekday_and_month(void **state)
{
    static const char *const weekdays[] = {"måndag", "tysdag",  "onsdag", "torsdag",
                                           "fredag", "laurdag", "søndag"};
    static const char *const months[] = {"januar",    "februar", "mars",     "april",
                                         "mai",       "juni",    "juli",     "august",
                                         "september", "oktober", "november", "desember"};
    struct fixture *fixture = *state;
    for (int day = 0; day < 7; day++) { /* 2023-05-01 was a Monday */
        const struct pair fact = FACT("d_on", arena_format(fixture->arena, "2023-05-0%d", day + 1));
        const char *expected = arena_format(fixture->arena, "%s %d. mai 2023", weekdays[day],
                                            day + 1);
        assert_string_equal(fill(fixture, "{d_on}", &fact, 1, LETTER_NN), expected);
    }
    for (int month = 1; month <= 12; month++) {
        const struct pair fact = FACT("d_on", arena_format(fixture->arena, "2023-%02d-15", month));
        const char *filled = fill(fixture, "{d_on}", &fact, 1, LETTER_NB);
        assert_non_null(
            strstr(filled, arena_format(fixture->arena, " 15. %s 2023", months[month - 1])));
    }
}

static void lines_without_their_facts(void **state)
{
    static const struct pair facts[] = {FACT("name", "Kari"), FACT("empty", "")};
    static const char *const cases[][2] = {
        {"Hei {name}!\n\nPris: {price_nok}\nSted: {venue}\n\nHilsen\n", "Hei Kari!\n\nHilsen"},
        {"{?no}Bort\nHei", "Hei"},
        {"{?no}Bort\n\n{?no}Bort\n\nHei", "Hei"},
        {"Hei {name}, {no} {name}\nJa", "Ja"},
        {"A\n\n\n\nB\n\n", "A\n\nB"},
        {"A\n{no}\nB", "A\nB"},
        {"A\n\n{no}\nB", "A\n\nB"},
        {"[{empty}]", "[]"},
        {"{no}", ""},
        {"", ""},
        {"{name", "{name"},
        {"Hei {name}!", "Hei Kari!"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_string_equal(fill(*state, cases[i][0], facts, COUNT(facts), LETTER_NB), cases[i][1]);
}

static void amounts_by_themselves(void **state)
{
    struct fixture *f = *state;

    assert_string_equal(letter_amount(f->arena, 0, LETTER_NB), "0\u00a0kr");
    assert_string_equal(letter_amount(f->arena, 1234567, LETTER_NN), "1\u00a0234\u00a0567\u00a0kr");
    assert_string_equal(letter_amount(f->arena, 1250, LETTER_EN), "NOK\u00a01,250");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(facts_by_their_names),
        TEST(every_weekday_and_month),
        TEST(lines_without_their_facts),
        TEST(amounts_by_themselves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
