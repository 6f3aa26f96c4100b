#include "help/help.h"

#include "ud_version.h"

/* Text for roff: backslashes are escaped, minus signs kept from becoming
 * hyphens, and a leading control character is made harmless by "\&". */
static void roff(struct ud_buf *out, const char *text)
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

static void line(struct ud_buf *out, const char *text)
{
    roff(out, text);
    ud_buf_adds(out, "\n");
}

/* A tagged paragraph with a bold tag. */
static void tagged(struct ud_buf *out, const char *tag, const char *text)
{
    ud_buf_adds(out, ".TP\n\\fB");
    roff(out, tag);
    ud_buf_adds(out, "\\fR\n");
    line(out, text);
}

static void options(struct ud_buf *out, const struct ud_opt *table)
{
    for (const struct ud_opt *opt = table; opt->name != NULL; opt++) {
        ud_buf_adds(out, ".TP\n");
        if (opt->short_name != '\0') {
            ud_buf_addf(out, "\\fB\\-%c\\fR, ", opt->short_name);
        }
        ud_buf_adds(out, "\\fB\\-\\-");
        roff(out, opt->name);
        ud_buf_adds(out, "\\fR");
        if (opt->value != NULL) {
            ud_buf_adds(out, " \\fI");
            roff(out, opt->value);
            ud_buf_adds(out, "\\fR");
        }
        ud_buf_adds(out, "\n");
        roff(out, opt->help);
        ud_buf_adds(out, ".\n");
    }
}

static void command(struct ud_buf *out, const struct ud_command *c)
{
    ud_buf_adds(out, ".SS ");
    line(out, c->synopsis);
    roff(out, c->summary);
    ud_buf_adds(out, ".\n");
    for (const char *const *text = c->description; *text != NULL; text++) {
        ud_buf_adds(out, ".PP\n");
        line(out, *text);
    }
    options(out, c->options);
}

static void examples(struct ud_buf *out)
{
    ud_buf_adds(out, ".SH EXAMPLES\n");
    for (const struct ud_command *c = ud_commands; c->name != NULL; c++) {
        for (const struct ud_example *e = c->examples; e->command != NULL; e++) {
            ud_buf_adds(out, ".TP\n\\fBusbipd\\-desktop ");
            roff(out, e->command);
            ud_buf_adds(out, "\\fR\n");
            line(out, e->purpose);
        }
    }
}

static void meanings(struct ud_buf *out, const char *title, const struct ud_meaning *list)
{
    ud_buf_addf(out, ".SH %s\n", title);
    for (; list->name != NULL; list++) {
        tagged(out, list->name, list->meaning);
    }
}

void ud_help_man(struct ud_buf *out)
{
    ud_buf_adds(out, ".TH USBIPD\\-DESKTOP 1 \"\" \"usbipd\\-desktop " UD_VERSION
                     "\" \"User Commands\"\n"
                     ".SH NAME\nusbipd\\-desktop \\- " UD_HELP_TITLE "\n"
                     ".SH SYNOPSIS\n.B usbipd\\-desktop\n[\\fIOPTIONS\\fR] \\fICOMMAND\\fR\n"
                     ".SH DESCRIPTION\n");
    line(out, "Builds the USB/IP kernel modules for the Linux VM in which Docker Desktop and "
              "similar programs run containers, and inserts them there, over the Docker Engine "
              "API alone. With them a container in that VM can attach USB devices of this machine "
              "or of another one.");
    ud_buf_adds(out, ".PP\n");
    line(out, "Results go to standard output, all else to standard error. Options may stand "
              "before or after the command. An option with a value is given once, unless it says "
              "that it may be repeated.");
    ud_buf_adds(out, ".SH OPTIONS\nEach command takes these.\n");
    options(out, ud_common_options);
    ud_buf_adds(out, ".SH COMMANDS\n");
    for (const struct ud_command *c = ud_commands; c->name != NULL; c++) {
        command(out, c);
    }
    examples(out);
    meanings(out, "EXIT STATUS", ud_exit_meanings);
    meanings(out, "ENVIRONMENT", ud_env_meanings);
    ud_buf_adds(out, ".SH SEE ALSO\n.BR docker (1),\n.BR usbip (8)\n");
}
