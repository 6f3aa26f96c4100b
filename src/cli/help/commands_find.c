#include "help/commands.h"

#include <stdlib.h>
#include <string.h>

#include "options/suggest.h"
#include "transport/url.h"
#include "util/buf.h"
#include "util/mem.h"
#include "util/str.h"

enum { FAMILY_TEXT_MAX = 512 };

static size_t first_word(const char *name)
{
    return strcspn(name, " ");
}

static bool same_family(const struct ud_command *a, const struct ud_command *b)
{
    size_t len = first_word(a->name);
    return len == first_word(b->name) && strncmp(a->name, b->name, len) == 0;
}

bool ud_command_begins(const struct ud_command *c, size_t *ret_len)
{
    *ret_len = first_word(c->name);
    for (const struct ud_command *before = ud_commands; before != c; before++) {
        if (same_family(before, c)) {
            return false;
        }
    }
    return true;
}

/* Whether a word of the user's is this part of a command's name. Of docker people know `ls`. */
static bool is_part(const char *word, struct ud_slice part)
{
    return ud_slice_equals(part, word) ||
           (ud_slice_equals(part, "list") && strcmp(word, "ls") == 0);
}

/* How many of the words name the command: all that its name has, or 0. */
static size_t words_used(const struct ud_command *c, const struct ud_strv *words)
{
    size_t len = first_word(c->name);
    if (words->len < 1 || !is_part(words->items[0], (struct ud_slice){c->name, len})) {
        return 0;
    }
    if (c->name[len] == '\0') {
        return 1;
    }
    return words->len > 1 && is_part(words->items[1], ud_slice_of(c->name + len + 1)) ? 2 : 0;
}

const struct ud_command *ud_command_find(const struct ud_strv *words, size_t *ret_used)
{
    for (const struct ud_command *c = ud_commands; c->name != NULL; c++) {
        *ret_used = words_used(c, words);
        if (*ret_used > 0) {
            return c;
        }
    }
    return NULL;
}

/* "start, stop or exec": what can follow the word; "" if no command begins with it. */
static void list_family(const char *word, struct ud_buf *out)
{
    size_t len = strlen(word);
    const char *last = NULL;
    for (const struct ud_command *c = ud_commands; c->name != NULL; c++) {
        if (strncmp(c->name, word, len) != 0 || c->name[len] != ' ') {
            continue;
        }
        if (last != NULL) {
            ud_buf_addf(out, "%s%s", out->len > 0 ? ", " : "", last);
        }
        last = c->name + len + 1;
    }
    if (last != NULL) {
        ud_buf_addf(out, "%s%s", out->len > 0 ? " or " : "", last);
    }
}

static void suggest_nearest(const char *name, struct ud_error *err)
{
    struct ud_suggest suggest = {.word = name};
    for (const struct ud_command *c = ud_commands; c->name != NULL; c++) {
        ud_suggest_offer(&suggest, c->name);
    }
    if (suggest.best != NULL) {
        ud_error_remedy(err, "Did you mean `usbipd-desktop %s`?", suggest.best);
    }
}

/* A name of two words: the first alone says nothing. */
static enum ud_code half_command(const char *word, const char *family, struct ud_error *err)
{
    return ud_fail(err, UD_ERR_USAGE, "Run `usbipd-desktop help` for the list of commands.",
                   "'%s' is not a whole command: %s must follow", word, family);
}

enum ud_code ud_command_unknown(const struct ud_strv *words, struct ud_error *err)
{
    const char *first = words->items[0];
    struct ud_buf family;
    ud_buf_init(&family, FAMILY_TEXT_MAX);
    list_family(first, &family);
    bool two = family.len > 0 && words->len > 1;
    enum ud_code rc;
    if (family.len > 0 && !two) {
        rc = half_command(first, family.data, err);
    } else {
        char *name = two ? ud_strf("%s %s", first, words->items[1]) : ud_strdup(first);
        char *shown = ud_url_redact_text(name); /* it may have been meant for an option */
        rc = ud_fail(err, UD_ERR_USAGE, "Run `usbipd-desktop help` for the list of commands.",
                     "unknown command '%s'", shown);
        suggest_nearest(name, err);
        free(shown);
        free(name);
    }
    ud_buf_done(&family);
    return rc;
}

enum ud_code ud_command_check_arguments(const struct ud_command *command,
                                        const struct ud_strv *arguments, struct ud_error *err)
{
    static const struct {
        size_t least, most;
        const char *takes;
    } rules[] = {
        [UD_ARGS_NONE] = {0, 0, "no argument"},     [UD_ARGS_TOPIC] = {0, 2, "one command"},
        [UD_ARGS_MAY_ONE] = {0, 1, "one argument"}, [UD_ARGS_PROGRAM] = {1, SIZE_MAX, "a program"},
        [UD_ARGS_MAY_PROGRAM] = {0, SIZE_MAX, ""},  [UD_ARGS_MAY_MANY] = {0, SIZE_MAX, ""},
    };
    size_t most = rules[command->arguments].most;
    if (arguments->len < rules[command->arguments].least) {
        return ud_fail(err, UD_ERR_USAGE, NULL, "'%s' takes %s, but none was given", command->name,
                       rules[command->arguments].takes);
    }
    if (arguments->len > most) {
        char *shown = ud_url_redact_text(arguments->items[most]);
        (void)ud_fail(err, UD_ERR_USAGE, NULL, "'%s' takes %s, but '%s' was given", command->name,
                      rules[command->arguments].takes, shown);
        free(shown);
        return UD_ERR_USAGE;
    }
    return UD_OK;
}
