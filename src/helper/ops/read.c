#include "ops/ops.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "proto/check.h"
#include "proto/fact.h"
#include "proto/ops.h"
#include "proto/package_config.h"
#include "sys/kallsyms.h"
#include "sys/sysfile.h"
#include "util/mem.h"

enum { PIECE = 128 * 1024 };

/* Who asks tells by the code whether to ask again from elsewhere. */
static enum ud_code read_failure(int why)
{
    switch (why) {
    case ENOENT:
        return UD_ERR_NOT_FOUND;
    case EACCES:
    case EPERM:
        return UD_ERR_DENIED;
    default:
        return UD_ERR_IO;
    }
}

static enum ud_code cannot_read(const char *path, int why, struct ud_error *err)
{
    return ud_fail(err, read_failure(why), NULL, "cannot read %s: %s", path, strerror(why));
}

/* At most UD_OPS_FILE_MAX bytes, sent as they come. */
static enum ud_code read_send_file(struct ud_helper *helper, int fd, const char *path,
                                   struct ud_error *err)
{
    char *piece = ud_alloc(PIECE, 1);
    size_t total = 0;
    enum ud_code rc = UD_OK;
    for (;;) {
        ssize_t n = read(fd, piece, PIECE);
        if (n < 0 && errno == EINTR && !helper->kernel->stopped(helper->kernel->ctx)) {
            continue;
        }
        if (n < 0) {
            rc = cannot_read(path, errno, err);
            break;
        }
        total += (size_t)n;
        if (total > UD_OPS_FILE_MAX) {
            rc = cannot_read(path, EFBIG, err);
            break;
        }
        if (n == 0 || ud_emit_gone(helper->emit)) {
            break;
        }
        ud_emit_blob(helper->emit, UD_BLOB_FILE, piece, (size_t)n);
    }
    free(piece);
    return rc;
}

static enum ud_code open_file(struct ud_helper *helper, const char *path, int *ret,
                              struct ud_error *err)
{
    struct stat st;
    int fd = ud_sysfile_open(helper->root, path, O_NONBLOCK);
    if (fd < 0 || fstat(fd, &st) != 0) {
        int why = errno;
        if (fd >= 0) {
            (void)close(fd);
        }
        return cannot_read(path, why, err);
    }
    if (!S_ISREG(st.st_mode)) {
        (void)close(fd);
        return cannot_read(path, EINVAL, err);
    }
    *ret = fd;
    return UD_OK;
}

static enum ud_code read_files(struct ud_helper *helper, int count, char **paths,
                               struct ud_error *err)
{
    int fds[UD_OPS_READ_MAX];
    int opened = 0;
    enum ud_code rc = UD_OK;
    while (opened < count && rc == UD_OK) {
        rc = open_file(helper, paths[opened], &fds[opened], err);
        opened += rc == UD_OK ? 1 : 0;
    }
    for (int i = 0; i < count && rc == UD_OK; i++) {
        ud_emit_fact(helper->emit, UD_FACT_FILE, paths[i]);
        rc = read_send_file(helper, fds[i], paths[i], err);
    }
    for (int i = 0; i < opened; i++) {
        (void)close(fds[i]);
    }
    return rc;
}

static bool are_readable(int count, char **paths, const char *release)
{
    for (int i = 0; i < count; i++) {
        if (strcmp(paths[i], UD_OPS_BTF) != 0 && !ud_check_module_path(paths[i], release)) {
            return false;
        }
    }
    return count <= UD_OPS_READ_MAX;
}

static enum ud_code send_symbols(struct ud_helper *helper, struct ud_error *err)
{
    size_t lines = 0;
    int fd = ud_sysfile_open(helper->root, "/proc/kallsyms", 0);
    int why = fd < 0 ? errno : 0;
    if (fd >= 0) {
        why = ud_kallsyms_send(fd, helper->emit, &lines);
        (void)close(fd);
    }
    if (why != 0 || lines == 0) {
        return ud_fail(err, read_failure(why) == UD_ERR_DENIED ? UD_ERR_DENIED : UD_ERR_FACTS, NULL,
                       "cannot read /proc/kallsyms: %s", why != 0 ? strerror(why) : "it is empty");
    }
    return UD_OK;
}

/* One after the other: there may be more than can be open at once. */
static enum ud_code send_if_there(struct ud_helper *helper, const char *path, struct ud_error *err)
{
    char *copy = ud_strdup(path);
    enum ud_code rc =
        ud_sysfile_is_file(helper->root, path) ? read_files(helper, 1, &copy, err) : UD_OK;
    free(copy);
    return rc;
}

/* The files of a directory whose paths are of the kind; *left is how many more may be sent. */
static enum ud_code send_directory(struct ud_helper *helper, const char *dir,
                                   bool (*is_kind)(const char *path), size_t *left,
                                   struct ud_error *err)
{
    struct ud_strv names = {0};
    ud_sysfile_list(helper->root, dir, *left + 1, &names);
    enum ud_code rc = names.len > *left ? cannot_read(dir, E2BIG, err) : UD_OK;
    for (size_t i = 0; i < names.len && rc == UD_OK; i++) {
        char *path = ud_strf("%s/%s", dir, names.items[i]);
        if (is_kind(path)) {
            rc = send_if_there(helper, path, err);
            (*left)--;
        }
        free(path);
    }
    ud_strv_done(&names);
    return rc;
}

static bool is_patch(const char *path)
{
    return ud_check_patch_name(path + strlen(UD_OPS_PATCHES_DIR "/"));
}

static enum ud_code send_patches(struct ud_helper *helper, struct ud_error *err)
{
    size_t left = UD_OPS_PATCHES_MAX;
    UD_TRY(send_if_there(helper, UD_OPS_PATCHES_VERSION, err));
    return send_directory(helper, UD_OPS_PATCHES_DIR, is_patch, &left, err);
}

static bool is_package_config(const char *path)
{
    return ud_package_config_place_of(path) != NULL;
}

static enum ud_code send_package_config(struct ud_helper *helper, struct ud_error *err)
{
    size_t count = 0;
    size_t left = UD_OPS_CONFIGS_MAX;
    const struct ud_package_config_place *places = ud_package_config_places(&count);
    for (size_t i = 0; i < count; i++) {
        UD_TRY(ud_sysfile_is_dir(helper->root, places[i].path)
                   ? send_directory(helper, places[i].path, is_package_config, &left, err)
                   : send_if_there(helper, places[i].path, err));
    }
    return UD_OK;
}

enum ud_code ud_op_read(struct ud_helper *helper, int count, char **args, struct ud_error *err)
{
    struct utsname uts;
    bool enter = ud_helper_take_flag(&count, &args, UD_OPS_FLAG_ENTER);
    bool symbols = ud_helper_take_flag(&count, &args, UD_OPS_FLAG_SYMBOLS);
    bool patches = ud_helper_take_flag(&count, &args, UD_OPS_FLAG_PATCHES);
    bool config = ud_helper_take_flag(&count, &args, UD_OPS_FLAG_PACKAGE_CONFIG);
    if (uname(&uts) != 0) {
        return ud_fail(err, UD_ERR_INTERNAL, NULL, "uname: %s", strerror(errno));
    }
    if ((count == 0 && !symbols && !patches && !config) ||
        !are_readable(count, args, uts.release)) {
        return ud_fail(err, UD_ERR_USAGE, NULL,
                       "read takes paths of modules of kernel %s, or " UD_OPS_BTF, uts.release);
    }
    if (enter) {
        UD_TRY(helper->kernel->enter(helper->kernel->ctx, UD_REACH_FILES, err));
    }
    UD_TRY(read_files(helper, count, args, err));
    if (patches) {
        UD_TRY(send_patches(helper, err));
    }
    if (config) {
        UD_TRY(send_package_config(helper, err));
    }
    return symbols ? send_symbols(helper, err) : UD_OK;
}
