/* What is kept in directories of this machine. */
#ifndef APP_CACHE_CACHE_FILES_H
#define APP_CACHE_CACHE_FILES_H

#include <stdbool.h>
#include <stdint.h>

#include "app/cache/cache.h"

/* Adds the files of downloads, slices or CRCs, the kind that is asked for. What is being
 * written at the moment is left out. */
UD_MUST_CHECK enum ud_code ud_cache_files_list(enum ud_cache_kind kind, struct ud_cache *ret,
                                               struct ud_error *err);

/* Whether dir/name is being written at the moment, or has in it what is. */
bool ud_cache_files_in_use(const char *dir, const char *name);

/* The bytes of a file, or of all files below a directory. What cannot be looked at has none. */
uint64_t ud_cache_files_size(const char *path);

/* Adds one item; name and place are copied. */
void ud_cache_add(struct ud_cache *cache, const struct ud_cache_item *item);

#endif
