#include "domain/registry/organisation.h"

#include "domain/base/text.h"

const char *const organisation_types[] = {
    "olympiatoppen_unit",
    "federation",
    "club",
    "cluster_member",
    "municipality",
    "county",
    "private_owner",
    "kindergarten",
    "school",
    "sfo",
    "ppt",
    "uh_institution",
    "statped",
    "competence_network",
    "state_administrator",
    "union",
    "interest_org",
    "research_centre",
    "company",
    "voluntary",
    "other",
    NULL,
};

const char *const letter_languages[] = {"nb", "nn", NULL};

static void check_numbers(struct text org_number, struct text municipality_no, struct error *error)
{
    if (given(org_number.is) && !org_number_valid(org_number)) {
        error_fault(error, "/org_number", "org_number_invalid", NULL);
    }
    if (given(municipality_no.is) && !municipality_no_valid(municipality_no)) {
        error_fault(error, "/municipality_no", "municipality_no_invalid", NULL);
    }
}

static void check_name(struct text name, struct error *error)
{
    if (text_is_blank(name)) {
        error_fault(error, "/name", "name_required", NULL);
    }
}

enum outcome organisation_check_create(const struct organisation_create *in, struct error *error)
{
    check_name(in->name, error);
    check_numbers(in->org_number, in->municipality_no, error);
    return error_outcome(error);
}

enum outcome organisation_check_update(const struct organisation_update *in, struct error *error)
{
    if (in->name.is != ABSENT) {
        check_name(in->name, error);
    }
    check_numbers(in->org_number, in->municipality_no, error);
    if (text_equals(in->parent_id, in->id)) {
        error_fault(error, "/parent_id", "parent_is_self", NULL);
    }
    return error_outcome(error);
}

enum outcome organisation_check_parent(bool parent_is_below, struct error *error)
{
    if (parent_is_below) {
        error_fault(error, "/parent_id", "parent_is_below", NULL);
        return error_refuse(error, CONFLICT, "parent_is_below", NULL);
    }
    return DONE;
}
