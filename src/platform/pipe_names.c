#include "platform/pipe.h"

#include <stdlib.h>
#include <string.h>

#include "util/mem.h"
#include "util/str.h"

/* Parts of the names that engines and their machines give to pipes. Docker
 * Desktop has many more for itself, which are no engines: those are left out by
 * what they serve. */
static const char *const words[] = {"docker", "podman", "rancher", "moby", "nerdctl", "colima"};
static const char *const not_engines[] = {"backend",       "vpnkit",     "proxy",     "build",
                                          "errorreporter", "diagnostic", "dashboard", "secrets",
                                          "filesystem",    "volume"};

static bool pipe_names_has_any(const char *text, const char *const *parts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strstr(text, parts[i]) != NULL) {
            return true;
        }
    }
    return false;
}

bool ud_pipe_name_is_engines(const char *name)
{
    char *lower = ud_strdup(name);
    for (char *p = lower; *p != '\0'; p++) {
        *p = *p >= 'A' && *p <= 'Z' ? (char)(*p - 'A' + 'a') : *p;
    }
    bool is = pipe_names_has_any(lower, words, sizeof words / sizeof words[0]) &&
              !pipe_names_has_any(lower, not_engines, sizeof not_engines / sizeof not_engines[0]);
    free(lower);
    return is;
}

char *ud_pipe_advice(void)
{
    enum { SHOWN_MAX = 6 };
    if (!ud_pipe_supported()) {
        return NULL;
    }
    struct ud_strv names = {0};
    ud_pipe_list_engines(&names);
    if (names.len == 0) {
        return ud_strdup("No pipe here looks like an engine's.");
    }
    struct ud_strv shown = {0};
    for (size_t i = 0; i < names.len && i < SHOWN_MAX; i++) {
        ud_strv_addf(&shown, "npipe:////./pipe/%s", names.items[i]);
    }
    char *list = ud_strv_join(&shown, ", ");
    char *text = ud_strf("Pipes here that look like an engine's: %s%s.", list,
                         names.len > shown.len ? " and more" : "");
    ud_str_sanitize(text);
    free(list);
    ud_strv_done(&shown);
    ud_strv_done(&names);
    return text;
}
