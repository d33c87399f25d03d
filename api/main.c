/* loft: one binary, six subcommands. */
#include "api/cli/cli.h"

#include <stdio.h>
#include <string.h>

struct command {
    const char *name;
    int (*run)(const struct settings *settings, int argc, char **argv);
    const char *usage;
    const char *meaning;
};

static const struct command commands[] = {
    {"serve", cli_serve, "loft serve",
     "answer requests until SIGTERM or SIGINT, then drain and exit 0"},
    {"migrate", cli_migrate, "loft migrate",
     "bring the database up to date as its owner (LOFT_OWNER_URL); safe to run twice or at once"},
    {"demo", cli_demo, "loft demo [--refresh]",
     "load the demo data once; --refresh moves the upcoming courses relative to today"},
    {"token", cli_token, "loft token NAME [--lifetime SECONDS]",
     "print one bearer token for the user or machine client of that name"},
    {"client", cli_client, "loft client CLIENT_ID --name NAME --scopes \"smart:read ...\"",
     "create a machine client, or give it a new secret; the secret is shown this once"},
    {"config", cli_config, "loft config [--markdown]",
     "print the settings in force, secrets masked; --markdown prints the table of the README"},
};

enum { COMMAND_COUNT = sizeof commands / sizeof commands[0] };

static int usage(FILE *out)
{
    fputs("usage: loft COMMAND [--help]\n\n", out);
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        fprintf(out, "  %-8s %s\n", commands[i].name, commands[i].meaning);
    fputs("\nSettings come from the environment: see `loft config`.\n", out);
    return out == stderr ? 2 : 0;
}

int main(int argc, char **argv)
{
    struct settings settings;
    if (argc < 2)
        return usage(stderr);
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0)
        return usage(stdout);
    if (strcmp(argv[1], "--version") == 0) {
        puts("loft " LOFT_VERSION);
        return 0;
    }
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(commands[i].name, argv[1]) != 0)
            continue;
        if (argc > 2 && strcmp(argv[2], "--help") == 0) {
            printf("usage: %s\n\n%s\n", commands[i].usage, commands[i].meaning);
            return 0;
        }
        if (!settings_read(&settings))
            return 2;
        return commands[i].run(&settings, argc - 2, argv + 2);
    }
    fprintf(stderr, "loft: no command \"%s\"\n", argv[1]);
    return usage(stderr);
}
