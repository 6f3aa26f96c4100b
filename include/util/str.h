/* Small text helpers that the C library lacks. All are pure and ASCII-only
 * where case or digits matter, whatever the locale. */
#ifndef UTIL_STR_H
#define UTIL_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool ud_str_starts(const char *text, const char *prefix);
bool ud_str_ends(const char *text, const char *suffix);
bool ud_str_equal_nocase(const char *a, const char *b);

/* Whether a control character is in it, tab and newline among them; C1 controls do not count. */
bool ud_str_has_control(const char *text);

/* A line of a larger text: not NUL-terminated, without its line end. */
struct ud_slice {
    const char *ptr;
    size_t len;
};

/* Takes the next line off *rest; false when nothing is left. Accepts LF and
 * CRLF, and a last line without an end. */
bool ud_str_next_line(struct ud_slice *rest, struct ud_slice *ret_line);

/* Without leading and trailing blanks. */
struct ud_slice ud_slice_trim(struct ud_slice s);
bool ud_slice_equals(struct ud_slice s, const char *text);
bool ud_slice_starts(struct ud_slice s, const char *prefix);
bool ud_slice_has(struct ud_slice s, const char *text);
struct ud_slice ud_slice_of(const char *text);

/* Whole-string numbers, no sign, no blanks; false if text is not exactly that
 * or too large. */
bool ud_str_to_u64(const char *text, uint64_t *ret);
bool ud_slice_hex_to_u32(struct ud_slice s, uint32_t *ret);

/* Lower-case hex of len bytes; dst has room for 2 * len + 1. */
void ud_str_hex(const unsigned char *bytes, size_t len, char *dst);

/* Replaces in place each byte of a control character but tab and newline, of a C1 control,
 * of a character that turns the direction of writing or cannot be seen, and each byte
 * that is not well-formed UTF-8, with '?': text from elsewhere can neither drive a
 * terminal nor look like other text. The length stays. */
void ud_str_sanitize(char *text);

#endif
