#include "child/privileges.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* moby's profiles and podman's defaults have these; MKNOD is not among podman's. */
static const int privileges_kept[] = {
    CAP_CHOWN,  CAP_DAC_OVERRIDE, CAP_FSETID,  CAP_FOWNER,           CAP_KILL,    CAP_SETGID,
    CAP_SETUID, CAP_SETPCAP,      CAP_SETFCAP, CAP_NET_BIND_SERVICE, CAP_NET_RAW, CAP_SYS_CHROOT,
};

static uint64_t privileges_mask(void)
{
    uint64_t mask = 0;
    for (size_t i = 0; i < sizeof privileges_kept / sizeof privileges_kept[0]; i++) {
        mask |= UINT64_C(1) << privileges_kept[i];
    }
    return mask;
}

/* Up to the last one that this kernel knows, which may be more than its headers did. */
static int privileges_drop_bounding(uint64_t keep)
{
    for (int cap = 0; cap < 64; cap++) {
        const int has = prctl(PR_CAPBSET_READ, cap, 0, 0, 0);
        if (has < 0) {
            return 0;
        }
        if (has == 1 && (keep >> cap & 1) == 0 && prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) != 0) {
            return errno;
        }
    }
    return 0;
}

int ud_child_drop_privileges(void)
{
    const uint64_t keep = privileges_mask();
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
    int why = privileges_drop_bounding(keep);
    if (why != 0) {
        return why;
    }
    if (syscall(SYS_capget, &header, data) != 0) {
        return errno;
    }
    for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
        const uint32_t half = (uint32_t)(keep >> (32 * i));
        data[i].effective &= half;
        data[i].permitted &= half;
        data[i].inheritable = 0;
    }
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0 && errno != EINVAL) {
        return errno; /* kernels before 4.3 have none */
    }
    if (syscall(SYS_capset, &header, data) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        return errno;
    }
    return 0;
}
