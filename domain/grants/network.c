#include "domain/grants/network.h"

#include "domain/base/clock.h"
#include "domain/base/text.h"

const char *const network_member_roles[] = {
    "municipality",           "county", "private_owner", "ppt",
    "kindergarten_authority", "union",  "uh_partner",    NULL,
};

SHAPE(shape_network, struct network, FIELD(struct network, id),
      FIELD(struct network, active_from_on), FIELD(struct network, active_to_on),
      FIELD(struct network, version));

SHAPE(shape_network_member, struct network_member, FIELD(struct network_member, id),
      FIELD(struct network_member, from_on), FIELD(struct network_member, today_on),
      FIELD(struct network_member, version));

static void check_days(struct text from_on, struct text to_on, const char *pointer,
                       struct error *error)
{
    if (day_is_before(to_on, from_on)) {
        error_fault(error, pointer, "ends_before_it_begins", from_on.s);
    }
}

/* ---- networks -------------------------------------------------------------------------------- */

enum outcome network_check_create(const struct network_create *in, struct text org_type,
                                  struct error *error)
{
    if (given(org_type.is) && !text_is(org_type, "competence_network")) {
        error_fault(error, "/organisation_id", "organisation_unfit", NULL);
    }
    check_days(in->active_from_on, in->active_to_on, "/active_to_on", error);
    return error_outcome(error);
}

static struct text patched(struct text patch, struct text stored)
{
    return patch.is == ABSENT ? stored : patch;
}

enum outcome network_check_update(const struct network *network, const struct network_update *in,
                                  struct error *error)
{
    check_days(patched(in->active_from_on, network->active_from_on),
               patched(in->active_to_on, network->active_to_on), "/active_to_on", error);
    return error_outcome(error);
}

/* ---- members --------------------------------------------------------------------------------- */

/* Which organisations have which part. */
static const struct {
    const char *role;
    const char *org_types[3];
} parts[] = {
    {"municipality", {"municipality"}},
    {"county", {"county"}},
    {"private_owner", {"private_owner", "company"}},
    {"ppt", {"ppt"}},
    {"kindergarten_authority", {"municipality"}},
    {"union", {"union"}},
    {"uh_partner", {"uh_institution", "research_centre"}},
};

static bool is_fit(struct text role, struct text org_type)
{
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (text_is(role, parts[i].role)) {
            return text_is_one_of(org_type, parts[i].org_types);
        }
    }
    return false;
}

enum outcome network_member_check_create(const struct network_member_create *in,
                                         struct text org_type, struct text today_on,
                                         struct error *error)
{
    if (given(org_type.is) && !is_fit(in->role, org_type)) {
        error_fault(error, "/organisation_id", "organisation_unfit", NULL);
    }
    check_days(given(in->from_on.is) ? in->from_on : today_on, in->to_on, "/to_on", error);
    return error_outcome(error);
}

enum outcome network_member_check_end(const struct network_member *member,
                                      const struct network_member_end *in, struct error *error)
{
    check_days(member->from_on, given(in->to_on.is) ? in->to_on : member->today_on, "/to_on",
               error);
    return error_outcome(error);
}
