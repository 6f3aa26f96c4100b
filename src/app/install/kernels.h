/* The modules of an installation, for each kernel that it knows, and how they lie in its image. */
#ifndef APP_INSTALL_KERNELS_H
#define APP_INSTALL_KERNELS_H

#include <stddef.h>

#include "docker/engine/engine.h"
#include "proto/installed.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/strv.h"

struct ud_tarwrite;

struct ud_install_file {
    char *name; /* "usbcore.ko", "manifest.json" */
    struct ud_buf bytes;
};

struct ud_install_kernel {
    struct ud_installed_kernel head;
    struct ud_install_file *files;
    size_t count;
};

/* The newest first. Zeroed is empty. */
struct ud_install_set {
    struct ud_install_kernel items[UD_INSTALLED_KERNELS_MAX];
    size_t count;
};

void ud_install_kernel_done(struct ud_install_kernel *kernel);
void ud_install_set_done(struct ud_install_set *set);

/* Adds a copy of a file. */
void ud_install_kernel_add(struct ud_install_kernel *kernel, const char *name, const void *data,
                           size_t len);

/* In the place of what the set had for just this kernel, else as the first: then the oldest goes
 * if there are too many. Takes over what kernel holds. */
void ud_install_set_put(struct ud_install_set *set, struct ud_install_kernel *kernel);

/* What a container of an installation holds. Kernels whose files are not complete are left out;
 * errors are those of reading the archive. */
UD_MUST_CHECK enum ud_code ud_install_set_read(struct ud_engine *engine, const char *container,
                                               struct ud_install_set *ret, struct ud_error *err);

/* The folder UD_OPS_KERNELS_DIR with all that is in it. */
UD_MUST_CHECK enum ud_code ud_install_set_write(const struct ud_install_set *set,
                                                struct ud_tarwrite *tar, struct ud_error *err);

/* The releases, each once. */
void ud_install_set_releases(const struct ud_install_set *set, struct ud_strv *ret);

/* The value of UD_LABEL_BUILD_IDS, in new memory: of as many kernels as fit into a label. */
char *ud_install_set_build_ids(const struct ud_install_set *set);

#endif
