#include "kernel/kbuild/kbuild.h"

#include <stdlib.h>
#include <string.h>

#include "util/full_disk.h"
#include "util/mem.h"
#include "util/str.h"

enum { REASON_MAX = 300 };

/* In the order in which they are looked for: a full disk is the cause of all else; modpost warns of
 * undefined symbols, of "unresolved symbol errors" too, and make has the last word about any error.
 */
static const char *const sure[] = {"error: ", "ERROR: ", "Error: ", "*** No rule", NULL};
static const char *const likely[] = {"not found",        "atal",  "FATAL", "undefined reference",
                                     "undefined symbol", "annot", "can't", NULL};
static const char *const of_make[] = {"Error ", NULL};
static const char *const any[] = {"rror", "undefined", NULL};
static const char *const *const words[] = {ud_full_disk_words, sure, likely, of_make, any};

static bool kbuild_reason_has_any(struct ud_slice line, const char *const *wanted)
{
    char *text = ud_strndup(line.ptr, line.len);
    bool found = false;
    for (size_t i = 0; wanted[i] != NULL && !found; i++) {
        found = strstr(text, wanted[i]) != NULL;
    }
    free(text);
    return found;
}

/* The first line with one of the words; empty if none has. */
static struct ud_slice find_line(struct ud_slice log, const char *const *wanted)
{
    struct ud_slice line;
    while (ud_str_next_line(&log, &line)) {
        if (kbuild_reason_has_any(line, wanted)) {
            return ud_slice_trim(line);
        }
    }
    return (struct ud_slice){0};
}

static struct ud_slice last_line(struct ud_slice log)
{
    struct ud_slice line;
    struct ud_slice found = {0};
    while (ud_str_next_line(&log, &line)) {
        line = ud_slice_trim(line);
        found = line.len > 0 ? line : found;
    }
    return found;
}

char *ud_kbuild_reason(const char *log, size_t len)
{
    const struct ud_slice all = {log, len};
    struct ud_slice found = {0};
    for (size_t i = 0; i < sizeof words / sizeof *words && found.len == 0; i++) {
        found = find_line(all, words[i]);
    }
    found = found.len > 0 ? found : last_line(all);
    char *text =
        ud_strndup(found.len > 0 ? found.ptr : "", found.len < REASON_MAX ? found.len : REASON_MAX);
    ud_str_sanitize(text);
    return text;
}
