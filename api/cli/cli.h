/* The subcommands of the binary. Each returns an exit status: 0 done, 1 failed, 2 wrong usage. */
#ifndef LOFT_API_CLI_CLI_H
#define LOFT_API_CLI_CLI_H

#include "api/settings.h"

int cli_serve(const struct settings *settings, int argc, char **argv);
int cli_migrate(const struct settings *settings, int argc, char **argv);
int cli_demo(const struct settings *settings, int argc, char **argv);
int cli_token(const struct settings *settings, int argc, char **argv);
int cli_client(const struct settings *settings, int argc, char **argv);
int cli_config(const struct settings *settings, int argc, char **argv);

#endif
