/* Which kernel sources to build from, and having them on this machine. */
#ifndef APP_SOURCES_H
#define APP_SOURCES_H

#include <stdbool.h>

#include "app/build.h"
#include "app/context.h"
#include "kernel/facts.h"
#include "util/error.h"

#define UD_SOURCES_KERNEL_ORG "https://cdn.kernel.org/pub/linux/kernel"

struct ud_sources {
    char *path;     /* an archive or a directory; NULL in a dry run that would download */
    char *name;     /* what was asked for: path or URL */
    char *sha256;   /* what the archive must have, or NULL: not known */
    bool temporary; /* path is to be removed after use */
};

void ud_sources_done(struct ud_sources *sources);

/* Decides and, unless it is a dry run, downloads what is not here yet. A
 * download whose digest is known is kept in the cache directory.
 * Errors: UD_ERR_SOURCE (nowhere to be had, with the remedy; another digest),
 * UD_ERR_NOT_FOUND, UD_ERR_UNREACHABLE, UD_ERR_USAGE, UD_ERR_IO. */
UD_MUST_CHECK enum ud_code ud_sources_get(const struct ud_app *app,
                                          const struct ud_build_options *options,
                                          const struct ud_facts *facts, struct ud_sources *ret,
                                          struct ud_error *err);

/* The directory of kept downloads, in new memory, or NULL if there is no home. */
char *ud_sources_cache_dir(void);

#endif
