/* THE table of commands. Dispatch, help, the man page and shell completion are
 * made from it; nothing about a command is written down anywhere else. */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include <stddef.h>

#include "options.h"
#include "session.h"
#include "util/error.h"

struct ud_example {
    const char *command; /* after "usbipd-desktop "; NULL ends a list */
    const char *purpose;
};

struct ud_command {
    const char *name;               /* NULL ends the table */
    const char *summary;            /* one line, no full stop */
    const char *synopsis;           /* after "usbipd-desktop " */
    const char *const *description; /* paragraphs, ends with NULL */
    const struct ud_opt *options;
    size_t options_size; /* of the struct that run is given, zeroed but for its options */
    bool names_command;  /* takes the name of a command as its argument; the others take none */
    bool uses_engine;
    const struct ud_example *examples;
    enum ud_code (*run)(struct ud_session *session, void *options, struct ud_error *err);
};

extern const struct ud_command ud_commands[];
extern const struct ud_opt ud_common_options[];

/* What exit codes and environment variables mean, for help and man page. */
struct ud_meaning {
    const char *name; /* NULL ends a list */
    const char *meaning;
};
extern const struct ud_meaning ud_exit_meanings[];
extern const struct ud_meaning ud_env_meanings[];

/* NULL if there is none of that name. */
const struct ud_command *ud_command_find(const char *name);

/* The error for a name that is no command, with the nearest one. */
enum ud_code ud_command_unknown(const char *name, struct ud_error *err);

/* ---- what cmd_*.c give to the table ---- */

extern const struct ud_opt ud_build_opts[];
extern const struct ud_opt ud_load_opts[];
extern const struct ud_opt ud_unload_opts[];
extern const struct ud_opt ud_status_opts[];
extern const struct ud_opt ud_clean_opts[];
extern const struct ud_opt ud_help_opts[];
extern const struct ud_opt ud_no_opts[];

struct ud_help_options {
    bool man;
    const char *completion; /* a shell's name, or NULL */
};

enum ud_code ud_build_run(struct ud_session *session, void *options, struct ud_error *err);
enum ud_code ud_load_run(struct ud_session *session, void *options, struct ud_error *err);
enum ud_code ud_unload_run(struct ud_session *session, void *options, struct ud_error *err);
enum ud_code ud_status_run(struct ud_session *session, void *options, struct ud_error *err);
enum ud_code ud_clean_run(struct ud_session *session, void *options, struct ud_error *err);
enum ud_code ud_help_run(struct ud_session *session, void *options, struct ud_error *err);
enum ud_code ud_version_run(struct ud_session *session, void *options, struct ud_error *err);

#endif
