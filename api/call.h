/*
 * What a use case sees: who asks, when, inside which transaction, and where its answer goes. No
 * HTTP types. A use case is 5 to 25 lines: load -> pure rule -> store, then answer.
 *
 *     enum outcome accept_registration(struct call *call, const struct registration_action *in)
 *
 * Its prototype is generated from the contract (operations.h); a missing one is a link error.
 */
#ifndef LOFT_API_CALL_H
#define LOFT_API_CALL_H

#include "api/contract/contract.h"
#include "storage/rows.h"
#include "storage/storage.h"

struct call {
    struct arena *arena;
    struct error *error;
    const struct principal *principal;
    const struct operation *operation;
    const struct service *service; /* settings and keys, for the few operations that need them */
    struct tx *tx;
    int64_t now;          /* business clock, microseconds since the Unix epoch */
    const char *now_text; /* the same, RFC 3339 */
    const char *request_id;
    enum language language;

    struct integer expected_version; /* from If-Match */
    const char *request_hash;        /* with an Idempotency-Key: what makes a request the same */
    bool version_checked;
    size_t events;

    /* The answer. */
    struct rows *rows;      /* an item: its first row */
    struct json_text json;  /* or a document of its own */
    struct text secret;     /* goes into the member that the contract marks x-once, this once */
    const char *media_type; /* ANSWER_RAW only, as are the next six */
    const char *raw;
    size_t raw_len;
    const char *tag; /* what changes when the bytes do; NULL = their hash */
    const char *file_name;
    bool in_place;
    bool personal;      /* about one person, though no token says so: nobody keeps it for others */
    const char *policy; /* Content-Security-Policy of a page; NULL = the strictest */
    int status;         /* 0 = the operation's own; readiness answers 503 */
    const char *created_id; /* fills {id} of the Location */
};

/* How statements name a row, and what an INSERT or UPDATE gives back of it. */
struct row_id {
    struct text id;
};
extern const struct shape row_id_shape;

struct stored_row {
    struct text id;
    int64_t version;
};
extern const struct shape stored_row_shape;

/* Compares the loaded version with If-Match: STALE when it is another. Every operation that
 * declares If-Match must call it. */
enum outcome call_expect_version(struct call *call, int64_t version);

/* Answers with the row that `statement` finds for `id`. */
enum outcome call_answer_item(struct call *call, const struct statement *statement, const char *id);

/* Answers with a JSON document on the call's arena. */
enum outcome call_answer_json(struct call *call, const char *json, size_t len);

/* Answers with bytes on the call's arena. */
struct file {
    const char *media_type; /* one that the contract names; text with its charset */
    struct bytes bytes;
    const char
        *tag; /* what changes when the bytes do, e.g. a stored hash in hex; NULL = it is made */
    const char *name; /* UTF-8, for who saves it; NULL = none */
    bool in_place;    /* a browser may show it instead of saving it */
};
enum outcome call_answer_file(struct call *call, const struct file *file);

/* One line of the event log, in this transaction, and a message to whom it concerns
 * (api/notify/notify.h). `changes` is a JSON object or NULL. */
struct event {
    const char *resource; /* "registration" */
    const char *id;
    int64_t version;
    const char *action; /* NULL = the operation's id */
    const char *from;
    const char *to;
    const char *reason;
    const char *changes;
};
enum outcome call_record(struct call *call, const struct event *event);

#endif
