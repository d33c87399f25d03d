/*
 * How the registers write: every one in the same steps, so that a use case holds only its rules.
 *
 *   create   rule -> register_create (insert, event, answer)
 *   update   register_lock (row, If-Match) -> rule -> register_update (update, event, answer)
 *   action   register_load (row as rules see it, If-Match) -> rule -> register_move (state, event, answer)
 *   delete   register_load -> rule -> register_delete (delete, event)
 *
 * What a write brings with it in other rows goes by register_store, and a row that is only held while
 * another is written by register_find.
 */
#ifndef LOFT_API_REGISTRY_WRITE_H
#define LOFT_API_REGISTRY_WRITE_H

#include "api/call.h"

/* A register as these steps see it. `get` answers the item with the caller's eyes; `lock` gives id
 * and version of the row FOR UPDATE, which asks the policies for the right to change it. */
struct registry {
    const char *resource; /* in the event log */
    const struct statement *get;
    const struct statement *lock;
};

/* NOT_FOUND when the caller cannot see the row, FORBIDDEN when they see it but may not change it,
 * STALE when If-Match names another version. */
enum outcome register_lock(struct call *call, const struct registry *registry, struct text id);

/* The same where a rule looks at the row: `lock` gives what `shape` holds. */
enum outcome register_find(struct call *call, const struct registry *registry, struct text id,
                           const struct shape *shape, void *ret_row);

/* And compares If-Match with the `version` that `shape` holds. */
enum outcome register_load(struct call *call, const struct registry *registry, struct text id,
                           const struct shape *shape, void *ret_row);

/* Why a row could not be changed: FORBIDDEN when the caller sees it, NOT_FOUND otherwise. */
enum outcome register_refuse(struct call *call, const struct registry *registry, struct text id);

/* The insert gives `id` and `version`, the update of the row that was locked `version`. `changes`
 * is a JSON object for the event log, or NULL. Both answer the item. */
enum outcome register_create(struct call *call, const struct registry *registry,
                             const struct statement *insert, const struct object *sources,
                             size_t source_count, const char *changes);
enum outcome register_update(struct call *call, const struct registry *registry,
                             const struct statement *update, const struct object *sources,
                             size_t source_count, const char *changes);

/* The statement gives `id` and `version` of the row that it brings into another state; `event` says
 * from, to, reason and changes. Answers the item. */
enum outcome register_move(struct call *call, const struct registry *registry,
                           const struct statement *set_state, const struct object *sources,
                           size_t source_count, const struct event *event);

/* The same without an answer; `event` names the resource as well. NOT_FOUND without a row. */
enum outcome register_store(struct call *call, const struct statement *statement,
                            const struct object *sources, size_t source_count,
                            const struct event *event);

/* Removes the row that was locked or looked at as `version`, with its event; no answer. Refuses as
 * register_refuse does when there was nothing to remove any more. */
enum outcome register_delete(struct call *call, const struct registry *registry,
                             const struct statement *remove, struct text id, int64_t version);

/* {"name":"...","parent_id":null}: what was given, but `id`. */
const char *changes_set(struct arena *arena, const struct shape *shape, const void *data);

/* {"changed":["full_name","phone"]}: the names alone, of what belongs to a person and not into a
 * log that is never erased. */
const char *changes_named(struct arena *arena, const struct shape *shape, const void *data);

#endif
