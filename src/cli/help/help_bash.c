#include "help/help.h"

#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

static void option_words(struct ud_buf *out, const struct ud_opt *table)
{
    for (const struct ud_opt *opt = table; opt->name != NULL; opt++) {
        ud_buf_addf(out, " --%s", opt->name);
    }
}

/* What a value may be is told by what help calls it. */
static const char *file_action(const struct ud_opt *opt)
{
    if (strstr(opt->value, "FILE") != NULL) {
        return "-f";
    }
    return strstr(opt->value, "DIR") != NULL ? "-d" : NULL;
}

/* A case for each option that takes a value: without one nothing is offered. */
static void help_bash_values(struct ud_buf *out, const char *scope, const struct ud_opt *table)
{
    for (const struct ud_opt *opt = table; opt->name != NULL; opt++) {
        if (opt->kind == UD_OPT_FLAG) {
            continue;
        }
        ud_buf_addf(out, "    %s:--%s", scope, opt->name);
        if (opt->short_name != '\0') {
            ud_buf_addf(out, "|%s:-%c", scope, opt->short_name);
        }
        ud_buf_adds(out, ")\n        ");
        if (opt->kind == UD_OPT_CHOICE) {
            ud_buf_adds(out, "COMPREPLY=($(compgen -W '");
            for (size_t i = 0; opt->choices[i] != NULL; i++) {
                ud_buf_addf(out, "%s%s", i == 0 ? "" : " ", opt->choices[i]);
            }
            ud_buf_adds(out, "' -- \"$cur\"))\n        ");
        } else if (file_action(opt) != NULL) {
            ud_buf_addf(out,
                        "local IFS=$'\\n'\n        compopt -o filenames 2>/dev/null\n        "
                        "COMPREPLY=($(compgen %s -- \"$cur\"))\n        ",
                        file_action(opt));
        }
        ud_buf_adds(out, "return ;;\n");
    }
}

/* The first words of the commands' names, each once. */
static void first_words(struct ud_buf *out, const char *separator)
{
    const char *between = "";
    for (const struct ud_command *c = ud_commands; c->name != NULL; c++) {
        size_t len = 0;
        if (ud_command_begins(c, &len)) {
            ud_buf_addf(out, "%s%.*s", between, (int)len, c->name);
            between = separator;
        }
    }
}

/* A case for each first word that needs a second: it offers those. */
static void second_words(struct ud_buf *out)
{
    for (const struct ud_command *c = ud_commands; c->name != NULL; c++) {
        size_t len = 0;
        if (!ud_command_begins(c, &len) || c->name[len] == '\0') {
            continue;
        }
        ud_buf_addf(out, "    %.*s) words='", (int)len, c->name);
        for (const struct ud_command *d = c; d->name != NULL; d++) {
            if (strncmp(d->name, c->name, len + 1) == 0) {
                ud_buf_addf(out, "%s%s", d == c ? "" : " ", d->name + len + 1);
            }
        }
        ud_buf_adds(out, "' ;;\n");
    }
}

/* Patterns for all names and the first words of those that have two. */
static void name_patterns(struct ud_buf *out)
{
    first_words(out, "|");
    for (const struct ud_command *c = ud_commands; c->name != NULL; c++) {
        if (strchr(c->name, ' ') != NULL) {
            ud_buf_addf(out, "|'%s'", c->name);
        }
    }
}

/* The command is the first word, or two, that are one; "--name=value" arrives
 * as three words. */
static void help_bash_prologue(struct ud_buf *out)
{
    ud_buf_adds(out, "# Completion of usbipd-desktop for bash.\n"
                     "_usbipd_desktop() {\n"
                     "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
                     "    local command= words= i\n"
                     "    if [[ $cur == = ]]; then\n"
                     "        cur=\n"
                     "    elif [[ $prev == = ]]; then\n"
                     "        prev=${COMP_WORDS[COMP_CWORD-2]}\n"
                     "    fi\n"
                     "    COMPREPLY=()\n"
                     "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
                     "        case \"$command${command:+ }${COMP_WORDS[i]}\" in\n"
                     "        ");
    name_patterns(out);
    ud_buf_adds(out, ")\n            command+=${command:+ }${COMP_WORDS[i]} ;;\n"
                     "        esac\n"
                     "    done\n"
                     "    case $command:$prev in\n");
}

void ud_help_bash(struct ud_buf *out)
{
    help_bash_prologue(out);
    help_bash_values(out, "*", ud_common_options);
    for (const struct ud_command *c = ud_commands; c->name != NULL; c++) {
        char *scope = ud_strf("'%s'", c->name);
        help_bash_values(out, scope, c->options);
        free(scope);
    }
    ud_buf_adds(out, "    esac\n    case $command in\n");
    for (const struct ud_command *c = ud_commands; c->name != NULL; c++) {
        ud_buf_addf(out, "    '%s') words='", c->name);
        if (c->arguments == UD_ARGS_TOPIC) {
            first_words(out, " ");
        }
        option_words(out, c->options);
        ud_buf_adds(out, "' ;;\n");
    }
    second_words(out);
    ud_buf_adds(out, "    *) words='");
    first_words(out, " ");
    ud_buf_adds(out, "' ;;\n    esac\n    words+='");
    option_words(out, ud_common_options);
    ud_buf_adds(out, "'\n"
                     "    COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
                     "}\n"
                     "complete -F _usbipd_desktop usbipd-desktop\n");
}
