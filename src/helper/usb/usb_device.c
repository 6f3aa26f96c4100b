#include "usb/usb_device.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "proto/check.h"
#include "sys/sysfile.h"

#define DEVICES "/sys/bus/usb/devices"

/* Folders below a device, and how deep they are looked for: an ordinary disk has 60, 10 deep. */
enum { FOLDERS_MAX = 4096, DEPTH_MAX = 16, ENTRIES_MAX = 1024 };

bool ud_usb_busid_plain(const char *busid)
{
    size_t len = strspn(busid, "0123456789-.");
    return len > 0 && len < 32 && busid[len] == '\0' && busid[0] != '.' && busid[0] != '-';
}

bool ud_usb_attribute(const char *root, const char *busid, const char *name, char *dst, size_t size)
{
    char path[256];
    dst[0] = '\0';
    (void)snprintf(path, sizeof path, DEVICES "/%s/%s", busid, name);
    return ud_sysfile_line(root, path, dst, size);
}

static uint32_t attribute_number(const char *root, const char *busid, const char *name)
{
    char text[32];
    uint32_t number = 0;
    if (!ud_usb_attribute(root, busid, name, text, sizeof text) ||
        !ud_check_number(text, UINT32_MAX, &number)) {
        return 0;
    }
    return number;
}

static uint32_t attribute_hex(const char *root, const char *busid, const char *name)
{
    char text[32];
    uint32_t number = 0;
    (void)ud_usb_attribute(root, busid, name, text, sizeof text);
    return ud_slice_hex_to_u32(ud_slice_of(text), &number) ? number : 0;
}

static void device_read_ids(const char *root, struct ud_reported_device *device)
{
    const char *busid = device->busid;
    char text[32];
    device->ids_known = ud_usb_attribute(root, busid, "idVendor", text, sizeof text);
    device->vendor = (uint16_t)attribute_hex(root, busid, "idVendor");
    device->product = (uint16_t)attribute_hex(root, busid, "idProduct");
    device->release = (uint16_t)attribute_hex(root, busid, "bcdDevice");
    device->class = (attribute_hex(root, busid, "bDeviceClass") & 0xff) << 16 |
                    (attribute_hex(root, busid, "bDeviceSubClass") & 0xff) << 8 |
                    (attribute_hex(root, busid, "bDeviceProtocol") & 0xff);
}

/* The name of what a link in a folder leads to, as "driver" and "subsystem" do; "" without one. */
static void folder_link(const char *root, const char *folder, const char *link, char dst[64])
{
    char full[UD_SYSFILE_PATH_MAX];
    char target[512];
    int len = snprintf(full, sizeof full, "%s%s/%s", root, folder, link);
    ssize_t n = len < (int)sizeof full ? readlink(full, target, sizeof target - 1) : -1;
    target[n > 0 ? n : 0] = '\0';
    const char *slash = strrchr(target, '/');
    (void)snprintf(dst, 64, "%.63s", slash != NULL ? slash + 1 : target);
}

/* Directories "BUSID:CONFIGURATION.NUMBER" */
static void device_read_interfaces(const char *root, struct ud_reported_device *device)
{
    char path[128];
    struct ud_strv names = {0};
    size_t len = strlen(device->busid);
    (void)snprintf(path, sizeof path, DEVICES "/%s", device->busid);
    ud_sysfile_list(root, path, ENTRIES_MAX, &names);
    for (size_t i = 0; i < names.len; i++) {
        const char *name = names.items[i];
        if (strncmp(name, device->busid, len) != 0 || name[len] != ':' || strlen(name) > 63 ||
            strspn(name + len + 1, "0123456789.") != strlen(name + len + 1)) {
            continue;
        }
        struct ud_report_interface *face = ud_reported_add_interface(device);
        if (face == NULL) {
            break;
        }
        face->number = attribute_hex(root, name, "bInterfaceNumber");
        (void)ud_usb_attribute(root, name, "modalias", face->modalias, sizeof face->modalias);
        (void)snprintf(path, sizeof path, DEVICES "/%.63s", name);
        folder_link(root, path, "driver", face->driver);
    }
    ud_strv_done(&names);
}

bool ud_usb_describe(const char *root, struct ud_reported_device *device)
{
    const char *busid = device->busid;
    char text[64];
    char path[128];
    uint64_t milliseconds;
    (void)snprintf(path, sizeof path, DEVICES "/%s", busid);
    if (!ud_sysfile_is_dir(root, path)) {
        return false;
    }
    device_read_ids(root, device);
    (void)ud_usb_attribute(root, busid, "devpath", device->devpath, sizeof device->devpath);
    (void)ud_usb_attribute(root, busid, "manufacturer", device->manufacturer_name,
                           sizeof device->manufacturer_name);
    (void)ud_usb_attribute(root, busid, "product", device->product_name,
                           sizeof device->product_name);
    (void)ud_usb_attribute(root, busid, "serial", device->serial, sizeof device->serial);
    device->busnum = attribute_number(root, busid, "busnum");
    device->devnum = attribute_number(root, busid, "devnum");
    device->configured = attribute_number(root, busid, "bConfigurationValue") > 0;
    device->authorized =
        !ud_usb_attribute(root, busid, "authorized", text, sizeof text) || strcmp(text, "0") != 0;
    device->since_known =
        ud_usb_attribute(root, busid, "power/connected_duration", text, sizeof text) &&
        ud_str_to_u64(text, &milliseconds);
    device->since_s = device->since_known ? milliseconds / 1000 : 0;
    device_read_interfaces(root, device);
    return true;
}

/* ---- what hangs below: nodes and children ---- */

struct node_search {
    const char *root;
    bool inside;
    struct ud_reported_device *device;
    size_t folders;
};

/* A path below /dev, without a part that leads elsewhere or a blank. */
static bool is_plain_name(const char *name)
{
    for (const char *p = name; *p != '\0'; p++) {
        if (*p <= ' ' || *p > '~') {
            return false;
        }
    }
    return name[0] != '\0' && name[0] != '/' && strlen(name) < 200 && strstr(name, "..") == NULL;
}

static void node_look(const struct node_search *search, struct ud_report_node *node)
{
    struct stat st;
    int fd = search->inside ? ud_sysfile_open(search->root, node->path, O_PATH) : -1;
    if (fd < 0) {
        return;
    }
    bool fits = fstat(fd, &st) == 0 &&
                (node->type == 'b' ? S_ISBLK(st.st_mode) : S_ISCHR(st.st_mode)) &&
                major(st.st_rdev) == node->major && minor(st.st_rdev) == node->minor;
    (void)close(fd);
    if (fits) {
        node->present = true;
        node->mode = st.st_mode & 07777;
        node->uid = st.st_uid;
        node->gid = st.st_gid;
    }
}

/* The value of a line "KEY=VALUE" of a uevent file. */
static bool uevent_value(const char *text, const char *key, char *dst, size_t size)
{
    struct ud_slice rest = ud_slice_of(text);
    struct ud_slice line;
    while (ud_str_next_line(&rest, &line)) {
        size_t len = strlen(key);
        if (ud_slice_starts(line, key) && line.len > len && line.ptr[len] == '=' &&
            line.len - len - 1 < size) {
            (void)snprintf(dst, size, "%.*s", (int)(line.len - len - 1), line.ptr + len + 1);
            return true;
        }
    }
    return false;
}

static bool is_of(const char *root, const char *folder, const char *subsystem)
{
    char name[64];
    folder_link(root, folder, "subsystem", name);
    return strcmp(name, subsystem) == 0;
}

static void node_add(struct node_search *search, const char *folder)
{
    char path[UD_SYSFILE_PATH_MAX];
    char name[200];
    char numbers[2][16];
    uint32_t pair[2];
    struct ud_buf buf;
    (void)snprintf(path, sizeof path, "%s/uevent", folder);
    ud_buf_init(&buf, 64 * 1024);
    bool good = ud_sysfile_read(search->root, path, &buf) == 0 &&
                uevent_value(buf.data, "DEVNAME", name, sizeof name) && is_plain_name(name) &&
                uevent_value(buf.data, "MAJOR", numbers[0], sizeof numbers[0]) &&
                uevent_value(buf.data, "MINOR", numbers[1], sizeof numbers[1]) &&
                ud_check_number(numbers[0], UINT32_MAX, &pair[0]) &&
                ud_check_number(numbers[1], UINT32_MAX, &pair[1]);
    ud_buf_done(&buf);
    struct ud_report_node *node = good ? ud_reported_add_node(search->device) : NULL;
    if (node != NULL) {
        (void)snprintf(node->path, sizeof node->path, "/dev/%s", name);
        node->type = is_of(search->root, folder, "block") ? 'b' : 'c';
        node->major = pair[0];
        node->minor = pair[1];
        node_look(search, node);
    }
}

/* What has a modalias and could have a driver, but for interfaces, which are told as such. An
 * input device has no driver but handlers, of which evdev takes any: its folder is "event0". */
static void child_add(const struct node_search *search, const char *folder,
                      const struct ud_strv *names)
{
    char path[UD_SYSFILE_PATH_MAX];
    char modalias[UD_MODALIAS_TEXT_SIZE];
    char driver[64];
    bool input = is_of(search->root, folder, "input");
    bool served = ud_strv_has(names, "bInterfaceNumber");
    for (size_t i = 0; input && i < names->len; i++) {
        served = served || ud_str_starts(names->items[i], "event");
    }
    folder_link(search->root, folder, "driver", driver);
    (void)snprintf(path, sizeof path, "%s/modalias", folder);
    if (!served && driver[0] == '\0' &&
        ud_sysfile_line(search->root, path, modalias, sizeof modalias) &&
        strlen(modalias) < sizeof modalias - 1) {
        (void)ud_reported_add_child(search->device, modalias);
    }
}

static void nodes_walk(struct node_search *search, const char *folder, int depth)
{
    char path[UD_SYSFILE_PATH_MAX];
    struct ud_strv names = {0};
    if (depth > DEPTH_MAX || ++search->folders > FOLDERS_MAX) {
        return;
    }
    (void)snprintf(path, sizeof path, "%s/dev", folder);
    if (ud_sysfile_is_file(search->root, path)) {
        node_add(search, folder);
    }
    ud_sysfile_list(search->root, folder, ENTRIES_MAX, &names);
    if (ud_strv_has(&names, "modalias")) {
        child_add(search, folder, &names);
    }
    for (size_t i = 0; i < names.len; i++) {
        int len = snprintf(path, sizeof path, "%s/%s", folder, names.items[i]);
        if (len < (int)sizeof path && ud_sysfile_is_own_dir(search->root, path)) {
            nodes_walk(search, path, depth + 1);
        }
    }
    ud_strv_done(&names);
}

void ud_usb_add_below(const char *root, bool inside, struct ud_reported_device *device)
{
    char path[128];
    struct node_search search = {.root = root, .inside = inside, .device = device};
    (void)snprintf(path, sizeof path, DEVICES "/%s", device->busid);
    nodes_walk(&search, path, 0);
}
