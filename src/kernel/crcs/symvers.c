#include "kernel/crcs/symvers.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "text/scan.h"
#include "util/mem.h"
#include "util/str.h"

/* Takes the line's fields; what is wrong with it, or NULL. The slices still
 * point into the text; the tabs after them become the NULs of the items. */
static const char *symvers_parse_line(struct ud_slice line, struct ud_slice fields[5],
                                      uint32_t *ret_crc)
{
    struct ud_slice rest = line;
    size_t count = 0;
    while (count < 5 && ud_scan_field(&rest, '\t', &fields[count])) {
        count++;
    }
    if (count < 4 || rest.ptr != NULL) {
        return "does not have four or five fields separated by tabs";
    }
    if (!ud_slice_starts(fields[0], "0x") || !ud_slice_hex_to_u32(fields[0], ret_crc)) {
        return "does not begin with a CRC such as 0x1234abcd";
    }
    if (count == 4) {
        fields[4] = (struct ud_slice){line.ptr + line.len, 0};
    } else if (!ud_slice_starts(fields[3], "EXPORT_") && ud_slice_starts(fields[4], "EXPORT_")) {
        struct ud_slice space = fields[2]; /* kernels up to 5.6 */
        fields[2] = fields[3];
        fields[3] = fields[4];
        fields[4] = space;
    }
    if (fields[1].len == 0 || fields[2].len == 0 || !ud_slice_starts(fields[3], "EXPORT_")) {
        return "has no symbol, no module or no EXPORT_ type";
    }
    return NULL;
}

static const char *end_text(struct ud_slice s)
{
    /* s lies in the copy that the items own, and one byte follows each field:
     * a tab, a line end, or the copy's last NUL. */
    char *text = (char *)(uintptr_t)s.ptr;
    text[s.len] = '\0';
    return text;
}

static void add_line(struct ud_symvers *symvers, const struct ud_slice fields[5], uint32_t crc)
{
    symvers->items[symvers->len++] = (struct ud_symver){
        .name = end_text(fields[1]),
        .module = end_text(fields[2]),
        .type = end_text(fields[3]),
        .space = end_text(fields[4]),
        .crc = crc,
    };
}

/* By name, and of two alike by their place in the text. */
static int symvers_compare(const void *a, const void *b)
{
    const struct ud_symver *left = a;
    const struct ud_symver *right = b;
    int order = strcmp(left->name, right->name);
    return order != 0 ? order : (left->name > right->name) - (left->name < right->name);
}

static void sort_unique(struct ud_symvers *symvers)
{
    qsort(symvers->items, symvers->len, sizeof *symvers->items, symvers_compare);
    size_t kept = 1;
    for (size_t i = 1; i < symvers->len; i++) {
        if (strcmp(symvers->items[i].name, symvers->items[kept - 1].name) != 0) {
            symvers->items[kept++] = symvers->items[i];
        }
    }
    symvers->len = kept;
}

static size_t symvers_count_lines(const char *text, size_t len)
{
    size_t lines = 1;
    for (size_t i = 0; i < len; i++) {
        lines += text[i] == '\n';
    }
    return lines;
}

static enum ud_code read_lines(struct ud_slice rest, const char *what, struct ud_symvers *symvers,
                               struct ud_error *err)
{
    static const char remedy[] = "Give the Module.symvers that the build of this kernel wrote.";
    struct ud_slice line;
    for (size_t number = 1; ud_str_next_line(&rest, &line); number++) {
        struct ud_slice fields[5];
        uint32_t crc;
        if (line.len == 0) {
            continue;
        }
        const char *wrong = symvers_parse_line(line, fields, &crc);
        if (wrong != NULL) {
            return ud_fail(err, UD_ERR_USAGE, remedy, "%s: line %zu %s", what, number, wrong);
        }
        add_line(symvers, fields, crc);
    }
    if (symvers->len == 0) {
        return ud_fail(err, UD_ERR_USAGE, remedy, "%s names no symbol", what);
    }
    return UD_OK;
}

enum ud_code ud_symvers_parse(const char *text, size_t len, const char *what,
                              struct ud_symvers *ret, struct ud_error *err)
{
    if (len > UD_SYMVERS_TEXT_MAX) {
        return ud_fail(err, UD_ERR_USAGE, NULL, "%s has over %u bytes", what, UD_SYMVERS_TEXT_MAX);
    }
    if (len > 0 && memchr(text, '\0', len) != NULL) {
        return ud_fail(err, UD_ERR_USAGE, NULL, "%s is not text", what);
    }
    struct ud_symvers symvers = {.text = ud_strndup(text, len)};
    symvers.items = ud_alloc(symvers_count_lines(text, len), sizeof *symvers.items);
    enum ud_code rc = read_lines((struct ud_slice){symvers.text, len}, what, &symvers, err);
    if (rc != UD_OK) {
        ud_symvers_done(&symvers);
        return rc;
    }
    sort_unique(&symvers);
    *ret = symvers;
    return UD_OK;
}

void ud_symvers_done(struct ud_symvers *symvers)
{
    if (symvers == NULL) {
        return;
    }
    free(symvers->items);
    free(symvers->text);
    *symvers = (struct ud_symvers){0};
}

static int symvers_compare_name(const void *key, const void *item)
{
    return strcmp(key, ((const struct ud_symver *)item)->name);
}

const struct ud_symver *ud_symvers_find(const struct ud_symvers *symvers, const char *name)
{
    if (symvers->len == 0) {
        return NULL;
    }
    return bsearch(name, symvers->items, symvers->len, sizeof *symvers->items,
                   symvers_compare_name);
}
