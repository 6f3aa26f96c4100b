#include <stdlib.h>

#include "report/jsondoc.h"
#include "show/device.h"
#include "show/show.h"
#include "util/mem.h"

static void up_show_list(const struct ud_page *page, const char *label, const struct ud_strv *items,
                         const char *after)
{
    if (items->len == 0) {
        return;
    }
    char *joined = ud_strv_join(items, ", ");
    ud_page_label(page, label);
    ud_page_textf(page, "%s%s", joined, after);
    ud_page_end(page);
    free(joined);
}

static void up_show_device(const struct ud_page *page, const struct ud_up_device *device)
{
    const struct ud_reported_device *reported = &device->attached.report.devices[0];
    ud_show_device(page, reported);
    ud_show_lacking(page, &device->attached);
}

void ud_show_up(const struct ud_page *page, const struct ud_up_result *result)
{
    const struct ud_reported_device **devices = ud_alloc(result->count + 1, sizeof *devices);
    if (result->built != NULL) {
        ud_page_label(page, "built");
        ud_page_text(page, result->built);
        ud_page_end(page);
    }
    up_show_list(page, "loaded", &result->loaded, "");
    for (size_t i = 0; i < result->count; i++) {
        up_show_device(page, &result->devices[i]);
        devices[i] = &result->devices[i].attached.report.devices[0];
    }
    ud_page_label(page, "up");
    ud_page_text(page, result->changed ? "yes; `usbipd-desktop down` undoes it"
                                       : "already: nothing had to be done");
    ud_page_end(page);
    ud_show_run(page, devices, result->count);
    free(devices);
}

void ud_doc_up(cJSON *document, const struct ud_up_result *result)
{
    ud_doc_text(document, "server", result->server);
    ud_doc_bool(document, "changed", result->changed);
    if (result->built != NULL) {
        ud_doc_text(document, "built", result->built);
    }
    ud_doc_strv(document, "loaded", &result->loaded);
    cJSON *array = ud_doc_array(document, "devices");
    for (size_t i = 0; i < result->count; i++) {
        const struct ud_up_device *device = &result->devices[i];
        cJSON *object = ud_doc_array_object(array);
        ud_doc_bool(object, "already", device->already);
        ud_doc_device(object, &device->attached.report.devices[0]);
        ud_doc_strv(object, "without_driver", &device->attached.missing);
        ud_doc_strv(object, "children_without_driver", &device->attached.children);
    }
}

void ud_show_down(const struct ud_page *page, const struct ud_down_result *result)
{
    for (size_t i = 0; i < result->detached.count; i++) {
        ud_page_label(page, i == 0 ? "detached" : "");
        ud_page_textf(page, "port %u: %s", result->detached.ports[i].port,
                      result->detached.ports[i].device);
        ud_page_end(page);
    }
    up_show_list(page, "unloaded", &result->removed, "");
    up_show_list(page, "left", &result->kept, "");
    for (size_t i = 0; i < result->others.count && result->kept.len > 0; i++) {
        ud_page_label(page, "");
        ud_page_textf(page, "since `up` did not attach what is at port %u: %s",
                      result->others.ports[i].port, result->others.ports[i].device);
        ud_page_end(page);
    }
    if (result->detached.count + result->removed.len + result->kept.len == 0) {
        ud_page_label(page, "down");
        ud_page_text(page, "there is nothing to undo");
        ud_page_end(page);
    }
}

void ud_doc_down(cJSON *document, const struct ud_down_result *result)
{
    ud_doc_detached(document, &result->detached);
    ud_doc_strv(document, "unloaded", &result->removed);
    ud_doc_strv(document, "left", &result->kept);
    cJSON *others = ud_doc_array(document, "others");
    for (size_t i = 0; i < result->others.count; i++) {
        cJSON *object = ud_doc_array_object(others);
        ud_doc_u64(object, "port", result->others.ports[i].port);
        ud_doc_text(object, "device", result->others.ports[i].device);
    }
}
