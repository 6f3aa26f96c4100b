#include "proto/device_report.h"

#include <stdlib.h>
#include <string.h>

#include "proto/check.h"
#include "util/mem.h"

/* A zeroed item more. Room is doubled when their number is a power of two. */
static void *report_grow(void *items, size_t *count, size_t max, size_t size, void **ret_item)
{
    *ret_item = NULL;
    if (*count >= max) {
        return items;
    }
    if ((*count & (*count - 1)) == 0) {
        items = ud_realloc(items, *count > 0 ? *count * 2 : 1, size);
    }
    *ret_item = (char *)items + *count * size;
    memset(*ret_item, 0, size);
    (*count)++;
    return items;
}

static void device_done(struct ud_reported_device *device)
{
    free(device->interfaces);
    ud_strv_done(&device->children);
    free(device->nodes);
    free(device->links);
    free(device->mounts);
    free(device->opens);
}

void ud_device_report_done(struct ud_device_report *report)
{
    for (size_t i = 0; i < report->count; i++) {
        device_done(&report->devices[i]);
    }
    free(report->devices);
    *report = (struct ud_device_report){0};
}

struct ud_reported_device *ud_device_report_add(struct ud_device_report *report, uint32_t port)
{
    void *item;
    report->devices = report_grow(report->devices, &report->count, UD_REPORT_DEVICES_MAX,
                                  sizeof *report->devices, &item);
    struct ud_reported_device *device = item;
    if (device != NULL) {
        device->port = port;
    }
    return device;
}

struct ud_report_interface *ud_reported_add_interface(struct ud_reported_device *device)
{
    void *item;
    device->interfaces = report_grow(device->interfaces, &device->interface_count,
                                     UD_REPORT_LIST_MAX, sizeof *device->interfaces, &item);
    return item;
}

struct ud_report_node *ud_reported_add_node(struct ud_reported_device *device)
{
    void *item;
    device->nodes = report_grow(device->nodes, &device->node_count, UD_REPORT_LIST_MAX,
                                sizeof *device->nodes, &item);
    return item;
}

struct ud_report_link *ud_reported_add_link(struct ud_reported_device *device)
{
    void *item;
    device->links = report_grow(device->links, &device->link_count, UD_REPORT_LIST_MAX,
                                sizeof *device->links, &item);
    return item;
}

struct ud_report_mount *ud_reported_add_mount(struct ud_reported_device *device)
{
    void *item;
    device->mounts = report_grow(device->mounts, &device->mount_count, UD_REPORT_LIST_MAX,
                                 sizeof *device->mounts, &item);
    return item;
}

struct ud_report_open *ud_reported_add_open(struct ud_reported_device *device)
{
    void *item;
    device->opens = report_grow(device->opens, &device->open_count, UD_REPORT_LIST_MAX,
                                sizeof *device->opens, &item);
    return item;
}

bool ud_reported_path_valid(const char *text)
{
    const size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyz");
    return len > 0 && len < UD_REPORT_PATH_SIZE && text[len] == '\0';
}

bool ud_reported_add_child(struct ud_reported_device *device, const char *modalias)
{
    if (!ud_check_modalias(modalias) || ud_strv_has(&device->children, modalias)) {
        return true;
    }
    if (device->children.len >= UD_REPORT_LIST_MAX) {
        return false;
    }
    ud_strv_add(&device->children, modalias);
    return true;
}
