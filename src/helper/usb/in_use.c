#include "usb/in_use.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <linux/stat.h>

#include "proto/check.h"
#include "sys/sysfile.h"

/* Processes, open files of one, and mount namespaces that are looked at. */
enum {
    PROCESSES_MAX = 32 * 1024,
    FILES_MAX = 64 * 1024,
    SPACES_MAX = 1024,
    MOUNTS_MAX = 4 * 1024 * 1024 /* bytes */
};

struct use_search {
    const char *root;
    struct ud_reported_device *devices;
    size_t count;
    struct ud_strv spaces; /* mount namespaces that were read */
    uint32_t pid;          /* of the process that is looked at */
};

static const struct ud_report_node *use_find_node(const struct use_search *search, char type,
                                                  uint32_t major, uint32_t minor,
                                                  struct ud_reported_device **ret_device)
{
    for (size_t i = 0; i < search->count; i++) {
        struct ud_reported_device *device = &search->devices[i];
        for (size_t k = 0; k < device->node_count; k++) {
            const struct ud_report_node *node = &device->nodes[k];
            if (node->type == type && node->major == major && node->minor == minor) {
                *ret_device = device;
                return node;
            }
        }
    }
    return NULL;
}

/* ---- mounts ---- */

static const struct ud_report_node *use_find_path(const struct use_search *search,
                                                  struct ud_slice path,
                                                  struct ud_reported_device **ret_device)
{
    for (size_t i = 0; i < search->count; i++) {
        struct ud_reported_device *device = &search->devices[i];
        for (size_t k = 0; k < device->node_count; k++) {
            if (device->nodes[k].type == 'b' && ud_slice_equals(path, device->nodes[k].path)) {
                *ret_device = device;
                return &device->nodes[k];
            }
        }
    }
    return NULL;
}

static struct ud_slice use_next_word(struct ud_slice *line)
{
    const char *blank = line->len > 0 ? memchr(line->ptr, ' ', line->len) : NULL;
    size_t len = blank != NULL ? (size_t)(blank - line->ptr) : line->len;
    struct ud_slice word = {line->ptr, len};
    size_t used = blank != NULL ? len + 1 : len;
    line->ptr += used;
    line->len -= used;
    return word;
}

static bool use_numbers(struct ud_slice word, uint32_t *ret_major, uint32_t *ret_minor)
{
    char text[32];
    if (word.len >= sizeof text) {
        return false;
    }
    (void)snprintf(text, sizeof text, "%.*s", (int)word.len, word.ptr);
    char *colon = strchr(text, ':');
    if (colon == NULL) {
        return false;
    }
    *colon = '\0';
    return ud_check_number(text, UINT32_MAX, ret_major) &&
           ud_check_number(colon + 1, UINT32_MAX, ret_minor);
}

/* The kernel writes blanks and the like as \ooo (fs/seq_file.c, mangle_path()). */
static void use_unescape(struct ud_slice word, char *dst, size_t size)
{
    size_t len = 0;
    for (size_t i = 0; i < word.len && len + 1 < size; i++) {
        const char *p = word.ptr + i;
        if (*p == '\\' && word.len - i > 3 && p[1] >= '0' && p[1] <= '3' && p[2] >= '0' &&
            p[2] <= '7' && p[3] >= '0' && p[3] <= '7') {
            dst[len++] = (char)((p[1] - '0') * 64 + (p[2] - '0') * 8 + (p[3] - '0'));
            i += 3;
        } else {
            dst[len++] = *p;
        }
    }
    dst[len] = '\0';
}

/* "ID PARENT MAJOR:MINOR ROOT PATH OPTIONS … - TYPE SOURCE …". Some file systems (btrfs) have
 * numbers of their own; the source tells then. */
static void use_take_mount(struct use_search *search, struct ud_slice line)
{
    struct ud_reported_device *device = NULL;
    uint32_t major;
    uint32_t minor;
    (void)use_next_word(&line);
    (void)use_next_word(&line);
    struct ud_slice numbers = use_next_word(&line);
    (void)use_next_word(&line);
    struct ud_slice path = use_next_word(&line);
    while (line.len > 0 && !ud_slice_equals(use_next_word(&line), "-")) {
    }
    (void)use_next_word(&line);
    struct ud_slice source = use_next_word(&line);
    const struct ud_report_node *node = use_numbers(numbers, &major, &minor)
                                            ? use_find_node(search, 'b', major, minor, &device)
                                            : NULL;
    node = node != NULL ? node : use_find_path(search, source, &device);
    struct ud_report_mount *mount = node != NULL ? ud_reported_add_mount(device) : NULL;
    if (mount != NULL) {
        (void)snprintf(mount->node, sizeof mount->node, "%s", node->path);
        use_unescape(path, mount->path, sizeof mount->path);
    }
}

static void use_read_mounts(struct use_search *search, const char *process)
{
    char path[128];
    char full[UD_SYSFILE_PATH_MAX];
    char space[64];
    struct ud_buf buf;
    (void)snprintf(full, sizeof full, "%s/proc/%s/ns/mnt", search->root, process);
    ssize_t n = readlink(full, space, sizeof space - 1);
    space[n > 0 ? n : 0] = '\0';
    if (n <= 0 || search->spaces.len >= SPACES_MAX || ud_strv_has(&search->spaces, space)) {
        return;
    }
    ud_strv_add(&search->spaces, space);
    (void)snprintf(path, sizeof path, "/proc/%s/mountinfo", process);
    ud_buf_init(&buf, MOUNTS_MAX);
    if (ud_sysfile_read(search->root, path, &buf) == 0) {
        struct ud_slice rest = {buf.data, buf.len};
        struct ud_slice line;
        while (ud_str_next_line(&rest, &line)) {
            use_take_mount(search, line);
        }
    }
    ud_buf_done(&buf);
}

/* ---- open files ---- */

/* Whether the file is a device, and which. Nobody is asked: a file system of the network that
 * hangs would let this hang. */
static bool use_is_device(const char *path, char *ret_type, uint32_t *ret_major,
                          uint32_t *ret_minor)
{
    struct statx st;
    if (syscall(SYS_statx, AT_FDCWD, path, AT_STATX_DONT_SYNC, STATX_TYPE, &st) != 0) {
        return false;
    }
    *ret_type = S_ISBLK(st.stx_mode) ? 'b' : 'c';
    *ret_major = st.stx_rdev_major;
    *ret_minor = st.stx_rdev_minor;
    return S_ISBLK(st.stx_mode) || S_ISCHR(st.stx_mode);
}

static bool has_open(const struct ud_reported_device *device, const char *node, uint32_t pid)
{
    for (size_t i = 0; i < device->open_count; i++) {
        if (device->opens[i].pid == pid && strcmp(device->opens[i].node, node) == 0) {
            return true;
        }
    }
    return false;
}

static void use_take_open(struct use_search *search, const char *process, const char *path)
{
    struct ud_reported_device *device = NULL;
    char type;
    uint32_t major;
    uint32_t minor;
    char comm[32] = "";
    const struct ud_report_node *node = use_is_device(path, &type, &major, &minor)
                                            ? use_find_node(search, type, major, minor, &device)
                                            : NULL;
    if (node == NULL || has_open(device, node->path, search->pid)) {
        return;
    }
    struct ud_report_open *open = ud_reported_add_open(device);
    if (open != NULL) {
        char file[64];
        (void)snprintf(file, sizeof file, "/proc/%s/comm", process);
        (void)ud_sysfile_line(search->root, file, comm, sizeof comm);
        (void)snprintf(open->node, sizeof open->node, "%s", node->path);
        open->pid = search->pid;
        (void)snprintf(open->comm, sizeof open->comm, "%s", comm);
    }
}

/* Nodes have names; sockets, pipes and the like, which are most, have none with a slash. */
static void use_read_files(struct use_search *search, const char *process)
{
    char folder[64];
    struct ud_strv files = {0};
    (void)snprintf(folder, sizeof folder, "/proc/%s/fd", process);
    ud_sysfile_list(search->root, folder, FILES_MAX, &files);
    for (size_t i = 0; i < files.len; i++) {
        char full[UD_SYSFILE_PATH_MAX];
        char first;
        (void)snprintf(full, sizeof full, "%s%s/%s", search->root, folder, files.items[i]);
        if (readlink(full, &first, 1) == 1 && first == '/') {
            use_take_open(search, process, full);
        }
    }
    ud_strv_done(&files);
}

static bool use_has_nodes(const struct use_search *search)
{
    for (size_t i = 0; i < search->count; i++) {
        if (search->devices[i].node_count > 0) {
            return true;
        }
    }
    return false;
}

void ud_in_use_find(const char *root, struct ud_reported_device *devices, size_t count)
{
    struct use_search search = {.root = root, .devices = devices, .count = count};
    struct ud_strv processes = {0};
    if (!use_has_nodes(&search)) {
        return;
    }
    ud_sysfile_list(root, "/proc", PROCESSES_MAX, &processes);
    for (size_t i = 0; i < processes.len; i++) {
        if (ud_check_number(processes.items[i], UINT32_MAX, &search.pid)) {
            use_read_mounts(&search, processes.items[i]);
            use_read_files(&search, processes.items[i]);
        }
    }
    ud_strv_done(&search.spaces);
    ud_strv_done(&processes);
}
