/*
 * What belongs to a course: gatherings, sessions, ticket types, items and options, programme items. They are made,
 * changed and removed in one way, under the lock of their course; only their statements and rules
 * differ.
 */
#ifndef LOFT_API_SMART_COURSE_PART_H
#define LOFT_API_SMART_COURSE_PART_H

#include "api/smart/course_load.h"

struct part_kind {
    const char *resource;           /* in the event log */
    const struct statement *get;    /* the item as it is answered, by :id */
    const struct statement *course; /* course_id by :id */
    const struct statement *lock;   /* version by :id, FOR UPDATE */
    const struct statement *remove; /* by :id */
    bool planned;                   /* its change may leave the course's plan incomplete */
    bool loose;                     /* nobody relies on it: removed from published courses too */
    /* One below its parent, by :parent_id: how many there are. The parent is the course itself, or
     * what `parent_course` finds the course of. */
    const struct statement *count;
    const struct statement *parent_course;
    int64_t limit;
};

/* Before an INSERT: the course locked and not over, and room for one more below the parent.
 * NOT_FOUND, FORBIDDEN, CONFLICT "course_over" and "limit_reached". */
enum outcome part_begin_create(struct call *call, const struct part_kind *kind,
                               struct text parent_id, struct course *ret_course);

/* Before an UPDATE: course and part locked, If-Match compared. NOT_FOUND, FORBIDDEN, STALE,
 * CONFLICT "course_over". */
enum outcome part_begin_update(struct call *call, const struct part_kind *kind, struct text id,
                               struct course *ret_course);

/* After either: the plan of a course that is not a draft (CONFLICT, course_check_plan), its start and
 * seats (course_settle), the item as the answer. */
enum outcome part_settle(struct call *call, const struct part_kind *kind,
                         const struct course *course, struct text id);

/* The same, with the event before it. */
enum outcome part_finish(struct call *call, const struct part_kind *kind,
                         const struct course *course, const struct stored_row *stored);

/* All of a DELETE, from drafts only (CONFLICT "course_not_draft"), or if loose from a course that
 * is not over ("course_over"); else as part_begin_update. */
enum outcome part_delete(struct call *call, const struct part_kind *kind, struct text id);

#endif
