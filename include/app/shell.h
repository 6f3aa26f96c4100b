/* The shell use case: a program in the VM's own namespaces, in front of a console. */
#ifndef APP_SHELL_H
#define APP_SHELL_H

#include <stdbool.h>

#include "app/engine/context.h"
#include "docker/stream/console.h"
#include "util/error.h"
#include "util/strv.h"

struct ud_shell_options {
    struct ud_engine_choice vm;
    bool native; /* the engine may run on this very machine, not in a VM */
};

/* Runs the program and arguments that words are, or the VM's shell when there are
 * none. Its container is removed however that ends. *ret_exit_code is the
 * program's; of one that was ended by a signal, 128 and its number. Steps are
 * over when the console is asked to begin. */
UD_MUST_CHECK enum ud_code ud_app_shell(const struct ud_app *app,
                                        const struct ud_shell_options *options,
                                        const struct ud_strv *words,
                                        const struct ud_console *console, int *ret_exit_code,
                                        struct ud_error *err);

#endif
