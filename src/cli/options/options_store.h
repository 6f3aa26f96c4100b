/* Storing one option's value; see options.h. */
#ifndef CLI_OPTIONS_OPTIONS_STORE_H
#define CLI_OPTIONS_OPTIONS_STORE_H

#include "options/options.h"

enum { UD_OPT_SHOWN_MAX = 64 };

/* An option as the user wrote it: "--jobs" or "-j". */
struct ud_opt_shown {
    char text[UD_OPT_SHOWN_MAX];
};

struct ud_opt_shown ud_opt_show(const struct ud_token *token);

/* Where in target the option is stored. */
void *ud_opt_field(const struct ud_opt *opt, void *target);

/* Checks the token's value and stores it. UD_ERR_USAGE. */
UD_MUST_CHECK enum ud_code ud_opt_store(const struct ud_opt *opt, void *target,
                                        const struct ud_token *token, struct ud_error *err);

/* UD_ERR_USAGE: check refuses the value of what name names, the option or its variable. */
enum ud_code ud_opt_refuse(const struct ud_opt *opt, const char *name, const char *value,
                           struct ud_error *err);

#endif
