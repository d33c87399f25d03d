/*
 * What the two halves of the decoder share: text (path, query, headers, forms) in decode.c, JSON in
 * body.c. Internal to the contract.
 */
#ifndef LOFT_API_CONTRACT_DECODE_H
#define LOFT_API_CONTRACT_DECODE_H

#include "api/contract/contract.h"

struct decoder {
    const struct operation *op;
    struct arena *arena;
    struct error *error;
    char *input;   /* the struct being filled */
    char *records; /* the rows that were read last, for the member that holds them */
};

static inline void *decoder_slot(const struct decoder *d, const struct field *field)
{
    return d->input + field->offset;
}

/* To see whether something has gone wrong meanwhile. */
static inline size_t decoder_faults(const struct decoder *d)
{
    return d->error->fault_count + d->error->faults_omitted;
}

/* Parses and checks the JSON of the body, and fills what is bound. Faults and refusals are in the
 * error. */
void body_decode(struct decoder *d, const char *body, size_t len);

#endif
