/*
 * Certificates (sertifikat) for those who completed a course whose type gives one. domain.md §4.2,
 * SM-R12.
 *
 *   issue            -> valid
 *   valid   revoke   -> revoked
 *   valid   reissue  -> revoked, and another one with the name corrected that refers to it
 *
 * A certificate keeps what its paper shows as it was on the day of issue.
 *
 * The serial number has twelve characters of 31, written in fours: 2 to 9 and A to Z without I, L and
 * O, so that none is taken for another. Eleven are random (54 bits), the last is a check digit. With
 * values 0 to 30 in that order, the sum of value times place (1 to 12, from the left) is a multiple of
 * 31: as 31 is prime and the places differ, every single wrong character and every swap of two is
 * noticed.
 */
#ifndef LOFT_DOMAIN_SMART_CERTIFICATE_H
#define LOFT_DOMAIN_SMART_CERTIFICATE_H

#include "domain/smart/attendance.h"

#define CERTIFICATE_VALID "valid"
#define CERTIFICATE_REVOKED "revoked"
extern const char *const certificate_states[]; /* NULL-terminated */

/* Actions revoke and reissue. */
extern const struct machine certificate_machine;

/* Written with hyphens and a NUL; random bytes that make one, most likely enough. */
enum { SERIAL_SIZE = 15, SERIAL_RANDOM = 32 };

/* False when too few of the bytes could be used without favouring some characters: take others. */
bool serial_make(const unsigned char random[SERIAL_RANDOM], char ret_serial[SERIAL_SIZE]);
/* Twelve characters with the right check digit; hyphens and blanks do not count, case neither. */
bool serial_valid(const char *serial);

struct certificate_create {
    struct text registration_id;
};

struct certificate_revoke {
    struct text id;
    struct text reason;
};

struct certificate_reissue {
    struct text id;
    struct text participant_name;
    struct text reason;
};

struct certificate_key {
    struct text id;
};

/* Input of issuing to everybody who qualifies on a course. */
struct certificate_issue {
    struct text id; /* of the course */
};

/* A participant as issuing sees them. */
struct certificate_candidate {
    struct text registration_id;
    struct text state;
    int64_t gathering_days;
    int64_t present_days;
    int64_t made_up_days;
    int64_t min_attendance_bp;
    bool gives_certificate; /* of the course type */
    bool has_valid;         /* holds a valid one already */
};
extern const struct shape shape_certificate_candidate;

/* A certificate as actions and the document see it. */
struct certificate {
    struct text id;
    struct text serial_no;
    struct text participant_name;
    struct text course_title;
    struct text organiser_name;
    struct text_list held_on;
    int64_t attended_days;
    struct text issued_on;
    struct text state;
    int64_t version;
};
extern const struct shape shape_certificate;

/* INVALID "course_gives_none"; CONFLICT "not_completed", "attendance_too_low" with
 * {attended} and {required}, all SM-R12; CONFLICT "certificate_exists". */
enum outcome certificate_check_issue(const struct certificate_candidate *candidate,
                                     struct error *error);

/* Completed with enough attendance: the same without words, for a whole course. */
bool certificate_qualifies(const struct certificate_candidate *candidate);

/* What issuing to a whole course comes to. */
struct certificate_tally {
    int64_t issued;
    int64_t already_issued;
    int64_t not_qualified;
};

/* INVALID "course_gives_none", CONFLICT "nobody_qualifies", both SM-R12. That everybody has one
 * already is no refusal. */
enum outcome certificate_check_tally(const struct certificate_tally *tally, bool gives_certificate,
                                     struct error *error);

/* CONFLICT "certificate_revoked": there is no paper of one that is not valid any more. */
enum outcome certificate_check_shown(const struct certificate *certificate, struct error *error);

#endif
