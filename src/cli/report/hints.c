#include "report/hints.h"

#include <stdlib.h>
#include <string.h>

#include "util/buf.h"
#include "util/mem.h"

#define PROGRAM "usbipd-desktop "

enum { HINTS_TEXT_MAX = 64 * 1024 };

char *ud_hints_option(const char *option, const char *value)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "-_./:@+,%=[]";
    const bool quotes = value[strspn(value, plain)] != '\0' || value[0] == '\0';
    return ud_strf("%s %s%s%s", option, quotes ? "'" : "", value, quotes ? "'" : "");
}

/* The length of the command's first word, 0 if no command follows. */
static size_t hints_word(const char *at)
{
    return strspn(at, "abcdefghijklmnopqrstuvwxyz-");
}

static const char *hints_end(const char *command, bool quoted)
{
    const char *end = command;
    if (quoted) {
        return command + strcspn(command, "`");
    }
    while (*end != '\0' && *end != '\n' &&
           !(strchr(",;.", *end) != NULL && (end[1] == ' ' || end[1] == '\0' || end[1] == '\n'))) {
        end++;
    }
    return end;
}

char *ud_hints_complete(const char *text, const struct ud_hints *hints)
{
    struct ud_buf out;
    const char *rest = text;
    if (hints == NULL || hints->given == NULL) {
        return ud_strdup(text);
    }
    ud_buf_init(&out, HINTS_TEXT_MAX);
    for (const char *at = strstr(rest, PROGRAM); at != NULL; at = strstr(rest, PROGRAM)) {
        const char *command = at + strlen(PROGRAM);
        const size_t word = hints_word(command);
        const char *end = hints_end(command, at > text && at[-1] == '`');
        if (word == 0 || !hints->wants(command, word)) {
            end = command;
            ud_buf_add(&out, rest, (size_t)(end - rest));
        } else {
            ud_buf_add(&out, rest, (size_t)(end - rest));
            ud_buf_addf(&out, " %s", hints->given);
        }
        rest = end;
    }
    ud_buf_adds(&out, rest);
    char *completed = ud_buf_take(&out, NULL);
    ud_buf_done(&out);
    return completed;
}

static void hints_put(char *dst, size_t size, const struct ud_hints *hints)
{
    char *completed = ud_hints_complete(dst, hints);
    if (strlen(completed) < size) {
        memcpy(dst, completed, strlen(completed) + 1);
    }
    free(completed);
}

void ud_hints_complete_error(const struct ud_hints *hints, struct ud_error *err)
{
    hints_put(err->message, sizeof err->message, hints);
    hints_put(err->remedy, sizeof err->remedy, hints);
}
