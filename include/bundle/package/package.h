/* Reads the files of a distribution's package on this machine, whatever its system has:
 *
 *   .deb   deb(5): an ar archive, whose member data.tar, perhaps packed, has the files
 *   .rpm   https://rpm-software-management.github.io/rpm/manual/format_v4.html: headers, then
 *          a packed cpio archive
 *   .apk   https://wiki.alpinelinux.org/wiki/Apk_spec: signature, control and data, three
 *          tars packed one after the other
 *
 * Nothing is unpacked to a disk. Whose package it is, its package manager has checked before. */
#ifndef BUNDLE_PACKAGE_PACKAGE_H
#define BUNDLE_PACKAGE_PACKAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "util/buf.h"
#include "util/error.h"

struct ud_package_options {
    /* Whether the file at this path, which begins with neither "/" nor "./", is to be read. */
    bool (*wants)(void *ctx, const char *path);
    /* Gets each of them, in the package's order. data is the callback's to read, or to take. */
    enum ud_code (*file)(void *ctx, const char *path, struct ud_buf *data, struct ud_error *err);
    void *ctx;
    size_t max_file; /* bytes of one file; a larger one that is wanted is an error */
};

struct ud_package_input {
    /* 1 to len bytes, 0 at the end. */
    enum ud_code (*read)(void *ctx, void *buf, size_t len, size_t *ret_n, struct ud_error *err);
    void *ctx;
    const char *name; /* of the package, in messages */
};

/* Reads all of the package. Errors: UD_ERR_SOURCE, naming it, for what is not a package, is
 * damaged or is larger than any; those of the two callbacks. */
UD_MUST_CHECK enum ud_code ud_package_read(const struct ud_package_input *input,
                                           const struct ud_package_options *options,
                                           struct ud_error *err);

#endif
