/* Whether an argument of an operation is well-formed. The host asks before it
 * starts the helper, and the helper, which has the privileges, asks again. */
#ifndef PROTO_CHECK_H
#define PROTO_CHECK_H

#include <stdbool.h>

enum {
    UD_MODULE_NAME_MAX = 55, /* the kernel's MODULE_NAME_LEN is 56 on 64-bit */
    UD_BUILD_ID_MAX = 128,   /* hex digits */
    UD_SYMBOL_NAME_MAX = 511 /* the kernel's KSYM_NAME_LEN is 512 since 6.1 */
};

/* [A-Za-z0-9_-], 1 to UD_MODULE_NAME_MAX, not starting with '-': a module file's name
 * without ".ko". */
bool ud_check_module_name(const char *name);

/* The name under which the kernel knows a module file: '-' becomes '_'. */
void ud_check_kernel_name(const char *name, char ret[UD_MODULE_NAME_MAX + 1]);

/* An absolute path below /lib/modules/<release>/ or /usr/lib/modules/<release>/
 * that ends in .ko, .ko.gz, .ko.xz or .ko.zst; no "." or ".." part, no empty
 * part, no control character, shorter than 1024 bytes. release is the running
 * kernel's. */
bool ud_check_module_path(const char *path, const char *release);

/* [A-Za-z0-9._+~-], 1 to 64, not starting with '.': fit to be a part of a path. */
bool ud_check_release(const char *release);

/* An even number of lower-case hex digits, 2 to UD_BUILD_ID_MAX. */
bool ud_check_build_id(const char *build_id);

/* [A-Za-z0-9_.$], 1 to UD_SYMBOL_NAME_MAX. */
bool ud_check_symbol_name(const char *name);

#endif
