#include "usb/access.h"

#include <stdio.h>
#include <string.h>

#include "proto/check.h"
#include "proto/fact.h"
#include "sys/sysfile.h"
#include "usb/links.h"

#define USBFS "/dev/bus/usb/"

bool ud_access_has_udev(const char *root)
{
    return ud_sysfile_exists(root, "/run/udev/control");
}

/* udev's rules.d/50-udev-default.rules, with the numbers that Debian's base-passwd gives to
 * groups. The first that fits counts. Debian gives no number to "input": it is the VM's own. */
enum { GROUP_ROOT = 0, GROUP_DISK = 6, GROUP_LP = 7, GROUP_DIALOUT = 20, GROUP_CDROM = 24 };
enum { GROUP_AUDIO = 29, GROUP_VIDEO = 44, GROUP_INPUT = -1 };

struct access_rule {
    const char *prefix;
    char type;
    int32_t mode;
    int32_t group;
};

static const struct access_rule access_rules[] = {
    {USBFS, 'c', 0664, GROUP_ROOT},          {"/dev/tty", 'c', 0660, GROUP_DIALOUT},
    {"/dev/sr", 'b', 0660, GROUP_CDROM},     {"/dev/", 'b', 0660, GROUP_DISK},
    {"/dev/snd/", 'c', 0660, GROUP_AUDIO},   {"/dev/video", 'c', 0660, GROUP_VIDEO},
    {"/dev/media", 'c', 0660, GROUP_VIDEO},  {"/dev/v4l", 'c', 0660, GROUP_VIDEO},
    {"/dev/usb/lp", 'c', 0660, GROUP_LP},    {"/dev/input/js", 'c', 0664, GROUP_INPUT},
    {"/dev/input/", 'c', 0660, GROUP_INPUT},
};

/* "NAME:PASSWORD:NUMBER:MEMBERS"; -1 if it is another's. */
static int64_t access_group_of_line(struct ud_slice line, const char *name)
{
    char text[128];
    uint32_t gid;
    (void)snprintf(text, sizeof text, "%.*s", line.len < 127 ? (int)line.len : 127, line.ptr);
    char *rest = text;
    const char *word = strsep(&rest, ":");
    if (strcmp(word, name) != 0 || strsep(&rest, ":") == NULL) {
        return -1;
    }
    word = strsep(&rest, ":");
    return word != NULL && ud_check_number(word, UINT32_MAX - 1, &gid) ? (int64_t)gid : -1;
}

/* The number of a group of the VM's, or -1. */
static int64_t access_group(const char *root, const char *name)
{
    struct ud_buf buf;
    struct ud_slice line;
    int64_t group = -1;
    ud_buf_init(&buf, 1024 * 1024);
    if (ud_sysfile_read(root, "/etc/group", &buf) == 0) {
        struct ud_slice rest = {buf.data, buf.len};
        while (group < 0 && ud_str_next_line(&rest, &line)) {
            group = access_group_of_line(line, name);
        }
    }
    ud_buf_done(&buf);
    return group;
}

/* Where the kernel made the node and nobody did anything to it. */
static bool access_is_untouched(const struct ud_report_node *node)
{
    return node->mode == 0600 && node->uid == 0 && node->gid == 0;
}

/* By the rules; -1 where there is none. */
static struct ud_access access_usual(const char *root, const struct ud_report_node *node)
{
    struct ud_access usual = {-1, -1};
    for (size_t i = 0; i < sizeof access_rules / sizeof access_rules[0]; i++) {
        const struct access_rule *rule = &access_rules[i];
        if (node->type == rule->type && ud_str_starts(node->path, rule->prefix)) {
            usual.group = rule->group != GROUP_INPUT ? rule->group : access_group(root, "input");
            usual.mode = usual.group >= 0 ? rule->mode : -1;
            return usual;
        }
    }
    return usual;
}

static void access_warn(const struct ud_helper *helper, const char *what, const char *path, int why)
{
    char text[512];
    (void)snprintf(text, sizeof text, "%s %s: %s", what, path, strerror(why));
    ud_emit_fact(helper->emit, UD_FACT_WARNING, text);
}

static void access_grant(const struct ud_helper *helper, const struct ud_access *access,
                         struct ud_report_node *node)
{
    const struct ud_kernel *kernel = helper->kernel;
    if (access->mode < 0 && access->group < 0) {
        return;
    }
    int why = kernel->grant(kernel->ctx, node->path, access->mode, access->group);
    if (why != 0) {
        access_warn(helper, "cannot change mode and group of", node->path, why);
        return;
    }
    node->mode = access->mode >= 0 ? (uint32_t)access->mode : node->mode;
    node->gid = access->group >= 0 ? (uint32_t)access->group : node->gid;
}

/* Whether the node is as it would be if it had been given what is asked for. */
static bool access_was_given(const struct ud_access *access, const struct ud_report_node *node)
{
    return (access->mode >= 0 || access->group >= 0) && node->uid == 0 &&
           (access->mode < 0 || node->mode == (uint32_t)access->mode) &&
           (access->group < 0 || node->gid == (uint32_t)access->group);
}

/* The node of all of a device's interfaces is for programs that drive it themselves: it gets
 * what is asked for only where there is no other. */
static void access_give_nodes(const struct ud_helper *helper, const struct ud_access *access,
                              struct ud_reported_device *device)
{
    const bool udev = ud_access_has_udev(helper->root);
    size_t others = 0;
    for (size_t i = 0; i < device->node_count; i++) {
        others += !ud_str_starts(device->nodes[i].path, USBFS);
    }
    for (size_t i = 0; i < device->node_count; i++) {
        struct ud_report_node *node = &device->nodes[i];
        struct ud_access given = {-1, -1};
        if (!udev && access_is_untouched(node)) {
            given = access_usual(helper->root, node);
        }
        if (others == 0 || !ud_str_starts(node->path, USBFS)) {
            given.mode = access->mode >= 0 ? access->mode : given.mode;
            given.group = access->group >= 0 ? access->group : given.group;
        } else if (access_was_given(access, node)) {
            given = (struct ud_access){0664, 0}; /* when the device had no other node yet */
        }
        if (node->present) {
            access_grant(helper, &given, node);
        }
    }
}

void ud_access_give(struct ud_helper *helper, const struct ud_access *access,
                    struct ud_reported_device *device)
{
    int why = 0;
    access_give_nodes(helper, access, device);
    if (ud_links_make(helper->root, device, &why) > 0) {
        access_warn(helper, "cannot make links in", "/dev/serial and /dev/disk", why);
    }
}
