/* Numbers and paragraphs as people read them. Pure. */
#ifndef CLI_REPORT_FORMAT_H
#define CLI_REPORT_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/buf.h"

enum { UD_FORMAT_MAX = 32 };

struct ud_format {
    char text[UD_FORMAT_MAX];
};

/* "0 B", "999 B", "1.4 MiB", "120 KiB". */
struct ud_format ud_format_size(uint64_t bytes);

/* "0.4 s", "12.3 s", "2 min 05 s", "1 h 02 min". */
struct ud_format ud_format_duration(uint64_t ms);

/* Columns a text takes: one for each character of UTF-8. */
size_t ud_text_columns(const char *text);

/* The bytes of text that fit into that many columns. */
size_t ud_text_fit(const char *text, size_t columns);

/* Adds text broken at blanks into lines of at most width columns (0: one line,
 * as long as it gets). The first line is begun by the caller, who has used
 * `used` columns of it; the others are indented by indent. A word that is too
 * long for a line stays whole. Ends with a line end. */
void ud_text_wrap(struct ud_buf *out, const char *text, size_t used, size_t indent, size_t width);

/* Adds text as it is, but for its lines after the first, which are indented by indent: of empty
 * ones nothing is left. Ends with a line end. */
void ud_text_lines(struct ud_buf *out, const char *text, size_t indent);

/* Adds n blanks. */
void ud_text_pad(struct ud_buf *out, size_t n);

#endif
