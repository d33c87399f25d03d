#include "domain/smart/certificate.h"

const char *const certificate_states[] = {CERTIFICATE_VALID, CERTIFICATE_REVOKED, NULL};

static const struct transition certificate_transitions[] = {
    {.from = CERTIFICATE_VALID,
     .action = "revoke",
     .to = CERTIFICATE_REVOKED,
     .permission = "smart.certificate.revoke"},
    {.from = CERTIFICATE_VALID,
     .action = "reissue",
     .to = CERTIFICATE_REVOKED,
     .permission = "smart.certificate.reissue"},
};

const struct machine certificate_machine = MACHINE_OF(certificate_transitions);

SHAPE(shape_certificate_candidate, struct certificate_candidate,
      FIELD(struct certificate_candidate, registration_id),
      FIELD(struct certificate_candidate, state),
      FIELD(struct certificate_candidate, gathering_days),
      FIELD(struct certificate_candidate, present_days),
      FIELD(struct certificate_candidate, made_up_days),
      FIELD(struct certificate_candidate, min_attendance_bp),
      FIELD(struct certificate_candidate, gives_certificate),
      FIELD(struct certificate_candidate, has_valid));

SHAPE(shape_certificate, struct certificate, FIELD(struct certificate, id),
      FIELD(struct certificate, serial_no), FIELD(struct certificate, participant_name),
      FIELD(struct certificate, course_title), FIELD(struct certificate, organiser_name),
      FIELD(struct certificate, held_on), FIELD(struct certificate, attended_days),
      FIELD(struct certificate, issued_on), FIELD(struct certificate, state),
      FIELD(struct certificate, version));

/* ---- serial numbers -------------------------------------------------------------------------- */

static const char alphabet[] = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";
enum { BASE = 31, DIGITS = 12 };

/* The last value makes sum(value * place) a multiple of BASE. */
static int check_digit(const int values[DIGITS - 1])
{
    int sum = 0, digit = 0;

    for (int i = 0; i < DIGITS - 1; i++) {
        sum += values[i] * (i + 1);
    }
    while ((sum + digit * DIGITS) % BASE != 0) {
        digit++;
    }
    return digit;
}

bool serial_make(const unsigned char random[SERIAL_RANDOM], char ret_serial[SERIAL_SIZE])
{
    int values[DIGITS];
    int count = 0;

    for (int i = 0; i < SERIAL_RANDOM && count < DIGITS - 1; i++) {
        if (random[i] < 256 / BASE * BASE) {
            values[count++] = random[i] % BASE;
        }
    }
    if (count < DIGITS - 1) {
        return false;
    }
    values[DIGITS - 1] = check_digit(values);
    char *at = ret_serial;
    for (int i = 0; i < DIGITS; i++) {
        if (i == 4 || i == 8) {
            *at++ = '-';
        }
        *at++ = alphabet[values[i]];
    }
    *at = '\0';
    return true;
}

/* -1 when it is no character of a serial number. */
static int value_of(char c)
{
    char upper = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
    const char *at = upper ? strchr(alphabet, upper) : NULL;
    return at ? (int)(at - alphabet) : -1;
}

bool serial_valid(const char *serial)
{
    int sum = 0, count = 0;

    for (; *serial; serial++) {
        if (*serial == '-' || *serial == ' ') {
            continue;
        }
        int value = value_of(*serial);
        if (value < 0 || count == DIGITS) {
            return false;
        }
        sum += value * ++count;
    }
    return count == DIGITS && sum % BASE == 0;
}

/* ---- issuing: SM-R12 ------------------------------------------------------------------------- */

static struct completion completion_of(const struct certificate_candidate *candidate)
{
    return (struct completion){
        .gathering_days = candidate->gathering_days,
        .present_days = candidate->present_days,
        .made_up_days = candidate->made_up_days,
        .min_attendance_bp = candidate->min_attendance_bp,
    };
}

bool certificate_qualifies(const struct certificate_candidate *candidate)
{
    const struct completion completion = completion_of(candidate);
    return candidate->gives_certificate && text_is(candidate->state, REGISTRATION_COMPLETED) &&
           completion_meets(&completion);
}

enum outcome certificate_check_issue(const struct certificate_candidate *candidate,
                                     struct error *error)
{
    const struct completion completion = completion_of(candidate);

    if (!candidate->gives_certificate) {
        return error_refuse(error, INVALID, "course_gives_none", "SM-R12");
    }
    if (!text_is(candidate->state, REGISTRATION_COMPLETED)) {
        return error_refuse(error, CONFLICT, "not_completed", "SM-R12");
    }
    if (!completion_meets(&completion)) {
        error_arg_int(error, "attended", candidate->present_days + candidate->made_up_days);
        error_arg_int(error, "required",
                      completion_required(candidate->gathering_days, candidate->min_attendance_bp));
        return error_refuse(error, CONFLICT, "attendance_too_low", "SM-R12");
    }
    if (candidate->has_valid) {
        return error_refuse(error, CONFLICT, "certificate_exists", NULL);
    }
    return DONE;
}

enum outcome certificate_check_tally(const struct certificate_tally *tally, bool gives_certificate,
                                     struct error *error)
{
    if (!gives_certificate) {
        return error_refuse(error, INVALID, "course_gives_none", "SM-R12");
    }
    if (tally->issued + tally->already_issued == 0) {
        return error_refuse(error, CONFLICT, "nobody_qualifies", "SM-R12");
    }
    return DONE;
}

enum outcome certificate_check_shown(const struct certificate *certificate, struct error *error)
{
    if (text_is(certificate->state, CERTIFICATE_REVOKED)) {
        return error_refuse(error, CONFLICT, "certificate_revoked", NULL);
    }
    return DONE;
}
