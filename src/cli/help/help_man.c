#include "help/help.h"

#include "ud_version.h"

/* Text for roff: backslashes are escaped, minus signs kept from becoming
 * hyphens, and a leading control character is made harmless by "\&". */
static void help_man_roff(struct ud_buf *out, const char *text)
{
    if (*text == '.' || *text == '\'') {
        ud_buf_adds(out, "\\&");
    }
    for (; *text != '\0'; text++) {
        if (*text == '\\') {
            ud_buf_adds(out, "\\e");
        } else if (*text == '-') {
            ud_buf_adds(out, "\\-");
        } else {
            ud_buf_add(out, text, 1);
        }
    }
}

static void help_man_line(struct ud_buf *out, const char *text)
{
    help_man_roff(out, text);
    ud_buf_adds(out, "\n");
}

/* A tagged paragraph with a bold tag. */
static void help_man_tagged(struct ud_buf *out, const char *tag, const char *text)
{
    ud_buf_adds(out, ".TP\n\\fB");
    help_man_roff(out, tag);
    ud_buf_adds(out, "\\fR\n");
    help_man_line(out, text);
}

static void help_man_options(struct ud_buf *out, const struct ud_opt *table)
{
    for (const struct ud_opt *opt = table; opt->name != NULL; opt++) {
        ud_buf_adds(out, ".TP\n");
        if (opt->short_name != '\0') {
            ud_buf_addf(out, "\\fB\\-%c\\fR, ", opt->short_name);
        }
        ud_buf_adds(out, "\\fB\\-\\-");
        help_man_roff(out, opt->name);
        ud_buf_adds(out, "\\fR");
        if (opt->value != NULL) {
            ud_buf_adds(out, " \\fI");
            help_man_roff(out, opt->value);
            ud_buf_adds(out, "\\fR");
        }
        ud_buf_adds(out, "\n");
        help_man_roff(out, opt->help);
        ud_buf_adds(out, ".\n");
    }
}

static void help_man_command(struct ud_buf *out, const struct ud_command *c)
{
    ud_buf_adds(out, ".SS ");
    help_man_line(out, c->synopsis);
    help_man_roff(out, c->summary);
    ud_buf_adds(out, ".\n");
    for (const char *const *text = c->description; *text != NULL; text++) {
        ud_buf_adds(out, ".PP\n");
        help_man_line(out, *text);
    }
    help_man_options(out, c->options);
}

static void help_man_examples(struct ud_buf *out)
{
    ud_buf_adds(out, ".SH EXAMPLES\n");
    for (const struct ud_command *c = ud_commands; c->name != NULL; c++) {
        for (const struct ud_example *e = c->examples; e->command != NULL; e++) {
            ud_buf_adds(out, ".TP\n\\fBusbipd\\-desktop ");
            help_man_roff(out, e->command);
            ud_buf_adds(out, "\\fR\n");
            help_man_line(out, e->purpose);
        }
    }
}

static void help_man_meanings(struct ud_buf *out, const char *title, const struct ud_meaning *list)
{
    ud_buf_addf(out, ".SH %s\n", title);
    for (; list->name != NULL; list++) {
        help_man_tagged(out, list->name, list->meaning);
    }
}

void ud_help_man(struct ud_buf *out)
{
    ud_buf_adds(out, ".TH USBIPD\\-DESKTOP 1 \"\" \"usbipd\\-desktop " UD_VERSION
                     "\" \"User Commands\"\n"
                     ".SH NAME\nusbipd\\-desktop \\- " UD_HELP_TITLE "\n"
                     ".SH SYNOPSIS\n.B usbipd\\-desktop\n[\\fIOPTIONS\\fR] \\fICOMMAND\\fR\n"
                     ".SH DESCRIPTION\n");
    help_man_line(
        out, "Builds the USB/IP kernel modules for the Linux VM in which Docker Desktop and "
             "similar programs run containers, and inserts them there, over the Docker Engine "
             "API alone. With them a container in that VM can attach USB devices of this machine "
             "or of another one.");
    ud_buf_adds(out, ".PP\n");
    help_man_line(
        out, "Results go to standard output, all else to standard error. Options may stand "
             "before or after the command. An option with a value is given once, unless it says "
             "that it may be repeated.");
    ud_buf_adds(out, ".SH OPTIONS\nEach command takes these.\n");
    help_man_options(out, ud_common_options);
    ud_buf_adds(out, ".SH COMMANDS\n");
    for (const struct ud_command *c = ud_commands; c->name != NULL; c++) {
        help_man_command(out, c);
    }
    help_man_examples(out);
    help_man_meanings(out, "EXIT STATUS", ud_exit_meanings);
    help_man_meanings(out, "ENVIRONMENT", ud_env_meanings);
    ud_buf_adds(out, ".SH SEE ALSO\n.BR docker (1),\n.BR usbip (8)\n");
}
