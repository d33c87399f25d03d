#include "domain/grants/headcount.h"
#include "tests/unit/support.h"

enum { CHILDREN, PUPILS };

/* ---- a year -------------------------------------------------------------------------------- */

static void the_machine_is_that_of_the_domain(void **state)
{
    struct fixture *f = *state;
    const struct transition *transition = NULL;
    struct headcount_year year = {.state = text_of(HEADCOUNT_OPEN)};

    assert_int_equal(headcount_year_lock(&year, &f->error, &transition), DONE);
    assert_string_equal(transition->to, HEADCOUNT_LOCKED);
    assert_int_equal(headcount_year_unlock(&year, &f->error, &transition), CONFLICT);
    assert_refused(&f->error, CONFLICT, "invalid_transition", NULL);
    year.state = text_of(HEADCOUNT_LOCKED);
    assert_int_equal(headcount_year_unlock(&year, fresh_error(f), &transition), DONE);
    assert_string_equal(transition->to, HEADCOUNT_OPEN);
    assert_int_equal(headcount_year_lock(&year, fresh_error(f), &transition), CONFLICT);
}

/* KL-R13. */
static void a_locked_year_takes_nothing_and_a_missing_network_blocks_it(void **state)
{
    struct fixture *f = *state;
    const struct transition *transition = NULL;
    struct headcount_year year = {.state = text_of(HEADCOUNT_OPEN), .year = integer_of(2026)};

    assert_int_equal(headcount_check_open(&year, &f->error), DONE);
    year.networks_missing = text_of("KN03, KN07");
    assert_int_equal(headcount_year_lock(&year, &f->error, &transition), CONFLICT);
    assert_refused(&f->error, CONFLICT, "headcount_incomplete", "KL-R13");
    year.state = text_of(HEADCOUNT_LOCKED);
    assert_int_equal(headcount_check_open(&year, fresh_error(f)), CONFLICT);
    assert_refused(&f->error, CONFLICT, "headcount_locked", "KL-R13");
}

/* ---- one figure ---------------------------------------------------------------------------- */

static void a_figure_is_of_a_network_or_of_an_owner_in_it(void **state)
{
    static const struct {
        const char *network, *organisation, *known_network, *forum, *owner_network;
        const char *pointer, *code;
    } cases[] = {
        {"n", NULL, "n", "f", NULL, NULL, NULL},
        {NULL, "o", "n", "f", "n", NULL, NULL},
        {"n", "o", "n", "f", "n", NULL, NULL},
        {NULL, NULL, NULL, NULL, NULL, "/network_id", "network_required"},
        {"x", NULL, NULL, NULL, NULL, "/network_id", "unknown_reference"},
        {NULL, "o", NULL, NULL, NULL, "/organisation_id", "owner_without_network"},
        {"m", "o", "m", "f", "n", "/network_id", "owner_of_other_network"},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct headcount_put in = {.network_id = text_of(cases[i].network),
                                         .organisation_id = text_of(cases[i].organisation)};
        const struct headcount_target target = {
            .network_id = text_of(cases[i].known_network),
            .forum_id = text_of(cases[i].forum),
            .owner_network_id = text_of(cases[i].owner_network),
        };
        enum outcome outcome = headcount_check_target(&in, &target, fresh_error(f));
        assert_int_equal(outcome, cases[i].code ? INVALID : DONE);
        if (cases[i].code) {
            assert_true(has_fault(&f->error, cases[i].pointer, cases[i].code));
        }
    }
}

/* ---- a file -------------------------------------------------------------------------------- */

static struct headcount_place places[7];

static void know_places(void)
{
    const struct headcount_place known[COUNT(places)] = {
        {.network_id = text_of("n1"), .network_code = text_of("KN01")},
        {.network_id = text_of("n2"), .network_code = text_of("KN02")},
        {.network_id = text_of("n2"),
         .network_code = text_of("KN02"),
         .organisation_id = text_of("heim"),
         .name = text_of("Heim kommune"),
         .municipality_no = text_of("5055")},
        {.network_id = text_of("n2"),
         .network_code = text_of("KN02"),
         .organisation_id = text_of("private"),
         .name = text_of("Åsen barnehager"),
         .org_number = text_of("974760673")},
        {.network_id = text_of("n1"),
         .network_code = text_of("KN01"),
         .organisation_id = text_of("twin"),
         .name = text_of("Tvilling AS")},
        {.network_id = text_of("n2"),
         .network_code = text_of("KN02"),
         .organisation_id = text_of("other twin"),
         .name = text_of("Tvilling AS")},
        {.name = text_of("Bergen"), .municipality_no = text_of("4601")},
    };
    memcpy(places, known, sizeof places);
}

static enum outcome resolve(struct fixture *f, const struct headcount_line *lines, size_t count,
                            struct record_list *ret_figures)
{
    know_places();
    return headcount_resolve(lines, count, places, COUNT(places), fresh_error(f), ret_figures);
}

static struct headcount_line line_of(const char *network, const char *municipality,
                                     const char *organisation)
{
    return (struct headcount_line){
        .line = 2,
        .network_code = text_of(network),
        .municipality_no = text_of(municipality),
        .organisation = text_of(organisation),
        .heads = {[PUPILS] = text_of("10")},
    };
}

static void lines_become_figures(void **state)
{
    struct fixture *f = *state;
    struct record_list figures = {0};
    struct headcount_line lines[] = {
        line_of("KN02", NULL, NULL),           line_of("KN02", "5055", NULL),
        line_of(NULL, NULL, "974760673"),      line_of(NULL, NULL, "Åsen barnehager"),
        line_of(NULL, "5055", "Heim kommune"),
    };
    lines[0].heads[CHILDREN] = text_of("0");
    lines[3].heads[CHILDREN] = text_of("1000000");
    lines[3].heads[PUPILS] = (struct text){0};
    lines[4].heads[CHILDREN] = text_of("007");
    lines[4].heads[PUPILS] = (struct text){0};
    assert_int_equal(resolve(f, lines, COUNT(lines), &figures), DONE);

    const struct headcount_figure *found = figures.items;
    static const struct {
        const char *network, *organisation, *category;
        int64_t heads;
    } expected[] = {
        {"n2", NULL, "kindergarten_child", 0},
        {"n2", NULL, "primary_pupil", 10},
        {"n2", "heim", "primary_pupil", 10},
        {"n2", "private", "primary_pupil", 10},
        {"n2", "private", "kindergarten_child", 1000000},
        {"n2", "heim", "kindergarten_child", 7},
    };
    assert_int_equal(figures.count, COUNT(expected));
    for (size_t i = 0; i < COUNT(expected); i++) {
        assert_string_equal(found[i].network_id.s, expected[i].network);
        assert_string_equal(found[i].category.s, expected[i].category);
        assert_int_equal(found[i].heads.v, expected[i].heads);
        assert_int_equal(given(found[i].organisation_id.is), expected[i].organisation != NULL);
        if (expected[i].organisation) {
            assert_string_equal(found[i].organisation_id.s, expected[i].organisation);
        }
    }
}

static void every_fault_of_a_place(void **state)
{
    static const struct {
        const char *network, *municipality, *organisation, *pointer, *code;
    } cases[] = {
        {NULL, NULL, NULL, "/2/network_code", "required"},
        {"KN09", NULL, NULL, "/2/network_code", "unknown_reference"},
        {"KN01", "5055", NULL, "/2/network_code", "owner_of_other_network"},
        {NULL, "505", NULL, "/2/municipality_no", "municipality_no_invalid"},
        {NULL, "0001", NULL, "/2/municipality_no", "municipality_no_invalid"},
        {NULL, "5099", NULL, "/2/municipality_no", "unknown_reference"},
        {NULL, "4601", NULL, "/2/municipality_no", "owner_without_network"},
        {NULL, NULL, "974760674", "/2/organisation", "org_number_invalid"},
        {NULL, NULL, "923609016", "/2/organisation", "unknown_reference"},
        {NULL, NULL, "Ukjent", "/2/organisation", "unknown_reference"},
        {NULL, NULL, "Tvilling AS", "/2/organisation", "owner_ambiguous"},
        {NULL, "5055", "Åsen barnehager", "/2/organisation", "owner_differs"},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct record_list figures = {0};
        const struct headcount_line line = line_of(cases[i].network, cases[i].municipality,
                                                   cases[i].organisation);
        assert_int_equal(resolve(f, &line, 1, &figures), INVALID);
        assert_true(has_fault(&f->error, cases[i].pointer, cases[i].code));
        assert_int_equal(f->error.fault_count, 1);
    }
}

static void every_fault_of_a_cell(void **state)
{
    static const struct {
        const char *cell, *code;
    } cases[] = {
        {"0", NULL},
        {"1000000", NULL},
        {"1000001", "too_large"},
        {"99999999999999999999", "too_large"},
        {"-1", "too_small"},
        {"-", "wrong_type"},
        {"--1", "wrong_type"},
        {"+1", "wrong_type"},
        {"1.5", "wrong_type"},
        {"1,5", "wrong_type"},
        {"12 000", "wrong_type"},
        {"mange", "wrong_type"},
        {"1e3", "wrong_type"},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct record_list figures = {0};
        struct headcount_line line = line_of("KN01", NULL, NULL);
        line.heads[PUPILS] = text_of(cases[i].cell);
        assert_int_equal(resolve(f, &line, 1, &figures), cases[i].code ? INVALID : DONE);
        if (cases[i].code) {
            assert_true(has_fault(&f->error, "/2/primary_pupil", cases[i].code));
        }
    }
}

static void a_line_says_something_and_nothing_twice(void **state)
{
    struct fixture *f = *state;
    struct record_list figures = {0};
    struct headcount_line lines[] = {line_of("KN02", "5055", NULL), line_of("KN02", NULL, NULL),
                                     line_of(NULL, NULL, "Heim kommune")};

    lines[1].heads[PUPILS] = (struct text){0};
    lines[1].line = 3;
    lines[2].line = 4;
    assert_int_equal(resolve(f, lines, COUNT(lines), &figures), INVALID);
    assert_true(has_fault(&f->error, "/3", "required"));
    assert_true(has_fault(&f->error, "/4/primary_pupil", "figure_repeated"));
    assert_string_equal(f->error.faults[1].expected, "2");
    assert_int_equal(f->error.fault_count, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_machine_is_that_of_the_domain),
        TEST(a_locked_year_takes_nothing_and_a_missing_network_blocks_it),
        TEST(a_figure_is_of_a_network_or_of_an_owner_in_it),
        TEST(lines_become_figures),
        TEST(every_fault_of_a_place),
        TEST(every_fault_of_a_cell),
        TEST(a_line_says_something_and_nothing_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
