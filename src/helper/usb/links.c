#include "usb/links.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys/sysfile.h"
#include "usb/usb_device.h"

enum { SERIAL_SIZE = 224, ENTRIES_MAX = 4096 };

/* Where links may be. */
static const char *const folders[] = {
    "/dev/serial/by-id", "/dev/serial/by-path", "/dev/disk/by-id",  "/dev/disk/by-path",
    "/dev/disk/by-uuid", "/dev/disk/by-label",  "/dev/input/by-id", "/dev/input/by-path",
    "/dev/v4l/by-id",    "/dev/v4l/by-path",    "/dev/snd/by-id",   "/dev/snd/by-path",
};

/* ---- names ---- */

/* systemd's src/shared/device-nodes.c, allow_listed_char_for_devnode() */
static bool is_safe(unsigned char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (c != '\0' && strchr("#+-.:=@_", c) != NULL);
}

void ud_links_word(const char *text, char *dst, size_t size)
{
    size_t len = 0;
    char clean[512];
    (void)snprintf(clean, sizeof clean, "%s", text);
    ud_str_sanitize(clean);
    for (const char *p = clean; *p != '\0' && len + 1 < size; p++) {
        bool blank = *p == ' ' || *p == '\t' || *p == '\n';
        if (blank && (len == 0 || p[1 + strspn(p + 1, " \t\n")] == '\0')) {
            continue;
        }
        if (blank && (p[-1] == ' ' || p[-1] == '\t' || p[-1] == '\n')) {
            continue;
        }
        /* Well-formed UTF-8 is safe. */
        dst[len++] = (unsigned char)*p >= 0x80 || is_safe((unsigned char)*p) ? *p : '_';
    }
    dst[len] = '\0';
}

/* usb_id passes over serial numbers that are not printable ASCII, or have a comma. */
static bool is_good_serial(const char *serial)
{
    for (const char *p = serial; *p != '\0'; p++) {
        if ((unsigned char)*p < 0x20 || (unsigned char)*p > 0x7e || *p == ',') {
            return false;
        }
    }
    return serial[0] != '\0';
}

/* VENDOR_PRODUCT or VENDOR_PRODUCT_SERIAL: ID_SERIAL of usb_id. */
static void links_serial(const struct ud_reported_device *device, const char *vendor,
                         const char *product, char dst[SERIAL_SIZE])
{
    char words[3][100]; /* udev cuts the first two at 63 characters */
    char number[8];
    (void)snprintf(number, sizeof number, "%04x", (unsigned)device->vendor);
    ud_links_word(vendor[0] != '\0' ? vendor : number, words[0], sizeof words[0]);
    (void)snprintf(number, sizeof number, "%04x", (unsigned)device->product);
    ud_links_word(product[0] != '\0' ? product : number, words[1], sizeof words[1]);
    words[2][0] = '\0';
    if (is_good_serial(device->serial)) {
        ud_links_word(device->serial, words[2], sizeof words[2]);
    }
    /* The rest of a file's name is for "usb-", the interface and the port. */
    (void)snprintf(dst, SERIAL_SIZE, "%.63s_%.63s%s%.90s", words[0], words[1],
                   words[2][0] != '\0' ? "_" : "", words[2]);
}

/* ---- where a node hangs in sysfs ---- */

/* The directory of a node's device: what /sys/class/tty/NAME/device or
 * /sys/class/block/NAME/device leads to. */
static bool node_folder(const char *root, const char *class, const char *name,
                        char dst[UD_SYSFILE_PATH_MAX])
{
    int len = snprintf(dst, UD_SYSFILE_PATH_MAX, "/sys/class/%s/%s/device", class, name);
    return len < UD_SYSFILE_PATH_MAX && ud_sysfile_is_dir(root, dst);
}

/* The interface that a terminal belongs to: its device is that itself (cdc_acm) or a port below
 * it (usb-serial). Sets the interface's directory name, "1-1:1.0". */
static bool terminal_interface(const char *root, const struct ud_reported_device *device,
                               const char *folder, char dst[64], uint32_t *ret_number)
{
    static const char *const ups[] = {"", "/.."};
    for (size_t i = 0; i < sizeof ups / sizeof ups[0]; i++) {
        char path[UD_SYSFILE_PATH_MAX + 32];
        char number[16];
        (void)snprintf(path, sizeof path, "%s%s/bInterfaceNumber", folder, ups[i]);
        if (!ud_sysfile_line(root, path, number, sizeof number) ||
            !ud_slice_hex_to_u32(ud_slice_of(number), ret_number)) {
            continue;
        }
        char configuration[16];
        (void)ud_usb_attribute(root, device->busid, "bConfigurationValue", configuration,
                               sizeof configuration);
        (void)snprintf(dst, 64, "%s:%.8s.%lu", device->busid, configuration,
                       (unsigned long)*ret_number);
        return true;
    }
    return false;
}

static struct ud_report_link *links_add(struct ud_reported_device *device,
                                        const struct ud_report_node *node)
{
    struct ud_report_link *link = ud_reported_add_link(device);
    if (link != NULL) {
        (void)snprintf(link->target, sizeof link->target, "%s", node->path);
    }
    return link;
}

/* The controller that a busid hangs on, "vhci_hcd.0". */
static void links_controller(const char *root, const char *busid, char dst[32])
{
    char path[UD_SYSFILE_PATH_MAX];
    char target[512];
    (void)snprintf(path, sizeof path, "%s/sys/bus/usb/devices/%s", root, busid);
    ssize_t n = readlink(path, target, sizeof target - 1);
    target[n > 0 ? n : 0] = '\0';
    const char *name = strstr(target, "/vhci_hcd.");
    (void)snprintf(dst, 32, "%.*s", name != NULL ? (int)strcspn(name + 1, "/") : 10,
                   name != NULL ? name + 1 : "vhci_hcd.0");
}

static void links_of_terminal(const char *root, struct ud_reported_device *device,
                              const struct ud_report_node *node)
{
    char folder[UD_SYSFILE_PATH_MAX];
    char path[UD_SYSFILE_PATH_MAX + 16];
    char face[64];
    char controller[32];
    char serial[SERIAL_SIZE];
    char port[16] = "";
    char suffix[32] = "";
    uint32_t number;
    if (!node_folder(root, "tty", node->path + strlen("/dev/"), folder) ||
        !terminal_interface(root, device, folder, face, &number)) {
        return;
    }
    (void)snprintf(path, sizeof path, "%s/port_number", folder);
    if (ud_sysfile_line(root, path, port, sizeof port) &&
        strspn(port, "0123456789") == strlen(port)) {
        (void)snprintf(suffix, sizeof suffix, "-port%s", port);
    }
    links_serial(device, device->manufacturer_name, device->product_name, serial);
    struct ud_report_link *link = links_add(device, node);
    if (link != NULL) {
        (void)snprintf(link->path, sizeof link->path, "/dev/serial/by-id/usb-%s-if%02lx%s", serial,
                       (unsigned long)number, suffix);
    }
    link = links_add(device, node);
    if (link != NULL) {
        links_controller(root, device->busid, controller);
        (void)snprintf(link->path, sizeof link->path, "/dev/serial/by-path/platform-%s-usb-0:%s%s",
                       controller, strchr(face, '-') + 1, suffix);
    }
}

/* usb_id names a disk by what SCSI says of it, and by target and unit: of ".../2:0:0:1", "0:1". */
static bool disk_unit(const char *root, const char *folder, char dst[32])
{
    char full[UD_SYSFILE_PATH_MAX];
    char target[512];
    (void)snprintf(full, sizeof full, "%s%s", root, folder);
    ssize_t n = readlink(full, target, sizeof target - 1);
    target[n > 0 ? n : 0] = '\0';
    const char *name = strrchr(target, '/');
    const char *unit = name != NULL ? strchr(name, ':') : NULL;
    unit = unit != NULL ? strchr(unit + 1, ':') : NULL;
    if (unit == NULL || strspn(unit, ":0123456789") != strlen(unit) || strlen(unit) > 16) {
        return false;
    }
    (void)snprintf(dst, 32, "%s", unit + 1);
    return true;
}

static void links_of_disk(const char *root, struct ud_reported_device *device,
                          const struct ud_report_node *node)
{
    const char *name = node->path + strlen("/dev/");
    char disk[64];
    char folder[UD_SYSFILE_PATH_MAX];
    char path[UD_SYSFILE_PATH_MAX + 16];
    char vendor[64] = "";
    char model[64] = "";
    char unit[32];
    char serial[SERIAL_SIZE];
    char part[32] = "";
    /* "sda1" is part 1 of "sda": the whole disk is what has a device. */
    size_t letters = strcspn(name, "0123456789");
    if (!ud_str_starts(name, "sd") || letters >= sizeof disk || strlen(name + letters) > 8) {
        return;
    }
    (void)snprintf(disk, sizeof disk, "%.*s", (int)letters, name);
    if (name[letters] != '\0') {
        (void)snprintf(part, sizeof part, "-part%s", name + letters);
    }
    if (!node_folder(root, "block", disk, folder) || !disk_unit(root, folder, unit)) {
        return;
    }
    (void)snprintf(path, sizeof path, "%s/vendor", folder);
    (void)ud_sysfile_line(root, path, vendor, sizeof vendor);
    (void)snprintf(path, sizeof path, "%s/model", folder);
    (void)ud_sysfile_line(root, path, model, sizeof model);
    links_serial(device, vendor, model, serial);
    struct ud_report_link *link = links_add(device, node);
    if (link != NULL) {
        (void)snprintf(link->path, sizeof link->path, "/dev/disk/by-id/usb-%s-%s%s", serial, unit,
                       part);
    }
}

/* ---- in /dev ---- */

/* "../../ttyUSB0" of a link in /dev/serial/by-id is /dev/ttyUSB0. */
static bool links_resolve(const char *folder, const char *target, char *dst, size_t size)
{
    char base[64];
    (void)snprintf(base, sizeof base, "%s", folder);
    while (ud_str_starts(target, "../")) {
        char *slash = strrchr(base, '/');
        if (slash == NULL || slash == base) {
            return false;
        }
        *slash = '\0';
        target += 3;
    }
    int len = target[0] == '/' ? snprintf(dst, size, "%s", target)
                               : snprintf(dst, size, "%s/%s", base, target);
    return len > 0 && (size_t)len < size;
}

static bool has_node(const struct ud_reported_device *device, const char *path)
{
    for (size_t i = 0; i < device->node_count; i++) {
        if (strcmp(device->nodes[i].path, path) == 0) {
            return true;
        }
    }
    return false;
}

static bool has_link(const struct ud_reported_device *device, size_t count, const char *path)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(device->links[i].path, path) == 0) {
            return true;
        }
    }
    return false;
}

static void links_find_in(const char *root, const char *folder, struct ud_reported_device *device)
{
    struct ud_strv names = {0};
    ud_sysfile_list(root, folder, ENTRIES_MAX, &names);
    for (size_t i = 0; i < names.len; i++) {
        char full[UD_SYSFILE_PATH_MAX];
        char target[512];
        char node[256];
        (void)snprintf(full, sizeof full, "%s%s/%s", root, folder, names.items[i]);
        ssize_t n = readlink(full, target, sizeof target - 1);
        target[n > 0 ? n : 0] = '\0';
        if (n <= 0 || !links_resolve(folder, target, node, sizeof node) ||
            !has_node(device, node)) {
            continue;
        }
        struct ud_report_link *link = ud_reported_add_link(device);
        if (link != NULL) {
            (void)snprintf(link->path, sizeof link->path, "%s/%.250s", folder, names.items[i]);
            (void)snprintf(link->target, sizeof link->target, "%s", node);
        }
    }
    ud_strv_done(&names);
}

void ud_links_find(const char *root, struct ud_reported_device *device)
{
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        links_find_in(root, folders[i], device);
    }
}

/* The folder of path and that above it, up to /dev/X. */
static void links_make_folders(const char *root, const char *path)
{
    char full[UD_SYSFILE_PATH_MAX];
    int len = snprintf(full, sizeof full, "%s%s", root, path);
    char *last = len < (int)sizeof full ? strrchr(full, '/') : NULL;
    if (last == NULL) {
        return;
    }
    *last = '\0';
    char *above = strrchr(full, '/');
    *above = '\0';
    (void)mkdir(full, 0755);
    *above = '/';
    (void)mkdir(full, 0755);
}

/* 0, EEXIST if somebody else's is there, or another errno number. */
static int links_make_one(const char *root, const struct ud_report_link *link)
{
    char full[UD_SYSFILE_PATH_MAX];
    char target[300];
    struct stat st;
    (void)snprintf(full, sizeof full, "%s%s", root, link->path);
    (void)snprintf(target, sizeof target, "../../%s", link->target + strlen("/dev/"));
    links_make_folders(root, link->path);
    if (lstat(full, &st) == 0 && S_ISLNK(st.st_mode) && stat(full, &st) != 0) {
        (void)unlink(full);
    }
    return symlink(target, full) == 0 ? 0 : errno;
}

size_t ud_links_make(const char *root, struct ud_reported_device *device, int *ret_why)
{
    const size_t there = device->link_count;
    size_t kept = there;
    size_t failed = 0;
    for (size_t i = 0; i < device->node_count; i++) {
        const struct ud_report_node *node = &device->nodes[i];
        if (node->present && node->type == 'c' && ud_str_starts(node->path, "/dev/tty")) {
            links_of_terminal(root, device, node);
        } else if (node->type == 'b') {
            links_of_disk(root, device, node);
        }
    }
    for (size_t i = there; i < device->link_count; i++) {
        struct ud_report_link link = device->links[i];
        if (has_link(device, kept, link.path)) {
            continue;
        }
        int why = links_make_one(root, &link);
        if (why == 0) {
            device->links[kept++] = link;
        } else if (why != EEXIST) {
            *ret_why = why;
            failed++;
        }
    }
    device->link_count = kept;
    return failed;
}

static void links_remove_one(const char *root, const char *folder, const char *name)
{
    char full[UD_SYSFILE_PATH_MAX];
    struct stat st;
    int len =
        snprintf(full, sizeof full, "%s%s%s%s", root, folder, name[0] != '\0' ? "/" : "", name);
    if (len < (int)sizeof full && lstat(full, &st) == 0 && S_ISLNK(st.st_mode) &&
        stat(full, &st) != 0) {
        (void)unlink(full);
    }
}

static void links_remove_folders(const char *root)
{
    static const char *const above[] = {"/dev/serial", "/dev/disk"};
    char full[UD_SYSFILE_PATH_MAX];
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        (void)snprintf(full, sizeof full, "%s%s", root, folders[i]);
        (void)rmdir(full); /* which fails unless it is empty */
    }
    for (size_t i = 0; i < sizeof above / sizeof above[0]; i++) {
        (void)snprintf(full, sizeof full, "%s%s", root, above[i]);
        (void)rmdir(full);
    }
}

void ud_links_remove(const char *root, const struct ud_reported_device *device)
{
    for (size_t i = 0; i < device->link_count; i++) {
        links_remove_one(root, device->links[i].path, "");
    }
    links_remove_folders(root);
}

void ud_links_sweep(const char *root)
{
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        struct ud_strv names = {0};
        ud_sysfile_list(root, folders[i], ENTRIES_MAX, &names);
        for (size_t k = 0; k < names.len; k++) {
            links_remove_one(root, folders[i], names.items[k]);
        }
        ud_strv_done(&names);
    }
    links_remove_folders(root);
}
