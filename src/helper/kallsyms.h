/* Looking for names in /proc/kallsyms, whose lines are "address type name",
 * followed by a tab and "[module]" for those of modules. It is megabytes long
 * and read piece by piece. */
#ifndef HELPER_KALLSYMS_H
#define HELPER_KALLSYMS_H

#include <stddef.h>

#include "proto/check.h"
#include "util/strv.h"

struct ud_kallsyms {
    const struct ud_strv *names; /* borrowed; sorted, without repetitions */
    struct ud_kallsyms_found {
        /* "" if it is not there, else "T" or "T module"; where there are several
         * a global one (upper-case type) of the kernel itself is preferred. */
        char text[UD_MODULE_NAME_MAX + 3];
    } * found;    /* one for each name */
    size_t lines; /* how many were understood */
};

void ud_kallsyms_init(struct ud_kallsyms *syms, const struct ud_strv *names);
void ud_kallsyms_done(struct ud_kallsyms *syms);

/* Reads fd to its end. 0 or an errno number. */
int ud_kallsyms_read(struct ud_kallsyms *syms, int fd);

#endif
