/* migrate, demo, config. */
#include "api/cli/cli.h"
#include "storage/migrate.h"

#include <string.h>

static void report(const char *line)
{
    size_t len = strlen(line);
    fprintf(stderr, "loft: %s%s", line, len && line[len - 1] == '\n' ? "" : "\n");
}

static bool owner_known(const struct settings *settings)
{
    if (*settings->owner_url)
        return true;
    fputs("loft: LOFT_OWNER_URL is not set; this command works as the owner of the database\n",
          stderr);
    return false;
}

static int wrong_argument(const char *command, const char *argument)
{
    fprintf(stderr, "loft: %s does not take \"%s\"; try `loft %s --help`\n", command, argument,
            command);
    return 2;
}

int cli_migrate(const struct settings *settings, int argc, char **argv)
{
    if (argc > 0)
        return wrong_argument("migrate", argv[0]);
    if (!owner_known(settings))
        return 2;
    return migrate(settings->owner_url, report) ? 0 : 1;
}

int cli_demo(const struct settings *settings, int argc, char **argv)
{
    bool refresh = argc == 1 && strcmp(argv[0], "--refresh") == 0;
    if (argc > 0 && !refresh)
        return wrong_argument("demo", argv[0]);
    if (!owner_known(settings))
        return 2;
    return migrate_demo(settings->owner_url, refresh, report) ? 0 : 1;
}

int cli_config(const struct settings *settings, int argc, char **argv)
{
    bool markdown = argc == 1 && strcmp(argv[0], "--markdown") == 0;
    if (argc > 0 && !markdown)
        return wrong_argument("config", argv[0]);
    if (markdown)
        settings_print_markdown(stdout);
    else
        settings_print(settings, stdout);
    return 0;
}
