#include "ops/ops.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "proto/check.h"
#include "proto/fact.h"
#include "proto/ops.h"
#include "sys/config_file.h"
#include "sys/elfnote.h"
#include "sys/modules.h"
#include "sys/sysfile.h"
#include "sys/vhci.h"
#include "usb/ports.h"
#include "util/str.h"
#include "util/strv.h"

/* Facts that are the first line of a file. */
static const struct {
    const char *key;
    const char *path;
} lines[] = {
    {UD_FACT_BANNER, "/proc/version"},
    {UD_FACT_BOOT_ID, "/proc/sys/kernel/random/boot_id"},
    {UD_FACT_MODULES_DISABLED, "/proc/sys/kernel/modules_disabled"},
    {UD_FACT_SIG_ENFORCE, "/sys/module/module/parameters/sig_enforce"},
    {UD_FACT_LOCKDOWN, "/sys/kernel/security/lockdown"},
    {UD_FACT_TAINTED, "/proc/sys/kernel/tainted"},
};

static void send_uname(struct ud_emit *emit, const struct utsname *uts)
{
    ud_emit_fact(emit, UD_FACT_RELEASE, uts->release);
    ud_emit_fact(emit, UD_FACT_VERSION, uts->version);
    ud_emit_fact(emit, UD_FACT_MACHINE, uts->machine);
    ud_emit_fact(emit, UD_FACT_HOSTNAME, uts->nodename);
}

static void send_lines(const char *root, struct ud_emit *emit)
{
    char text[UD_SYSFILE_LINE_MAX];
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        if (ud_sysfile_line(root, lines[i].path, text, sizeof text)) {
            ud_emit_fact(emit, lines[i].key, text);
        }
    }
}

static void probe_send_file(const char *root, struct ud_emit *emit, const char *key,
                            const char *path)
{
    struct ud_buf buf;
    ud_buf_init(&buf, UD_OPS_PROBE_FILE_MAX);
    if (ud_sysfile_read(root, path, &buf) == 0) {
        ud_emit_blob(emit, key, buf.data, buf.len);
    }
    ud_buf_done(&buf);
}

static void send_abilities(const char *root, struct ud_emit *emit)
{
    char text[256];
    struct ud_buf notes;
    char build_id[UD_BUILD_ID_MAX + 1];
    bool modules = ud_sysfile_exists(root, "/proc/modules");
    ud_emit_fact(emit, UD_FACT_MODULES_SUPPORTED, modules ? "1" : "0");
    if (ud_sysfile_line(root, "/proc/kallsyms", text, sizeof text)) {
        ud_emit_fact(emit, UD_FACT_KALLSYMS, "1");
    }
    if (ud_sysfile_exists(root, "/sys/kernel/btf/vmlinux")) {
        ud_emit_fact(emit, UD_FACT_BTF, "1");
    }
    ud_buf_init(&notes, 64 * 1024);
    if (ud_sysfile_read(root, "/sys/kernel/notes", &notes) == 0 &&
        ud_note_build_id(notes.data, notes.len, build_id)) {
        ud_emit_fact(emit, UD_FACT_KERNEL_BUILD_ID, build_id);
    }
    ud_buf_done(&notes);
}

/* Each directory in /sys/module: loaded, or built in. */
static void send_modules(const char *root, struct ud_emit *emit)
{
    struct ud_strv names = {0};
    ud_sysfile_list(root, "/sys/module", UD_OPS_DIRS_MAX, &names);
    for (size_t i = 0; i < names.len; i++) {
        const char *name = names.items[i];
        char key[128];
        char build_id[UD_BUILD_ID_MAX + 1];
        if (!ud_check_module_name(name)) {
            continue;
        }
        if (ud_modules_is_builtin(root, name)) {
            (void)snprintf(key, sizeof key, "%s%s", UD_FACT_BUILTIN_PREFIX, name);
            ud_emit_fact(emit, key, "1");
        } else if (ud_modules_build_id(root, name, build_id)) {
            (void)snprintf(key, sizeof key, "%s%s", UD_FACT_BUILD_ID_PREFIX, name);
            ud_emit_fact(emit, key, build_id);
        }
    }
    ud_strv_done(&names);
    probe_send_file(root, emit, UD_BLOB_PROC_MODULES, "/proc/modules");
}

/* `path.ko: path.ko …` in each line, and at least one. */
static bool names_modules(const struct ud_buf *dep)
{
    struct ud_slice rest = {dep->data, dep->len};
    struct ud_slice line;
    bool any = false;
    while (ud_str_next_line(&rest, &line)) {
        const char *colon = line.len > 0 ? memchr(line.ptr, ':', line.len) : NULL;
        bool named =
            colon != NULL && memmem(line.ptr, (size_t)(colon - line.ptr), ".ko", 3) != NULL;
        if (line.len > 0 && line.ptr[0] != '#' && !named) {
            return false;
        }
        any = any || named;
    }
    return any;
}

/* Without a modules.dep that names any, the files themselves are looked for: a depmod
 * that cannot read how they are compressed leaves it empty. */
static void send_module_files(const char *root, struct ud_emit *emit, const char *dir)
{
    char path[160];
    struct ud_buf buf;
    (void)snprintf(path, sizeof path, "%s/modules.dep", dir);
    ud_buf_init(&buf, UD_OPS_PROBE_FILE_MAX);
    bool good = ud_sysfile_read(root, path, &buf) == 0 && names_modules(&buf);
    if (good) {
        ud_emit_blob(emit, UD_BLOB_MODULES_DEP, buf.data, buf.len);
    } else {
        ud_buf_clear(&buf);
        ud_modules_walk(root, dir, &buf);
        ud_emit_blob(emit, UD_BLOB_MODULE_FILES, buf.data, buf.len);
    }
    ud_buf_done(&buf);
}

/* What the owner of all files may not open, a security policy keeps from us. */
static bool is_denied(const char *root, const char *path)
{
    int fd = ud_sysfile_open(root, path, O_NONBLOCK);
    if (fd >= 0) {
        (void)close(fd);
        return false;
    }
    return errno == EACCES || errno == EPERM;
}

/* The folder, and what is in it: their labels differ. */
static bool modules_are_denied(const char *root, const char *dir)
{
    char file[160];
    (void)snprintf(file, sizeof file, "%s/modules.dep", dir);
    return is_denied(root, dir) || is_denied(root, file);
}

/* As Alpine's /lib/modules does while the image with the modules is not mounted. */
static bool leads_nowhere(const char *root, const char *path)
{
    return ud_sysfile_is_link(root, path) && !ud_sysfile_is_dir(root, path);
}

static void send_modules_dir(const char *root, struct ud_emit *emit, const char *release)
{
    static const char *const parents[] = {"/lib/modules", "/usr/lib/modules"};
    char dir[128];
    for (size_t i = 0; i < sizeof parents / sizeof parents[0]; i++) {
        char file[160];
        (void)snprintf(dir, sizeof dir, "%s/%s", parents[i], release);
        if (modules_are_denied(root, dir)) {
            ud_emit_fact(emit, UD_FACT_MODULES_UNSEEN, UD_MODULES_DENIED);
            return;
        }
        if (ud_sysfile_is_dir(root, dir)) {
            ud_emit_fact(emit, UD_FACT_MODULES_DIR, dir);
            send_module_files(root, emit, dir);
            (void)snprintf(file, sizeof file, "%s/modules.builtin", dir);
            probe_send_file(root, emit, UD_BLOB_MODULES_BUILTIN, file);
            return;
        }
    }
    (void)snprintf(dir, sizeof dir, "%s/%s", parents[0], release);
    if (ud_sysfile_is_link(root, dir) || leads_nowhere(root, parents[0])) {
        ud_emit_fact(emit, UD_FACT_MODULES_UNSEEN, UD_MODULES_LINKED);
    }
}

/* The kernel's own, or all that there are: which of them is this kernel's is not for us to judge.
 * The same file by another path is sent once. */
static void send_config(const char *root, struct ud_emit *emit, const char *release)
{
    struct ud_buf buf;
    struct ud_buf last;
    char path[UD_CONFIG_PATH_MAX];
    size_t place = 0;
    bool own = false;
    ud_buf_init(&buf, UD_OPS_PROBE_FILE_MAX);
    ud_buf_init(&last, UD_OPS_PROBE_FILE_MAX);
    while (!own && ud_config_next(root, release, &place, &buf, path)) {
        char key[sizeof UD_BLOB_CONFIG_PREFIX + UD_CONFIG_PATH_MAX];
        const bool again =
            buf.len > 0 && buf.len == last.len && memcmp(buf.data, last.data, buf.len) == 0;
        (void)snprintf(key, sizeof key, "%s%s", UD_BLOB_CONFIG_PREFIX, path);
        if (!again) {
            ud_emit_blob(emit, key, buf.data, buf.len);
        }
        own = ud_str_starts(path, "/proc/");
        ud_buf_clear(&last);
        ud_buf_add(&last, buf.data, buf.len);
    }
    ud_buf_done(&buf);
    ud_buf_done(&last);
}

/* What is in the container itself says nothing of the VM, but for a file that
 * was put there for that purpose. */
static void send_os_release(const char *root, struct ud_emit *emit, bool entered)
{
    static const char *const usual[] = {"/etc/os-release", "/usr/lib/os-release"};
    if (!entered) {
        probe_send_file(root, emit, UD_BLOB_OS_RELEASE, UD_OPS_OS_RELEASE);
        return;
    }
    probe_send_file(root, emit, UD_BLOB_OS_RELEASE,
                    ud_sysfile_exists(root, usual[0]) ? usual[0] : usual[1]);
}

/* Engines put /dev/null over this file in containers that are not privileged. */
static void send_keys(const char *root, struct ud_emit *emit)
{
    struct ud_buf buf;
    ud_buf_init(&buf, UD_OPS_PROBE_FILE_MAX);
    if (ud_sysfile_read(root, "/proc/keys", &buf) == 0 && buf.len > 0) {
        ud_emit_blob(emit, UD_BLOB_PROC_KEYS, buf.data, buf.len);
    }
    ud_buf_done(&buf);
}

/* Nothing where nothing is attached, or there is no vhci_hcd. */
static void send_devices(const struct ud_helper *helper, bool entered)
{
    struct ud_device_report report = {0};
    if (ud_ports_collect(helper->root, entered, NULL, 0, &report) == 0 && report.count > 0) {
        ud_ports_send(helper->emit, &report);
    }
    ud_device_report_done(&report);
}

enum ud_code ud_op_probe(struct ud_helper *helper, int count, char **args, struct ud_error *err)
{
    struct utsname uts;
    bool enter = ud_helper_take_flag(&count, &args, UD_OPS_FLAG_ENTER);
    if (count != 0) {
        return ud_fail(err, UD_ERR_USAGE, NULL, "probe takes no arguments");
    }
    if (enter) {
        UD_TRY(helper->kernel->enter(helper->kernel->ctx, UD_REACH_FILES, err));
    }
    if (uname(&uts) != 0) {
        return ud_fail(err, UD_ERR_INTERNAL, NULL, "uname failed");
    }
    send_uname(helper->emit, &uts);
    send_lines(helper->root, helper->emit);
    send_abilities(helper->root, helper->emit);
    send_modules(helper->root, helper->emit);
    if (ud_check_release(uts.release)) {
        send_modules_dir(helper->root, helper->emit, uts.release);
        send_config(helper->root, helper->emit, uts.release);
    }
    send_keys(helper->root, helper->emit);
    send_os_release(helper->root, helper->emit, enter);
    ud_vhci_report(helper->root, helper->emit);
    send_devices(helper, enter);
    return UD_OK;
}
