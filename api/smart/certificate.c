#include "domain/smart/certificate.h"

#include "api/registry/write.h"
#include "api/render/certificate.h"
#include "api/service.h"
#include "api/settings.h"
#include "api/smart/course_load.h"
#include "domain/base/log.h"
#include "operations.h"
#include "storage/statements.h"

#include <inttypes.h>
#include <sys/random.h>

static const struct registry certificates = {
    .resource = "certificate", .get = &sql_certificate_get, .lock = &sql_certificate_lock};

/* ---- issuing --------------------------------------------------------------------------------- */

/* Of one course: who may get a certificate, or one of them alone. */
struct candidate_key {
    struct text course_id;
    struct text registration_id;
};
SHAPE(candidate_key_shape, struct candidate_key, FIELD(struct candidate_key, course_id),
      FIELD(struct candidate_key, registration_id));

struct batch {
    struct text course_id;
    struct text_list registration_ids;
    struct text_list serials;
};
SHAPE(batch_shape, struct batch, FIELD(struct batch, course_id),
      FIELD(struct batch, registration_ids), FIELD(struct batch, serials));

static enum outcome new_serial(struct call *call, struct text *ret_serial)
{
    unsigned char random[SERIAL_RANDOM];
    char serial[SERIAL_SIZE];
    do {
        if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random) {
            log_write(LOG_ERRORS, "serial_number", "the system has no randomness to give");
            return error_refuse(call->error, INTERNAL, "internal_error", NULL);
        }
    } while (!serial_make(random, serial));
    *ret_serial = text_of(arena_string(call->arena, serial));
    return DONE;
}

static enum outcome record_issued(struct call *call, const struct stored_row *created)
{
    return call_record(call, &(struct event){.resource = certificates.resource,
                                             .id = created->id.s,
                                             .version = created->version,
                                             .to = CERTIFICATE_VALID});
}

/* `ret_created` has as many as `ids`. */
static enum outcome issue(struct call *call, struct text course_id, const struct text *ids,
                          size_t count, struct stored_row **ret_created)
{
    struct text *serials = arena_array(call->arena, struct text, count + 1);
    enum outcome outcome = DONE;
    for (size_t i = 0; i < count && outcome == DONE; i++)
        outcome = new_serial(call, &serials[i]);
    const struct batch batch = {
        .course_id = course_id,
        .registration_ids = {.is = GIVEN, .items = ids, .count = count},
        .serials = {.is = GIVEN, .items = serials, .count = count},
    };
    size_t made = 0;
    if (outcome == DONE)
        outcome = tx_load_all(call->tx, &sql_certificate_insert, SOURCES({&batch_shape, &batch}),
                              &stored_row_shape, ret_created, &made);
    for (size_t i = 0; i < made && outcome == DONE; i++)
        outcome = record_issued(call, &(*ret_created)[i]);
    return outcome;
}

static enum outcome find_course(struct call *call, struct text registration_id,
                                struct text *ret_course_id)
{
    const struct row_id key = {.id = registration_id};
    struct rows *rows = NULL;
    enum outcome outcome = tx_query(call->tx, &sql_registration_course,
                                    SOURCES({&row_id_shape, &key}), &rows);
    if (outcome == DONE && rows_count(rows) == 0)
        outcome = error_refuse(call->error, NOT_FOUND, "registration_not_found", NULL);
    if (outcome == DONE)
        *ret_course_id = rows_text(rows, 0, "course_id", call->arena);
    return outcome;
}

static enum outcome load_candidates(struct call *call, const struct candidate_key *key,
                                    struct certificate_candidate **ret, size_t *ret_count)
{
    return tx_load_all(call->tx, &sql_certificate_candidates, SOURCES({&candidate_key_shape, key}),
                       &shape_certificate_candidate, ret, ret_count);
}

enum outcome create_certificate(struct call *call, const struct certificate_create *in)
{
    struct candidate_key key = {.registration_id = in->registration_id};
    struct certificate_candidate *candidates = NULL;
    struct stored_row *created = NULL;
    size_t count = 0;
    struct course course = {0};
    enum outcome outcome = find_course(call, in->registration_id, &key.course_id);
    if (outcome == DONE)
        outcome = course_lock(call, key.course_id, &course);
    if (outcome == DONE)
        outcome = load_candidates(call, &key, &candidates, &count);
    if (outcome == DONE && count == 0) /* without a seat */
        outcome = error_refuse(call->error, CONFLICT, "not_completed", "SM-R12");
    if (outcome == DONE)
        outcome = certificate_check_issue(&candidates[0], call->error);
    if (outcome == DONE)
        outcome = issue(call, key.course_id, &in->registration_id, 1, &created);
    return outcome == DONE ? call_answer_item(call, certificates.get, created[0].id.s) : outcome;
}

/* Who qualifies and has none yet, in `ret_ids`, and the numbers that the answer tells. */
static struct certificate_tally choose(struct call *call,
                                       const struct certificate_candidate *candidates, size_t count,
                                       struct text **ret_ids)
{
    struct certificate_tally tally = {0};
    *ret_ids = arena_array(call->arena, struct text, count + 1);
    for (size_t i = 0; i < count; i++) {
        if (!certificate_qualifies(&candidates[i]))
            tally.not_qualified++;
        else if (candidates[i].has_valid)
            tally.already_issued++;
        else
            (*ret_ids)[tally.issued++] = candidates[i].registration_id;
    }
    return tally;
}

static enum outcome answer_tally(struct call *call, struct text course_id,
                                 const struct certificate_tally *tally)
{
    const char *json = arena_format(
        call->arena,
        "{\"course_id\":\"%s\",\"issued\":%" PRId64 ",\"already_issued\":%" PRId64
        ",\"not_qualified\":%" PRId64 "}",
        course_id.s, tally->issued, tally->already_issued, tally->not_qualified);
    return call_answer_json(call, json, strlen(json));
}

enum outcome issue_course_certificates(struct call *call, const struct certificate_issue *in)
{
    const struct candidate_key key = {.course_id = in->id};
    struct certificate_candidate *candidates = NULL;
    struct certificate_tally tally = {0};
    struct stored_row *created = NULL;
    struct text *ids = NULL;
    size_t count = 0;
    struct course course = {0};
    enum outcome outcome = course_lock(call, in->id, &course);
    if (outcome == DONE)
        outcome = call_expect_version(call, course.version);
    if (outcome == DONE)
        outcome = load_candidates(call, &key, &candidates, &count);
    if (outcome == DONE) {
        bool gives = count == 0 || candidates[0].gives_certificate;
        tally = choose(call, candidates, count, &ids);
        outcome = certificate_check_tally(&tally, gives, call->error);
    }
    if (outcome == DONE)
        outcome = issue(call, in->id, ids, (size_t)tally.issued, &created);
    if (outcome == DONE)
        outcome = call_record(
            call, &(struct event){.resource = "course", .id = in->id.s, .version = course.version});
    return outcome == DONE ? answer_tally(call, in->id, &tally) : outcome;
}

/* ---- actions --------------------------------------------------------------------------------- */

struct revocation {
    struct text id;
    struct text reason;
};
SHAPE(revocation_shape, struct revocation, FIELD(struct revocation, id),
      FIELD(struct revocation, reason));

/* Locks it, lets the machine decide, and takes it back. */
static enum outcome take_back(struct call *call, const struct revocation *revocation,
                              const char *action)
{
    struct certificate certificate = {0};
    const struct transition *transition = NULL;
    enum outcome outcome = register_load(call, &certificates, revocation->id, &shape_certificate,
                                         &certificate);
    if (outcome == DONE)
        outcome = machine_apply(&certificate_machine, certificate.state.s, action, call->error,
                                &transition);
    return outcome == DONE ? register_store(call, &sql_certificate_revoke,
                                            SOURCES({&revocation_shape, revocation}),
                                            &(struct event){.resource = certificates.resource,
                                                            .from = transition->from,
                                                            .to = transition->to,
                                                            .reason = revocation->reason.s})
                           : outcome;
}

enum outcome revoke_certificate(struct call *call, const struct certificate_revoke *in)
{
    const struct revocation revocation = {.id = in->id, .reason = in->reason};
    enum outcome outcome = take_back(call, &revocation, "revoke");
    return outcome == DONE ? call_answer_item(call, certificates.get, in->id.s) : outcome;
}

struct replacement {
    struct text serial_no;
};
SHAPE(replacement_shape, struct replacement, FIELD(struct replacement, serial_no));

enum outcome reissue_certificate(struct call *call, const struct certificate_reissue *in)
{
    const struct revocation revocation = {.id = in->id, .reason = in->reason};
    struct replacement replacement = {0};
    enum outcome outcome = take_back(call, &revocation, "reissue");
    if (outcome == DONE)
        outcome = new_serial(call, &replacement.serial_no);
    return outcome == DONE ? register_move(call, &certificates, &sql_certificate_replace,
                                           SOURCES({&replacement_shape, &replacement},
                                                   {&shape_certificate_reissue, in}),
                                           &(struct event){.to = CERTIFICATE_VALID})
                           : outcome;
}

/* ---- the document ---------------------------------------------------------------------------- */

enum outcome get_certificate_document(struct call *call, const struct certificate_key *in)
{
    struct certificate certificate = {0};
    enum outcome outcome = tx_load(call->tx, &sql_certificate_load,
                                   SOURCES({&shape_certificate_key, in}), &shape_certificate,
                                   &certificate);
    if (outcome == DONE)
        outcome = certificate_check_shown(&certificate, call->error);
    if (outcome != DONE)
        return outcome;
    const struct certificate_paper paper = {
        .certificate = &certificate,
        .language = call->language,
        .verify_url = arena_format(call->arena, "%s/v1/smart/certificates/verify?serial=%s",
                                   call->service->settings->issuer, certificate.serial_no.s),
    };
    struct file file = {
        .media_type = "application/pdf",
        .name = arena_format(call->arena, "%s.pdf", certificate.serial_no.s),
        .in_place = true,
    };
    if (!certificate_render(&paper, call->arena, &file.bytes))
        return error_refuse(call->error, INTERNAL, "internal_error", NULL);
    return call_answer_file(call, &file);
}
