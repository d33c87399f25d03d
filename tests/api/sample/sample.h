/*
 * The structs of loft-sample (sample.yaml).
 */
#ifndef LOFT_TESTS_API_SAMPLE_H
#define LOFT_TESTS_API_SAMPLE_H

#include "domain/base/value.h"

struct roster_seat {
    struct integer seat_no;
    struct text person_id;
    struct text status;
    struct text note;
    struct boolean wheelchair;
    struct text_list tags;
};

struct roster {
    struct text id;
    struct record_list seats;
};

struct import_rows {
    struct text mode;
    struct bytes body;
    struct text content_type;
};

struct file_read {
    struct text id;
    struct integer size;
    struct text name;
    struct text media_type;
    struct text tag;
    struct boolean in_place;
    struct text state;
};

struct photo {
    struct text id;
    struct bytes body;
    struct text content_type;
};

#endif
