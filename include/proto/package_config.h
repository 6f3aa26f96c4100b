/* What a VM's package manager is configured with: where its repositories are, through which proxy
 * they are reached, and the keys that they are signed with. A closed set of files and directories;
 * passwords (apt's auth.conf, dnf's and zypper's credentials) are not among them.
 *
 * Sources: sources.list(5) and apt-secure(8); dnf.conf(5); zypper(8), section Repository
 * Management; apk-repositories(5), apk-keys(5). */
#ifndef PROTO_PACKAGE_CONFIG_H
#define PROTO_PACKAGE_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

struct ud_package_config_place {
    const char *path; /* a file, or a directory whose files are meant, not those below it */
    bool fixed;       /* other files name these by their paths */
};

/* All of them; *ret_count is their number. Constant. */
const struct ud_package_config_place *ud_package_config_places(size_t *ret_count);

/* The place that a path is of: the place itself or a file directly in it, whose name has letters,
 * digits and "._+-@:" and no dot first. NULL if there is none. */
const struct ud_package_config_place *ud_package_config_place_of(const char *path);

#endif
