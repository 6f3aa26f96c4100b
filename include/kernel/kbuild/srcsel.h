/* Which files of a kernel's sources the builds need: about one in eight. */
#ifndef KERNEL_KBUILD_SRCSEL_H
#define KERNEL_KBUILD_SRCSEL_H

#include <stdbool.h>

#include "util/buf.h"

/* Whether the file or link at path, relative to the top of the tree, is needed
 * to build for srcarch ("x86", "arm64": see ud_kbuild_srcarch). Directories
 * come with their files. */
bool ud_srcsel_wants(const char *path, const char *srcarch);

/* Whether the file is what an earlier build left in the tree: an object, a plugin of gcc (.so), or
 * kbuild's note of how one was made (.cmd). None is sent: programs and plugins that another
 * compiler or another C library made do not run in the builder, and without the notes kbuild makes
 * all anew. */
bool ud_srcsel_is_built(const char *path);

/* Adds the rules as text: two programs with the same text select the same files.
 * For naming what was selected once. */
void ud_srcsel_rules(const char *srcarch, struct ud_buf *out);

#endif
