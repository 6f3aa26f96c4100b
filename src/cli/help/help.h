/* Help in its forms, all made from the table of commands. */
#ifndef CLI_HELP_HELP_H
#define CLI_HELP_HELP_H

#include "help/commands.h"
#include "report/style.h"
#include "util/buf.h"

/* Help for the whole program. */
void ud_help_program(struct ud_buf *out, const struct ud_style *style);

void ud_help_command(struct ud_buf *out, const struct ud_style *style,
                     const struct ud_command *command);

/* The manual page, roff for section 1. */
void ud_help_man(struct ud_buf *out);

/* A completion script for bash. */
void ud_help_bash(struct ud_buf *out);

/* The one line that says what this program is. */
#define UD_HELP_TITLE "USB/IP for the Linux VM behind Docker Desktop and the like"

#endif
