#include "domain/smart/queue.h"
#include "tests/unit/support.h"

enum { LINE = 12 };

/* "1 5 4s": the seats of each entry, with an s behind those that let others pass. */
static size_t read_line(const char *s, struct queue_entry line[static LINE])
{
    size_t count = 0;
    for (; *s; s++) {
        if (*s == 's') {
            line[count - 1].skipped = true;
        } else if (*s != ' ') {
            line[count++] = (struct queue_entry){.seats = *s - '0'};
        }
    }
    return count;
}

/* SM-R02, and the party that blocks the head of the line (domain.md §0.1). */
static void strictly_in_order(void **state)
{
    static const struct {
        const char *line;
        int64_t free_seats;
        const char *chosen;
    } cases[] = {
        {"", 3, ""},           {"111", 0, ""},
        {"1", 1, "0"}, /* §7 vector 9: cancel one, #1 is offered */
        {"111", 2, "01"},      {"11", 5, "01"},
        {"411", 3, ""},    /* the party holds up those behind it */
        {"411", 4, "0"},   /* until enough seats are free */
        {"411", 5, "01"},  /* and then they follow */
        {"141", 4, "0"},   /* whoever stands before it does not wait */
        {"4s11", 3, "12"}, /* skipped: it holds nobody up */
        {"4s11", 4, "0"},  /* and keeps its place */
        {"14s1", 4, "02"}, /* at its turn too few are left */
        {"14s1", 5, "01"},     {"3s4111", 3, "0"},
        {"4s5111", 3, ""}, /* the one behind the skipped party is too big as well */
        {"4s5s111", 3, "234"}, {"22222", 5, "01"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct queue_entry line[LINE] = {{.seats = 0}};
        size_t chosen[LINE];
        size_t count = read_line(cases[i].line, line);
        size_t offers = queue_choose(line, count, cases[i].free_seats, chosen);
        assert_int_equal(offers, strlen(cases[i].chosen));
        for (size_t j = 0; j < offers; j++) {
            assert_int_equal(chosen[j], cases[i].chosen[j] - '0');
        }
    }
}

/* Never more than are free; nobody is passed but those who let others pass; and whoever is next after
 * the last offer, if there is one, waits for more than is left. */
static void nobody_is_passed(void **state)
{
    struct random random = {.state = 7};

    (void)state;
    for (int i = 0; i < 20000; i++) {
        struct queue_entry line[LINE];
        size_t chosen[LINE];
        size_t count = (size_t)random_between(&random, 0, LINE);
        int64_t free_seats = random_between(&random, 0, 15), taken = 0;
        for (size_t j = 0; j < count; j++) {
            line[j] = (struct queue_entry){.seats = random_between(&random, 1, 5),
                                           .skipped = random_between(&random, 0, 3) == 0};
        }
        size_t offers = queue_choose(line, count, free_seats, chosen), next = 0;
        for (size_t j = 0; j < offers; j++) {
            for (; next < chosen[j]; next++) {
                assert_true(line[next].skipped && line[next].seats > free_seats - taken);
            }
            taken += line[next++].seats;
        }
        assert_true(taken <= free_seats);
        for (; next < count; next++) {
            assert_true(line[next].seats > free_seats - taken);
            if (!line[next].skipped) {
                break;
            }
        }
    }
}

/* "abcd", the one that is moved, its new place; the entries concerned in their new order. */
static void moving(void **state)
{
    static const struct {
        const char *line, *id;
        int64_t to, from;
        const char *ids;
    } cases[] = {
        {"abcd", "d", 1, 4, "dabc"}, {"abcd", "a", 4, 1, "bcda"}, {"abcd", "b", 3, 2, "cb"},
        {"abcd", "c", 2, 3, "cb"},   {"abcd", "c", 3, 3, "c"},    {"a", "a", 1, 1, "a"},
    };
    static const char *const names[] = {"a", "b", "c", "d"};
    struct fixture *f = *state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct queue_entry line[LINE];
        struct queue_shift move;
        size_t count = strlen(cases[i].line);
        for (size_t j = 0; j < count; j++) {
            line[j] = (struct queue_entry){.id = text_of(names[j])};
        }
        assert_int_equal(
            queue_move(line, count, text_of(cases[i].id), cases[i].to, fresh_error(f), &move),
            DONE);
        assert_int_equal(move.from, cases[i].from);
        assert_int_equal(move.to, cases[i].to);
        assert_int_equal(move.ids.count, strlen(cases[i].ids));
        for (size_t j = 0; j < move.ids.count; j++) {
            assert_int_equal(move.ids.items[j].s[0], cases[i].ids[j]);
        }
    }
}

static void no_place_behind_the_last(void **state)
{
    struct fixture *f = *state;
    const struct queue_entry line[] = {{.id = text_of("a")}, {.id = text_of("b")}};
    struct queue_shift move;

    assert_int_equal(queue_move(line, 2, text_of("a"), 3, fresh_error(f), &move), CONFLICT);
    assert_refused(&f->error, CONFLICT, "place_not_in_line", "SM-R02");
    assert_int_equal(queue_move(line, 2, text_of("c"), 1, fresh_error(f), &move), NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(strictly_in_order),
        TEST(nobody_is_passed),
        TEST(moving),
        TEST(no_place_behind_the_last),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
