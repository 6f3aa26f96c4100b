/* What every operation gets, and how it reads its arguments. */
#ifndef HELPER_SYS_HELPER_H
#define HELPER_SYS_HELPER_H

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
    int input;     /* of tunnel: where the server's bytes come from and go to */
    int output;
    unsigned server_ms; /* how long a server is waited for; 0: UD_PATIENCE_SERVER_* */
};

/* An operation: args are those after its name, count of them, then NULL.
 * UD_ERR_USAGE if they are not what it takes. */
typedef enum ud_code ud_op_fn(struct ud_helper *helper, int count, char **args,
                              struct ud_error *err);

/* Takes flag off the front of the arguments if it is there. */
bool ud_helper_take_flag(int *count, char ***args, const char *flag);

/* The same for one with a value, the argument behind it: *ret is that, or "" if there is none. */
bool ud_helper_take_option(int *count, char ***args, const char *flag, const char **ret);

/* Hands on an error that was caught in why, after its remedy was sent as FACT
 * UD_FACT_REMEDY: END has no place for it. */
enum ud_code ud_helper_fail(const struct ud_helper *helper, const struct ud_error *why,
                            struct ud_error *err);

/* How many arguments stand before "--"; all if there is none. */
int ud_helper_count_before_dashes(int count, char **args);

/* Adds count arguments that are names of symbols, sorted and each once. UD_ERR_USAGE if
 * one is not sound, or they are none or more than UD_OPS_SYMBOLS_MAX. */
UD_MUST_CHECK enum ud_code ud_helper_take_symbols(int count, char **args, struct ud_strv *ret,
                                                  struct ud_error *err);

#endif
