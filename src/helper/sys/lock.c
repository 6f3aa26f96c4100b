#include "sys/lock.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "util/patience.h"

/* The lock is the name of a bound unix socket in the abstract namespace
 * (unix(7)). Only one socket can have a name, the kernel frees it when the
 * process ends however it ends, and nothing is left in any file system: VMs
 * may have none that can be written to.
 *
 * Abstract names belong to a network namespace, so the operations that change modules
 * first enter that of the VM's process 1. The client's image (--own, client) cannot: its
 * container has a network and processes of its own, and nothing in it leads to the VM's.
 * There the lock keeps out that container's own runs only. What can go wrong is little:
 * insertion takes what is loaded meanwhile as it is, the kernel does not remove what is
 * in use, and docs/containers.md says what not to do at once. */
static int bind_name(const char *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int len = snprintf(address.sun_path + 1, sizeof address.sun_path - 1, "%s", name);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return errno;
    }
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)len);
    if (bind(fd, (const struct sockaddr *)&address, size) != 0) {
        int why = errno;
        (void)close(fd);
        return why;
    }
    return 0; /* the descriptor stays open on purpose */
}

enum ud_code ud_lock_take(const struct ud_kernel *kernel, const char *name, unsigned wait_ms,
                          struct ud_error *err)
{
    unsigned waited = 0;
    int why;
    while ((why = bind_name(name)) == EADDRINUSE) {
        if (kernel->stopped(kernel->ctx)) {
            return ud_fail(err, UD_ERR_INTERRUPTED, NULL, "interrupted; nothing was changed");
        }
        if (waited >= wait_ms) {
            return ud_fail(err, UD_ERR_BUSY, "Wait until it has ended, then try again.",
                           "another run has been changing modules for %u seconds", wait_ms / 1000);
        }
        kernel->sleep_ms(kernel->ctx, UD_PATIENCE_LOCK_POLL_MS);
        waited += UD_PATIENCE_LOCK_POLL_MS;
    }
    if (why != 0) {
        return ud_fail(err, UD_ERR_IO, NULL, "cannot take the lock for changing modules: %s",
                       strerror(why));
    }
    return UD_OK;
}
