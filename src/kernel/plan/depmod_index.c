#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/modlist/module_name.h"
#include "kernel/plan/depmod.h"
#include "util/mem.h"

/* The file: magic, version and the offset of the root node, all numbers of 32
 * bits and big-endian, then nodes. A node is what is left of a common prefix
 * (NUL-terminated), a range of characters with the offset of a child for each
 * (0: none), and values (a count; each a priority and a NUL-terminated text).
 * Each of the three is there if a flag in the node's offset says so. Children
 * stand before their parents. */
enum { ROOT_AT = 8 };
static const uint32_t magic = 0xb007f457u;
static const uint32_t version = 2u << 16 | 1u;
static const uint32_t has_prefix = 0x80000000u;
static const uint32_t has_values = 0x40000000u;
static const uint32_t has_children = 0x20000000u;

struct entry {
    char *key;
    const struct ud_dep *dep;
    uint32_t priority; /* smaller first: the place in modules.dep */
};

/* Entries first to end - 1, which agree in their first `depth` bytes. */
struct range {
    const struct entry *entries;
    size_t first, end;
    size_t depth;
};

static void add_u32(struct ud_buf *out, uint32_t value)
{
    const unsigned char bytes[4] = {(unsigned char)(value >> 24), (unsigned char)(value >> 16),
                                    (unsigned char)(value >> 8), (unsigned char)value};
    ud_buf_add(out, bytes, sizeof bytes);
}

/* Up to where all keys of the range agree. They are sorted: the first and the
 * last decide. */
static size_t depmod_index_common(const struct range *range)
{
    const char *a = range->entries[range->first].key;
    const char *b = range->entries[range->end - 1].key;
    size_t n = range->depth;
    while (a[n] != '\0' && a[n] == b[n]) {
        n++;
    }
    return n;
}

static void add_values(const struct range *range, size_t values, struct ud_buf *out)
{
    add_u32(out, (uint32_t)values);
    for (size_t i = range->first; i < range->first + values; i++) {
        add_u32(out, range->entries[i].priority);
        ud_depmod_line(range->entries[i].dep, out);
        ud_buf_add(out, "", 1);
    }
}

static uint32_t add_node(const struct range *range, struct ud_buf *out);

/* Writes the nodes of all but the first `values` keys; their offsets go to
 * offsets, by character. Returns whether there is any. */
static bool add_children(const struct range *range, size_t values, size_t depth,
                         uint32_t offsets[128], struct ud_buf *out)
{
    size_t i = range->first + values;
    const bool any = i < range->end;
    while (i < range->end) {
        const char c = range->entries[i].key[depth];
        size_t end = i + 1;
        while (end < range->end && range->entries[end].key[depth] == c) {
            end++;
        }
        const struct range below = {range->entries, i, end, depth + 1};
        offsets[(unsigned char)c & 127] = add_node(&below, out);
        i = end;
    }
    return any;
}

static void add_offsets(const uint32_t offsets[128], struct ud_buf *out)
{
    unsigned char first = 0;
    unsigned char last = 127;
    while (offsets[first] == 0) {
        first++;
    }
    while (offsets[last] == 0) {
        last--;
    }
    ud_buf_add(out, &first, 1);
    ud_buf_add(out, &last, 1);
    for (unsigned c = first; c <= last; c++) {
        add_u32(out, offsets[c]);
    }
}

/* The node's offset with its flags. Recursion is as deep as a key is long. */
static uint32_t add_node(const struct range *range, struct ud_buf *out)
{
    uint32_t offsets[128] = {0};
    const size_t depth = depmod_index_common(range);
    size_t values = 0;
    while (range->first + values < range->end &&
           range->entries[range->first + values].key[depth] == '\0') {
        values++;
    }
    const bool children = add_children(range, values, depth, offsets, out);
    uint32_t at = (uint32_t)out->len;
    if (depth > range->depth) {
        at |= has_prefix;
        ud_buf_add(out, range->entries[range->first].key + range->depth, depth - range->depth);
        ud_buf_add(out, "", 1);
    }
    if (children) {
        at |= has_children;
        add_offsets(offsets, out);
    }
    if (values > 0) {
        at |= has_values;
        add_values(range, values, out);
    }
    return at;
}

static int by_key(const void *a, const void *b)
{
    const struct entry *x = a;
    const struct entry *y = b;
    int order = strcmp(x->key, y->key);
    return order != 0 ? order : (x->priority > y->priority) - (x->priority < y->priority);
}

/* Into a buffer of its own, since offsets count from the file's start. */
static void depmod_index_build(const struct entry *entries, size_t count, struct ud_buf *file)
{
    const struct range all = {entries, 0, count, 0};
    add_u32(file, magic);
    add_u32(file, version);
    add_u32(file, 0);
    const uint32_t root = count > 0 ? add_node(&all, file) : 0;
    for (int i = 0; i < 4 && !file->overflow; i++) {
        file->data[ROOT_AT + i] = (char)(root >> (24 - 8 * i));
    }
}

void ud_depmod_index(const struct ud_deps *deps, struct ud_buf *out)
{
    struct entry *entries = ud_alloc(deps->len, sizeof *entries);
    struct ud_buf file;
    for (size_t i = 0; i < deps->len; i++) {
        entries[i] = (struct entry){
            .key = ud_module_name_of_path(deps->items[i].path),
            .dep = &deps->items[i],
            .priority = (uint32_t)i,
        };
    }
    if (deps->len > 0) {
        qsort(entries, deps->len, sizeof *entries, by_key);
    }
    ud_buf_init(&file, out->max);
    depmod_index_build(entries, deps->len, &file);
    ud_buf_add(out, file.data, file.len);
    ud_buf_done(&file);
    for (size_t i = 0; i < deps->len; i++) {
        free(entries[i].key);
    }
    free(entries);
}
