#include "platform/host.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>
#ifdef __APPLE__
#include <limits.h>
#include <mach-o/dyld.h>
#include <stdlib.h>
#include <sys/random.h>
#endif

#include "platform/fs.h"
#include "util/mem.h"

uint64_t ud_host_now_ms(void)
{
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

int64_t ud_host_wall_time(void)
{
    return (int64_t)time(NULL);
}

void ud_host_random(void *buf, size_t len)
{
    enum { PIECE = 256 }; /* getentropy's own limit */
    unsigned char *next = buf;
    while (len > 0) {
        size_t n = len < PIECE ? len : PIECE;
        if (getentropy(next, n) != 0) {
            ud_fatal("the system gives no random numbers");
        }
        next += n;
        len -= n;
    }
}

char *ud_host_boot_id(void)
{
    enum { ID_MAX = 128 };
    struct ud_buf text;
    ud_buf_init(&text, ID_MAX);
    char *id = NULL;
    if (ud_fs_read("/proc/sys/kernel/random/boot_id", &text, NULL) == UD_OK) {
        size_t len = strcspn(text.data, "\r\n");
        id = len > 0 ? ud_strndup(text.data, len) : NULL;
    }
    ud_buf_done(&text);
    return id;
}

char *ud_host_program(void)
{
    char *path = NULL;
#ifdef __APPLE__
    char given[PATH_MAX];
    uint32_t size = sizeof given;
    if (_NSGetExecutablePath(given, &size) == 0) {
        char *real = realpath(given, NULL); /* there may be links and ".." in it */
        path = real != NULL ? ud_strdup(real) : NULL;
        free(real);
    }
#else
    (void)!ud_fs_read_link("/proc/self/exe", &path, NULL);
#endif
    return path;
}

uint64_t ud_host_pid(void)
{
    return (uint64_t)getpid();
}

char *ud_host_kernel(void)
{
    struct utsname uts;
    if (uname(&uts) != 0 || strcmp(uts.sysname, "Linux") != 0) {
        return NULL;
    }
    return ud_strdup(uts.release);
}

const char *ud_host_arch(void)
{
    static const char *const names[][2] = {
        {"x86_64", "amd64"},    {"amd64", "amd64"},     {"aarch64", "arm64"},
        {"arm64", "arm64"},     {"i686", "386"},        {"armv7l", "arm"},
        {"ppc64le", "ppc64le"}, {"riscv64", "riscv64"}, {"s390x", "s390x"},
    };
    struct utsname uts;
    if (uname(&uts) != 0) {
        return "unknown";
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(uts.machine, names[i][0]) == 0) {
            return names[i][1];
        }
    }
    return "unknown";
}

char *ud_host_error_text(long number)
{
    return ud_strdup(strerror((int)number));
}

const char *ud_host_os(void)
{
#ifdef __APPLE__
    return "darwin";
#else
    return "linux";
#endif
}

uint64_t ud_host_peak_memory(void)
{
    struct rusage usage;
    if (getrusage(RUSAGE_SELF, &usage) != 0 || usage.ru_maxrss < 0) {
        return 0;
    }
#ifdef __APPLE__
    return (uint64_t)usage.ru_maxrss;
#else
    return (uint64_t)usage.ru_maxrss * 1024;
#endif
}
