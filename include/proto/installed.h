/* The modules that an installation has for one kernel, as a text in its image: which kernel that
 * is, and what is to be inserted in which order.
 *
 *   release 6.1.0-56-cloud-amd64
 *   version #1 SMP Debian 6.1.180-1 (2026-10-04)
 *   module usb-common
 *   module usbcore
 *
 * The program writes it and the helper reads it, in the VM, where it inserts what it says. */
#ifndef PROTO_INSTALLED_H
#define PROTO_INSTALLED_H

#include <stdbool.h>
#include <stddef.h>

#include "util/buf.h"
#include "util/error.h"
#include "util/strv.h"

enum {
    UD_INSTALLED_KERNELS_MAX = 8,     /* in one image: the oldest goes for a ninth */
    UD_INSTALLED_VERSION_MAX = 64,    /* bytes of uname -v: __NEW_UTS_LEN of the kernel */
    UD_INSTALLED_TEXT_MAX = 32 * 1024 /* bytes of the text */
};

struct ud_installed_kernel {
    char *release;          /* uname -r */
    char *version;          /* uname -v: builds of the same release differ in it */
    struct ud_strv modules; /* names of files without ".ko", in load order */
};

void ud_installed_kernel_done(struct ud_installed_kernel *kernel);

/* Whether it is this kernel's: the same release and the same build. */
bool ud_installed_kernel_is(const struct ud_installed_kernel *kernel, const char *release,
                            const char *version);

/* Adds the text to out. */
void ud_installed_kernel_write(const struct ud_installed_kernel *kernel, struct ud_buf *out);

/* Every line must be one of those above and sound, the first two once and in this order, and one
 * module at least, none named twice: else UD_ERR_UNFIT, and *ret is empty. */
UD_MUST_CHECK enum ud_code ud_installed_kernel_read(const char *text, size_t len,
                                                    struct ud_installed_kernel *ret,
                                                    struct ud_error *err);

#endif
