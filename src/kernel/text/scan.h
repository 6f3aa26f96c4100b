/* Scanning of one-line texts, for the parsers of this layer. */
#ifndef KERNEL_TEXT_SCAN_H
#define KERNEL_TEXT_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/str.h"

/* Takes the next blank-separated word off *rest; false when none is left. */
bool ud_scan_word(struct ud_slice *rest, struct ud_slice *ret);

/* Takes what precedes the next separator (or the rest) off *rest, and the
 * separator; false when rest->ptr is NULL, which it is after the last field. */
bool ud_scan_field(struct ud_slice *rest, char separator, struct ud_slice *ret);

/* Takes a decimal number without sign off the front; false if there is none or
 * it is over UINT32_MAX. */
bool ud_scan_number(struct ud_slice *rest, unsigned *ret);

/* Takes text off the front; false if it is not there. */
bool ud_scan_text(struct ud_slice *rest, const char *text);

/* The whole slice as a decimal number. */
bool ud_slice_to_u64(struct ud_slice s, uint64_t *ret);

/* Copies as much as fits, always NUL-terminated. */
void ud_slice_copy(struct ud_slice s, char *dst, size_t size);

#endif
