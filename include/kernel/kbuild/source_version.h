/* Which version sources are of, by their top Makefile. Pure. */
#ifndef KERNEL_KBUILD_SOURCE_VERSION_H
#define KERNEL_KBUILD_SOURCE_VERSION_H

#include <stddef.h>

#include "kernel/facts/release.h"
#include "util/error.h"

/* Whether sources with this Makefile can be those of a kernel. kbuild is told the release, so that
 * nothing else of a build would notice. VERSION and PATCHLEVEL have to be the kernel's; SUBLEVEL
 * too where the release names the sources' own (ud_release_names_sublevel). A Makefile that sets
 * none of them tells nothing. UD_ERR_SOURCE for another version. */
UD_MUST_CHECK enum ud_code ud_source_version_check(const struct ud_release *release,
                                                   const char *makefile, size_t len,
                                                   struct ud_error *err);

#endif
