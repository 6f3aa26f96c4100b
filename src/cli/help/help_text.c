#include "help/help.h"

#include "report/format.h"

enum { OPTION_COLUMN = 30, COMMAND_COLUMN = 17, WIDEST = 100 };

static size_t width_of(const struct ud_style *style)
{
    return style->width > WIDEST ? WIDEST : style->width;
}

static void help_text_heading(struct ud_buf *out, const struct ud_style *style, const char *text)
{
    ud_buf_addf(out, "\n%s%s%s\n", ud_style_on(style, UD_PAINT_BOLD), text, ud_style_off(style));
}

/* "  left   right", right wrapped in its column; on a line of its own if left is too long. */
static void help_text_row(struct ud_buf *out, const struct ud_style *style, const char *left,
                          size_t column, const char *right)
{
    size_t used = 2 + ud_text_columns(left);
    ud_buf_addf(out, "  %s", left);
    if (used + 1 >= column) {
        ud_buf_adds(out, "\n");
        used = 0;
    }
    ud_text_pad(out, column - used);
    ud_text_wrap(out, right, column, column, width_of(style));
}

static void help_text_options(struct ud_buf *out, const struct ud_style *style,
                              const struct ud_opt *table)
{
    for (const struct ud_opt *opt = table; opt->name != NULL; opt++) {
        struct ud_buf left;
        ud_buf_init(&left, 128);
        if (opt->short_name != '\0') {
            ud_buf_addf(&left, "-%c, --%s", opt->short_name, opt->name);
        } else {
            ud_buf_addf(&left, "    --%s", opt->name);
        }
        if (opt->value != NULL) {
            ud_buf_addf(&left, " %s", opt->value);
        }
        help_text_row(out, style, left.data, OPTION_COLUMN, opt->help);
        ud_buf_done(&left);
    }
}

static void help_text_commands(struct ud_buf *out, const struct ud_style *style)
{
    for (const struct ud_command *c = ud_commands; c->name != NULL; c++) {
        help_text_row(out, style, c->name, COMMAND_COLUMN, c->summary);
    }
}

void ud_help_program(struct ud_buf *out, const struct ud_style *style)
{
    ud_buf_adds(out, UD_HELP_TITLE "\n\nUsage: usbipd-desktop [OPTIONS] COMMAND\n");
    help_text_heading(out, style, "Commands:");
    help_text_commands(out, style);
    help_text_heading(out, style, "Options of every command:");
    help_text_options(out, style, ud_common_options);
    ud_buf_adds(out, "\n");
    ud_text_wrap(out,
                 "First `usbipd-desktop status`, then `build` and `load`. "
                 "`usbipd-desktop help COMMAND` tells more about a command, "
                 "`usbipd-desktop help --man` prints the manual with exit codes and environment.",
                 0, 0, width_of(style));
}

void ud_help_command(struct ud_buf *out, const struct ud_style *style,
                     const struct ud_command *command)
{
    ud_buf_addf(out, "%s\n\nUsage: usbipd-desktop %s\n", command->summary, command->synopsis);
    for (const char *const *text = command->description; *text != NULL; text++) {
        ud_buf_adds(out, "\n");
        ud_text_wrap(out, *text, 0, 0, width_of(style));
    }
    if (command->options[0].name != NULL) {
        help_text_heading(out, style, "Options:");
        help_text_options(out, style, command->options);
    }
    help_text_heading(out, style, "Options of every command:");
    help_text_options(out, style, ud_common_options);
    if (command->examples[0].command == NULL) {
        return;
    }
    help_text_heading(out, style, "Examples:");
    for (const struct ud_example *e = command->examples; e->command != NULL; e++) {
        ud_buf_addf(out, "  usbipd-desktop %s\n      ", e->command);
        ud_text_wrap(out, e->purpose, 6, 6, width_of(style));
    }
}
