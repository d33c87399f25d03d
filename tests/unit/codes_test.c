/*
 * The codes that have labels are the ones that the rules know. (The compiler holds the enums of the
 * contract against the same lists, tests/api/test_registry_codes.py the CHECKs of the database.)
 */
#include "api/contract/contract.h"
#include "domain/base/role.h"
#include "domain/base/text.h"
#include "domain/grants/basis.h"
#include "domain/grants/budget_line.h"
#include "domain/grants/criterion.h"
#include "domain/grants/decision.h"
#include "domain/grants/forum.h"
#include "domain/grants/headcount.h"
#include "domain/grants/joint_measure.h"
#include "domain/grants/measure.h"
#include "domain/grants/meeting.h"
#include "domain/grants/need_report.h"
#include "domain/grants/network.h"
#include "domain/grants/plan.h"
#include "domain/grants/recommendation.h"
#include "domain/grants/report.h"
#include "domain/grants/round.h"
#include "domain/grants/self_assessment.h"
#include "domain/grants/stored_allocation.h"
#include "domain/notify/notification.h"
#include "domain/registry/organisation.h"
#include "domain/registry/person.h"
#include "domain/smart/certificate.h"
#include "domain/smart/festival_seat.h"
#include "domain/smart/gathering.h"
#include "domain/smart/group_booking.h"
#include "domain/smart/idea.h"
#include "domain/smart/learning_group.h"
#include "domain/smart/make_up.h"
#include "domain/smart/programme_item.h"
#include "domain/smart/quote_request.h"
#include "domain/smart/registration.h"
#include "tests/unit/support.h"

static const struct code_list *list_find(const char *name)
{
    for (size_t i = 0; i < code_list_count; i++) {
        if (strcmp(code_lists[i].name, name) == 0) {
            return &code_lists[i];
        }
    }
    fail_msg("there is no list %s", name);
    return NULL;
}

static bool has_code(const struct code_list *list, const char *word)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->codes[i].code, word) == 0) {
            return true;
        }
    }
    return false;
}

static void check_words(const char *name, const char *const *words)
{
    const struct code_list *list = list_find(name);
    size_t count = 0;
    for (; words[count]; count++) {
        assert_true(has_code(list, words[count]));
    }
    assert_int_equal(list->count, count);
}

/* By name, so that the lists of several resources do not all go to the end. */
static void word_lists_are_the_same(void **state)
{
    (void)state;
    check_words("allocation_kind", allocation_kinds);
    check_words("allocation_state", allocation_states);
    check_words("allocation_status", allocation_statuses);
    check_words("attendance_status", attendance_statuses);
    check_words("basis_state", basis_states);
    check_words("budget_purpose", budget_purposes);
    check_words("buyer_type", buyer_types);
    check_words("certificate_state", certificate_states);
    check_words("course_state", course_states);
    check_words("criterion", criteria);
    check_words("criterion_verdict", criterion_verdicts);
    check_words("decision_line_state", decision_line_states);
    check_words("decision_outcome", decision_outcomes);
    check_words("decision_state", grant_decision_states);
    check_words("decision_method", decision_methods);
    check_words("festival_seats", festival_seat_states);
    check_words("forum_seat", forum_seats);
    check_words("gathering_kind", gathering_kinds);
    check_words("gender", genders);
    check_words("group_booking_state", group_booking_states);
    check_words("headcount_category", headcount_categories);
    check_words("headcount_source", headcount_sources);
    check_words("headcount_year_state", headcount_year_states);
    check_words("idea_audience", idea_audiences);
    check_words("idea_kind", idea_kinds);
    check_words("idea_language", idea_languages);
    check_words("idea_season", idea_seasons);
    check_words("idea_source", idea_sources);
    check_words("idea_state", idea_states);
    check_words("idea_visibility", idea_visibilities);
    check_words("joint_measure_state", joint_measure_states);
    check_words("language", languages);
    check_words("delivery_state", delivery_states);
    check_words("learning_group_placement", learning_group_placements);
    check_words("learning_group_violation", learning_group_violations);
    check_words("learning_grouping_state", learning_grouping_states);
    check_words("letter_language", letter_languages);
    check_words("measure_party_kind", measure_party_kinds);
    check_words("meeting_decision_kind", meeting_decision_kinds);
    check_words("meeting_kind", meeting_kinds);
    check_words("meeting_state", meeting_states);
    check_words("need_report_state", need_report_states);
    check_words("network_member_role", network_member_roles);
    check_words("oauth_scope", oauth_scopes);
    check_words("make_up_state", make_up_states);
    check_words("org_type", organisation_types);
    check_words("partner_kind", partner_kinds);
    check_words("payment_state", payment_states);
    check_words("plan_state", plan_states);
    check_words("recipient_kind", recipient_kinds);
    check_words("pricing_model", pricing_models);
    check_words("programme_item_kind", programme_item_kinds);
    check_words("quote_request_state", quote_request_states);
    check_words("recommendation_state", recommendation_states);
    check_words("recommendation_verdict", recommendation_verdicts);
    check_words("registration_state", registration_states);
    check_words("report_part", report_parts);
    check_words("report_state", report_states);
    check_words("round_state", round_states);
    check_words("scope_type", grant_scope_types);
    check_words("seat_allocation", seat_allocations);
    check_words("self_assessment_state", self_assessment_states);
    check_words("smart_value", idea_smart_values);
    check_words("target_group", target_groups);
    check_words("ticket_eligibility", ticket_eligibilities);
}

static void roles_are_those_that_can_be_granted(void **state)
{
    const struct code_list *list = list_find("role");
    size_t count = 0;
    (void)state;
    for (size_t i = 0; i < role_table_count; i++) {
        bool grantable = role_table[i].scope_types[0] != NULL;
        assert_int_equal(has_code(list, role_table[i].name), grantable);
        count += grantable;
    }
    assert_int_equal(list->count, count);
}

/* The actions of a machine that a role can be granted; the rest is the service's own. */
static void check_actions(const char *name, const struct machine *machine)
{
    const struct code_list *list = list_find(name);
    bool seen[16] = {false};
    assert_true(list->count <= COUNT(seen));
    for (size_t i = 0; i < machine->count; i++) {
        const struct transition *transition = &machine->transitions[i];
        bool offered = transition->permission && permission_is_held(transition->permission);
        bool labelled = false;
        for (size_t k = 0; k < list->count; k++) {
            if (strcmp(list->codes[k].code, transition->action) == 0) {
                labelled = seen[k] = true;
            }
        }
        if (offered) {
            assert_true(labelled);
        }
    }
    for (size_t k = 0; k < list->count; k++) {
        assert_true(seen[k]);
    }
}

static void actions_are_those_of_the_transition_tables(void **state)
{
    (void)state;
    check_actions("allocation_action", &allocation_machine);
    check_actions("course_action", &course_machine);
    check_actions("decision_action", &grant_decision_machine);
    check_actions("decision_line_action", &decision_line_machine);
    check_actions("headcount_year_action", &headcount_year_machine);
    check_actions("joint_measure_action", &joint_measure_machine);
    check_actions("basis_action", &basis_machine);
    check_actions("meeting_action", &meeting_machine);
    check_actions("need_report_action", &need_report_machine);
    check_actions("payment_action", &payment_machine);
    check_actions("quote_request_action", &quote_request_machine);
    check_actions("plan_action", &plan_machine);
    check_actions("registration_action", &registration_machine);
    check_actions("report_action", &report_machine);
    check_actions("round_action", &round_machine);
    check_actions("self_assessment_action", &self_assessment_machine);
}

static void every_code_has_its_labels_once(void **state)
{
    (void)state;
    for (size_t i = 0; i < code_list_count; i++) {
        for (size_t k = 0; k < code_lists[i].count; k++) {
            const struct code *code = &code_lists[i].codes[k];
            for (int language = 0; language < LANGUAGE_COUNT; language++) {
                assert_false(text_is_blank(text_of(code->label[language])));
            }
            for (size_t other = 0; other < k; other++) {
                assert_string_not_equal(code_lists[i].codes[other].code, code->code);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(word_lists_are_the_same),
        cmocka_unit_test(roles_are_those_that_can_be_granted),
        cmocka_unit_test(actions_are_those_of_the_transition_tables),
        cmocka_unit_test(every_code_has_its_labels_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
