/* What ud_drivers holds; drivers.c fills it, choose.c answers from it. */
#ifndef KERNEL_DRIVERS_TREE_H
#define KERNEL_DRIVERS_TREE_H

#include "drivers/devices.h"
#include "drivers/ktree.h"
#include "drivers/makefiles.h"
#include "drivers/mentions.h"
#include "drivers/names.h"
#include "kernel/drivers/drivers.h"

struct ud_drivers {
    char *srcarch;
    struct ud_ktree options;
    struct ud_makefiles makefiles;
    struct ud_mentions mentions;
    struct ud_names includes;   /* "dir other-dir", each once */
    struct ud_devices *devices; /* NULL: not asked for */
};

#endif
