#include "sys/kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "host/stop.h"
#include "sys/kmsg.h"
#include "sys/lock.h"
#include "sys/ns.h"
#include "sys/sysfile.h"
#include "sys/vhci.h"
#include "util/patience.h"

static int kmsg_fd = -1;

static enum ud_code kernel_enter(void *ctx, enum ud_reach reach, struct ud_error *err)
{
    (void)ctx;
    return ud_ns_enter(reach, err);
}

static enum ud_code kernel_lock(void *ctx, struct ud_error *err)
{
    (void)ctx;
    return ud_lock_take(ud_kernel_real(), UD_LOCK_NAME, UD_PATIENCE_LOCK_MS, err);
}

/* Without a file, whose label SELinux would judge: the process alone counts
 * (security/selinux/hooks.c, selinux_kernel_module_from_file, selinux_kernel_load_data). */
static int kernel_insert_bytes(int fd)
{
    struct stat st;
    if (fstat(fd, &st) != 0 || st.st_size <= 0) {
        return EACCES;
    }
    const size_t len = (size_t)st.st_size;
    void *bytes = mmap(NULL, len, PROT_READ, MAP_PRIVATE, fd, 0);
    if (bytes == MAP_FAILED) {
        return EACCES;
    }
    int why = syscall(SYS_init_module, bytes, len, "") == 0 ? 0 : errno;
    (void)munmap(bytes, len);
    return why;
}

static int kernel_insert(void *ctx, int fd)
{
    (void)ctx;
    int why = syscall(SYS_finit_module, fd, "", 0) == 0 ? 0 : errno;
    return why == EACCES ? kernel_insert_bytes(fd) : why;
}

static int remove_module(void *ctx, const char *name)
{
    (void)ctx;
    return syscall(SYS_delete_module, name, O_NONBLOCK) == 0 ? 0 : errno;
}

/* drivers/usb/usbip/vhci_sysfs.c: four decimal numbers. */
static int kernel_attach(void *ctx, uint32_t port, int fd, uint32_t devid, uint32_t speed)
{
    char text[64];
    (void)ctx;
    (void)snprintf(text, sizeof text, "%lu %d %lu %lu", (unsigned long)port, fd,
                   (unsigned long)devid, (unsigned long)speed);
    return ud_sysfile_write("", UD_VHCI_CONTROLLER "/attach", text);
}

static int kernel_detach(void *ctx, uint32_t port)
{
    char text[16];
    (void)ctx;
    (void)snprintf(text, sizeof text, "%lu", (unsigned long)port);
    return ud_sysfile_write("", UD_VHCI_CONTROLLER "/detach", text);
}

/* Through one descriptor, so that both are of the same file. */
static int kernel_grant(void *ctx, const char *path, int32_t mode, int64_t group)
{
    char self[64];
    (void)ctx;
    int fd = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) {
        return errno;
    }
    (void)snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
    bool done = (group < 0 || chown(self, (uid_t)-1, (gid_t)group) == 0) &&
                (mode < 0 || chmod(self, (mode_t)mode) == 0);
    int why = done ? 0 : errno;
    (void)close(fd);
    return why;
}

static void log_mark(void *ctx)
{
    (void)ctx;
    if (kmsg_fd < 0) {
        kmsg_fd = ud_kmsg_open();
    }
    ud_kmsg_skip(kmsg_fd);
}

static void log_read(void *ctx, struct ud_strv *ret)
{
    (void)ctx;
    ud_kmsg_read(kmsg_fd, ret);
}

/* Cut short by a signal, which is what is wanted. */
static void sleep_ms(void *ctx, unsigned ms)
{
    (void)ctx;
    struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};
    (void)nanosleep(&time, NULL);
}

static bool kernel_stopped(void *ctx)
{
    (void)ctx;
    return ud_stop_requested();
}

const struct ud_kernel *ud_kernel_real(void)
{
    static const struct ud_kernel real = {
        .enter = kernel_enter,
        .lock = kernel_lock,
        .insert = kernel_insert,
        .remove = remove_module,
        .attach = kernel_attach,
        .detach = kernel_detach,
        .grant = kernel_grant,
        .log_mark = log_mark,
        .log_read = log_read,
        .sleep_ms = sleep_ms,
        .stopped = kernel_stopped,
    };
    return &real;
}
