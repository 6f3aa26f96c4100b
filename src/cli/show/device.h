/* A device in the VM, as several results show it. */
#ifndef CLI_SHOW_DEVICE_H
#define CLI_SHOW_DEVICE_H

#include <cjson/cJSON.h>

#include "proto/device_report.h"
#include "show/show.h"

void ud_show_device(const struct ud_page *page, const struct ud_reported_device *device);
void ud_doc_device(cJSON *object, const struct ud_reported_device *device);

/* What of a device has no driver, and how one is to be had; nothing if all has. */
void ud_show_lacking(const struct ud_page *page, const struct ud_attached *attached);

/* The line that runs a container with all their nodes; nothing if they have none. */
void ud_show_run(const struct ud_page *page, const struct ud_reported_device *const *devices,
                 size_t count);

#endif
