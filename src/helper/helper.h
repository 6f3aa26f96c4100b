/* What every operation gets, and the operations. */
#ifndef HELPER_HELPER_H
#define HELPER_HELPER_H

#include <stdbool.h>

#include "host/emit.h"
#include "sys/kernel.h"
#include "util/error.h"
#include "util/strv.h"

struct ud_helper {
    const char *root; /* where the files are: "" but for tests */
    const struct ud_kernel *kernel;
    struct ud_emit *emit;
    int exit_code; /* of an operation that answers with no records */
};

/* An operation: args are those after its name, count of them, then NULL.
 * UD_ERR_USAGE if they are not what it takes. */
typedef enum ud_code ud_op_fn(struct ud_helper *helper, int count, char **args,
                              struct ud_error *err);

ud_op_fn ud_op_probe;
ud_op_fn ud_op_read;
ud_op_fn ud_op_crcs;
ud_op_fn ud_op_insert;
ud_op_fn ud_op_remove;
ud_op_fn ud_op_hold;
ud_op_fn ud_op_shell;
ud_op_fn ud_op_client;
ud_op_fn ud_op_selftest;
ud_op_fn ud_op_version;

/* Takes flag off the front of the arguments if it is there. */
bool ud_helper_take_flag(int *count, char ***args, const char *flag);

/* How many arguments stand before "--"; all if there is none. */
int ud_helper_count_before_dashes(int count, char **args);

/* Adds count arguments that are names of symbols, sorted and each once. UD_ERR_USAGE if
 * one is not sound, or they are none or more than UD_OPS_SYMBOLS_MAX. */
UD_MUST_CHECK enum ud_code ud_helper_take_symbols(int count, char **args, struct ud_strv *ret,
                                                  struct ud_error *err);

/* Runs the operation named by argv[1], most of them between HELLO and END; the
 * exit code. */
int ud_helper_run(struct ud_helper *helper, const char *version, int argc, char **argv);

#endif
