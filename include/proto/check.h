/* Whether an argument of an operation is well-formed. The host asks before it
 * starts the helper, and the helper, which has the privileges, asks again. */
#ifndef PROTO_CHECK_H
#define PROTO_CHECK_H

#include <stdbool.h>
#include <stdint.h>

enum {
    UD_MODULE_NAME_MAX = 55,     /* the kernel's MODULE_NAME_LEN is 56 on 64-bit */
    UD_BUILD_ID_MAX = 128,       /* hex digits */
    UD_SYMBOL_NAME_MAX = 511,    /* the kernel's KSYM_NAME_LEN is 512 since 6.1 */
    UD_HOST_MAX = 253,           /* RFC 1123, with its dots */
    UD_ADDRESS_MAX = 61,         /* 45 of an IPv6 address, "%", the name of an interface */
    UD_MODALIAS_TEXT_SIZE = 2048 /* a keyboard's names each of its keys */
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

/* The name of a patch's file: letters, digits and "._+,-" that end in .patch, no dot first, shorter
 * than 256 bytes. */
bool ud_check_patch_name(const char *name);

/* [A-Za-z0-9._+~-], 1 to 64, not starting with '.': fit to be a part of a path. */
bool ud_check_release(const char *release);

/* An even number of lower-case hex digits, 2 to UD_BUILD_ID_MAX. */
bool ud_check_build_id(const char *build_id);

/* [A-Za-z0-9_.$], 1 to UD_SYMBOL_NAME_MAX. */
bool ud_check_symbol_name(const char *name);

/* A server's name as DNS or a file of hosts may have it, or its address:
 * [A-Za-z0-9._:%-], 1 to UD_HOST_MAX, starting with none of "-.%". */
bool ud_check_host(const char *text);

/* What looks like a numeric address, 1 to UD_ADDRESS_MAX: [0-9.], or [0-9A-Fa-f:.] with
 * a colon and perhaps %SCOPE, as of link-local ones. Whether it is one the C library says. */
bool ud_check_address(const char *text);

/* Decimal, 1 to 65535. */
bool ud_check_tcp_port(const char *text, uint32_t *ret);

/* Decimal, 0 to max. */
bool ud_check_number(const char *text, uint32_t max, uint32_t *ret);

/* Octal permissions, 1 to 4 digits, at most 0777. */
bool ud_check_mode(const char *text, uint32_t *ret);

/* The name of a bus, [a-z0-9_], a colon and [A-Za-z0-9_,.:+-], shorter than
 * UD_MODALIAS_TEXT_SIZE: as of "usb:", "scsi:", "hid:" and "input:". */
bool ud_check_modalias(const char *text);

#endif
