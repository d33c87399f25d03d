#include "domain/smart/learning_group.h"

#include "domain/smart/employer_mix.h"
#include "domain/smart/learning_pair.h"
#include "domain/smart/least_moves.h"
#include "tests/unit/support.h"

#include <stdio.h>

enum { MANY = 256, KINDS = 14 };

static const char *const professions[KINDS] = {
    "annet",         "barnevern", "fagarbeider",  "foresatt",   "forskolelaerer",
    "frivillig",     "helse",     "helsestasjon", "laerer",     "leder",
    "miljoarbeider", "naering",   "rektor",       "sfo_ansatt",
};

static struct text id_text(struct fixture *f, const char *prefix, int64_t no)
{
    return text_of(arena_format(f->arena, "%s-%05d", prefix, (int)no));
}

static struct group_member person(struct fixture *f, int64_t no, int64_t profession,
                                  int64_t employer)
{
    struct group_member member = {.registration_id = id_text(f, "r", no),
                                  .profession_code = text_of(professions[profession])};
    if (employer > 0)
        member.employer_id = id_text(f, "e", employer);
    return member;
}

static size_t some_people(struct fixture *f, struct random *random, struct group_member *members,
                          int64_t most, int64_t kinds, int64_t employers)
{
    int64_t count = random_between(random, 1, most);
    for (int64_t i = 0; i < count; i++) {
        /* The product of two draws: some professions are common, some rare. */
        int64_t kind = random_between(random, 0, kinds - 1) * random_between(random, 0, kinds - 1);
        members[i] = person(f, i, kinds > 1 ? kind / (kinds - 1) : 0,
                            random_between(random, 0, employers));
    }
    return (size_t)count;
}

static void shuffle(struct random *random, struct group_member *members, size_t count)
{
    for (size_t i = count; i > 1; i--) {
        size_t j = (size_t)random_between(random, 0, (int64_t)i - 1);
        struct group_member member = members[i - 1];
        members[i - 1] = members[j];
        members[j] = member;
    }
}

static int64_t count_in(const struct group_member *members, size_t count, int64_t group_no,
                        const char *profession)
{
    int64_t found = 0;
    for (size_t i = 0; i < count; i++)
        found += members[i].group_no == group_no &&
                 (!profession || text_is(members[i].profession_code, profession));
    return found;
}

static int64_t distinct_in(const struct group_member *members, size_t count, int64_t group_no)
{
    int64_t distinct = 0;
    for (size_t p = 0; p < KINDS; p++)
        distinct += count_in(members, count, group_no, professions[p]) > 0;
    return distinct;
}

/* §4.6, straight from its words. */
static void assert_balanced(const struct group_member *members, size_t count, int64_t k)
{
    for (int64_t g = 1; g <= k; g++) {
        int64_t size = count_in(members, count, g, NULL);
        assert_true(size == (int64_t)count / k || size == ((int64_t)count + k - 1) / k);
        for (size_t p = 0; p < KINDS; p++) {
            int64_t all = 0;
            for (size_t i = 0; i < count; i++)
                all += text_is(members[i].profession_code, professions[p]);
            int64_t here = count_in(members, count, g, professions[p]);
            assert_true(here == all / k || here == (all + k - 1) / k);
        }
    }
}

static int64_t colleagues(const struct group_member *members, size_t count)
{
    int64_t pairs = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t j = i + 1; j < count; j++)
            pairs += members[i].group_no == members[j].group_no &&
                     text_equals(members[i].employer_id, members[j].employer_id);
    return pairs;
}

/* ---- the vector of §4.6 --------------------------------------------------------------------- */

static size_t thirty_six(struct fixture *f, struct group_member *members)
{
    static const struct {
        int64_t profession, count;
    } cohort[] = {{8, 12}, {4, 8}, {13, 5}, {1, 4}, {7, 3}, {9, 2}, {5, 2}};
    size_t count = 0;
    for (size_t p = 0; p < COUNT(cohort); p++)
        for (int64_t i = 0; i < cohort[p].count; i++, count++)
            members[count] = person(f, (int64_t)count, cohort[p].profession, 0);
    return count;
}

static void thirty_six_people_in_six_groups(void **state)
{
    struct fixture *f = *state;
    struct group_member members[36];
    struct group_violation *violations = NULL;
    const struct integer none = {.is = ABSENT};
    int64_t k = 0;

    assert_int_equal(thirty_six(f, members), 36);
    assert_int_equal(groups_count(none, none, 6, 36, &f->error, &k), DONE);
    assert_int_equal(k, 6);
    groups_propose(f->arena, members, 36, k);
    for (int64_t g = 1; g <= k; g++) {
        assert_int_equal(count_in(members, 36, g, NULL), 6);
        assert_int_equal(count_in(members, 36, g, "laerer"), 2);
        assert_in_range(count_in(members, 36, g, "forskolelaerer"), 1, 2);
        assert_in_range(distinct_in(members, 36, g), 4, 5);
    }
    assert_balanced(members, 36, k);
    assert_int_equal(groups_check(f->arena, members, 36, k, &violations), 0);
}

static void the_order_of_dealing(void **state)
{
    struct fixture *f = *state;
    /* registration, profession, employer */
    struct group_member members[] = {
        person(f, 1, 8, 2), person(f, 2, 4, 1), person(f, 3, 8, 0), person(f, 4, 8, 1),
        person(f, 5, 0, 1), person(f, 6, 4, 1), person(f, 7, 8, 1),
    };
    /* laerer is the most numerous; annet and forskolelaerer by number; employers, none last. */
    static const char *const expected[] = {"r-00004", "r-00007", "r-00001", "r-00003",
                                           "r-00002", "r-00006", "r-00005"};
    groups_order(members, COUNT(members));
    for (size_t i = 0; i < COUNT(members); i++)
        assert_string_equal(members[i].registration_id.s, expected[i]);
    assert_int_equal(members[2].profession_no, 3);
    assert_int_equal(members[2].profession_count, 4);
    assert_int_equal(members[4].profession_no, 1);
}

static void the_number_of_groups(void **state)
{
    struct fixture *f = *state;
    const struct integer none = {.is = ABSENT};
    int64_t k = 0;
    struct error *error = fresh_error(f);

    assert_int_equal(groups_count(none, none, 6, 37, error, &k), DONE);
    assert_int_equal(k, 7);
    assert_int_equal(groups_count(none, integer_of(4), 6, 37, error, &k), DONE);
    assert_int_equal(k, 10);
    assert_int_equal(groups_count(none, integer_of(100), 6, 1, error, &k), DONE);
    assert_int_equal(k, 1);
    assert_int_equal(groups_count(integer_of(5), none, 6, 5, error, &k), DONE);
    assert_int_equal(k, 5);

    assert_int_equal(groups_count(integer_of(5), none, 6, 4, error, &k), CONFLICT);
    assert_refused(error, CONFLICT, "too_many_groups", NULL);
    error = fresh_error(f);
    assert_int_equal(groups_count(integer_of(5), none, 6, 0, error, &k), CONFLICT);
    assert_refused(error, CONFLICT, "no_participants", NULL);
    error = fresh_error(f);
    assert_int_equal(groups_count(integer_of(5), integer_of(4), 6, 36, error, &k), INVALID);
    assert_true(has_fault(error, "/size_target", "group_count_ambiguous"));
}

/* ---- proposals in general ------------------------------------------------------------------- */

static bool lowers(struct group_member *members, size_t count, size_t i, size_t j)
{
    int64_t before = colleagues(members, count);
    int64_t group_no = members[i].group_no;
    members[i].group_no = members[j].group_no;
    members[j].group_no = group_no;
    if (colleagues(members, count) < before)
        return true;
    members[j].group_no = members[i].group_no;
    members[i].group_no = group_no;
    return false;
}

/* Step 3 word by word: the first pair that lowers the number, then from the first pair again. */
static int exchange_by_the_book(struct group_member *members, size_t count)
{
    int swaps = 0;
    for (size_t i = 0; i < count && swaps < GROUP_SWAPS_MAX; i++)
        for (size_t j = i + 1; j < count; j++)
            if (text_equals(members[i].profession_code, members[j].profession_code) &&
                members[i].group_no != members[j].group_no && lowers(members, count, i, j)) {
                swaps++;
                i = (size_t)-1;
                break;
            }
    return swaps;
}

static void deal(struct group_member *members, size_t count, int64_t k)
{
    groups_order(members, count);
    for (size_t i = 0; i < count; i++)
        members[i].group_no = (int64_t)i % k + 1;
}

static void exchanges_are_those_of_the_book(void **state)
{
    struct fixture *f = *state;
    struct random random = {.state = 11};
    struct group_member members[48], by_the_book[48];
    int swaps = 0;

    for (int round = 0; round < 400; round++) {
        fresh_error(f);
        size_t count = some_people(f, &random, members, COUNT(members), 6, 9);
        int64_t k = random_between(&random, 1, (int64_t)count);
        memcpy(by_the_book, members, sizeof members);
        deal(by_the_book, count, k);
        swaps += exchange_by_the_book(by_the_book, count);
        groups_propose(f->arena, members, count, k);
        for (size_t i = 0; i < count; i++) {
            assert_string_equal(members[i].registration_id.s, by_the_book[i].registration_id.s);
            assert_int_equal(members[i].group_no, by_the_book[i].group_no);
        }
    }
    assert_in_range(swaps, 300, 100000); /* the cases are worth something */
}

static void every_proposal_is_balanced_and_the_same_again(void **state)
{
    struct fixture *f = *state;
    struct random random = {.state = 5};
    struct group_member members[MANY], again[MANY];
    struct group_violation *violations = NULL;

    for (int round = 0; round < 5000; round++) {
        fresh_error(f);
        int64_t most = round % 50 == 0 ? MANY : 40;
        size_t count = some_people(f, &random, members, most, random_between(&random, 1, KINDS),
                                   12);
        int64_t k = random_between(&random, 1, (int64_t)count);
        memcpy(again, members, sizeof members);
        shuffle(&random, again, count);
        deal(members, count, k);
        int64_t dealt = colleagues(members, count);

        groups_propose(f->arena, members, count, k);
        groups_propose(f->arena, again, count, k);
        assert_balanced(members, count, k);
        assert_int_equal(groups_check(f->arena, members, count, k, &violations), 0);
        assert_true(colleagues(members, count) <= dealt);
        for (size_t i = 0; i < count; i++) {
            assert_string_equal(members[i].registration_id.s, again[i].registration_id.s);
            assert_int_equal(members[i].group_no, again[i].group_no);
            assert_int_equal(members[i].deal_no, (int64_t)i + 1);
            bool exchanged = text_is(members[i].placed_by, PLACED_EXCHANGE);
            assert_true(exchanged == given(members[i].exchanged_with.is));
            assert_true(exchanged || members[i].group_no == (int64_t)i % k + 1);
        }
    }
}

static void colleagues_are_taken_apart(void **state)
{
    struct fixture *f = *state;
    /* Dealt to two groups: teachers of 1 and 2, then preschool teachers of 1 and 2: 1 with 1. */
    struct group_member members[] = {person(f, 1, 8, 1), person(f, 2, 8, 2), person(f, 3, 4, 1),
                                     person(f, 4, 4, 2)};
    groups_propose(f->arena, members, COUNT(members), 2);
    assert_int_equal(colleagues(members, COUNT(members)), 0);
    assert_string_equal(members[0].registration_id.s, "r-00003"); /* forskolelaerer before laerer */
    assert_string_equal(members[0].placed_by.s, PLACED_EXCHANGE);
    assert_string_equal(members[0].exchanged_with.s, "r-00004");
    assert_string_equal(members[2].placed_by.s, PLACED_DEAL);
}

/* ---- violations and changes by hand --------------------------------------------------------- */

static void what_is_not_balanced_is_told(void **state)
{
    struct fixture *f = *state;
    struct group_violation *violations = NULL;
    struct group_member members[] = {person(f, 1, 8, 0), person(f, 2, 8, 0), person(f, 3, 8, 0),
                                     person(f, 4, 4, 0), person(f, 5, 4, 0), person(f, 6, 4, 0)};
    const int64_t groups[] = {1, 1, 1, 2, 2, 2};
    for (size_t i = 0; i < COUNT(members); i++)
        members[i].group_no = groups[i];
    assert_int_equal(groups_check(f->arena, members, 6, 2, &violations), 3);
    assert_string_equal(violations[0].code, UNBALANCED_PROFESSION);
    assert_string_equal(violations[0].profession_code, "forskolelaerer");
    assert_int_equal(violations[0].least, 0);
    assert_int_equal(violations[0].most, 3);
    assert_string_equal(violations[1].profession_code, "laerer");
    assert_string_equal(violations[2].code, UNBALANCED_SINGLE);
    assert_int_equal(violations[2].least, 0);
    assert_int_equal(violations[2].most, 2);

    members[3].group_no = 2; /* two of the teachers, now behind the others */
    members[4].group_no = 2;
    assert_int_equal(groups_check(f->arena, members, 6, 2, &violations), 2);
    assert_string_equal(violations[1].code, UNBALANCED_SIZE);
    assert_int_equal(violations[1].least, 1);
    assert_int_equal(violations[1].most, 5);
    assert_null(violations[1].profession_code);
}

/* SM-R11: a teacher alone among others of one profession cannot be in both groups. */
static void one_profession_alone_only_where_it_cannot_be_avoided(void **state)
{
    struct fixture *f = *state;
    struct group_violation *violations = NULL;
    struct group_member members[] = {person(f, 1, 8, 0), person(f, 2, 8, 0), person(f, 3, 8, 0),
                                     person(f, 4, 8, 0), person(f, 5, 4, 0), person(f, 6, 4, 0)};
    int64_t avoidable[] = {1, 1, 2, 2, 2, 2};
    for (size_t i = 0; i < 6; i++)
        members[i].group_no = avoidable[i];
    groups_order(members, 6);
    assert_int_equal(groups_check(f->arena, members, 6, 2, &violations), 3);
    assert_string_equal(violations[2].code, UNBALANCED_SINGLE);

    struct group_member alone[] = {person(f, 1, 8, 0), person(f, 2, 8, 0), person(f, 3, 8, 0),
                                   person(f, 4, 8, 0), person(f, 5, 4, 0)};
    groups_propose(f->arena, alone, 5, 2);
    assert_int_equal(groups_check(f->arena, alone, 5, 2, &violations), 0);
    struct group_member same[] = {person(f, 1, 8, 0), person(f, 2, 8, 0), person(f, 3, 8, 0)};
    groups_propose(f->arena, same, 3, 1);
    assert_int_equal(groups_check(f->arena, same, 3, 1, &violations), 0);
}

static const struct group_member *member_of(const struct group_member *members, size_t count,
                                            const char *id)
{
    for (size_t i = 0; i < count; i++)
        if (text_is(members[i].registration_id, id))
            return &members[i];
    fail();
    return NULL;
}

/* r-00000 to r-00003 teachers, r-00004 and r-00005 preschool teachers; r-00006 in no group. */
static void seven(struct fixture *f, struct group_member *members)
{
    for (int64_t i = 0; i < 7; i++)
        members[i] = person(f, i, i < 4 ? 8 : i < 6 ? 4 : 13, 0);
    for (int64_t i = 0; i < 6; i++)
        members[i].group_no = i % 2 + 1;
}

static struct learning_groups_swap swap_of(const char *a, const char *b)
{
    return (struct learning_groups_swap){.registration_id = text_of(a),
                                         .with_registration_id = text_of(b)};
}

static void swapping_two(void **state)
{
    struct fixture *f = *state;
    struct group_member members[7];
    struct error *error = fresh_error(f);
    struct learning_groups_swap in = swap_of("r-00000", "r-00001");

    seven(f, members);
    assert_int_equal(groups_swap(f->arena, &in, members, 7, 2, error), DONE);
    const struct group_member *a = member_of(members, 7, "r-00000");
    assert_int_equal(a->group_no, 2);
    assert_int_equal(a->from_group_no, 1);
    assert_string_equal(a->placed_by.s, PLACED_BY_HAND);
    assert_string_equal(a->exchanged_with.s, "r-00001");
    assert_int_equal(member_of(members, 7, "r-00001")->group_no, 1);
    assert_false(given(member_of(members, 7, "r-00002")->placed_by.is));

    /* A teacher for a preschool teacher: 3 and 1 teachers. */
    in = swap_of("r-00000", "r-00005");
    seven(f, members);
    assert_int_equal(groups_swap(f->arena, &in, members, 7, 2, error), CONFLICT);
    assert_refused(error, CONFLICT, "groups_unbalanced", "SM-R11");
    assert_string_equal(
        error->args[0].value,
        "profession laerer 1-3, profession forskolelaerer 0-2, single_profession 0-1");

    in.force = boolean_of(true);
    error = fresh_error(f);
    seven(f, members);
    assert_int_equal(groups_swap(f->arena, &in, members, 7, 2, error), INVALID);
    assert_true(has_fault(error, "/reason", "reason_required"));
    in.reason = text_of("De reiser sammen");
    error = fresh_error(f);
    seven(f, members);
    assert_int_equal(groups_swap(f->arena, &in, members, 7, 2, error), DONE);
}

static void swaps_that_mean_nothing(void **state)
{
    struct fixture *f = *state;
    struct group_member members[7];
    static const struct {
        const char *a, *b, *code, *pointer;
        enum outcome outcome;
    } cases[] = {
        {"r-00000", "r-00000", "same_registration", "/with_registration_id", INVALID},
        {"r-00000", "r-00099", "unknown_reference", "/with_registration_id", INVALID},
        {"r-00099", "r-00000", "unknown_reference", "/registration_id", INVALID},
        {"r-00000", "r-00002", "same_group", NULL, CONFLICT},
        {"r-00006", "r-00002", "not_in_group", NULL, CONFLICT},
        {"r-00002", "r-00006", "not_in_group", NULL, CONFLICT},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct learning_groups_swap in = swap_of(cases[i].a, cases[i].b);
        struct error *error = fresh_error(f);
        seven(f, members);
        assert_int_equal(groups_swap(f->arena, &in, members, 7, 2, error), cases[i].outcome);
        if (cases[i].pointer)
            assert_true(has_fault(error, cases[i].pointer, cases[i].code));
        else
            assert_refused(error, CONFLICT, cases[i].code, NULL);
    }
}

static void moving_one(void **state)
{
    struct fixture *f = *state;
    struct group_member members[7];
    struct error *error = fresh_error(f);
    struct learning_groups_move in = {.registration_id = text_of("r-00006"),
                                      .group_no = integer_of(2)};
    seven(f, members);
    assert_int_equal(groups_move(f->arena, &in, members, 7, 2, error), DONE);
    assert_int_equal(member_of(members, 7, "r-00006")->group_no, 2);
    assert_int_equal(member_of(members, 7, "r-00006")->from_group_no, 0);

    /* Between equal groups a change is a swap of two (§0.1). */
    in = (struct learning_groups_move){.registration_id = text_of("r-00004"),
                                       .group_no = integer_of(2)};
    seven(f, members);
    assert_int_equal(groups_move(f->arena, &in, members, 7, 2, error), CONFLICT);
    assert_refused(error, CONFLICT, "groups_unbalanced", "SM-R11");

    error = fresh_error(f);
    in.group_no = integer_of(3);
    in.force = boolean_of(true);
    seven(f, members);
    assert_int_equal(groups_move(f->arena, &in, members, 7, 2, error), INVALID);
    assert_true(has_fault(error, "/group_no", "unknown_reference"));
    assert_true(has_fault(error, "/reason", "reason_required"));

    error = fresh_error(f);
    in = (struct learning_groups_move){.registration_id = text_of("r-00004"),
                                       .group_no = integer_of(1)};
    seven(f, members);
    assert_int_equal(groups_move(f->arena, &in, members, 7, 2, error), CONFLICT);
    assert_refused(error, CONFLICT, "same_group", NULL);
}

/* ---- late changes --------------------------------------------------------------------------- */

/* Every way to place at most ten members, the best of the balanced ones: fewest groups of one
 * profession, then fewest moves. */
struct brute {
    const struct group_member *members;
    size_t count;
    int64_t k;
    int32_t kind[10];
    int64_t group[10];
    int64_t sizes[10];
    int64_t kinds[10][KINDS];
    int64_t all[KINDS];
    int64_t best;
};

static int64_t single_groups(const struct brute *b)
{
    int64_t single = 0;
    for (int64_t g = 0; g < b->k; g++) {
        int64_t distinct = 0;
        for (size_t p = 0; p < KINDS; p++)
            distinct += b->kinds[g][p] > 0;
        single += distinct == 1 && b->sizes[g] > 1;
    }
    return single;
}

static bool brute_balanced(const struct brute *b)
{
    for (int64_t g = 0; g < b->k; g++) {
        if (b->sizes[g] < (int64_t)b->count / b->k)
            return false;
        for (size_t p = 0; p < KINDS; p++)
            if (b->kinds[g][p] < b->all[p] / b->k)
                return false;
    }
    return true;
}

static void brute_place(struct brute *b, size_t i, int64_t moves)
{
    if (i == b->count) {
        int64_t rank = single_groups(b) * 1000 + moves;
        if (rank < b->best && brute_balanced(b))
            b->best = rank;
        return;
    }
    for (int64_t g = 0; g < b->k; g++) {
        if (b->sizes[g] * b->k >= (int64_t)b->count + b->k - 1 - ((int64_t)b->count - 1) % b->k ||
            (b->kinds[g][b->kind[i]] + 1) * b->k >= b->all[b->kind[i]] + b->k)
            continue; /* above the ceiling */
        b->sizes[g]++;
        b->kinds[g][b->kind[i]]++;
        int64_t from = b->members[i].group_no;
        brute_place(b, i + 1, moves + (from > 0 && from != g + 1));
        b->sizes[g]--;
        b->kinds[g][b->kind[i]]--;
    }
}

static int64_t brute_best(const struct group_member *members, size_t count, int64_t k)
{
    struct brute b = {.members = members, .count = count, .k = k, .best = INT64_MAX};
    for (size_t i = 0; i < count; i++)
        for (int32_t p = 0; p < KINDS; p++)
            if (text_is(members[i].profession_code, professions[p])) {
                b.kind[i] = p;
                b.all[p]++;
            }
    brute_place(&b, 0, 0);
    return b.best;
}

static int64_t rank_of(const struct group_member *members, size_t count, int64_t k)
{
    int64_t rank = 0;
    for (int64_t g = 1; g <= k; g++)
        rank += 1000 *
                (distinct_in(members, count, g) == 1 && count_in(members, count, g, NULL) > 1);
    for (size_t i = 0; i < count; i++)
        rank += members[i].from_group_no > 0;
    return rank;
}

/* After the call, against what stood before: who is said to have moved has, nobody else. */
static void assert_told(const struct group_member *before, const struct group_member *after,
                        size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct group_member *now = member_of(after, count, before[i].registration_id.s);
        bool changed = now->group_no != before[i].group_no;
        assert_true(changed == given(now->placed_by.is));
        if (changed) {
            assert_string_equal(now->placed_by.s, PLACED_LATE_CHANGE);
            assert_int_equal(now->from_group_no, before[i].group_no);
            assert_int_equal(now->pair_no, 0);
        }
    }
}

static void check_against_brute_force(struct fixture *f, struct group_member *members, size_t count,
                                      int64_t k)
{
    struct group_member before[10];
    struct group_violation *violations = NULL;
    memcpy(before, members, count * sizeof *members);
    assert_int_equal(groups_rebalance(f->arena, members, count, k, &f->error), DONE);
    assert_balanced(members, count, k);
    assert_int_equal(groups_check(f->arena, members, count, k, &violations), 0);
    assert_told(before, members, count);
    assert_int_equal(rank_of(members, count, k), brute_best(before, count, k));
}

/* All groupings of up to five people of three professions in up to three groups, of six in two; some
 * are in none. */
static void fewest_moves_in_every_small_case(void **state)
{
    struct fixture *f = *state;
    struct group_member members[6];
    int64_t cases = 0;

    for (int64_t count = 1; count <= 6; count++)
        for (int64_t k = 1; k <= (count < 6 ? 3 : 2) && k <= count; k++)
            for (int64_t a = 0; a <= count; a++)
                for (int64_t b = 0; a + b <= count; b++) {
                    int64_t groupings = 1;
                    for (int64_t i = 0; i < count; i++)
                        groupings *= k + 1;
                    for (int64_t code = 0; code < groupings; code++, cases++) {
                        fresh_error(f);
                        int64_t rest = code;
                        for (int64_t i = 0; i < count; i++, rest /= k + 1) {
                            members[i] = person(f, i, i < a ? 8 : i < a + b ? 4 : 13, i % 3);
                            members[i].group_no = rest % (k + 1);
                        }
                        check_against_brute_force(f, members, (size_t)count, k);
                    }
                }
    assert_int_equal(cases, 55852);
}

static void fewest_moves_up_to_ten(void **state)
{
    struct fixture *f = *state;
    struct random random = {.state = 8};
    struct group_member members[10];

    for (int round = 0; round < 3000; round++) {
        fresh_error(f);
        size_t count = some_people(f, &random, members, 10, random_between(&random, 1, 5), 4);
        int64_t k = random_between(&random, 1, count < 4 ? (int64_t)count : 4);
        for (size_t i = 0; i < count; i++)
            members[i].group_no = random_between(&random, round % 2, k);
        check_against_brute_force(f, members, count, k);
    }
}

/*
 * Up to 200 the proof is the one of flows: a flow is of least cost when no cycle of its residual
 * graph has negative cost. The graph is written here in full, with its groups; the service searches
 * one of professions.
 */
struct arc {
    int32_t from, to, cost;
};

struct residual {
    struct arc *arcs;
    size_t count;
    int32_t nodes;
};

static void add_arc(struct residual *residual, int32_t from, int32_t to, int32_t cost, int32_t flow,
                    int32_t capacity)
{
    if (flow < capacity)
        residual->arcs[residual->count++] = (struct arc){from, to, cost};
    if (flow > 0)
        residual->arcs[residual->count++] = (struct arc){to, from, -cost};
}

static bool has_negative_cycle(struct fixture *f, const struct residual *residual)
{
    int32_t *distance = arena_array(f->arena, int32_t, (size_t)residual->nodes);
    bool changed = true;
    for (int32_t round = 0; round <= residual->nodes && changed; round++) {
        changed = false;
        for (size_t a = 0; a < residual->count; a++) {
            const struct arc *arc = &residual->arcs[a];
            if (distance[arc->from] + arc->cost < distance[arc->to]) {
                distance[arc->to] = distance[arc->from] + arc->cost;
                changed = true;
            }
        }
    }
    return changed;
}

/* Rows 0 to kinds (the last: groups that stay smaller), a narrow place for each group, each group,
 * the sink. `narrow` rows share the narrow place. */
static void assert_least_cost(struct fixture *f, int32_t kinds, int32_t k, const int32_t *total,
                              const int32_t *have, const int32_t *wanted)
{
    int32_t rows = kinds + 1, sink = rows + 2 * k, units = 0, everywhere = 0, main = -1, others = 0;
    struct residual residual = {
        .arcs = arena_array(f->arena, struct arc, (size_t)(2 * (rows + 2) * k + 2)),
        .nodes = sink + 1};
    for (int32_t p = 0; p < kinds; p++) {
        units += total[p] % k;
        everywhere += total[p] >= k;
        main = total[p] >= k ? p : main;
        others += total[p] < k ? total[p] : 0;
    }
    int32_t room = (units + k - 1) / k;
    bool narrow = everywhere == 1 && room == 2 && units % k != 0;
    for (int32_t g = 0; g < k; g++) {
        int32_t used = 0, through = 0;
        for (int32_t row = 0; row < rows; row++) {
            bool slack = row == kinds;
            int32_t has = slack ? room - used : wanted[row * k + g] - total[row] / k;
            int32_t wish = slack ? 0 : have[row * k + g] > total[row] / k;
            bool shares = narrow && (row == main || slack) == (others >= k);
            assert_in_range(has, 0, 1);
            used += has;
            through += shares ? has : 0;
            add_arc(&residual, row, shares ? rows + k + g : rows + g, -wish, has, 1);
        }
        assert_true(!narrow || through <= 1);
        add_arc(&residual, rows + k + g, rows + g, 0, through, 1);
        add_arc(&residual, rows + g, sink, 0, used, room);
    }
    assert_false(has_negative_cycle(f, &residual));
}

static void fewest_moves_up_to_two_hundred(void **state)
{
    struct fixture *f = *state;
    struct random random = {.state = 21};
    int32_t total[KINDS], *have, *wanted;

    for (int round = 0; round < 1500; round++) {
        fresh_error(f);
        int32_t kinds = (int32_t)random_between(&random, 1, KINDS);
        int32_t k = (int32_t)random_between(&random, 1, 40);
        int32_t main = (int32_t)random_between(&random, 0, kinds - 1);
        have = arena_array(f->arena, int32_t, (size_t)(kinds * k));
        memset(total, 0, sizeof total);
        for (int64_t i = random_between(&random, k, 200); i > 0; i--) {
            /* Every third case has one profession that most people have (SM-R11). */
            int32_t p = round % 3 == 0 && random_between(&random, 0, 9) < 7
                            ? main
                            : (int32_t)random_between(&random, 0, kinds - 1);
            total[p]++;
            if (random_between(&random, 0, 9) > 0)
                have[p * k + (int32_t)random_between(&random, 0, k - 1)]++;
        }
        wanted = least_moves(f->arena, kinds, k, total, have);
        assert_least_cost(f, kinds, k, total, have, wanted);
    }
}

/* A cohort that was dealt, with one withdrawal and one newcomer: hardly anybody moves. */
static void one_comes_and_one_goes(void **state)
{
    struct fixture *f = *state;
    struct group_member members[37], before[37];

    assert_int_equal(thirty_six(f, members), 36);
    groups_propose(f->arena, members, 36, 6);
    for (size_t i = 0; i < 36; i++)
        members[i].placed_by = (struct text){.is = ABSENT};
    /* The second of two leaders withdraws; a teacher comes. */
    for (size_t i = 0; i < 36; i++)
        if (text_is(members[i].profession_code, "leder") && members[i].profession_no == 2)
            members[i] = person(f, 99, 8, 0);
    memcpy(before, members, sizeof members);
    assert_int_equal(groups_rebalance(f->arena, members, 36, 6, &f->error), DONE);
    assert_balanced(members, 36, 6);
    assert_told(before, members, 36);
    assert_int_equal(rank_of(members, 36, 6), 0); /* the teacher takes the leader's place */
}

static void too_few_for_the_groups(void **state)
{
    struct fixture *f = *state;
    struct group_member members[] = {person(f, 1, 8, 0), person(f, 2, 8, 0)};
    assert_int_equal(groups_rebalance(f->arena, members, 2, 3, &f->error), CONFLICT);
    assert_refused(&f->error, CONFLICT, "too_many_groups", NULL);
}

/* ---- pairs ---------------------------------------------------------------------------------- */

/* Mixed pairs and triples at best: every way to pair up to eight. */
static int64_t best_mixed(const struct group_member *members, int32_t *pair, size_t count)
{
    size_t first = 0;
    int64_t best = -1000;
    while (first < count && pair[first] >= 0)
        first++;
    if (first == count)
        return 0;
    pair[first] = (int32_t)first;
    for (size_t j = first + 1; j < count; j++) {
        if (pair[j] >= 0)
            continue;
        pair[j] = (int32_t)first;
        bool mixed = !text_equals(members[first].profession_code, members[j].profession_code);
        int64_t found = mixed + best_mixed(members, pair, count);
        best = found > best ? found : best;
        for (size_t third = j + 1; third < count && count % 2 == 1; third++) {
            bool triple = false; /* one only */
            for (size_t i = 0; i < count; i++) {
                int32_t size = 0;
                for (size_t other = 0; other < count; other++)
                    size += pair[other] == pair[i] && pair[i] >= 0;
                triple = triple || size > 2;
            }
            if (pair[third] >= 0 || triple)
                continue;
            pair[third] = (int32_t)first;
            bool mixed_three = mixed || !text_equals(members[first].profession_code,
                                                     members[third].profession_code);
            found = mixed_three + best_mixed(members, pair, count);
            best = found > best ? found : best;
            pair[third] = -1;
        }
        pair[j] = -1;
    }
    pair[first] = -1;
    return best;
}

static int64_t assert_paired(const struct group_member *members, size_t count, int64_t k)
{
    int64_t mixed_all = 0;
    for (int64_t g = 1; g <= k; g++) {
        int64_t size = count_in(members, count, g, NULL), triples = 0;
        for (int64_t no = 0; no <= size; no++) {
            int64_t here = 0;
            bool mixed = false;
            const struct group_member *first = NULL;
            for (size_t i = 0; i < count; i++) {
                if (members[i].group_no != g || members[i].pair_no != no)
                    continue;
                first = first ? first : &members[i];
                mixed = mixed || !text_equals(first->profession_code, members[i].profession_code);
                here++;
            }
            if (no == 0)
                assert_int_equal(here, size == 1);
            else
                assert_true(here == 0 || here == 2 || here == 3);
            triples += no > 0 && here == 3;
            mixed_all += no > 0 && mixed;
        }
        assert_int_equal(triples, size > 1 && size % 2 == 1);
    }
    return mixed_all;
}

static void different_professions_meet_first(void **state)
{
    struct fixture *f = *state;
    struct random random = {.state = 3};
    struct group_member members[8];

    for (int round = 0; round < 2000; round++) {
        int32_t pair[8] = {-1, -1, -1, -1, -1, -1, -1, -1};
        fresh_error(f);
        size_t count = some_people(f, &random, members, round % 10 == 0 ? 8 : 7, 4, 0);
        for (size_t i = 0; i < count; i++)
            members[i].group_no = 1;
        pairs_make(f->arena, members, count, 1, false);
        int64_t best = count > 1 ? best_mixed(members, pair, count) : 0;
        assert_int_equal(assert_paired(members, count, 1), best);
    }
}

static void standing_pairs_are_kept(void **state)
{
    struct fixture *f = *state;
    struct random random = {.state = 17};
    struct group_member members[41], before[41];

    for (int round = 0; round < 1000; round++) {
        fresh_error(f);
        size_t count = some_people(f, &random, members, 40, 6, 0);
        int64_t k = random_between(&random, 1, (int64_t)count);
        groups_propose(f->arena, members, count, k);
        pairs_make(f->arena, members, count, k, false);
        assert_paired(members, count, k);
        if (count < 3 || k + 1 > (int64_t)count)
            continue;
        /* One leaves, one comes. */
        count--;
        if (round % 2 == 0) {
            members[count] = person(f, 1000, 3, 0);
            members[count++].group_no = random_between(&random, 1, k);
        }
        memcpy(before, members, sizeof members);
        pairs_make(f->arena, members, count, k, false);
        assert_paired(members, count, k);
        int64_t loosened = 0;
        for (size_t i = 0; i < count; i++) {
            const struct group_member *was = member_of(before, count, members[i].registration_id.s);
            loosened += was->pair_no > 0 && was->pair_no != members[i].pair_no;
        }
        assert_in_range(loosened, 0, 2); /* the partner of the one, the third of a triple */
    }
}

/* ---- transitions ---------------------------------------------------------------------------- */

static void locked_until_the_course_begins(void **state)
{
    struct fixture *f = *state;
    const struct transition *transition = NULL;
    struct course course = {.state = text_of(COURSE_PUBLISHED), .starts_at = integer_of(1000)};
    struct error *error = fresh_error(f);

    assert_int_equal(groups_decide(GROUPING_PROPOSED, "lock", &course, 999, 0, error, &transition),
                     DONE);
    assert_string_equal(transition->to, GROUPING_LOCKED);
    assert_int_equal(groups_decide(GROUPING_LOCKED, "unlock", &course, 999, 0, error, &transition),
                     DONE);
    assert_string_equal(transition->to, GROUPING_PROPOSED);
    assert_int_equal(groups_decide(GROUPING_LOCKED, "swap", &course, 2000, 3, error, &transition),
                     DONE);
    assert_string_equal(transition->to, GROUPING_LOCKED);

    groups_decide(GROUPING_LOCKED, "unlock", &course, 1000, 0, error, &transition);
    assert_refused(error, CONFLICT, "course_started", NULL);
    error = fresh_error(f);
    groups_decide(GROUPING_PROPOSED, "lock", &course, 999, 2, error, &transition);
    assert_refused(error, CONFLICT, "members_unplaced", NULL);
    error = fresh_error(f);
    groups_decide(GROUPING_LOCKED, "regenerate", &course, 999, 0, error, &transition);
    assert_refused(error, CONFLICT, "invalid_transition", NULL);
    assert_true(has_allowed(error, "unlock"));
    assert_true(has_allowed(error, "rebalance"));
    assert_false(has_allowed(error, "lock"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(thirty_six_people_in_six_groups),
        TEST(the_order_of_dealing),
        TEST(the_number_of_groups),
        TEST(exchanges_are_those_of_the_book),
        TEST(every_proposal_is_balanced_and_the_same_again),
        TEST(colleagues_are_taken_apart),
        TEST(what_is_not_balanced_is_told),
        TEST(one_profession_alone_only_where_it_cannot_be_avoided),
        TEST(swapping_two),
        TEST(swaps_that_mean_nothing),
        TEST(moving_one),
        TEST(fewest_moves_in_every_small_case),
        TEST(fewest_moves_up_to_ten),
        TEST(fewest_moves_up_to_two_hundred),
        TEST(one_comes_and_one_goes),
        TEST(too_few_for_the_groups),
        TEST(different_professions_meet_first),
        TEST(standing_pairs_are_kept),
        TEST(locked_until_the_course_begins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
