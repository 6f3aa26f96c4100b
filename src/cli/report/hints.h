/* Commands of this program that a message or a result names: whoever pastes one means the same
 * engine. */
#ifndef CLI_REPORT_HINTS_H
#define CLI_REPORT_HINTS_H

#include <stdbool.h>
#include <stddef.h>

#include "util/error.h"

struct ud_hints {
    const char
        *given; /* the options that named the engine: "--host tcp://10.0.0.1:2375"; NULL: none */
    bool (*wants)(const char *word,
                  size_t len); /* whether a command that begins so has these options */
};

/* "OPTION VALUE" as a shell takes it: in quotes if the value has anything that it would not leave
 * as it is. In new memory. */
char *ud_hints_option(const char *option, const char *value);

/* A copy of text in which each command of this program, "usbipd-desktop COMMAND ...", is followed
 * by what was given. It ends at the quote behind it, if there is one before it, else at a comma, a
 * semicolon, a full stop or the end. In new memory. hints NULL: a plain copy. */
char *ud_hints_complete(const char *text, const struct ud_hints *hints);

/* The same of an error's message and remedy, as far as there is room. */
void ud_hints_complete_error(const struct ud_hints *hints, struct ud_error *err);

#endif
