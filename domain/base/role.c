#include "domain/base/role.h"

#define WORDS(...)                                                                                 \
    (const char *const[])                                                                          \
    {                                                                                              \
        __VA_ARGS__, NULL                                                                          \
    }

/*
 * Why the table looks as it does (domain.md §6, separation of duties):
 *
 * - admin keeps the registers, the users and the grants, and reads the audit log, but decides no
 *   case: it holds nothing under `smart.`. Nobody grants a role to themselves (registry/user.h), so
 *   an admin who is to run courses needs a second admin.
 * - smart_admin runs courses and registrations and only reads the registers that forms choose from;
 *   people come into them through registrations, not by smart_admin editing them.
 * - smart_instructor sees who is on the own course and in which learning group, records who came, also
 *   in place of a missed session, and writes ideas for the centre. Certificates are smart_admin's.
 * - participant and booker have the same actions on registrations; the row policies give one their own
 *   registrations, the other those of their organisation. A participant has ideas besides, which
 *   smart_admin alone publishes; a booker books for groups, but the line and the deadlines are not
 *   theirs to bend. Attendance, reflections and certificates are between a participant
 *   and the course: an employer sees none of them here.
 * - what a seat costs is told to its participant and its booker; the invoice basis to the booker, of
 *   the own organisation. That something is invoiced or paid only smart_admin says.
 * - partner_system acts for its own users within its OAuth scopes, which the row policies demand as
 *   well; it never reads the register of people.
 * - in the grants programme the secretariat prepares and registers, the county governor
 *   (state_administrator) alone decides and pays, a network speaks for itself and its owners, a
 *   university signs; auditors read. Partner systems read the registers, rounds and published
 *   frames, and no case.
 * - system is the service itself: it offers and expires. Nobody can be granted it, and nobody else
 *   may, because the line is strictly first come, first served (SM-R02); when smart_admin changes its
 *   order they say why, and the event log keeps it.
 *
 * Published courses, their seats and the codes are public and need no permission.
 */
/* clang-format off */
const struct role role_table[] = {
    {
        .name = "admin",
        .scope_types = WORDS("global"),
        .permissions = WORDS(
            "registry.municipality.read",
            "registry.region.read",
            "registry.organisation.read", "registry.organisation.create",
            "registry.organisation.update",
            "registry.person.read", "registry.person.create", "registry.person.update",
            "registry.user.read", "registry.user.create", "registry.user.update",
            "registry.grant.read", "registry.grant.create", "registry.grant.delete",
            "registry.client.read", "registry.client.create", "registry.client.update",
            "audit.read"),
    },
    {
        .name = "smart_admin",
        .scope_types = WORDS("global"),
        .permissions = WORDS(
            "registry.municipality.read",
            "registry.region.read",
            "registry.organisation.read",
            "registry.person.read",
            "smart.course.create", "smart.course.update", "smart.course.publish",
            "smart.course.start", "smart.course.draw", "smart.course.complete", "smart.course.cancel",
            "smart.course.delete",
            "smart.registration.create", "smart.registration.read", "smart.registration.accept",
            "smart.registration.withdraw", "smart.registration.cancel",
            "smart.registration.transfer", "smart.registration.update",
            "smart.idea.create", "smart.idea.update", "smart.idea.delete", "smart.idea.submit",
            "smart.idea.withdraw", "smart.idea.return", "smart.idea.reject", "smart.idea.approve",
            "smart.idea.publish", "smart.idea.archive",
            "smart.registration.move",
            "smart.group_booking.create", "smart.group_booking.read",
            "smart.group_booking.update", "smart.group_booking.accept",
            "smart.group_booking.withdraw", "smart.group_booking.cancel",
            "smart.group_booking.name", "smart.group_booking.release",
            "smart.group_booking.skip", "smart.group_booking.unskip",
            "smart.group_booking.move",
            "smart.queue.read",
            "smart.payment.read", "smart.payment.invoice", "smart.payment.pay",
            "smart.payment.credit", "smart.payment.cancel", "smart.invoice.read",
            "smart.quote_request.quote", "smart.quote_request.complete",
            "smart.learning_group.read", "smart.learning_group.report",
            "smart.learning_group.propose", "smart.learning_group.regenerate",
            "smart.learning_group.lock", "smart.learning_group.unlock",
            "smart.learning_group.swap", "smart.learning_group.move",
            "smart.learning_group.rebalance", "smart.learning_group.pair",
            "smart.learning_group.update",
            "smart.attendance.read", "smart.attendance.record",
            "smart.make_up.read", "smart.make_up.create", "smart.make_up.confirm",
            "smart.make_up.decline",
            "smart.reflection.read", "smart.reflection.delete",
            "smart.certificate.read", "smart.certificate.issue", "smart.certificate.revoke",
            "smart.certificate.reissue"),
    },
    {
        .name = "smart_instructor",
        .scope_types = WORDS("course"),
        .permissions = WORDS(
            "registry.municipality.read",
            "registry.region.read",
            "registry.organisation.read",
            "smart.registration.read", "smart.group_booking.read",
            "smart.idea.create", "smart.idea.update", "smart.idea.delete", "smart.idea.submit",
            "smart.idea.withdraw",
            "smart.learning_group.read", "smart.learning_group.report",
            "smart.attendance.read", "smart.attendance.record",
            "smart.make_up.read", "smart.make_up.create", "smart.make_up.confirm",
            "smart.make_up.decline",
            "smart.reflection.read",
            "smart.certificate.read"),
    },
    {
        .name = "participant",
        .scope_types = WORDS("global"),
        .permissions = WORDS(
            "registry.municipality.read",
            "registry.region.read",
            "registry.organisation.read",
            "smart.registration.create", "smart.registration.read", "smart.registration.accept",
            "smart.registration.withdraw", "smart.registration.cancel",
            "smart.registration.transfer",
            "smart.idea.create", "smart.idea.update", "smart.idea.delete", "smart.idea.submit",
            "smart.idea.withdraw",
            "smart.payment.read",
            "smart.learning_group.read",
            "smart.attendance.read",
            "smart.make_up.read", "smart.make_up.create",
            "smart.reflection.read", "smart.reflection.create", "smart.reflection.delete",
            "smart.certificate.read"),
    },
    {
        .name = "booker",
        .scope_types = WORDS("organisation"),
        .permissions = WORDS(
            "registry.municipality.read",
            "registry.region.read",
            "registry.organisation.read",
            "smart.registration.create", "smart.registration.read", "smart.registration.accept",
            "smart.registration.withdraw", "smart.registration.cancel",
            "smart.registration.transfer",
            "smart.group_booking.create", "smart.group_booking.read",
            "smart.group_booking.update", "smart.group_booking.accept",
            "smart.group_booking.withdraw", "smart.group_booking.cancel",
            "smart.group_booking.name",
            "smart.payment.read", "smart.invoice.read"),
    },
    {
        .name = "partner_system",
        .scope_types = WORDS("global", "organisation"),
        .permissions = WORDS(
            "registry.municipality.read",
            "registry.region.read",
            "registry.organisation.read",
            "smart.registration.create", "smart.registration.read", "smart.registration.accept",
            "smart.registration.withdraw", "smart.registration.cancel",
            "smart.registration.transfer",
            "smart.group_booking.create", "smart.group_booking.read",
            "smart.group_booking.update", "smart.group_booking.accept",
            "smart.group_booking.withdraw", "smart.group_booking.cancel",
            "smart.group_booking.name",
            "grants.scheme.read", "grants.plan.read", "grants.network.read",
            "grants.headcount.read", "grants.meeting.read", "grants.round.read",
            "grants.allocation.read", "grants.joint_measure.read"),
    },
    {
        .name = "unit_contact",
        .scope_types = WORDS("organisation"),
        .permissions = WORDS(
            "registry.municipality.read", "registry.region.read", "registry.organisation.read",
            "grants.scheme.read", "grants.plan.read", "grants.network.read",
            "grants.headcount.read", "grants.meeting.read", "grants.round.read",
            "grants.allocation.read", "grants.self_assessment.read",
            "grants.self_assessment.write", "grants.joint_measure.read"),
    },
    {
        .name = "owner",
        .scope_types = WORDS("organisation"),
        .permissions = WORDS(
            "registry.municipality.read", "registry.region.read", "registry.organisation.read",
            "grants.scheme.read", "grants.plan.read", "grants.network.read",
            "grants.headcount.read", "grants.meeting.read", "grants.round.read",
            "grants.allocation.read", "grants.self_assessment.read",
            "grants.self_assessment.write", "grants.need_report.read", "grants.need_report.write",
            "grants.basis.read", "grants.decision.read", "grants.report.read",
            "grants.joint_measure.read"),
    },
    {
        .name = "network_coordinator",
        .scope_types = WORDS("network"),
        .permissions = WORDS(
            "registry.municipality.read", "registry.region.read", "registry.organisation.read",
            "grants.scheme.read", "grants.plan.read", "grants.network.read",
            "grants.headcount.read", "grants.meeting.read", "grants.round.read",
            "grants.allocation.simulate", "grants.allocation.read", "grants.frame.update",
            "grants.self_assessment.read", "grants.need_report.read", "grants.need_report.decide",
            "grants.basis.read", "grants.basis.write", "grants.basis.submit",
            "grants.decision.read", "grants.report.read", "grants.report.write",
            "grants.joint_measure.read", "grants.joint_measure.join"),
    },
    {
        .name = "uh_partner",
        .scope_types = WORDS("institution"),
        .permissions = WORDS(
            "registry.municipality.read", "registry.region.read", "registry.organisation.read",
            "grants.scheme.read", "grants.plan.read", "grants.network.read",
            "grants.headcount.read", "grants.meeting.read", "grants.round.read",
            "grants.allocation.simulate", "grants.allocation.read", "grants.basis.read",
            "grants.basis.write", "grants.basis.sign", "grants.decision.read",
            "grants.report.read", "grants.report.write", "grants.joint_measure.read"),
    },
    {
        .name = "forum_secretariat",
        .scope_types = WORDS("forum"),
        .permissions = WORDS(
            "registry.municipality.read", "registry.region.read", "registry.organisation.read",
            "grants.scheme.read", "grants.plan.read", "grants.plan.create",
            "grants.plan.update", "grants.plan.adopt", "grants.plan.evaluate",
            "grants.network.read", "grants.network.create", "grants.network.update",
            "grants.headcount.read", "grants.headcount.update", "grants.headcount.lock",
            "grants.forum_member.read", "grants.forum_member.update", "grants.meeting.read",
            "grants.meeting.update", "grants.round.read", "grants.round.create",
            "grants.round.update", "grants.round.advance", "grants.allocation.simulate",
            "grants.allocation.read", "grants.allocation.create", "grants.allocation.update",
            "grants.allocation.adopt", "grants.frame.update", "grants.self_assessment.read",
            "grants.need_report.read", "grants.basis.read", "grants.basis.return",
            "grants.basis.assess", "grants.chain.check", "grants.recommendation.read",
            "grants.recommendation.write", "grants.decision.read", "grants.report.read",
            "grants.joint_measure.read",
            "grants.joint_measure.write", "grants.joint_measure.join"),
    },
    {
        .name = "forum_member",
        .scope_types = WORDS("forum"),
        .permissions = WORDS(
            "registry.municipality.read", "registry.region.read", "registry.organisation.read",
            "grants.scheme.read", "grants.plan.read", "grants.network.read",
            "grants.headcount.read", "grants.forum_member.read", "grants.meeting.read",
            "grants.round.read", "grants.allocation.simulate", "grants.allocation.read",
            "grants.self_assessment.read", "grants.need_report.read", "grants.basis.read",
            "grants.chain.check", "grants.recommendation.read", "grants.decision.read",
            "grants.report.read", "grants.joint_measure.read"),
    },
    {
        .name = "state_administrator",
        .scope_types = WORDS("county"),
        .permissions = WORDS(
            "registry.municipality.read", "registry.region.read", "registry.organisation.read",
            "grants.scheme.read", "grants.plan.read", "grants.network.read",
            "grants.headcount.read", "grants.forum_member.read", "grants.meeting.read",
            "grants.round.read", "grants.round.decide", "grants.round.total",
            "grants.allocation.simulate", "grants.allocation.read", "grants.self_assessment.read",
            "grants.need_report.read", "grants.basis.read", "grants.chain.check",
            "grants.recommendation.read", "grants.decision.read", "grants.decision.write",
            "grants.decision.pay", "grants.report.read", "grants.report.approve",
            "grants.joint_measure.read", "grants.joint_measure.grant"),
    },
    {
        .name = "statped",
        .scope_types = WORDS("global"),
        .permissions = WORDS(
            "registry.municipality.read", "registry.region.read", "registry.organisation.read",
            "grants.scheme.read", "grants.plan.read", "grants.network.read",
            "grants.headcount.read", "grants.meeting.read", "grants.round.read",
            "grants.allocation.read", "grants.basis.read", "grants.decision.read",
            "grants.joint_measure.read"),
    },
    {
        .name = "auditor",
        .scope_types = WORDS("global"),
        .permissions = WORDS(
            "registry.municipality.read", "registry.region.read", "registry.organisation.read",
            "grants.scheme.read", "grants.plan.read", "grants.network.read",
            "grants.headcount.read", "grants.forum_member.read", "grants.meeting.read",
            "grants.round.read", "grants.allocation.simulate", "grants.allocation.read",
            "grants.self_assessment.read", "grants.need_report.read", "grants.basis.read",
            "grants.chain.check", "grants.recommendation.read", "grants.decision.read",
            "grants.report.read", "grants.joint_measure.read"),
    },
    {
        .name = "system",
        .scope_types = (const char *const[]){NULL},
        .permissions = WORDS("smart.registration.queue"),
    },
};
/* clang-format on */

const size_t role_table_count = sizeof role_table / sizeof role_table[0];

const char *const token_permissions[] = {
    "me.read",
    "me.update",
    "notification.read",
    "notification.update",
    "calendar_feed.read",
    "calendar_feed.create",
    "calendar_feed.delete",
    "smart.quote_request.read",
    "smart.quote_request.accept",
    "smart.quote_request.decline",
    "smart.quote_request.withdraw",
    NULL,
};

const char *const grant_scope_types[] = {
    "global",      "region",  "cohort", "course", "organisation",
    "institution", "network", "forum",  "county", NULL,
};

const char *const oauth_scopes[] = {
    "registry:read",  "registry:write", "smart:read",      "smart:write",
    "smart:register", "smart:contact",  "smart:sensitive", "grants:read",
    "grants:write",   "audit:read",     "admin:write",     NULL,
};

static bool has_word(const char *const *words, const char *word)
{
    for (; *words; words++) {
        if (strcmp(*words, word) == 0) {
            return true;
        }
    }
    return false;
}

const struct role *role_find(const char *name)
{
    for (size_t i = 0; i < role_table_count; i++) {
        if (strcmp(role_table[i].name, name) == 0) {
            return &role_table[i];
        }
    }
    return NULL;
}

bool role_carries(const char *name, const char *permission)
{
    const struct role *role = role_find(name);
    return role && has_word(role->permissions, permission);
}

bool permission_is_held(const char *permission)
{
    if (has_word(token_permissions, permission)) {
        return true;
    }
    for (size_t i = 0; i < role_table_count; i++) {
        if (role_table[i].scope_types[0] && has_word(role_table[i].permissions, permission)) {
            return true;
        }
    }
    return false;
}
