#include "api/http/gate.h"

#include "api/http/limiter.h"
#include "api/now.h"
#include "api/settings.h"

enum { BEARER_MAX = 8192 };

typedef enum outcome find_principal(struct auth *auth, const char *token, int64_t now,
                                    struct arena *arena, struct error *error,
                                    const struct principal **ret_principal);

static bool demands_token(const struct operation *op)
{
    return op->authenticated || op->permission;
}

static enum outcome identify(struct passage *passage, find_principal *find)
{
    struct text value = passage_header(passage, "Authorization");
    passage->principal = &principal_anonymous;
    if (!passage->op->takes_token)
        return DONE;
    if (value.is != GIVEN)
        return demands_token(passage->op)
                   ? error_refuse(&passage->error, UNAUTHENTICATED, "token_missing", NULL)
                   : DONE;
    if (strncasecmp(value.s, "Bearer ", 7) != 0 || value.len > BEARER_MAX)
        return error_refuse(&passage->error, UNAUTHENTICATED, "token_invalid", NULL);
    return find(passage->service->auth, value.s + 7, passage->real_now, passage->arena,
                &passage->error, &passage->principal);
}

/* Behind a trusted proxy the last address that it added is the client's. */
static const char *client_address(const struct passage *passage)
{
    struct text forwarded = passage_header(passage, "X-Forwarded-For");
    if (!passage->service->settings->trust_proxy || forwarded.is != GIVEN)
        return passage->request.http->remote;
    const char *last = strrchr(forwarded.s, ',');
    last = last ? last + 1 : forwarded.s;
    return last + strspn(last, " ");
}

/* What anybody may write without saying who they are. */
static bool is_public_write(const struct passage *passage)
{
    return passage->principal->kind == PRINCIPAL_ANONYMOUS && passage->op->writes &&
           !passage->op->unlogged && !demands_token(passage->op);
}

/* Whose bucket: the principal's, or the address's without a principal. */
static const char *rate_key(const struct passage *passage)
{
    static const char *const kinds[] = {[PRINCIPAL_USER] = "user", [PRINCIPAL_CLIENT] = "client"};
    const struct principal *principal = passage->principal;
    if (principal->kind == PRINCIPAL_ANONYMOUS)
        return arena_format(passage->arena, "%s:%s",
                            is_public_write(passage) ? "writer" : "address",
                            client_address(passage));
    return arena_format(passage->arena, "%s:%s", kinds[principal->kind], principal->subject);
}

static enum outcome limit_rate(struct passage *passage)
{
    const struct settings *settings = passage->service->settings;
    bool anonymous = passage->principal->kind == PRINCIPAL_ANONYMOUS;
    int64_t rate = is_public_write(passage) ? settings->rate_public_writes_per_minute
                   : anonymous              ? settings->rate_public_per_minute
                                            : settings->rate_per_minute;
    if (rate == 0 || passage->request.http->operations)
        return DONE;
    struct limit_state state;
    bool allowed = limiter_take(passage->service->limiter, rate_key(passage), rate, now_monotonic(),
                                &state);
    response_header(
        passage->response, "RateLimit-Policy",
        arena_format(passage->arena, "\"default\";q=%lld;w=60", (long long)state.limit));
    response_header(passage->response, "RateLimit",
                    arena_format(passage->arena, "\"default\";r=%lld;t=%lld",
                                 (long long)state.remaining, (long long)state.reset_s));
    if (allowed)
        return DONE;
    error_init(&passage->error, passage->arena);
    passage->error.retry_after_s = (int)state.retry_s;
    return error_refuse(&passage->error, UNAVAILABLE, "rate_limited", NULL);
}

/* Steps 3 and 4. Guessing tokens is limited by address, as what has no token is. */
enum outcome gate_authenticate(struct passage *passage)
{
    enum outcome outcome = identify(passage, auth_principal);
    if (outcome != DONE && outcome != UNAUTHENTICATED)
        return outcome;
    enum outcome limited = limit_rate(passage);
    return limited == DONE ? outcome : limited;
}

static enum outcome check_rights(struct passage *passage)
{
    const struct operation *op = passage->op;
    if (!demands_token(op) && passage->principal == &principal_anonymous)
        return DONE;
    if (op->scope && !principal_has_scope(passage->principal, op->scope)) {
        error_arg(&passage->error, "scope", op->scope);
        return error_refuse(&passage->error, FORBIDDEN, "insufficient_scope", NULL);
    }
    if (op->permission && !principal_may(passage->principal, op->permission)) {
        error_arg(&passage->error, "permission", op->permission);
        return error_refuse(&passage->error, FORBIDDEN, "forbidden", NULL);
    }
    return DONE;
}

/* Before anybody is refused, their grants are read once more: cached ones may be behind. */
enum outcome gate_permit(struct passage *passage)
{
    if (check_rights(passage) == DONE)
        return DONE;
    error_init(&passage->error, passage->arena);
    enum outcome outcome = identify(passage, auth_principal_now);
    return outcome == DONE ? check_rights(passage) : outcome;
}

bool gate_admits(struct passage *passage)
{
    return identify(passage, auth_principal) == DONE && gate_permit(passage) == DONE;
}

enum outcome gate_refresh(struct passage *passage)
{
    auth_forget(passage->service->auth, passage->principal);
    enum outcome outcome = identify(passage, auth_principal);
    return outcome == DONE ? gate_permit(passage) : outcome;
}
