#include "domain/grants/basis_submission.h"

#include "domain/base/text.h"

#include <stdio.h>

#define RULE_FRAME "KL-R03"
#define RULE_CRITERIA "KL-R05"
#define RULE_PARTNERSHIP "KL-R06"
#define RULE_RECIPIENTS "KL-R07"
#define RULE_EVIDENCE "KL-R09"

SHAPE(shape_basis_submission, struct basis_submission, FIELD(struct basis_submission, round_state),
      FIELD(struct basis_submission, basis_due_on), FIELD(struct basis_submission, is_late),
      FIELD(struct basis_submission, resubmit_due_on),
      FIELD(struct basis_submission, resubmit_is_late),
      FIELD(struct basis_submission, require_uh_signature),
      FIELD(struct basis_submission, answer_c1), FIELD(struct basis_submission, answer_c2),
      FIELD(struct basis_submission, answer_c3), FIELD(struct basis_submission, answer_c4),
      FIELD(struct basis_submission, starts_on), FIELD(struct basis_submission, ends_on),
      FIELD(struct basis_submission, uhs), FIELD(struct basis_submission, owners),
      FIELD(struct basis_submission, involved), FIELD(struct basis_submission, dialogues),
      FIELD(struct basis_submission, drafts), FIELD(struct basis_submission, applied_nok));

SHAPE(shape_basis_frame, struct basis_frame, FIELD(struct basis_frame, frame_nok),
      FIELD(struct basis_frame, claimed_nok));

SHAPE(shape_submission_measure, struct submission_measure, FIELD(struct submission_measure, seq_no),
      FIELD(struct submission_measure, owners), FIELD(struct submission_measure, uhs),
      FIELD(struct submission_measure, outsiders));

SHAPE(shape_submission_line, struct submission_line, FIELD(struct submission_line, seq_no),
      FIELD(struct submission_line, in_partnership));

SHAPE(shape_submission_need, struct submission_need, FIELD(struct submission_need, seq_no));

SHAPE(shape_submission_signer, struct submission_signer, FIELD(struct submission_signer, name));

static void refuse(struct error *error, const char *pointer, const char *code, const char *rule)
{
    error_fault(error, pointer, code, NULL);
    error_refuse(error, CONFLICT, code, rule);
}

static void refuse_part(struct error *error, const char *form, int64_t seq_no, const char *code,
                        const char *rule)
{
    char number[24];
    snprintf(number, sizeof number, "%lld", (long long)seq_no);
    const char *place = strchr(form, '#');
    refuse(error,
           arena_format(error->arena, "%.*s%s%s", (int)(place - form), form, number, place + 1),
           code, rule);
}

static void check_time(const struct basis_submission *submission, bool again, struct error *error)
{
    struct text due_on = again ? submission->resubmit_due_on : submission->basis_due_on;
    bool is_open = text_is(submission->round_state, "open") ||
                   (again && text_is(submission->round_state, "basis_closed"));

    if (again ? submission->resubmit_is_late : submission->is_late) {
        error_arg(error, "due_on", due_on.s);
        error_refuse(error, CONFLICT, "deadline_passed", NULL);
    } else if (!is_open) {
        error_refuse(error, CONFLICT, "round_not_open", NULL);
    }
}

static void check_whole(const struct basis_submission *submission,
                        const struct submission_parts *parts, struct error *error)
{
    const struct {
        bool is_there;
        const char *pointer;
    } needed[] = {
        {given(submission->starts_on.is), "/starts_on"},
        {given(submission->ends_on.is), "/ends_on"},
        {parts->measure_count > 0, "/measures"},
        {parts->line_count > 0, "/budget_lines"},
    };
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
        if (!needed[i].is_there) {
            refuse(error, needed[i].pointer, "basis_incomplete", NULL);
        }
    }
}

static void check_criteria(const struct basis_submission *submission, struct error *error)
{
    const struct {
        struct text answer;
        const char *pointer;
    } criteria[] = {
        {submission->answer_c1, "/answer_c1"},
        {submission->answer_c2, "/answer_c2"},
        {submission->answer_c3, "/answer_c3"},
        {submission->answer_c4, "/answer_c4"},
    };
    for (size_t i = 0; i < sizeof criteria / sizeof criteria[0]; i++) {
        if (text_is_blank(criteria[i].answer)) {
            refuse(error, criteria[i].pointer, "criterion_unanswered", RULE_CRITERIA);
        }
    }
}

static void check_partnership(const struct basis_submission *submission,
                              const struct submission_parts *parts, struct error *error)
{
    if (submission->uhs == 0) {
        refuse(error, "/uh_ids", "partner_missing", RULE_PARTNERSHIP);
    }
    if (submission->owners == 0) {
        refuse(error, "/owner_ids", "partner_missing", RULE_PARTNERSHIP);
    }
    for (size_t i = 0; i < parts->measure_count; i++) {
        const struct submission_measure *one = &parts->measures[i];
        if (one->uhs == 0) {
            refuse_part(error, "/measures/#/uh_ids", one->seq_no, "partner_missing",
                        RULE_PARTNERSHIP);
        }
        if (one->owners == 0) {
            refuse_part(error, "/measures/#/owner_ids", one->seq_no, "partner_missing",
                        RULE_PARTNERSHIP);
        }
    }
}

/* Partners may have left since the parts were written. */
static void check_recipients(const struct submission_parts *parts, struct error *error)
{
    for (size_t i = 0; i < parts->measure_count; i++) {
        if (parts->measures[i].outsiders > 0) {
            refuse_part(error, "/measures/#", parts->measures[i].seq_no, "not_in_partnership",
                        RULE_PARTNERSHIP);
        }
    }
    for (size_t i = 0; i < parts->line_count; i++) {
        if (!parts->lines[i].in_partnership) {
            refuse_part(error, "/budget_lines/#/recipient_id", parts->lines[i].seq_no,
                        "not_in_partnership", RULE_RECIPIENTS);
        }
    }
}

static void check_evidence(const struct basis_submission *submission, struct error *error)
{
    if (submission->involved == 0) {
        refuse(error, "/self_assessment_ids", "involvement_missing", RULE_EVIDENCE);
    }
    if (submission->dialogues == 0) {
        refuse(error, "/self_assessment_ids", "dialogue_missing", RULE_EVIDENCE);
    }
    if (submission->drafts > 0) {
        refuse(error, "/self_assessment_ids", "assessment_not_completed", NULL);
    }
}

static void check_others(const struct basis_submission *submission,
                         const struct submission_parts *parts, struct error *error)
{
    for (size_t i = 0; i < parts->need_count; i++) {
        refuse_part(error, "/measures/#/need_report_ids", parts->needs[i].seq_no,
                    "need_not_included", NULL);
    }
    for (size_t i = 0; submission->require_uh_signature && i < parts->unsigned_count; i++) {
        error_fault(error, "/signatures", "signature_missing", parts->unsigned_uhs[i].name.s);
        error_arg(error, "expected", parts->unsigned_uhs[i].name.s);
        error_refuse(error, CONFLICT, "signature_missing", NULL);
    }
}

static void check_frame(const struct basis_submission *submission, const struct basis_frame *frame,
                        struct error *error)
{
    int64_t free_nok = frame->frame_nok - frame->claimed_nok;
    if (submission->applied_nok > free_nok) {
        const char *left = arena_format(error->arena, "%lld", (long long)free_nok);
        error_fault(error, "/budget_lines", "frame_exceeded", left);
        error_arg(error, "expected", left);
        error_refuse(error, INVALID, "frame_exceeded", RULE_FRAME);
    }
}

enum outcome basis_submit(const struct basis *basis, const char *action,
                          const struct basis_submission *submission,
                          const struct basis_frame *frame, const struct submission_parts *parts,
                          struct error *error, struct basis_change *ret_change)
{
    const struct transition *transition = NULL;
    enum outcome outcome = machine_apply(&basis_machine, basis->state.s, action, error,
                                         &transition);
    if (outcome != DONE) {
        return outcome;
    }
    check_time(submission, strcmp(action, "resubmit") == 0, error);
    check_whole(submission, parts, error);
    check_criteria(submission, error);
    check_partnership(submission, parts, error);
    check_recipients(parts, error);
    check_evidence(submission, error);
    check_others(submission, parts, error);
    check_frame(submission, frame, error);
    *ret_change = (struct basis_change){.state = text_of(transition->to),
                                        .claimed_nok = integer_of(submission->applied_nok)};
    return error_outcome(error);
}
