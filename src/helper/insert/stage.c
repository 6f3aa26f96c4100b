#include "insert/stage.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys/elfnote.h"
#include "sys/sysfile.h"

/* include/uapi/linux/memfd.h since 6.3; C libraries have it later. */
#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U
#endif

void ud_stage_done(struct ud_stage *stage)
{
    for (size_t i = 0; i < stage->count; i++) {
        if (stage->modules[i].fd >= 0) {
            (void)close(stage->modules[i].fd);
        }
    }
    stage->count = 0;
}

static bool stage_write_all(int fd, const char *data, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, data, len);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return false;
        }
        data += n;
        len -= (size_t)n;
    }
    return true;
}

/* 0 or an errno number. */
static int stage_copy(int from, int to)
{
    char piece[16 * 1024];
    size_t total = 0;
    for (;;) {
        ssize_t n = read(from, piece, sizeof piece);
        if (n == 0) {
            return total > 0 ? 0 : ENODATA;
        }
        if (n < 0 && errno != EINTR) {
            return errno;
        }
        if (n > 0) {
            total += (size_t)n;
            if (total > UD_OPS_FILE_MAX) {
                return EFBIG;
            }
            if (!stage_write_all(to, piece, (size_t)n)) {
                return errno;
            }
        }
    }
}

/* The same file through a descriptor that cannot write: the kernel may refuse
 * to take a module from a file that somebody can still change. */
static int stage_reopen(int fd)
{
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return open(path, O_RDONLY | O_CLOEXEC);
}

/* Not executable, since nobody executes a module: with the sysctl vm.memfd_noexec=2 the kernel
 * gives no other. Before 6.3 it does not know the flag and says EINVAL. */
static int new_memory(const char *name)
{
    int fd = memfd_create(name, MFD_CLOEXEC | MFD_NOEXEC_SEAL);
    return fd < 0 && errno == EINVAL ? memfd_create(name, MFD_CLOEXEC) : fd;
}

/* A memfd with the content of from, or -1 with errno. */
static int into_memory(int from, const char *name)
{
    int to = new_memory(name);
    if (to < 0) {
        return -1;
    }
    int why = stage_copy(from, to);
    int fd = why == 0 ? stage_reopen(to) : -1;
    if (why == 0 && fd < 0) {
        why = errno;
    }
    (void)close(to);
    errno = why;
    return fd;
}

/* A descriptor of the regular file, or -1 with errno. */
static int open_module(const char *root, const char *dir, const char *name)
{
    char path[UD_SYSFILE_PATH_MAX];
    struct stat st;
    (void)snprintf(path, sizeof path, "%s/%s.ko", dir, name);
    int fd = ud_sysfile_open(root, path, O_NOFOLLOW | O_NONBLOCK);
    if (fd >= 0 && (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))) {
        (void)close(fd);
        errno = EINVAL;
        return -1;
    }
    return fd;
}

/* Notes the build ID; a file that says it is another module is refused, since
 * what is inserted could not be found again to be removed. */
static enum ud_code stage_inspect(struct ud_staged *module, struct ud_error *err)
{
    struct stat st;
    char said[UD_MODULE_NAME_MAX + 1];
    char said_kernel[UD_MODULE_NAME_MAX + 1];
    if (fstat(module->fd, &st) != 0 || st.st_size <= 0) {
        return UD_OK;
    }
    size_t len = (size_t)st.st_size;
    void *elf = mmap(NULL, len, PROT_READ, MAP_PRIVATE, module->fd, 0);
    if (elf == MAP_FAILED) {
        return UD_OK;
    }
    enum ud_code rc = UD_OK;
    (void)ud_elf_build_id(elf, len, module->build_id);
    if (ud_elf_module_name(elf, len, said)) {
        ud_check_kernel_name(said, said_kernel);
        if (strcmp(said_kernel, module->kernel_name) != 0) {
            rc = ud_fail(err, UD_ERR_UNFIT, NULL, "%s.ko is module %s", module->name, said);
        }
    }
    (void)munmap(elf, len);
    return rc;
}

static enum ud_code load_one(const char *root, const char *dir, struct ud_staged *module,
                             struct ud_error *err)
{
    int from = open_module(root, dir, module->name);
    if (from >= 0) {
        module->fd = into_memory(from, module->name);
        int why = errno;
        (void)close(from);
        errno = why;
    }
    if (module->fd < 0) {
        int why = errno;
        return ud_fail(err, why == ENOENT ? UD_ERR_NOT_FOUND : UD_ERR_IO, NULL,
                       "cannot take %s/%s.ko: %s", dir, module->name, strerror(why));
    }
    return stage_inspect(module, err);
}

static enum ud_code stage_add_name(struct ud_stage *stage, const char *name, struct ud_error *err)
{
    struct ud_staged module = {.fd = -1};
    if (!ud_check_module_name(name)) {
        return ud_fail(err, UD_ERR_USAGE, NULL, "not a module's name: %.64s", name);
    }
    (void)snprintf(module.name, sizeof module.name, "%s", name);
    ud_check_kernel_name(name, module.kernel_name);
    for (size_t i = 0; i < stage->count; i++) {
        if (strcmp(stage->modules[i].kernel_name, module.kernel_name) == 0) {
            return ud_fail(err, UD_ERR_USAGE, NULL, "module %s is named twice", name);
        }
    }
    stage->modules[stage->count++] = module;
    return UD_OK;
}

enum ud_code ud_stage_load(const char *root, const char *dir, int count, char **names,
                           struct ud_stage *ret, struct ud_error *err)
{
    ret->count = 0;
    if (count < 1 || count > UD_OPS_MODULES_MAX) {
        return ud_fail(err, UD_ERR_USAGE, NULL, "insert takes 1 to %d names of modules",
                       UD_OPS_MODULES_MAX);
    }
    for (int i = 0; i < count; i++) {
        UD_TRY(stage_add_name(ret, names[i], err));
    }
    for (size_t i = 0; i < ret->count; i++) {
        UD_TRY(load_one(root, dir, &ret->modules[i], err));
    }
    return UD_OK;
}
