/* token and client: what an operator needs before any identity provider is connected. */
#include "api/cli/cli.h"
#include "api/now.h"
#include "auth/auth.h"
#include "storage/rows.h"
#include "storage/statements.h"

#include <stdlib.h>
#include <string.h>

enum { CLI_ARENA = 1024 * 1024, LIFETIME_DEFAULT_S = 12 * 3600, LIFETIME_MAX_S = 30 * 86400 };

/* A database connection for one command. */
struct database {
    struct arena *arena;
    struct storage *storage;
    struct error error;
    struct tx *tx;
};

/* libpq would otherwise fall back on defaults that nobody meant. */
static bool url_known(const char *name, const char *url)
{
    if (!*url)
        fprintf(stderr, "loft: %s is not set\n", name);
    return *url != '\0';
}

static bool database_open(struct database *database, const char *url)
{
    const struct storage_options options = {.url = url,
                                            .connections = 1,
                                            .statement_timeout_ms = 10000,
                                            .lock_timeout_ms = 10000,
                                            .acquire_timeout_ms = 1000};
    const struct tx_context context = {.principal = &principal_system};
    database->arena = arena_create(CLI_ARENA);
    database->storage = database->arena ? storage_open(&options) : NULL;
    if (!database->storage)
        return false;
    error_init(&database->error, database->arena);
    return tx_begin(database->storage, &context, database->arena, &database->error,
                    &database->tx) == DONE;
}

static void database_close(struct database *database)
{
    tx_end(database->tx);
    storage_close(database->storage);
    arena_destroy(database->arena);
}

static int failed(const struct database *database, const char *what)
{
    fprintf(stderr, "loft: %s: %s\n", what, database->error.code ? database->error.code : "failed");
    return 1;
}

struct account_key {
    struct text name;
};
SHAPE(account_key_shape, struct account_key, FIELD(struct account_key, name));

struct account {
    struct text kind; /* user or client */
    struct text scopes;
};
SHAPE(account_shape, struct account, FIELD(struct account, kind), FIELD(struct account, scopes));

static int print_token(struct database *database, const struct settings *settings, const char *name,
                       int64_t lifetime_s)
{
    const struct account_key key = {.name = text_of(name)};
    struct account account = {0};
    const char *token = NULL;
    if (tx_load(database->tx, &sql_account_find, SOURCES({&account_key_shape, &key}),
                &account_shape, &account) != DONE)
        return failed(database, name);
    const struct auth_options options = {.keys_directory = settings->keys,
                                         .issuer = settings->issuer,
                                         .audience = settings->audience,
                                         .token_lifetime_s = settings->token_lifetime_s,
                                         .cache_size = 16};
    struct auth *auth = auth_create(&options, database->storage);
    if (!auth)
        return 1;
    bool client = text_is(account.kind, "client");
    const char *scope = client ? account.scopes.s : auth_all_scopes(database->arena);
    enum outcome outcome = auth_issue(auth, name, client ? name : "loft", scope, lifetime_s,
                                      now_real(), database->arena, &database->error, &token);
    if (outcome == DONE)
        puts(token);
    auth_destroy(auth);
    return outcome == DONE ? 0 : failed(database, "token");
}

/* 0 for anything but --lifetime and a whole number. */
static int64_t read_lifetime(const char *option, const char *value)
{
    char *end = NULL;
    long long lifetime_s = strtoll(value, &end, 10);
    return strcmp(option, "--lifetime") == 0 && *end == '\0' ? lifetime_s : 0;
}

int cli_token(const struct settings *settings, int argc, char **argv)
{
    struct database database = {0};
    int64_t lifetime_s = argc == 3 ? read_lifetime(argv[1], argv[2]) : LIFETIME_DEFAULT_S;
    if ((argc != 1 && argc != 3) || lifetime_s < 1 || lifetime_s > LIFETIME_MAX_S) {
        fputs("usage: loft token NAME [--lifetime SECONDS]\n", stderr);
        return 2;
    }
    if (!url_known("LOFT_DATABASE_URL", settings->database_url))
        return 2;
    int status = database_open(&database, settings->database_url)
                     ? print_token(&database, settings, argv[0], lifetime_s)
                     : failed(&database, "the database");
    database_close(&database);
    return status;
}

struct new_client {
    struct text client_id;
    struct text name;
    struct text scopes;
    struct text secret_sha256;
};
SHAPE(new_client_shape, struct new_client, FIELD(struct new_client, client_id),
      FIELD(struct new_client, name), FIELD(struct new_client, scopes),
      FIELD(struct new_client, secret_sha256));

static bool read_client(int argc, char **argv, struct new_client *ret)
{
    if (argc != 5 || argv[0][0] == '-')
        return false;
    ret->client_id = text_of(argv[0]);
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--name") == 0)
            ret->name = text_of(argv[i + 1]);
        else if (strcmp(argv[i], "--scopes") == 0)
            ret->scopes = text_of(argv[i + 1]);
    }
    return ret->name.is == GIVEN && ret->scopes.is == GIVEN;
}

int cli_client(const struct settings *settings, int argc, char **argv)
{
    struct database database = {0};
    struct new_client client = {0};
    char secret[44], sha256[65];
    if (!read_client(argc, argv, &client)) {
        fputs("usage: loft client CLIENT_ID --name NAME --scopes \"smart:read ...\"\n", stderr);
        return 2;
    }
    if (!url_known("LOFT_OWNER_URL", settings->owner_url))
        return 2;
    if (!auth_new_secret(secret, sha256))
        return 1;
    client.secret_sha256 = text_of(sha256);
    bool done = database_open(&database, settings->owner_url) &&
                tx_execute(database.tx, &sql_client_upsert, SOURCES({&new_client_shape, &client}),
                           NULL) == DONE &&
                tx_execute(database.tx, &sql_client_grant, SOURCES({&new_client_shape, &client}),
                           NULL) == DONE &&
                tx_commit(database.tx) == DONE;
    int status = done ? 0 : failed(&database, "client");
    if (done)
        printf("client_id:     %s\nclient_secret: %s\n", argv[0], secret);
    database_close(&database);
    return status;
}
