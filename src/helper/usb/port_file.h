/* The files that say where the device on a port comes from: see UD_PORT_FILE_DIR. */
#ifndef HELPER_USB_PORT_FILE_H
#define HELPER_USB_PORT_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/check.h"
#include "proto/device_report.h"

struct ud_port_file {
    char host[UD_HOST_MAX + 1];
    uint32_t port; /* TCP */
    char busid[32];
    bool devid_known;
    uint32_t devid;
    char path[UD_REPORT_PATH_SIZE]; /* see proto/device_report.h; "" where it is not known */
};

/* False if there is none, or none that makes sense. */
bool ud_port_file_read(const char *root, uint32_t port, struct ud_port_file *ret);

/* 0 or an errno number. The folder is made if it is not there. */
int ud_port_file_write(const char *root, uint32_t port, const struct ud_port_file *file);

void ud_port_file_remove(const char *root, uint32_t port);

#endif
