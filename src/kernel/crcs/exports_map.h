/* What ud_exports holds; exports.c fills it, exports_find.c answers from it. */
#ifndef KERNEL_CRCS_EXPORTS_MAP_H
#define KERNEL_CRCS_EXPORTS_MAP_H

#include <stddef.h>
#include <stdint.h>

#include "kernel/crcs/exports.h"
#include "util/buf.h"

/* A text that belongs to a file: an exported symbol, or an included path. */
struct mention {
    uint32_t file; /* index into paths */
    uint32_t text; /* offset into texts */
};

struct mentions {
    struct mention *items;
    size_t len, cap;
};

struct ud_exports {
    struct ud_strv paths;
    uint32_t *hashes; /* of the paths */
    size_t hash_cap;
    struct mentions symbols;
    struct mentions includes; /* as paths of the tree */
    struct ud_buf texts;      /* NUL-terminated, one after the other */
};

static inline const char *ud_mention_text(const struct ud_exports *exports,
                                          const struct mention *mention)
{
    return exports->texts.data + mention->text;
}

/* FNV-1a: comparing 50,000 paths by their texts would be slow. */
static inline uint32_t ud_exports_hash(const char *text)
{
    uint32_t hash = 2166136261u;
    for (; *text != '\0'; text++) {
        hash = (hash ^ (unsigned char)*text) * 16777619u;
    }
    return hash;
}

/* The length of what precedes the last '/' of a path: 0 at the top. */
static inline size_t ud_exports_dir_len(const char *path, size_t len)
{
    while (len > 0 && path[len - 1] != '/') {
        len--;
    }
    return len > 0 ? len - 1 : 0;
}

/* Marks a symbol's text that is only how names begin which a macro makes. */
#define UD_EXPORTS_PREFIX "*"

#endif
