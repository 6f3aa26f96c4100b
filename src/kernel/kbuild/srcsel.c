#include "kernel/kbuild/srcsel.h"

#include <stddef.h>
#include <string.h>

#include "util/str.h"

/* Verified by building 5.10, 6.1, 6.12 and 7.2 for x86_64 and 6.1 and 6.12 for
 * arm64. A path ending in `/` stands for all below it, `*` for any part of
 * a name, and `**` for any part of a path. */

/* In `arch/<srcarch>/`: needed but for these. */
static const char *const arch_unneeded[] = {
    "boot/dts/", "configs/", "crypto/",   "events/", "hyperv/", "kvm/",  "mm/",
    "net/",      "pci/",     "platform/", "power/",  "video/",  "virt/", "xen/",
};

/* In `include/`: needed but for what only drivers of other devices read. Sources whose
 * CRCs are computed may read it: they get it, later. */
static const char *const include_unneeded[] = {
    "drm/",
    "dt-bindings/clock/",
    "dt-bindings/interconnect/",
    "dt-bindings/memory/",
    "dt-bindings/pinctrl/",
    "dt-bindings/power/",
    "dt-bindings/reset/",
    "dt-bindings/sound/",
    "linux/iio/",
    "linux/mfd/",
    "linux/mlx4/",
    "linux/mlx5/",
    "linux/platform_data/",
    "media/",
    "pcmcia/",
    "rdma/",
    "scsi/",
    "sound/",
    "target/",
    "uapi/drm/",
    "uapi/mtd/",
    "uapi/rdma/",
    "uapi/scsi/",
    "uapi/sound/",
    "ufs/",
};

static const char *const needed[] = {
    "Makefile",
    "Kbuild",
    /* The list of 32-bit system calls; arm64 reads x86's. */
    "arch/x86/entry/syscalls/syscall_32.tbl",
    "drivers/usb/Makefile",
    "drivers/usb/common/",
    "drivers/usb/core/",
    "drivers/usb/usbip/",
    "kernel/bounds.c",
    "kernel/elf/module.c", /* to 5.19; for the CRC of module_layout */
    "kernel/module-internal.h",
    "kernel/module/",
    "kernel/sched/**.h", /* from 6.18 on, for the next */
    "kernel/sched/rq-offsets.c",
    "kernel/time/timeconst.bc",
    "kernel/workqueue_internal.h",
    "lib/ctype.c",
    "lib/rbtree.c",
    "lib/string.c",
    "lib/vdso/",
    "security/selinux/include/",
    "tools/Makefile",
    "tools/arch/",
    "tools/build/",
    "tools/include/",
    "tools/lib/*.c",
    "tools/lib/subcmd/",
    "tools/objtool/",
    "tools/scripts/",
    /* The sources of the extra modules. */
    "fs/nls/nls_base.c",
    "lib/genalloc.c",
};

static const char *const scripts_unneeded[] = {"coccinelle/", "gdb/", "kconfig/tests/", "package/"};

static bool matches_pattern(const char *path, const char *entry, const char *star)
{
    const size_t head = (size_t)(star - entry);
    const bool any_depth = star[1] == '*';
    return strncmp(path, entry, head) == 0 && (any_depth || strchr(path + head, '/') == NULL) &&
           ud_str_ends(path + head, star + (any_depth ? 2 : 1));
}

static bool srcsel_matches(const char *path, const char *entry)
{
    const char *star = strchr(entry, '*');
    if (star != NULL) {
        return matches_pattern(path, entry, star);
    }
    return ud_str_ends(entry, "/") ? ud_str_starts(path, entry) : strcmp(path, entry) == 0;
}

static bool matches_any(const char *path, const char *const *entries, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (srcsel_matches(path, entries[i])) {
            return true;
        }
    }
    return false;
}

#define MATCHES_ANY(path, entries) matches_any(path, entries, sizeof(entries) / sizeof *(entries))

/* Every one in the tree: kconfig reads them all, those of other architectures too. */
static bool is_kconfig(const char *path)
{
    const char *slash = strrchr(path, '/');
    return ud_str_starts(slash != NULL ? slash + 1 : path, "Kconfig");
}

/* What follows "arch/<srcarch>/", or NULL. */
static const char *below_arch(const char *path, const char *srcarch)
{
    size_t n = strlen(srcarch);
    if (!ud_str_starts(path, "arch/") || strncmp(path + 5, srcarch, n) != 0 || path[5 + n] != '/') {
        return NULL;
    }
    return path + 5 + n + 1;
}

bool ud_srcsel_wants(const char *path, const char *srcarch)
{
    const char *in_arch = below_arch(path, srcarch);
    if (is_kconfig(path) || MATCHES_ANY(path, needed)) {
        return true;
    }
    if (in_arch != NULL) {
        return !MATCHES_ANY(in_arch, arch_unneeded);
    }
    if (ud_str_starts(path, "include/")) {
        return !MATCHES_ANY(path + strlen("include/"), include_unneeded);
    }
    if (ud_str_starts(path, "scripts/")) {
        return !MATCHES_ANY(path + strlen("scripts/"), scripts_unneeded);
    }
    return false;
}

/* Raise it when what is sent is decided otherwise by the same tables. */
#define RULES "3"

bool ud_srcsel_is_built(const char *path)
{
    static const char *const suffixes[] = {".o", ".so", ".a", ".ko", ".cmd", ".d"};
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        if (ud_str_ends(path, suffixes[i])) {
            return true;
        }
    }
    return false;
}

static void add_rules(struct ud_buf *out, const char *title, const char *const *entries,
                      size_t count)
{
    ud_buf_addf(out, "%s:", title);
    for (size_t i = 0; i < count; i++) {
        ud_buf_addf(out, " %s", entries[i]);
    }
    ud_buf_adds(out, "\n");
}

#define ADD_RULES(out, entries)                                                                    \
    add_rules(out, #entries, entries, sizeof(entries) / sizeof *(entries))

void ud_srcsel_rules(const char *srcarch, struct ud_buf *out)
{
    ud_buf_addf(out, "rules %s for %s\n", RULES, srcarch);
    ADD_RULES(out, needed);
    ADD_RULES(out, include_unneeded);
    ADD_RULES(out, arch_unneeded);
    ADD_RULES(out, scripts_unneeded);
}
