#include "ops/ops.h"

#include <errno.h>
#include <fcntl.h>
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "proto/check.h"
#include "proto/modversions.h"
#include "proto/ops.h"
#include "sys/elfnote.h"
#include "sys/sysfile.h"
#include "util/mem.h"
#include "util/strv.h"

enum { PIECE = 128 * 1024 };

struct search {
    struct ud_helper *helper;
    struct ud_strv names; /* sorted */
    struct ud_strv paths;
    struct known {
        uint32_t crc;
        bool is;
    } * known; /* one for each name */
    size_t left;
};

static void on_version(void *ctx, struct ud_slice name, uint32_t crc)
{
    struct search *search = ctx;
    char text[UD_SYMBOL_NAME_MAX + 1];
    char hex[9];
    size_t at;
    if (name.len > UD_SYMBOL_NAME_MAX) {
        return;
    }
    memcpy(text, name.ptr, name.len);
    text[name.len] = '\0';
    if (!ud_strv_find_sorted(&search->names, text, &at)) {
        return;
    }
    struct known *known = &search->known[at];
    if (known->is && known->crc == crc) {
        return;
    }
    search->left -= !known->is;
    *known = (struct known){crc, true};
    (void)snprintf(hex, sizeof hex, "%08x", crc);
    ud_emit_result(search->helper->emit, text, UD_VERDICT_PRESENT, 0, hex);
}

static void look_at_versions(struct search *search, const char *elf, size_t len)
{
    struct ud_slice section;
    struct ud_slice names;
    if (ud_elf_section(elf, len, UD_MODVERSIONS, &section)) {
        ud_modversions_each(section, on_version, search);
    }
    if (ud_elf_section(elf, len, UD_MODVERSIONS_EXT_CRCS, &section) &&
        ud_elf_section(elf, len, UD_MODVERSIONS_EXT_NAMES, &names)) {
        ud_modversions_each_extended(section, names, on_version, search);
    }
}

static void send_whole(struct search *search, const char *path, const char *data, size_t len)
{
    for (size_t at = 0; at < len; at += PIECE) {
        ud_emit_blob(search->helper->emit, path, data + at, len - at < PIECE ? len - at : PIECE);
    }
}

static void look_into(struct search *search, const char *path)
{
    struct stat st;
    int fd = ud_sysfile_open(search->helper->root, path, O_NONBLOCK);
    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size <= 0 ||
        st.st_size > UD_OPS_FILE_MAX) {
        if (fd >= 0) {
            (void)close(fd);
        }
        return;
    }
    size_t len = (size_t)st.st_size;
    char *data = mmap(NULL, len, PROT_READ, MAP_PRIVATE, fd, 0);
    (void)close(fd);
    if (data == MAP_FAILED) {
        return;
    }
    if (len >= SELFMAG && memcmp(data, ELFMAG, SELFMAG) == 0) {
        look_at_versions(search, data, len);
    } else {
        send_whole(search, path, data, len);
    }
    (void)munmap(data, len);
}

static enum ud_code crcs_add_path(struct search *search, const char *path, const char *release,
                                  struct ud_error *err)
{
    if (!ud_check_module_path(path, release)) {
        return ud_fail(err, UD_ERR_USAGE, NULL, "not the path of a module of kernel %s: %.200s",
                       release, path);
    }
    ud_strv_add(&search->paths, path);
    return UD_OK;
}

static enum ud_code crcs_collect(struct search *search, int count, char **args,
                                 struct ud_error *err)
{
    struct utsname uts;
    const int paths = ud_helper_count_before_dashes(count, args);
    if (uname(&uts) != 0) {
        return ud_fail(err, UD_ERR_INTERNAL, NULL, "uname: %s", strerror(errno));
    }
    if (paths > UD_OPS_PATHS_MAX) {
        return ud_fail(err, UD_ERR_USAGE, NULL, "crcs takes at most %d paths", UD_OPS_PATHS_MAX);
    }
    for (int i = 0; i < paths; i++) {
        UD_TRY(crcs_add_path(search, args[i], uts.release, err));
    }
    UD_TRY(ud_helper_take_symbols(count - paths - 1, args + paths + 1, &search->names, err));
    search->left = search->names.len;
    search->known = ud_alloc(search->names.len + 1, sizeof *search->known);
    return UD_OK;
}

static enum ud_code crcs_run(struct search *search, bool enter, int count, char **args,
                             struct ud_error *err)
{
    const struct ud_kernel *kernel = search->helper->kernel;
    UD_TRY(crcs_collect(search, count, args, err));
    if (enter) {
        UD_TRY(kernel->enter(kernel->ctx, UD_REACH_FILES, err));
    }
    for (size_t i = 0; i < search->paths.len && search->left > 0; i++) {
        if (kernel->stopped(kernel->ctx) || ud_emit_gone(search->helper->emit)) {
            return ud_fail(err, UD_ERR_INTERRUPTED, NULL, "interrupted");
        }
        look_into(search, search->paths.items[i]);
    }
    return UD_OK;
}

enum ud_code ud_op_crcs(struct ud_helper *helper, int count, char **args, struct ud_error *err)
{
    struct search search = {.helper = helper};
    bool enter = ud_helper_take_flag(&count, &args, UD_OPS_FLAG_ENTER);
    enum ud_code rc = crcs_run(&search, enter, count, args, err);
    ud_strv_done(&search.names);
    ud_strv_done(&search.paths);
    free(search.known);
    return rc;
}
