#include "show/show.h"

#include <stdlib.h>
#include <string.h>

#include "report/jsondoc.h"

/* ---- parts ---- */

/* "cp210x (in the VM), ftdi_sio (built)" */
void ud_show_found_drivers(const struct ud_page *page, const struct ud_found_drivers *drivers)
{
    for (size_t i = 0; i < drivers->count; i++) {
        ud_page_textf(page, "%s%s (%s)", i > 0 ? ", " : "", drivers->items[i].module,
                      ud_driver_place_name(drivers->items[i].place));
    }
}

void ud_doc_found_drivers(cJSON *parent, const struct ud_found_drivers *drivers)
{
    ud_doc_text(parent, "driver", ud_driver_place_name(ud_found_drivers_place(drivers)));
    cJSON *array = ud_doc_array(parent, "modules");
    for (size_t i = 0; i < drivers->count; i++) {
        cJSON *object = ud_doc_array_object(array);
        ud_doc_text(object, "name", drivers->items[i].module);
        ud_doc_text(object, "place", ud_driver_place_name(drivers->items[i].place));
    }
}

/* ---- drivers ---- */

/* What to do for a driver, or that there is nothing to do. */
static void wanted_show(const struct ud_page *page, const struct ud_driver_wanted *wanted)
{
    const enum ud_driver_place place = ud_found_drivers_place(&wanted->found);
    char *option = ud_driver_build_option(wanted->modalias);
    ud_page_label(page, "driver");
    if (wanted->driver[0] != '\0') {
        ud_page_textf(page, "%s serves it", wanted->driver);
    } else if (wanted->found.count > 0) {
        ud_show_found_drivers(page, &wanted->found);
        ud_page_text(page, place == UD_DRIVER_IN_DIST ? ": `usbipd-desktop load` inserts it"
                           : place == UD_DRIVER_IN_VM ? ": `usbipd-desktop attach` inserts it"
                                                      : "");
    } else if (option != NULL) {
        ud_page_textf(
            page, "none here; `usbipd-desktop build %s` looks in the kernel's sources%s", option,
            wanted->is_open ? ". The class of an interface, VID:PID:CCSSPP, tells more" : "");
    } else {
        ud_page_text(page, "none known");
    }
    ud_page_end(page);
    free(option);
    ud_page_label(page, "");
    ud_page_textf(page, "for %.70s%s", wanted->modalias,
                  strlen(wanted->modalias) > 70 ? "..." : "");
    ud_page_end(page);
}

void ud_show_drivers(const struct ud_page *page, const struct ud_drivers_told *told)
{
    if (told->count == 0) {
        ud_page_label(page, "device");
        ud_page_text(page, "none is attached: name one, such as 0403:6001");
        ud_page_end(page);
    }
    for (size_t i = 0; i < told->count; i++) {
        const struct ud_device_drivers *device = &told->devices[i];
        ud_page_label(page, "device");
        ud_page_textf(page, "%s%s%s", device->ids, device->name[0] != '\0' ? " " : "",
                      device->name);
        if (device->attached) {
            ud_page_textf(page, ", port %u", device->port);
        }
        ud_page_end(page);
        for (size_t k = 0; k < device->count; k++) {
            wanted_show(page, &device->wanted[k]);
        }
    }
}

void ud_doc_drivers(cJSON *document, const struct ud_drivers_told *told)
{
    cJSON *array = ud_doc_array(document, "devices");
    for (size_t i = 0; i < told->count; i++) {
        const struct ud_device_drivers *device = &told->devices[i];
        cJSON *object = ud_doc_array_object(array);
        ud_doc_text(object, "hardware_id", device->ids);
        ud_doc_text_if(object, "name", device->name);
        ud_doc_bool(object, "attached", device->attached);
        if (device->attached) {
            ud_doc_u64(object, "port", device->port);
        }
        cJSON *wants = ud_doc_array(object, "wants");
        for (size_t k = 0; k < device->count; k++) {
            const struct ud_driver_wanted *wanted = &device->wanted[k];
            cJSON *item = ud_doc_array_object(wants);
            char *option = ud_driver_build_option(wanted->modalias);
            ud_doc_text(item, "modalias", wanted->modalias);
            ud_doc_bool(item, "child", wanted->is_child);
            ud_doc_text_if(item, "bound", wanted->driver);
            ud_doc_found_drivers(item, &wanted->found);
            ud_doc_text_if(item, "build_option", wanted->found.count == 0 ? option : NULL);
            free(option);
        }
    }
}
