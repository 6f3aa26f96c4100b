/* Everything that the helper does to the kernel, as opposed to reading its
 * files: the seam at which tests put another kernel. */
#ifndef HELPER_SYS_KERNEL_H
#define HELPER_SYS_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

#include "util/error.h"
#include "util/strv.h"

/* How much of the VM to enter. */
enum ud_reach {
    UD_REACH_FILES,   /* mount and UTS namespace */
    UD_REACH_MODULES, /* network too, where the lock is */
    UD_REACH_ALL      /* also IPC, cgroup and, for children from then on, processes */
};

struct ud_kernel {
    void *ctx;

    /* Into the VM's namespaces. */
    enum ud_code (*enter)(void *ctx, enum ud_reach reach, struct ud_error *err);
    /* Waits until no other helper changes modules. Released at exit. */
    enum ud_code (*lock)(void *ctx, struct ud_error *err);

    /* finit_module with no parameters and no flags, and init_module where that is denied (EACCES);
     * delete_module with O_NONBLOCK. 0 or an errno number. */
    int (*insert)(void *ctx, int fd);
    int (*remove)(void *ctx, const char *name);

    /* Connects a USB device, which speaks USB/IP on the stream socket fd, with a port
     * of vhci_hcd, and disconnects it again. speed is an enum usb_device_speed. 0 or
     * an errno number: attach has EBUSY for a port that is taken. */
    int (*attach)(void *ctx, uint32_t port, int fd, uint32_t devid, uint32_t speed);
    int (*detach)(void *ctx, uint32_t port);

    /* chmod and chown of the node at path, an absolute one; -1 leaves mode or group as it is.
     * 0 or an errno number. */
    int (*grant)(void *ctx, const char *path, int32_t mode, int64_t group);

    /* The kernel's log: from now on; what came since, added to ret. */
    void (*log_mark)(void *ctx);
    void (*log_read)(void *ctx, struct ud_strv *ret);

    void (*sleep_ms)(void *ctx, unsigned ms);
    /* Whether a signal asked to stop. */
    bool (*stopped)(void *ctx);
};

/* The kernel that the helper runs on. */
const struct ud_kernel *ud_kernel_real(void);

#endif
