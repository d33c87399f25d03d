/*
 * From the error of PostgreSQL to the outcome of the service. Internal to storage.
 *
 * A constraint is mapped by its name: those with a meaning of their own stand in a table here,
 * the others follow their naming scheme (`<table>_<column>_check|_fkey|_key` -> a fault at
 * "/<column>"). Messages of the database never leave the service.
 */
#ifndef LOFT_STORAGE_CONSTRAINT_H
#define LOFT_STORAGE_CONSTRAINT_H

#include "domain/base/error.h"

#include <libpq-fe.h>

/* Describes the refusal; `ret_retryable` says whether a second run may succeed. */
enum outcome constraint_refuse(const PGresult *result, const char *statement, struct error *error,
                               bool *ret_retryable);

#endif
