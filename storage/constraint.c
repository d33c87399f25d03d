#include "storage/constraint.h"

#include "domain/base/log.h"

#include <string.h>

struct meaning {
    const char *constraint;
    enum outcome outcome;
    const char *code;
    const char *rule;
    const char *pointer; /* a fault instead of a refusal of the whole, or NULL */
};

static const struct meaning meanings[] = {
    {"course_seats_within_capacity", CONFLICT, "course_full", "SM-R01", NULL},
    {"ticket_type_claims_within_capacity", CONFLICT, "ticket_type_full", "SM-R01", NULL},
    /* What a body says is checked before; only a move across a change of the clocks gets here. */
    {"course_session_ends_at_check", CONFLICT, "clocks_change", NULL, NULL},
    {"course_programme_item_ends_at_check", CONFLICT, "clocks_change", NULL, NULL},
    {"registration_one_active_per_person", CONFLICT, "already_registered", "SM-R03", NULL},
    {"idea_public_with_consent", CONFLICT, "consent_required", "SM-R16", NULL},
    {"idea_cohort_is_known", INVALID, "cohort_unknown", NULL, "/visibility"},
    {"plan_evaluation_year_key", CONFLICT, "already_evaluated", "KL-R14", NULL},
    {"network_member_once_at_a_time", CONFLICT, "already_member", NULL, NULL},
    {"network_member_one_network_at_a_time", CONFLICT, "owner_in_other_network", NULL, NULL},
    {"grant_round_grants_within_total", CONFLICT, "round_total_exceeded", "KL-R08", NULL},
    {"headcount_locked_check", CONFLICT, "headcount_locked", "KL-R13", NULL},
    {"forum_member_one_seat_at_a_time", CONFLICT, "already_seated", NULL, NULL},
    {"forum_member_governor_without_vote", FORBIDDEN, "governor_without_vote", "KL-R10", NULL},
    {"forum_member_decider_without_vote", FORBIDDEN, "decider_without_vote", "KL-R16", NULL},
    {"basis_signature_institution_id_key", CONFLICT, "already_signed", NULL, NULL},
    {"network_frame_claims_within_frame", INVALID, "frame_exceeded", "KL-R03", NULL},
    {"decision_basis_one_per_network", CONFLICT, "basis_exists", NULL, NULL},
    {"passed_on_stays", CONFLICT, "frozen", NULL, NULL},
    {"grant_decision_basis_id_key", CONFLICT, "decision_exists", NULL, NULL},
    {"recommendation_one_per_round", CONFLICT, "recommendation_exists", NULL, NULL},
    {"cited_assessment_completed", CONFLICT, "assessment_not_completed", NULL, NULL},
    {"idea_source_fits_author", INVALID, "source_unfit", NULL, "/source"},
    {"make_up_once_for_missed", CONFLICT, "make_up_exists", NULL, NULL},
    {"make_up_once_for_attended", CONFLICT, "make_up_session_used", NULL, NULL},
    {"reflections_within_limit", CONFLICT, "reflections_enough", NULL, NULL},
    {"certificate_one_valid", CONFLICT, "certificate_exists", NULL, NULL},
};

static const struct meaning *meaning_find(const char *constraint)
{
    for (size_t i = 0; i < sizeof meanings / sizeof meanings[0]; i++)
        if (strcmp(meanings[i].constraint, constraint) == 0)
            return &meanings[i];
    return NULL;
}

/* "/capacity" from "course_capacity_check" on table "course". */
static const char *pointer_of(struct arena *arena, const char *table, const char *constraint,
                              const char *suffix)
{
    size_t head = strlen(table), tail = strlen(suffix), len = strlen(constraint);
    if (strncmp(constraint, table, head) != 0 || constraint[head] != '_' ||
        len <= head + 1 + tail || strcmp(constraint + len - tail, suffix) != 0)
        return "";
    return arena_format(arena, "/%.*s", (int)(len - head - 1 - tail), constraint + head + 1);
}

static enum outcome refuse_constraint(const PGresult *result, const char *state,
                                      struct error *error)
{
    const char *constraint = PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME);
    const char *table = PQresultErrorField(result, PG_DIAG_TABLE_NAME);
    if (!constraint)
        constraint = "";
    if (!table)
        table = "";
    const struct meaning *meaning = meaning_find(constraint);
    if (meaning && !meaning->pointer)
        return error_refuse(error, meaning->outcome, meaning->code, meaning->rule);
    if (meaning) {
        error_fault(error, meaning->pointer, meaning->code, NULL);
        return error_outcome(error);
    }
    const char *column = PQresultErrorField(result, PG_DIAG_COLUMN_NAME);
    if (strcmp(state, "23503") == 0)
        error_fault(error, pointer_of(error->arena, table, constraint, "_fkey"),
                    "unknown_reference", NULL);
    else if (strcmp(state, "23505") == 0) {
        error_fault(error, pointer_of(error->arena, table, constraint, "_key"), "already_exists",
                    NULL);
        return error_refuse(error, CONFLICT, "already_exists", NULL);
    } else if (strcmp(state, "23502") == 0)
        error_fault(error, column ? arena_format(error->arena, "/%s", column) : "", "required",
                    NULL);
    else
        error_fault(error, pointer_of(error->arena, table, constraint, "_check"), "invalid_value",
                    NULL);
    return error_outcome(error);
}

static bool is_running_twin(const PGresult *result)
{
    const char *constraint = PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME);
    return constraint && strcmp(constraint, "idempotency_key_pkey") == 0;
}

enum outcome constraint_refuse(const PGresult *result, const char *statement, struct error *error,
                               bool *ret_retryable)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (!state)
        state = "08000";
    *ret_retryable = strcmp(state, "40001") == 0 || strcmp(state, "40P01") == 0 ||
                     strncmp(state, "57P", 3) == 0;
    if (is_running_twin(result)) {
        *ret_retryable = true; /* the second run replays the twin's answer */
        return error_refuse(error, CONFLICT, "idempotency_in_progress", NULL);
    }
    if (strncmp(state, "23", 2) == 0)
        return refuse_constraint(result, state, error);
    if (strcmp(state, "42501") == 0)
        return error_refuse(error, FORBIDDEN, "forbidden", NULL);
    log_write(LOG_ERRORS, "database_error", "%s in %s: %s", state, statement,
              PQresultErrorMessage(result));
    if (strcmp(state, "55P03") == 0 || strcmp(state, "57014") == 0 || *ret_retryable) {
        enum outcome outcome = error_refuse(error, UNAVAILABLE, "busy", NULL);
        error->retry_after_s = 1;
        return outcome;
    }
    if (strncmp(state, "08", 2) == 0 || strncmp(state, "53", 2) == 0) {
        enum outcome outcome = error_refuse(error, UNAVAILABLE, "unavailable", NULL);
        error->retry_after_s = 1;
        return outcome;
    }
    if (strncmp(state, "22", 2) == 0) { /* a value that the contract lets in and no type takes */
        error_fault(error, "", "invalid_value", NULL);
        return error_outcome(error);
    }
    return error_refuse(error, INTERNAL, "internal_error", NULL);
}
