/* THE table of commands. Dispatch, help, the man page and shell completion are
 * made from it; nothing about a command is written down anywhere else. */
#ifndef CLI_HELP_COMMANDS_H
#define CLI_HELP_COMMANDS_H

#include <stddef.h>

#include "options/options.h"
#include "session/session.h"
#include "util/error.h"

struct ud_example {
    const char *command; /* after "usbipd-desktop "; NULL ends a list */
    const char *purpose;
};

/* What may follow a command's name. */
enum ud_arguments {
    UD_ARGS_NONE,
    UD_ARGS_TOPIC,      /* perhaps the name of a command */
    UD_ARGS_MAY_ONE,    /* perhaps one word */
    UD_ARGS_MAY_MANY,   /* any number of words */
    UD_ARGS_PROGRAM,    /* a program and what it is given */
    UD_ARGS_MAY_PROGRAM /* perhaps */
};

struct ud_command {
    const char *name;               /* one word, or two with a blank; NULL ends the table */
    const char *summary;            /* one line, no full stop */
    const char *synopsis;           /* after "usbipd-desktop " */
    const char *const *description; /* paragraphs, ends with NULL */
    const struct ud_opt *options;
    size_t options_size; /* of the struct that run is given, zeroed but for its options */
    enum ud_arguments arguments;
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

/* The command that the first words name; *ret_used (always written) is how many
 * of them its name has. NULL if they name none. */
const struct ud_command *ud_command_find(const struct ud_strv *words, size_t *ret_used);

/* The error for words that name no command, of which there is at least one, with
 * the nearest command or those that begin so. */
enum ud_code ud_command_unknown(const struct ud_strv *words, struct ud_error *err);

/* Whether c is the first command of the table that begins with its first word;
 * *ret_len (always written) is the length of that word. */
bool ud_command_begins(const struct ud_command *c, size_t *ret_len);

/* UD_ERR_USAGE unless the command takes so many arguments. */
UD_MUST_CHECK enum ud_code ud_command_check_arguments(const struct ud_command *command,
                                                      const struct ud_strv *arguments,
                                                      struct ud_error *err);

/* ---- what cmd_*.c give to the table ---- */

extern const struct ud_opt ud_build_opts[];
extern const struct ud_opt ud_verify_opts[];
extern const struct ud_opt ud_sources_opts[];
extern const struct ud_opt ud_builder_make_opts[];
extern const struct ud_opt ud_builder_list_opts[];
extern const struct ud_opt ud_builder_prune_opts[];
extern const struct ud_opt ud_load_opts[];
extern const struct ud_opt ud_unload_opts[];
extern const struct ud_opt ud_install_opts[];
extern const struct ud_opt ud_uninstall_opts[];
extern const struct ud_opt ud_up_opts[];
extern const struct ud_opt ud_down_opts[];
extern const struct ud_opt ud_list_opts[];
extern const struct ud_opt ud_attach_opts[];
extern const struct ud_opt ud_detach_opts[];
extern const struct ud_opt ud_port_opts[];
extern const struct ud_opt ud_drivers_opts[];
extern const struct ud_opt ud_status_opts[];
extern const struct ud_opt ud_shell_opts[];
extern const struct ud_opt ud_clean_opts[];
extern const struct ud_opt ud_cache_list_opts[];
extern const struct ud_opt ud_cache_prune_opts[];
extern const struct ud_opt ud_help_opts[];
extern const struct ud_opt ud_image_opts[];
extern const struct ud_opt ud_vhcli_start_opts[];
extern const struct ud_opt ud_vhcli_logs_opts[];
extern const struct ud_opt ud_no_opts[];

struct ud_help_options {
    bool man;
    const char *completion; /* a shell's name, or NULL */
};

struct ud_vhcli_logs_options {
    bool follow;
};

enum ud_code ud_build_run(struct ud_session *session, void *options, struct ud_error *err);
enum ud_code ud_verify_run(struct ud_session *session, void *options, struct ud_error *err);
enum ud_code ud_sources_run(struct ud_session *session, void *options, struct ud_error *err);
enum ud_code ud_builder_make_run(struct ud_session *session, void *options, struct ud_error *err);
enum ud_code ud_builder_list_run(struct ud_session *session, void *options, struct ud_error *err);
enum ud_code ud_builder_prune_run(struct ud_session *session, void *options, struct ud_error *err);
enum ud_code ud_load_run(struct ud_session *session, void *options, struct ud_error *err);
enum ud_code ud_up_run(struct ud_session *session, void *options, struct ud_error *err);
enum ud_code ud_down_run(struct ud_session *session, void *options, struct ud_error *err);
enum ud_code ud_list_run(struct ud_session *session, void *options, struct ud_error *err);
enum ud_code ud_attach_run(struct ud_session *session, void *options, struct ud_error *err);
enum ud_code ud_detach_run(struct ud_session *session, void *options, struct ud_error *err);
enum ud_code ud_port_run(struct ud_session *session, void *options, struct ud_error *err);
enum ud_code ud_drivers_run(struct ud_session *session, void *options, struct ud_error *err);
enum ud_code ud_unload_run(struct ud_session *session, void *options, struct ud_error *err);
enum ud_code ud_install_run(struct ud_session *session, void *options, struct ud_error *err);
enum ud_code ud_uninstall_run(struct ud_session *session, void *options, struct ud_error *err);
enum ud_code ud_status_run(struct ud_session *session, void *options, struct ud_error *err);
enum ud_code ud_shell_run(struct ud_session *session, void *options, struct ud_error *err);
enum ud_code ud_cache_list_run(struct ud_session *session, void *options, struct ud_error *err);
enum ud_code ud_cache_prune_run(struct ud_session *session, void *options, struct ud_error *err);
enum ud_code ud_clean_run(struct ud_session *session, void *options, struct ud_error *err);
enum ud_code ud_image_run(struct ud_session *session, void *options, struct ud_error *err);
enum ud_code ud_vhcli_start_run(struct ud_session *session, void *options, struct ud_error *err);
enum ud_code ud_vhcli_stop_run(struct ud_session *session, void *options, struct ud_error *err);
enum ud_code ud_vhcli_command_run(struct ud_session *session, void *options, struct ud_error *err);
enum ud_code ud_vhcli_exec_run(struct ud_session *session, void *options, struct ud_error *err);
enum ud_code ud_vhcli_logs_run(struct ud_session *session, void *options, struct ud_error *err);
enum ud_code ud_engines_run(struct ud_session *session, void *options, struct ud_error *err);
enum ud_code ud_plugin_install_run(struct ud_session *session, void *options, struct ud_error *err);
enum ud_code ud_plugin_uninstall_run(struct ud_session *session, void *options,
                                     struct ud_error *err);
enum ud_code ud_help_run(struct ud_session *session, void *options, struct ud_error *err);
enum ud_code ud_version_run(struct ud_session *session, void *options, struct ud_error *err);

#endif
