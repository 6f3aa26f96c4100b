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

/* Scripts that complete commands and options, by the index of their shell in this list, which ends
 * with NULL. */
extern const char *const ud_help_shells[];
void ud_help_script(struct ud_buf *out, unsigned shell);

/* That for bash, which need not run the program. */
void ud_help_bash(struct ud_buf *out);

/* What the last of the words, perhaps empty, may become: a line for each, with a tab and its
 * meaning, and at the end ":0" if it may also be a file, else ":4". docker asks its plugins so, as
 * programs made with cobra do (spf13/cobra, completions.go); the scripts for zsh, fish and
 * PowerShell too. */
#define UD_HELP_COMPLETE "__complete" /* before the words, on the command line */
void ud_help_complete(struct ud_buf *out, const struct ud_strv *words);

/* The one line that says what this program is. */
#define UD_HELP_TITLE "USB/IP for the Linux VM behind Docker Desktop and the like"

#endif
