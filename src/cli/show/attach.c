#include "show/device.h"
#include "show/show.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/jsondoc.h"
#include "usbip/modalias.h"
#include "util/mem.h"

/* ---- list ---- */

static void listing_show_device(const struct ud_page *page, const struct ud_listed_device *listed,
                                size_t busid, bool first)
{
    const struct ud_usbip_device *device = &listed->device;
    char ids[16];
    (void)snprintf(ids, sizeof ids, "%04x:%04x", device->vendor, device->product);
    ud_page_label(page, first ? "devices" : "");
    ud_page_cell(page, device->busid, busid + 2);
    ud_page_cell(page, ids, 11);
    ud_page_text(page, listed->vendor[0] != '\0' ? listed->vendor : "unknown vendor");
    if (listed->product[0] != '\0') {
        ud_page_textf(page, ", %s", listed->product);
    }
    ud_page_textf(page, " (%s speed%s%s)", ud_usbip_speed_name(device->speed),
                  listed->kind[0] != '\0' ? ", " : "", listed->kind);
    ud_page_end(page);
    ud_page_label(page, "");
    ud_page_cell(page, "", busid + 2);
    if (listed->attached) {
        ud_page_textf(page, "attached here, port %u", listed->port);
    } else if (listed->drivers.count > 0) {
        ud_page_text(page, "driver: ");
        ud_show_found_drivers(page, &listed->drivers);
    } else if (device->interface_count > 0) {
        char modalias[UD_MODALIAS_SIZE];
        ud_modalias_write(device, 0, modalias);
        char *option = ud_driver_build_option(modalias);
        ud_page_textf(page, "driver: none; usbipd-desktop build %s may find one", option);
        free(option);
    } else {
        ud_page_text(page, "its driver shows when it is attached: the server does not tell its "
                           "interfaces");
    }
    ud_page_end(page);
}

void ud_show_listing(const struct ud_page *page, const struct ud_listing *listing)
{
    size_t busid = 0;
    ud_page_label(page, "server");
    ud_page_textf(page, "%s%s", listing->server, listing->here ? ", from this machine" : "");
    ud_page_end(page);
    for (size_t i = 0; i < listing->count; i++) {
        ud_page_widest(&busid, listing->devices[i].device.busid);
    }
    for (size_t i = 0; i < listing->count; i++) {
        listing_show_device(page, &listing->devices[i], busid, i == 0);
    }
    ud_page_label(page, listing->count == 0 ? "devices" : "next");
    ud_page_text(page, listing->count == 0
                           ? "it exports none: `usbipd bind` or `usbip bind` on the server"
                           : "usbipd-desktop attach -b BUSID");
    ud_page_end(page);
}

void ud_doc_listing(cJSON *document, const struct ud_listing *listing)
{
    ud_doc_text(document, "server", listing->server);
    ud_doc_text(document, "via", listing->here ? "here" : "vm");
    cJSON *array = ud_doc_array(document, "devices");
    for (size_t i = 0; i < listing->count; i++) {
        const struct ud_listed_device *listed = &listing->devices[i];
        const struct ud_usbip_device *device = &listed->device;
        cJSON *object = ud_doc_array_object(array);
        char ids[16];
        (void)snprintf(ids, sizeof ids, "%04x:%04x", device->vendor, device->product);
        ud_doc_text(object, "busid", device->busid);
        ud_doc_text(object, "hardware_id", ids);
        ud_doc_text_if(object, "vendor", listed->vendor);
        ud_doc_text_if(object, "product", listed->product);
        ud_doc_text_if(object, "class", listed->kind);
        ud_doc_text(object, "speed", ud_usbip_speed_name(device->speed));
        ud_doc_bool(object, "attached", listed->attached);
        if (listed->attached) {
            ud_doc_u64(object, "port", listed->port);
        }
        ud_doc_found_drivers(object, &listed->drivers);
    }
}

/* ---- a device in the VM ---- */

/* The nodes that programs open: the device's own, below /dev/bus/usb, only if it has no other. */
static bool device_is_usbfs(const struct ud_report_node *node)
{
    return strncmp(node->path, "/dev/bus/usb/", 13) == 0;
}

static bool device_has_own_nodes(const struct ud_reported_device *device)
{
    for (size_t i = 0; i < device->node_count; i++) {
        if (!device_is_usbfs(&device->nodes[i])) {
            return true;
        }
    }
    return false;
}

static char *device_name(const struct ud_reported_device *device)
{
    return ud_strf("%04x:%04x%s%s%s%s", device->vendor, device->product,
                   device->manufacturer_name[0] != '\0' ? " " : "", device->manufacturer_name,
                   device->product_name[0] != '\0' ? " " : "", device->product_name);
}

/* How its bytes come, where that is not simply the kernel's own connection. */
static const char *device_show_path(const struct ud_reported_device *device)
{
    static const struct {
        const char *path;
        const char *text;
    } paths[] = {
        {UD_REPORT_PATH_GUARDED, ", guarded"},
        {UD_REPORT_PATH_KEPT, ", kept attached by a running attach --auto-attach"},
        {UD_REPORT_PATH_HERE, ", by way of the machine that runs attach"},
    };
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        if (strcmp(device->path, paths[i].path) == 0) {
            return paths[i].text;
        }
    }
    return "";
}

void ud_show_device(const struct ud_page *page, const struct ud_reported_device *device)
{
    char *name = device_name(device);
    ud_page_label(page, "device");
    ud_page_textf(page, "%s%s%s, %s speed, %s in the VM", name,
                  device->serial[0] != '\0' ? ", serial number " : "", device->serial,
                  ud_usbip_speed_name(device->speed), device->busid);
    ud_page_end(page);
    free(name);
    ud_page_label(page, "port");
    ud_page_textf(page, "%u", device->port);
    if (device->server_host[0] != '\0') {
        ud_page_textf(page, ", from %s of %s:%u", device->server_busid, device->server_host,
                      device->server_port);
    }
    ud_page_text(page, device_show_path(device));
    ud_page_end(page);
    for (size_t i = 0; i < device->interface_count; i++) {
        const struct ud_report_interface *interface = &device->interfaces[i];
        ud_page_label(page, i == 0 ? "drivers" : "");
        ud_page_textf(page, "interface %u: %s", interface->number,
                      interface->driver[0] != '\0' ? interface->driver : "none");
        ud_page_end(page);
    }
    bool own = device_has_own_nodes(device);
    bool first = true;
    for (size_t i = 0; i < device->node_count; i++) {
        const struct ud_report_node *node = &device->nodes[i];
        if (device_is_usbfs(node) && own) {
            continue;
        }
        ud_page_label(page, first ? "nodes" : "");
        first = false;
        if (node->present) {
            ud_page_textf(page, "%s (%04o, %u:%u)", node->path, node->mode & 07777, node->uid,
                          node->gid);
        } else {
            ud_page_textf(page, "%s (not made by the VM)", node->path);
        }
        ud_page_end(page);
    }
    for (size_t i = 0; i < device->link_count; i++) {
        ud_page_label(page, i == 0 ? "links" : "");
        ud_page_text(page, device->links[i].path);
        ud_page_end(page);
    }
}

void ud_doc_device(cJSON *object, const struct ud_reported_device *device)
{
    char ids[16];
    (void)snprintf(ids, sizeof ids, "%04x:%04x", device->vendor, device->product);
    ud_doc_u64(object, "port", device->port);
    ud_doc_text(object, "hub", device->hub);
    ud_doc_text(object, "speed", ud_usbip_speed_name(device->speed));
    ud_doc_text_if(object, "busid", device->busid);
    if (device->ids_known) {
        ud_doc_text(object, "hardware_id", ids);
    }
    ud_doc_text_if(object, "manufacturer", device->manufacturer_name);
    ud_doc_text_if(object, "product", device->product_name);
    ud_doc_text_if(object, "serial", device->serial);
    ud_doc_bool(object, "configured", device->configured);
    if (device->server_host[0] != '\0') {
        cJSON *server = ud_doc_object(object, "server");
        ud_doc_text(server, "host", device->server_host);
        ud_doc_u64(server, "port", device->server_port);
        ud_doc_text(server, "busid", device->server_busid);
        ud_doc_text_if(server, "path", device->path);
    }
    cJSON *interfaces = ud_doc_array(object, "interfaces");
    for (size_t i = 0; i < device->interface_count; i++) {
        cJSON *interface = ud_doc_array_object(interfaces);
        ud_doc_u64(interface, "number", device->interfaces[i].number);
        ud_doc_text(interface, "modalias", device->interfaces[i].modalias);
        ud_doc_text_if(interface, "driver", device->interfaces[i].driver);
    }
    cJSON *nodes = ud_doc_array(object, "nodes");
    for (size_t i = 0; i < device->node_count; i++) {
        const struct ud_report_node *node = &device->nodes[i];
        cJSON *item = ud_doc_array_object(nodes);
        ud_doc_text(item, "path", node->path);
        ud_doc_text(item, "type", node->type == 'b' ? "block" : "character");
        ud_doc_u64(item, "major", node->major);
        ud_doc_u64(item, "minor", node->minor);
        ud_doc_bool(item, "present", node->present);
    }
    cJSON *links = ud_doc_array(object, "links");
    for (size_t i = 0; i < device->link_count; i++) {
        cJSON *item = ud_doc_array_object(links);
        ud_doc_text(item, "path", device->links[i].path);
        ud_doc_text(item, "target", device->links[i].target);
    }
}

/* ---- attach ---- */

static void run_add_nodes(const struct ud_reported_device *device, struct ud_strv *ret)
{
    int best = UD_NODE_RANK_LAST;
    for (size_t i = 0; i < device->node_count; i++) {
        int rank = ud_show_node_rank(&device->nodes[i]);
        best = device->nodes[i].present && rank < best ? rank : best;
    }
    for (size_t i = 0; i < device->node_count; i++) {
        const struct ud_report_node *node = &device->nodes[i];
        if (node->present && ud_show_node_rank(node) == best) {
            ud_strv_addf(ret, "--device %s", node->path);
        }
    }
}

/* What to run: --device is a picture of the node as it is now, which is enough for most. */
void ud_show_run(const struct ud_page *page, const struct ud_reported_device *const *devices,
                 size_t count)
{
    struct ud_strv nodes = {0};
    for (size_t i = 0; i < count; i++) {
        run_add_nodes(devices[i], &nodes);
    }
    if (nodes.len > 0) {
        char *joined = ud_strv_join(&nodes, " ");
        ud_page_label(page, "run");
        ud_page_textf(page, "docker run --rm -it %s IMAGE", joined);
        ud_page_end(page);
        free(joined);
    }
    ud_strv_done(&nodes);
}

static void attached_show_list(const struct ud_page *page, const char *label, const char *before,
                               const struct ud_strv *items)
{
    if (items->len == 0) {
        return;
    }
    char *joined = ud_strv_join(items, ", ");
    ud_page_label(page, label);
    ud_page_textf(page, "%s%s", before, joined);
    ud_page_end(page);
    free(joined);
}

/* A keyboard's modalias names all its keys: its bus says enough. */
static void attached_show_children(const struct ud_page *page, const struct ud_strv *children)
{
    for (size_t i = 0; i < children->len; i++) {
        const char *child = children->items[i];
        ud_page_label(page, "missing");
        ud_page_textf(page, "no driver serves what was found in it, %.40s%s", child,
                      strlen(child) > 40 ? "..." : "");
        ud_page_end(page);
    }
}

static void attached_add_options(const struct ud_strv *modaliases, struct ud_strv *ret)
{
    for (size_t i = 0; i < modaliases->len; i++) {
        char *option = ud_driver_build_option(modaliases->items[i]);
        if (option != NULL && !ud_strv_has(ret, option)) {
            ud_strv_add(ret, option);
        }
        free(option);
    }
}

/* How a driver is to be had. */
static void attached_show_next(const struct ud_page *page, const struct ud_attached *attached)
{
    struct ud_strv options = {0};
    attached_add_options(&attached->missing, &options);
    attached_add_options(&attached->children, &options);
    if (options.len > 0) {
        char *joined = ud_strv_join(&options, " ");
        ud_page_label(page, "next");
        ud_page_textf(page,
                      "usbipd-desktop build %s, then load; nothing for what opens it through "
                      "libusb",
                      joined);
        ud_page_end(page);
        free(joined);
    }
    ud_strv_done(&options);
}

void ud_show_lacking(const struct ud_page *page, const struct ud_attached *attached)
{
    attached_show_list(page, "missing", "no driver serves ", &attached->missing);
    attached_show_children(page, &attached->children);
    attached_show_next(page, attached);
}

void ud_show_attached(const struct ud_page *page, const struct ud_attached *attached)
{
    const struct ud_reported_device *device = &attached->report.devices[0];
    ud_show_device(page, device);
    attached_show_list(page, "loaded", "", &attached->loaded);
    ud_show_lacking(page, attached);
    ud_show_run(page, &device, 1);
}

void ud_doc_attached(cJSON *document, const struct ud_attached *attached)
{
    ud_doc_text(document, "server", attached->server);
    ud_doc_device(ud_doc_object(document, "device"), &attached->report.devices[0]);
    ud_doc_strv(document, "loaded", &attached->loaded);
    ud_doc_strv(document, "without_driver", &attached->missing);
    ud_doc_strv(document, "children_without_driver", &attached->children);
}

/* ---- port ---- */

void ud_show_attached_ports(const struct ud_page *page, const struct ud_ports *ports)
{
    ud_page_label(page, "ports");
    if (!ports->vhci) {
        ud_page_text(page, "the VM's kernel has no USB/IP: run `usbipd-desktop load`");
    } else {
        ud_page_textf(page, "%u of %u USB 2 ports and %u of %u USB 3 ports are free",
                      ports->free_hs, ports->all_hs, ports->free_ss, ports->all_ss);
    }
    ud_page_end(page);
    for (size_t i = 0; i < ports->report.count; i++) {
        ud_show_device(page, &ports->report.devices[i]);
    }
}

void ud_doc_attached_ports(cJSON *document, const struct ud_ports *ports)
{
    ud_doc_bool(document, "vhci", ports->vhci);
    ud_doc_u64(document, "free_usb2", ports->free_hs);
    ud_doc_u64(document, "free_usb3", ports->free_ss);
    cJSON *array = ud_doc_array(document, "devices");
    for (size_t i = 0; i < ports->report.count; i++) {
        ud_doc_device(ud_doc_array_object(array), &ports->report.devices[i]);
    }
}

/* ---- detach ---- */

void ud_show_detached(const struct ud_page *page, const struct ud_detached *detached)
{
    if (detached->count == 0) {
        ud_page_label(page, "ports");
        ud_page_text(page, "nothing of that is attached");
        ud_page_end(page);
    }
    for (size_t i = 0; i < detached->count; i++) {
        ud_page_label(page, i == 0 ? "ports" : "");
        ud_page_textf(page, "%u is free: detached %s", detached->ports[i].port,
                      detached->ports[i].device);
        ud_page_end(page);
    }
}

void ud_doc_detached(cJSON *document, const struct ud_detached *detached)
{
    cJSON *array = ud_doc_array(document, "detached");
    for (size_t i = 0; i < detached->count; i++) {
        cJSON *object = ud_doc_array_object(array);
        ud_doc_u64(object, "port", detached->ports[i].port);
        ud_doc_text(object, "device", detached->ports[i].device);
    }
}
