/* Paths below the top of a tree, with `/` between their parts and none at an end. */
#ifndef KERNEL_DRIVERS_PATHS_H
#define KERNEL_DRIVERS_PATHS_H

#include "util/str.h"

/* What precedes the last `/`, or ""; in new memory. */
char *ud_path_dir(const char *path);

/* dir and below it path, without "." and with ".." taken away; in new memory. What leads
 * out of the tree ends at its top. */
char *ud_path_join(const char *dir, struct ud_slice path);

#endif
