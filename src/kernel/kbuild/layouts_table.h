/* THE table of the structs that the modules share with the kernel. */
#ifndef KERNEL_KBUILD_LAYOUTS_TABLE_H
#define KERNEL_KBUILD_LAYOUTS_TABLE_H

#include "kernel/kbuild/layouts.h"

struct ud_layout_row {
    const char *name;                           /* without "struct" */
    const char *include;                        /* the header that defines it */
    const char *members[UD_LAYOUT_MEMBERS_MAX]; /* NULL behind the last one */
};

extern const struct ud_layout_row ud_layout_rows[];
extern const size_t ud_layout_row_count;

#endif
