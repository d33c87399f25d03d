#include "auth/principal.h"

#include "domain/base/clock.h"
#include "domain/base/log.h"
#include "domain/base/role.h"
#include "storage/statements.h"

#include <assert.h>

/* A broken connection is found out by using it, so the second attempt has a new one. */
enum { READ_ATTEMPTS = 2, UUID_LEN = 36 };

struct subject_key {
    struct text issuer;
    struct text subject;
};

SHAPE(auth_subject_key_shape, struct subject_key, FIELD(struct subject_key, issuer),
      FIELD(struct subject_key, subject));

SHAPE(auth_account_shape, struct account, FIELD(struct account, id),
      FIELD(struct account, person_id), FIELD(struct account, is_active),
      FIELD(struct account, grants), FIELD(struct account, scopes), FIELD(struct account, epoch));

/* ---- grants ---- */

static bool is_uuid(const char *s, size_t len)
{
    if (len != UUID_LEN)
        return false;
    for (size_t i = 0; i < len; i++) {
        bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
        bool hex = (s[i] >= '0' && s[i] <= '9') || (s[i] >= 'a' && s[i] <= 'f');
        if (hyphen ? s[i] != '-' : !hex)
            return false;
    }
    return true;
}

/* A grant in the words of the role table; false when the table does not allow it. */
static bool allow_grant(const char *role_name, const char *scope_type, const char *scope_id,
                        struct grant *ret)
{
    const struct role *role = role_find(role_name);
    if (!role)
        return false;
    for (const char *const *type = role->scope_types; *type; type++) {
        if (strcmp(*type, scope_type) != 0)
            continue;
        bool global = strcmp(scope_type, "global") == 0;
        if (global ? scope_id[0] != '\0' : !is_uuid(scope_id, strlen(scope_id)))
            return false;
        *ret = (struct grant){
            .role = role->name, .scope_type = *type, .scope_id = global ? NULL : scope_id};
        return true;
    }
    return false;
}

/* "role|scope_type|scope_id" */
static bool read_grant(struct text grant, struct arena *arena, struct grant *ret)
{
    char *role = arena_copy(arena, grant.s, grant.len);
    char *scope_type = strchr(role, '|');
    if (!scope_type)
        return false;
    *scope_type++ = '\0';
    char *scope_id = strchr(scope_type, '|');
    if (!scope_id)
        return false;
    *scope_id++ = '\0';
    return allow_grant(role, scope_type, scope_id, ret);
}

static enum outcome read_grants(const struct account *account, struct arena *arena,
                                struct error *error, struct principal *ret)
{
    size_t count = account->grants.count;
    if (count > PRINCIPAL_GRANTS_MAX) {
        log_write(LOG_ERRORS, "too_many_grants", "%s has %zu, at most %d can be used",
                  account->id.s, count, PRINCIPAL_GRANTS_MAX);
        return error_refuse(error, INTERNAL, "internal_error", NULL);
    }
    struct grant *grants = arena_array(arena, struct grant, count);
    for (size_t i = 0; i < count; i++) {
        if (read_grant(account->grants.items[i], arena, &grants[ret->grant_count]))
            ret->grant_count++;
        else
            log_write(LOG_WARNINGS, "grant_ignored", "%s: %s is not in the role table",
                      account->id.s, account->grants.items[i].s);
    }
    ret->grants = grants;
    return DONE;
}

/* "role,role" of the global grants, "role:id,role:id" of the others. */
static const char *list_grants(const struct principal *principal, bool global, struct arena *arena)
{
    struct buffer list;
    buffer_init(&list, arena, 128);
    for (size_t i = 0; i < principal->grant_count; i++) {
        const struct grant *grant = &principal->grants[i];
        if (global != (grant->scope_id == NULL))
            continue;
        if (list.len > 0)
            buffer_add_char(&list, ',');
        buffer_add_string(&list, grant->role);
        if (global)
            continue;
        buffer_add_char(&list, ':');
        buffer_add_string(&list, grant->scope_id);
    }
    return list.data;
}

/* ---- the principal ---- */

/* What the token carries and, for a client, what it may carry today as well. */
static struct scopes scopes_now(const struct identity *identity, const struct account *account)
{
    if (!identity->is_client)
        return identity->scopes;
    struct scopes held = {.bits = 0};
    for (size_t i = 0; i < account->scopes.count; i++)
        scopes_add(&held, account->scopes.items[i].s, account->scopes.items[i].len);
    return (struct scopes){.bits = held.bits & identity->scopes.bits};
}

enum outcome principal_make(const struct identity *identity, const struct account *account,
                            struct arena *arena, struct error *error,
                            const struct principal **ret_principal)
{
    bool known = given(account->id.is);
    if (account->epoch < 1) { /* 0 would tell storage not to compare it */
        log_write(LOG_ERRORS, "grant_epoch", "there is none");
        return error_refuse(error, INTERNAL, "internal_error", NULL);
    }
    if (known ? !account->is_active.v : identity->is_client) {
        log_write(LOG_INFORMATION, "token_refused", "account %s",
                  known ? "switched off" : "unknown");
        return error_refuse(error, UNAUTHENTICATED, "token_invalid", NULL);
    }
    struct principal *principal = arena_new(arena, struct principal);
    principal->kind = identity->is_client ? PRINCIPAL_CLIENT : PRINCIPAL_USER;
    principal->subject = identity->subject;
    principal->epoch = account->epoch;
    if (known) {
        principal->id = account->id.s;
        principal->person_id = account->person_id.s;
        enum outcome outcome = read_grants(account, arena, error, principal);
        if (outcome != DONE)
            return outcome;
    }
    struct scopes scopes = scopes_now(identity, account);
    const char **words = arena_array(arena, const char *, PRINCIPAL_SCOPES_MAX);
    principal->scopes = words;
    principal->scope_count = scopes_words(scopes, words);
    principal->roles_setting = list_grants(principal, true, arena);
    principal->grants_setting = list_grants(principal, false, arena);
    principal->scopes_setting = scopes_join(scopes, ',', arena);
    *ret_principal = principal;
    return DONE;
}

/* One attempt. The account is read as nobody: the owner functions in the statement are what may
 * look. */
static enum outcome load_account(struct storage *storage, const struct identity *identity,
                                 int64_t now, struct arena *arena, struct error *error,
                                 bool *ret_retryable, struct account *ret)
{
    struct tx_context context = {
        .principal = &principal_anonymous, .now = instant_format(arena, now), .single = true};
    struct subject_key key = {.issuer = text_of(identity->issuer),
                              .subject = text_of(identity->subject)};
    const struct statement *statement = identity->is_client ? &sql_auth_client_principal
                                                            : &sql_auth_user_principal;
    struct tx *tx = NULL;
    enum outcome outcome = tx_begin(storage, &context, arena, error, &tx);
    if (outcome != DONE)
        return outcome;
    outcome = tx_load(tx, statement, SOURCES({&auth_subject_key_shape, &key}), &auth_account_shape,
                      ret);
    *ret_retryable = tx_retryable(tx);
    tx_end(tx);
    return outcome;
}

enum outcome principal_read(struct storage *storage, const struct identity *identity, int64_t now,
                            struct arena *arena, struct error *error,
                            const struct principal **ret_principal)
{
    for (int attempt = 1;; attempt++) {
        struct error failure;
        struct account account = {.epoch = 0};
        bool retryable = false;
        error_init(&failure, arena);
        enum outcome outcome = load_account(storage, identity, now, arena, &failure, &retryable,
                                            &account);
        if (outcome == DONE)
            return principal_make(identity, &account, arena, error, ret_principal);
        if (retryable && attempt < READ_ATTEMPTS)
            continue;
        error->retry_after_s = failure.retry_after_s;
        return error_refuse(error, outcome, failure.code, NULL);
    }
}

/* ---- copies ---- */

static size_t string_size(const char *s)
{
    return s ? strlen(s) + 1 : 0;
}

size_t principal_size(const struct principal *principal)
{
    size_t size = sizeof *principal + principal->grant_count * sizeof(struct grant) +
                  principal->scope_count * sizeof(const char *) + string_size(principal->subject) +
                  string_size(principal->id) + string_size(principal->person_id) +
                  string_size(principal->roles_setting) + string_size(principal->grants_setting) +
                  string_size(principal->scopes_setting);
    for (size_t i = 0; i < principal->grant_count; i++)
        size += string_size(principal->grants[i].scope_id);
    return size;
}

static void *place(char **at, const void *bytes, size_t size)
{
    void *copy = *at;
    if (size > 0)
        memcpy(copy, bytes, size);
    *at += size;
    return copy;
}

static const char *place_string(char **at, const char *s)
{
    return s ? place(at, s, strlen(s) + 1) : NULL;
}

/* First what needs alignment, then the strings. */
struct principal *principal_place(const struct principal *principal, void *memory)
{
    char *at = memory;
    struct principal *copy = place(&at, principal, sizeof *principal);
    struct grant *grants = place(&at, principal->grants,
                                 principal->grant_count * sizeof(struct grant));
    copy->scopes = place(&at, principal->scopes, principal->scope_count * sizeof(const char *));
    static_assert(_Alignof(struct grant) == _Alignof(const char *) &&
                      sizeof(struct principal) % _Alignof(struct grant) == 0,
                  "the pieces follow each other without gaps");
    for (size_t i = 0; i < principal->grant_count; i++)
        grants[i].scope_id = place_string(&at, grants[i].scope_id);
    copy->grants = grants;
    copy->subject = place_string(&at, principal->subject);
    copy->id = place_string(&at, principal->id);
    copy->person_id = place_string(&at, principal->person_id);
    copy->roles_setting = place_string(&at, principal->roles_setting);
    copy->grants_setting = place_string(&at, principal->grants_setting);
    copy->scopes_setting = place_string(&at, principal->scopes_setting);
    return copy;
}
