/* Patterns as in file names, fnmatch(3) without flags: depmod writes them into
 * modules.alias, and users write them for serial numbers. */
#ifndef USBIP_GLOB_H
#define USBIP_GLOB_H

#include <stdbool.h>

#include "util/str.h"

/* Whether all of text fits: * is any text, ? any character, [a-f0] one of a set, [!a-f]
 * or [^a-f] one that is not, \c is c itself. A [ that nothing closes is itself. Takes time
 * in proportion to pattern.len * text.len at most, and no memory. */
bool ud_glob_fits(struct ud_slice pattern, struct ud_slice text);

#endif
