/* Lists that the host puts into UD_OPS_DIR: a text file with an item on each line. */
#ifndef HELPER_LIST_FILE_H
#define HELPER_LIST_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "util/error.h"
#include "util/strv.h"

struct ud_list_kind {
    const char *what;                /* "a symbol's name" */
    size_t max;                      /* items */
    bool (*is_sound)(const char *s); /* or NULL: not checked here */
};

/* Adds one item. UD_ERR_USAGE if it is not sound or one too many. */
UD_MUST_CHECK enum ud_code ud_list_add(const struct ud_list_kind *kind, const char *text,
                                       size_t len, struct ud_strv *ret, struct ud_error *err);

/* Adds the items of a file in UD_OPS_DIR; empty lines are none. UD_ERR_USAGE
 * (also for a file's name that is not plain), UD_ERR_NOT_FOUND, UD_ERR_IO. */
UD_MUST_CHECK enum ud_code ud_list_file_read(const char *root, const char *file,
                                             const struct ud_list_kind *kind, struct ud_strv *ret,
                                             struct ud_error *err);

#endif
