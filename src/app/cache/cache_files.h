/* What is kept in directories of this machine. */
#ifndef APP_CACHE_CACHE_FILES_H
#define APP_CACHE_CACHE_FILES_H

#include "app/cache/cache.h"

/* Adds the files of downloads, slices or CRCs, the kind that is asked for. What is being
 * written at the moment is left out. */
UD_MUST_CHECK enum ud_code ud_cache_files_list(enum ud_cache_kind kind, struct ud_cache *ret,
                                               struct ud_error *err);

/* Adds one item; name and place are copied. */
void ud_cache_add(struct ud_cache *cache, const struct ud_cache_item *item);

#endif
