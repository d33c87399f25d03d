/*
 * What a decision basis and its measures and budget lines share: every edit goes by the lock of the
 * basis, so that edits of different parts come one after the other and none slips in while the basis is
 * submitted.
 */
#ifndef LOFT_API_GRANTS_BASIS_PART_H
#define LOFT_API_GRANTS_BASIS_PART_H

#include "api/registry/write.h"
#include "domain/grants/basis.h"

extern const struct registry bases;

/* The basis, locked by somebody who may change it. NOT_FOUND, FORBIDDEN. */
enum outcome basis_lock(struct call *call, struct text id, struct basis *ret_basis);

/* As above, and If-Match compared. */
enum outcome basis_lock_version(struct call *call, struct text id, struct basis *ret_basis);

struct basis_part {
    struct registry registry;
    const struct statement *basis; /* basis_id by :id */
    const struct statement *count; /* `count` of a basis by :id */
    int64_t limit;
};

/* Before an INSERT: the basis locked and open to edits, and room for one more. A part is added to
 * whatever there is, so it names no version. CONFLICT "basis_not_editable", "limit_reached". */
enum outcome basis_part_begin_create(struct call *call, const struct basis_part *part,
                                     struct text basis_id, struct basis *ret_basis);

/* Before an UPDATE or DELETE: the basis locked. The caller loads the part and compares its version. */
enum outcome basis_part_begin_change(struct call *call, const struct basis_part *part,
                                     struct text id, struct basis *ret_basis);

#endif
