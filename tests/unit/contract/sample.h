/*
 * The structs of the sample contract.
 */
#ifndef LOFT_TESTS_UNIT_CONTRACT_SAMPLE_H
#define LOFT_TESTS_UNIT_CONTRACT_SAMPLE_H

#include "domain/base/error.h"

struct thing_create {
    struct text title;
    struct text code;
    struct text owner_id;
    struct text starts_on;
    struct text starts_at;
    struct text email;
    struct text url;
    struct text state;
    struct text note;
    struct text riddle;
    struct integer capacity;
    struct integer level;
    struct boolean open;
    struct boolean person;
    struct text person_name;
    struct text person_email;
    struct integer address_number;
    struct text address_street;
    struct text_list tags;
    struct text_map choices;
    struct json_text rows;
    struct json_text place;
};

struct thing_update {
    struct text id;
    struct text title;
    struct text note;
    struct integer capacity;
    struct boolean person;
    struct text person_name;
    struct text person_email;
    struct text_list tags;
    struct text_map choices;
    struct json_text rows;
};

struct thing_seat {
    struct integer seat_no;
    struct text person_id;
    struct text status;
    struct text note;
    struct boolean wheelchair;
    struct text_list tags;
};

struct thing_seats {
    struct text id;
    struct record_list seats;
    struct record_list hall_spare;
};

struct thing_import {
    struct text mode;
    struct bytes body;
    struct text content_type;
};

struct thing_photo {
    struct text id;
    struct bytes body;
    struct text content_type;
};

struct thing_action {
    struct text id;
    struct text reason;
    struct boolean loud;
};

struct token_request {
    struct text grant_type;
    struct text scope;
    struct integer lifetime;
};

struct part_of {
    struct text id;
    struct integer part_no;
};

#endif
