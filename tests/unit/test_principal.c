#include "domain/base/principal.h"
#include "domain/base/role.h"
#include "domain/base/text.h"
#include "domain/smart/course.h"
#include "domain/smart/idea.h"
#include "domain/smart/learning_group.h"
#include "domain/smart/registration.h"
#include "tests/unit/support.h"

static struct principal user_with(const struct grant *grants, size_t count)
{
    return (struct principal){
        .kind = PRINCIPAL_USER, .subject = "kari", .grants = grants, .grant_count = count};
}

static bool role_may(const char *role, const char *permission)
{
    const struct grant grant = {.role = role, .scope_type = "global"};
    const struct principal principal = user_with(&grant, 1);
    return principal_may(&principal, permission);
}

/* Written by hand from domain.md §6, not derived from the table that it tests. A admin,
 * S smart_admin, I smart_instructor, P participant, B booker, M partner_system (machine),
 * U unit_contact, O owner, N network_coordinator, H uh_partner, F forum_secretariat,
 * V forum_member, G state_administrator, T statped, R auditor, Y system. */
static const struct {
    const char *permission;
    const char *who;
} may_table[] = {
    {"registry.municipality.read", "ASIPBMUONHFVGTR"},
    {"registry.region.read", "ASIPBMUONHFVGTR"},
    {"registry.organisation.read", "ASIPBMUONHFVGTR"},
    {"registry.organisation.create", "A"},
    {"registry.organisation.update", "A"},
    {"registry.person.read", "AS"},
    {"registry.person.create", "A"},
    {"registry.person.update", "A"},
    {"registry.user.read", "A"},
    {"registry.user.create", "A"},
    {"registry.user.update", "A"},
    {"registry.grant.read", "A"},
    {"registry.grant.create", "A"},
    {"registry.grant.delete", "A"},
    {"registry.client.read", "A"},
    {"registry.client.create", "A"},
    {"registry.client.update", "A"},
    {"audit.read", "A"},
    {"smart.course.create", "S"},
    {"smart.course.update", "S"},
    {"smart.course.publish", "S"},
    {"smart.course.start", "S"},
    {"smart.course.complete", "S"},
    {"smart.course.cancel", "S"},
    {"smart.course.delete", "S"},
    {"smart.registration.create", "SPBM"},
    {"smart.registration.read", "SIPBM"},
    {"smart.registration.accept", "SPBM"},
    {"smart.registration.withdraw", "SPBM"},
    {"smart.registration.cancel", "SPBM"},
    {"smart.registration.transfer", "SPBM"},
    {"smart.registration.update", "S"},
    {"smart.registration.queue", "Y"},
    {"smart.course.draw", "S"},
    {"smart.registration.move", "S"},
    {"smart.group_booking.create", "SBM"},
    {"smart.group_booking.read", "SIBM"},
    {"smart.group_booking.update", "SBM"},
    {"smart.group_booking.accept", "SBM"},
    {"smart.group_booking.withdraw", "SBM"},
    {"smart.group_booking.cancel", "SBM"},
    {"smart.group_booking.name", "SBM"},
    {"smart.group_booking.release", "S"},
    {"smart.group_booking.skip", "S"},
    {"smart.group_booking.unskip", "S"},
    {"smart.group_booking.move", "S"},
    {"smart.queue.read", "S"},
    {"smart.payment.read", "SPB"},
    {"smart.payment.invoice", "S"},
    {"smart.payment.pay", "S"},
    {"smart.payment.credit", "S"},
    {"smart.payment.cancel", "S"},
    {"smart.invoice.read", "SB"},
    {"smart.quote_request.quote", "S"},
    {"smart.quote_request.complete", "S"},
    {"smart.quote_request.read", "ASIPBMUONHFVGTRY"}, /* of one's own: the policies */
    {"smart.quote_request.accept", "ASIPBMUONHFVGTRY"},
    {"smart.quote_request.decline", "ASIPBMUONHFVGTRY"},
    {"smart.quote_request.withdraw", "ASIPBMUONHFVGTRY"},
    {"smart.learning_group.read", "SIP"},
    {"smart.learning_group.report", "SI"},
    {"smart.learning_group.propose", "S"},
    {"smart.learning_group.regenerate", "S"},
    {"smart.learning_group.lock", "S"},
    {"smart.learning_group.unlock", "S"},
    {"smart.learning_group.swap", "S"},
    {"smart.learning_group.move", "S"},
    {"smart.learning_group.rebalance", "S"},
    {"smart.learning_group.pair", "S"},
    {"smart.learning_group.update", "S"},
    {"smart.idea.create", "SIP"},
    {"smart.idea.update", "SIP"},
    {"smart.idea.delete", "SIP"},
    {"smart.idea.submit", "SIP"},
    {"smart.idea.withdraw", "SIP"},
    {"smart.idea.return", "S"},
    {"smart.idea.reject", "S"},
    {"smart.idea.approve", "S"},
    {"smart.idea.publish", "S"},
    {"smart.idea.archive", "S"},
    {"smart.attendance.read", "SIP"},
    {"smart.attendance.record", "SI"},
    {"smart.make_up.read", "SIP"},
    {"smart.make_up.create", "SIP"},
    {"smart.make_up.confirm", "SI"},
    {"smart.make_up.decline", "SI"},
    {"smart.reflection.read", "SIP"},
    {"smart.reflection.create", "P"},
    {"smart.reflection.delete", "SP"},
    {"smart.certificate.read", "SIP"},
    {"smart.certificate.issue", "S"},
    {"smart.certificate.revoke", "S"},
    {"smart.certificate.reissue", "S"},
    {"grants.scheme.read", "UONHFVGTRM"},
    {"grants.plan.read", "UONHFVGTRM"},
    {"grants.plan.create", "F"},
    {"grants.plan.update", "F"},
    {"grants.plan.adopt", "F"},
    {"grants.plan.evaluate", "F"},
    {"grants.network.read", "UONHFVGTRM"},
    {"grants.network.create", "F"},
    {"grants.network.update", "F"},
    {"grants.headcount.read", "UONHFVGTRM"},
    {"grants.headcount.update", "F"},
    {"grants.headcount.lock", "F"},
    {"grants.forum_member.read", "FVGR"},
    {"grants.forum_member.update", "F"},
    {"grants.meeting.read", "UONHFVGTRM"},
    {"grants.meeting.update", "F"},
    {"grants.round.read", "UONHFVGTRM"},
    {"grants.round.create", "F"},
    {"grants.round.update", "F"},
    {"grants.round.advance", "F"},
    {"grants.round.decide", "G"},
    {"grants.round.total", "G"},
    {"grants.allocation.simulate", "NHFVGR"},
    {"grants.allocation.read", "UONHFVGTRM"},
    {"grants.allocation.create", "F"},
    {"grants.allocation.update", "F"},
    {"grants.allocation.adopt", "F"},
    {"grants.frame.update", "NF"},
    {"grants.self_assessment.read", "UONFVGR"},
    {"grants.self_assessment.write", "UO"},
    {"grants.need_report.read", "ONFVGR"},
    {"grants.need_report.write", "O"},
    {"grants.need_report.decide", "N"},
    {"grants.basis.read", "ONHFVGTR"},
    {"grants.basis.write", "NH"},
    {"grants.basis.submit", "N"},
    {"grants.basis.sign", "H"},
    {"grants.basis.return", "F"},
    {"grants.basis.assess", "F"},
    {"grants.chain.check", "FVGR"},
    {"grants.recommendation.read", "FVGR"},
    {"grants.recommendation.write", "F"},
    {"grants.decision.read", "ONHFVGTR"},
    {"grants.decision.write", "G"},
    {"grants.decision.pay", "G"},
    {"grants.report.read", "ONHFVGR"},
    {"grants.report.write", "NH"},
    {"grants.report.approve", "G"},
    {"grants.joint_measure.read", "UONHFVGTRM"},
    {"grants.joint_measure.write", "F"},
    {"grants.joint_measure.grant", "G"},
    {"grants.joint_measure.join", "NF"},
    {"me.read", "ASIPBMUONHFVGTRY"},
    {"me.update", "ASIPBMUONHFVGTRY"},
    {"notification.read", "ASIPBMUONHFVGTRY"},
    {"notification.update", "ASIPBMUONHFVGTRY"},
    {"calendar_feed.read", "ASIPBMUONHFVGTRY"},
    {"calendar_feed.create", "ASIPBMUONHFVGTRY"},
    {"calendar_feed.delete", "ASIPBMUONHFVGTRY"},
    {"smart.registration", ""}, /* no wildcards, no prefixes */
    {"smart.registration.*", ""},
    {"", ""},
};
static const struct {
    char letter;
    const char *role;
} letters[] = {{'A', "admin"},
               {'S', "smart_admin"},
               {'I', "smart_instructor"},
               {'P', "participant"},
               {'B', "booker"},
               {'M', "partner_system"},
               {'U', "unit_contact"},
               {'O', "owner"},
               {'N', "network_coordinator"},
               {'H', "uh_partner"},
               {'F', "forum_secretariat"},
               {'V', "forum_member"},
               {'G', "state_administrator"},
               {'T', "statped"},
               {'R', "auditor"},
               {'Y', "system"}};

static void who_may_do_what(void **state)
{
    size_t carried = 0;

    (void)state;
    assert_int_equal(role_table_count, COUNT(letters));
    for (size_t i = 0; i < COUNT(may_table); i++) {
        for (size_t j = 0; j < COUNT(letters); j++) {
            bool expected = strchr(may_table[i].who, letters[j].letter) != NULL;
            if (role_may(letters[j].role, may_table[i].permission) != expected) {
                fail_msg("%s %s", letters[j].role, may_table[i].permission);
            }
            carried += role_carries(letters[j].role, may_table[i].permission);
        }
    }
    /* Nothing in the roles' table that is not in this one. */
    size_t held = 0;
    for (size_t i = 0; i < role_table_count; i++) {
        for (const char *const *p = role_table[i].permissions; *p; p++) {
            held++;
        }
    }
    assert_int_equal(held, carried);
}

static void separation_of_duties(void **state)
{
    (void)state;
    /* Who keeps users and grants decides no case, and the other way round. */
    for (size_t i = 0; i < role_table_count; i++) {
        bool grants = false, cases = false;
        for (const char *const *p = role_table[i].permissions; *p; p++) {
            grants = grants || strncmp(*p, "registry.grant.", 15) == 0;
            cases = cases || strncmp(*p, "smart.", 6) == 0 || strncmp(*p, "grants.", 7) == 0;
        }
        assert_false(grants && cases);
    }
}

static void nobody_without_a_token(void **state)
{
    (void)state;
    assert_false(principal_may(&principal_anonymous, "me.read"));
    assert_false(principal_may(&principal_anonymous, "registry.municipality.read"));
    assert_false(principal_has_scope(&principal_anonymous, "smart:read"));
    assert_string_equal(principal_anonymous.roles_setting, "");
    assert_null(principal_anonymous.id);
}

static void the_service_itself(void **state)
{
    (void)state;
    assert_true(principal_may(&principal_system, "smart.registration.queue"));
    assert_false(principal_may(&principal_system, "smart.registration.create"));
    assert_string_equal(principal_system.roles_setting, "system");
    assert_string_equal(principal_system.grants_setting, "");
    assert_string_equal(principal_system.subject, "system");
}

static void a_token_without_grants(void **state)
{
    (void)state;
    const struct principal outsider = user_with(NULL, 0);
    assert_true(principal_may(&outsider, "me.read"));
    assert_false(principal_may(&outsider, "smart.registration.create"));
    assert_false(principal_may(&outsider, "registry.municipality.read"));
}

static void several_grants_and_scopes(void **state)
{
    static const struct grant grants[] = {
        {.role = "smart_instructor", .scope_type = "course", .scope_id = "c"},
        {.role = "booker", .scope_type = "organisation", .scope_id = "o"},
        {.role = "role_of_a_later_version", .scope_type = "global"},
    };
    static const char *const scopes[] = {"smart:read", "smart:register"};
    (void)state;
    struct principal principal = user_with(grants, COUNT(grants));
    principal.scopes = scopes;
    principal.scope_count = COUNT(scopes);

    assert_true(principal_may(&principal, "smart.registration.create"));
    assert_true(principal_may(&principal, "smart.registration.read"));
    assert_false(principal_may(&principal, "smart.course.create"));
    assert_true(principal_has_scope(&principal, "smart:read"));
    assert_true(principal_has_scope(&principal, "smart:register"));
    assert_false(principal_has_scope(&principal, "smart:reg"));
}

static bool is_scope_type(const char *name)
{
    return text_is_one_of(text_of(name), grant_scope_types);
}

static void table_is_sound(void **state)
{
    (void)state;
    for (size_t i = 0; i < role_table_count; i++) {
        assert_ptr_equal(role_find(role_table[i].name), &role_table[i]);
        for (const char *const *s = role_table[i].scope_types; *s; s++) {
            assert_true(is_scope_type(*s));
        }
        for (const char *const *p = role_table[i].permissions; *p; p++) {
            for (const char *const *q = p + 1; *q; q++) {
                assert_string_not_equal(*p, *q);
            }
        }
    }
    assert_null(role_find("root"));
    assert_false(role_carries("root", "audit.read"));
    assert_true(permission_is_held("audit.read"));
    assert_true(permission_is_held("me.read"));
    assert_false(permission_is_held("smart.registration.queue"));
    assert_false(permission_is_held("no.such.permission"));
}

/* Every action of a machine opens with a permission that somebody carries. */
static void machines_name_real_permissions(void **state)
{
    const struct machine *const machines[] = {
        &course_machine,
        &idea_machine,
        &registration_machine,
        &learning_grouping_machine,
    };

    (void)state;
    for (size_t i = 0; i < COUNT(machines); i++) {
        for (size_t j = 0; j < machines[i]->count; j++) {
            const char *permission = machines[i]->transitions[j].permission;
            assert_true(permission_is_held(permission) || role_carries("system", permission));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(who_may_do_what),        TEST(separation_of_duties),
        TEST(nobody_without_a_token), TEST(the_service_itself),
        TEST(a_token_without_grants), TEST(several_grants_and_scopes),
        TEST(table_is_sound),         TEST(machines_name_real_permissions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
