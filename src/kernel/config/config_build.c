#include <string.h>

#include "kernel/config/config.h"
#include "util/mem.h"

/* debian/rules.real of Debian's kernel removes these from what it installs as
 * /boot/config-<release>; none of them touches what modules see. */
static bool may_be_left_out(const char *name)
{
    static const char *const names[] = {"BUILD_SALT", "MODULE_SIG_ALL", "MODULE_SIG_KEY",
                                        "SYSTEM_TRUSTED_KEYS"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(names[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static const char *config_build_shown(const char *value)
{
    return value != NULL ? value : "absent";
}

bool ud_config_is_of_one_build(const struct ud_config *running, const struct ud_config *other,
                               size_t *ret_count, char **ret_first)
{
    struct ud_config_changes changes;
    size_t count = 0;
    ud_config_compare(running, other, &changes);
    for (size_t i = 0; i < changes.len; i++) {
        const struct ud_config_change *change = &changes.items[i];
        if (change->before == NULL && may_be_left_out(change->name)) {
            continue;
        }
        if (count++ == 0) {
            *ret_first =
                ud_strf("CONFIG_%s is %s there and %s in the running kernel", change->name,
                        config_build_shown(change->after), config_build_shown(change->before));
        }
    }
    ud_config_changes_done(&changes);
    if (count > 0) {
        *ret_count = count;
    }
    return count == 0;
}
