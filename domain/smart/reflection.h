/*
 * Reflections: participants' short texts on a session, shown without names (domain.md §0.1; seed 002
 * L29). Neither answers nor the event log say whose they are: ids are random, days are all the time
 * there is. At most three for each participant and session, held by a trigger.
 */
#ifndef LOFT_DOMAIN_SMART_REFLECTION_H
#define LOFT_DOMAIN_SMART_REFLECTION_H

#include "domain/base/error.h"
#include "domain/base/shape.h"

struct reflection_create {
    struct text session_id;
    struct text text;
};

struct reflection_key {
    struct text id;
};

#endif
