/* Texts with numbers: the same text has the same number, from 0 on. */
#ifndef KERNEL_DRIVERS_NAMES_H
#define KERNEL_DRIVERS_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include "util/buf.h"
#include "util/str.h"

#define UD_NAMES_NONE UINT32_MAX

struct ud_names {
    struct ud_buf texts; /* NUL-terminated, one after the other */
    uint32_t *offsets;   /* by number */
    uint32_t *slots;     /* of the hash table: number + 1; 0: free */
    size_t len, cap, slot_count;
};

void ud_names_init(struct ud_names *names);
void ud_names_done(struct ud_names *names);

/* The number of a text, which is added if it is new. */
uint32_t ud_names_add(struct ud_names *names, struct ud_slice text);

/* Its number, or UD_NAMES_NONE. */
uint32_t ud_names_find(const struct ud_names *names, struct ud_slice text);

/* Borrowed, until the next one is added. */
const char *ud_names_text(const struct ud_names *names, uint32_t number);

#endif
