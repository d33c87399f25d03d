#include "api/calendar.h"

#include "api/render/calendar.h"
#include "api/service.h"
#include "api/settings.h"

struct entry {
    struct text session_id;
    struct integer sequence;
    struct text starts_local;
    struct text ends_local;
    struct text modified;
    struct text summary;
    struct text location;
    struct boolean cancelled;
};
SHAPE(entry_shape, struct entry, FIELD(struct entry, session_id), FIELD(struct entry, sequence),
      FIELD(struct entry, starts_local), FIELD(struct entry, ends_local),
      FIELD(struct entry, modified), FIELD(struct entry, summary), FIELD(struct entry, location),
      FIELD(struct entry, cancelled));

/* "loft.example.no" of "https://loft.example.no:8443/": what makes ids of one service its own. */
static const char *host_of(struct arena *arena, const char *url)
{
    const char *host = strstr(url, "://");
    host = host ? host + 3 : url;
    return arena_copy(arena, host, strcspn(host, ":/"));
}

static size_t entries_of(struct call *call, const struct entry *rows, size_t count,
                         struct calendar_entry *entries)
{
    const char *host = host_of(call->arena, call->service->settings->issuer);
    size_t made = 0;
    for (size_t i = 0; i < count; i++)
        if (given(rows[i].session_id.is))
            entries[made++] = (struct calendar_entry){
                .uid = arena_format(call->arena, "%s@%s", rows[i].session_id.s, host),
                .sequence = rows[i].sequence.v,
                .starts_local = rows[i].starts_local.s,
                .ends_local = rows[i].ends_local.s,
                .modified = rows[i].modified.s,
                .summary = rows[i].summary.s,
                .location = rows[i].location.s,
                .cancelled = rows[i].cancelled.v,
            };
    return made;
}

enum outcome calendar_answer(struct call *call, const struct statement *statement,
                             const struct object *source, const char *name)
{
    struct entry *rows = NULL;
    size_t count = 0;
    struct file file = {
        .media_type = "text/calendar; charset=utf-8", .name = "kalender.ics", .in_place = true};
    enum outcome outcome = tx_load_all(call->tx, statement, source, 1, &entry_shape, &rows, &count);
    if (outcome != DONE)
        return outcome;
    if (count == 0)
        return error_refuse(call->error, NOT_FOUND, "not_found", NULL);
    struct calendar_entry *entries = arena_array(call->arena, struct calendar_entry, count);
    size_t made = entries_of(call, rows, count, entries);
    file.bytes.data = calendar_render(name, entries, made, call->arena, &file.bytes.len);
    if (!file.bytes.data)
        return error_refuse(call->error, UNAVAILABLE, "unavailable", NULL);
    return call_answer_file(call, &file);
}
