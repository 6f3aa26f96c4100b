#include "util/full_disk.h"

#include <stddef.h>

const char *const ud_full_disk_words[] = {
    "no space left on device",   /* ENOSPC, as Go says it */
    "No space left on device",   /* as libc does */
    "isk quota exceeded",        /* EDQUOT, either way */
    "have enough free space in", /* apt */
    NULL,
};
