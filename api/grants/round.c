#include "domain/grants/round.h"

#include "api/grants/headcount.h"
#include "api/grants/round.h"
#include "api/registry/write.h"
#include "domain/base/role.h"
#include "operations.h"
#include "storage/statements.h"

static const struct registry rounds = {
    .resource = "grant_round", .get = &sql_round_get, .lock = &sql_round_lock};
static const struct registry frames = {
    .resource = "network_frame", .get = &sql_network_frame_get, .lock = &sql_network_frame_lock};
/* Nobody changes a link: it is looked at, not locked. */
static const struct registry links = {
    .resource = "round_link", .get = &sql_round_link_get, .lock = &sql_round_link_load};

struct frame_rows {
    struct text id;      /* the round that gets them */
    struct text from_id; /* the one a year before, or not given */
};
SHAPE(frame_rows_shape, struct frame_rows, FIELD(struct frame_rows, id),
      FIELD(struct frame_rows, from_id));

static enum outcome add_frames(struct call *call, const char *id, struct text from_id)
{
    const struct frame_rows rows = {.id = text_of(id), .from_id = from_id};
    return tx_execute(call->tx, &sql_round_frames_insert, SOURCES({&frame_rows_shape, &rows}),
                      NULL);
}

/* ---- making and changing one ----------------------------------------------------------------- */

static enum outcome load_scheme(struct call *call, const struct round_create *in,
                                struct round_scheme *ret_scheme)
{
    struct round_scheme *rows = NULL;
    size_t count = 0;
    enum outcome outcome = tx_load_all(call->tx, &sql_round_scheme,
                                       SOURCES({&shape_round_create, in}), &shape_round_scheme,
                                       &rows, &count);
    if (outcome != DONE)
        return outcome;
    if (count == 0) {
        error_fault(call->error, "/scheme_code", "unknown_reference", NULL);
        return error_outcome(call->error);
    }
    *ret_scheme = rows[0];
    return DONE;
}

enum outcome create_round(struct call *call, const struct round_create *in)
{
    struct round_scheme scheme = {0};
    enum outcome outcome = load_scheme(call, in, &scheme);
    const struct round_create filled = round_fill(in, &scheme, call->arena);
    if (outcome == DONE)
        outcome = round_check_create(&filled, call->error);
    if (outcome == DONE)
        outcome = register_create(call, &rounds, &sql_round_insert,
                                  SOURCES({&shape_round_create, &filled}),
                                  changes_set(call->arena, &shape_round_create, in));
    return outcome == DONE ? add_frames(call, call->created_id, (struct text){0}) : outcome;
}

/* The policies let the secretariat and the county governor change the row; what each changes of it is
 * for the permissions of that role to say. */
static bool acts_here(const struct call *call, const struct round *round)
{
    const char *permission = call->operation->permission;
    return (round->is_secretariat && role_carries("forum_secretariat", permission)) ||
           (round->is_governor && role_carries("state_administrator", permission));
}

enum outcome round_lock(struct call *call, struct text id, struct round *ret_round)
{
    enum outcome outcome = register_find(call, &rounds, id, &shape_round, ret_round);
    if (outcome == DONE && !acts_here(call, ret_round))
        return register_refuse(call, &rounds, id);
    return outcome;
}

static enum outcome lock_version(struct call *call, struct text id, struct round *ret_round)
{
    enum outcome outcome = round_lock(call, id, ret_round);
    return outcome == DONE ? call_expect_version(call, ret_round->version) : outcome;
}

enum outcome update_round(struct call *call, const struct round_update *in)
{
    struct round round = {0};
    enum outcome outcome = lock_version(call, in->id, &round);
    if (outcome == DONE)
        outcome = round_check_update(&round, in, call->error);
    return outcome == DONE ? register_update(call, &rounds, &sql_round_update,
                                             SOURCES({&shape_round_update, in}),
                                             changes_set(call->arena, &shape_round_update, in))
                           : outcome;
}

/* ---- actions --------------------------------------------------------------------------------- */

static enum outcome send_recommendation(struct call *call, const struct round *round,
                                        const struct round_change *change)
{
    return register_store(call, &sql_round_recommendation_send,
                          SOURCES({&shape_round_change, change}, {&shape_round, round}),
                          &(struct event){.resource = "recommendation",
                                          .from = "adopted",
                                          .to = "sent",
                                          .reason = change->late_reason.s});
}

static enum outcome act(struct call *call, const struct round_action *in, round_decision *decide)
{
    const struct row_id key = {.id = in->id};
    struct round round = {0};
    struct round_progress progress = {0};
    struct round_change change = {0};
    enum outcome outcome = lock_version(call, in->id, &round);
    if (outcome == DONE)
        outcome = tx_load(call->tx, &sql_round_progress, SOURCES({&row_id_shape, &key}),
                          &shape_round_progress, &progress);
    if (outcome == DONE)
        outcome = decide(&round, &progress, in, call->error, &change);
    if (outcome == DONE && given(change.recommended_on.is))
        outcome = send_recommendation(call, &round, &change);
    return outcome == DONE
               ? register_move(call, &rounds, &sql_round_set_state,
                               SOURCES({&shape_round_change, &change}, {&shape_round, &round}),
                               &(struct event){.from = round.state.s,
                                               .to = change.state.s,
                                               .reason = in->reason.s})
               : outcome;
}

enum outcome adopt_round_frame(struct call *call, const struct round_action *in)
{
    enum outcome outcome = headcount_take_turn(call);
    return outcome == DONE ? act(call, in, round_adopt_frame) : outcome;
}

enum outcome open_round(struct call *call, const struct round_action *in)
{
    return act(call, in, round_open);
}

enum outcome close_round_bases(struct call *call, const struct round_action *in)
{
    return act(call, in, round_close_bases);
}

enum outcome recommend_round(struct call *call, const struct round_action *in)
{
    return act(call, in, round_recommend);
}

enum outcome decide_round(struct call *call, const struct round_action *in)
{
    return act(call, in, round_decide);
}

enum outcome start_round_reporting(struct call *call, const struct round_action *in)
{
    return act(call, in, round_start_reporting);
}

enum outcome close_round(struct call *call, const struct round_action *in)
{
    return act(call, in, round_close);
}

enum outcome set_round_total(struct call *call, const struct round_total *in)
{
    struct round round = {0};
    enum outcome outcome = lock_version(call, in->id, &round);
    if (outcome == DONE)
        outcome = round_set_total(&round, in, call->error);
    return outcome == DONE
               ? register_move(
                     call, &rounds, &sql_round_set_total, SOURCES({&shape_round_total, in}),
                     &(struct event){.from = round.state.s,
                                     .to = round.state.s,
                                     .reason = in->reason.s,
                                     .changes = changes_set(call->arena, &shape_round_total, in)})
               : outcome;
}

enum outcome roll_over_round(struct call *call, const struct round_action *in)
{
    struct round round = {0};
    enum outcome outcome = lock_version(call, in->id, &round);
    if (outcome == DONE)
        outcome = register_create(call, &rounds, &sql_round_roll_over,
                                  SOURCES({&shape_round_action, in}), NULL);
    return outcome == DONE ? add_frames(call, call->created_id, in->id) : outcome;
}

/* ---- networks in a round --------------------------------------------------------------------- */

enum outcome update_network_frame(struct call *call, const struct frame_update *in)
{
    struct frame frame = {0};
    enum outcome outcome = register_load(call, &frames, in->id, &shape_frame, &frame);
    if (outcome == DONE)
        outcome = frame_check_update(&frame, in, call->error);
    return outcome == DONE ? register_update(call, &frames, &sql_network_frame_update,
                                             SOURCES({&shape_frame_update, in}),
                                             changes_set(call->arena, &shape_frame_update, in))
                           : outcome;
}

/* ---- links ----------------------------------------------------------------------------------- */

enum outcome create_round_link(struct call *call, const struct round_link_create *in)
{
    struct round round = {0};
    enum outcome outcome = round_lock(call, in->round_id, &round);
    return outcome == DONE ? register_create(call, &links, &sql_round_link_insert,
                                             SOURCES({&shape_round_link_create, in}),
                                             changes_set(call->arena, &shape_round_link_create, in))
                           : outcome;
}

enum outcome delete_round_link(struct call *call, const struct round_link_delete *in)
{
    struct round_link link = {0};
    enum outcome outcome = register_find(call, &links, in->id, &shape_round_link, &link);
    if (outcome == DONE && !link.own)
        outcome = register_refuse(call, &links, in->id);
    if (outcome == DONE)
        outcome = call_expect_version(call, link.version);
    return outcome == DONE
               ? register_delete(call, &links, &sql_round_link_delete, in->id, link.version)
               : outcome;
}
