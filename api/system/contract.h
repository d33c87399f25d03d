/* The contract and its problem codes, served by the service itself. */
#ifndef LOFT_API_SYSTEM_CONTRACT_H
#define LOFT_API_SYSTEM_CONTRACT_H

#include "domain/base/value.h"

struct problem_key {
    struct text code;
};

#endif
