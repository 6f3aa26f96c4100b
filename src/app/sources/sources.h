/* Which kernel sources to build from, and having them on this machine. */
#ifndef APP_SOURCES_SOURCES_H
#define APP_SOURCES_SOURCES_H

#include <stdbool.h>

#include "app/engine/context.h"
#include "transport/url.h"
#include "util/error.h"

/* What is asked for; all borrowed but for the two URLs. */
struct ud_sources_wish {
    struct ud_url source;     /* FILE, DIR or URL; zeroed: by the routes */
    const char *sha256;       /* the digest in hex that source must have, or NULL */
    struct ud_url mirror;     /* base URL in place of all hosts of archives, or zeroed */
    const char *kernel_image; /* an image that the kernel was published in, or NULL */
    const char *builder;      /* image that runs apt, used as it is; NULL: one of ours */
    bool offline;             /* nothing is downloaded or pulled */
    bool dry_run;
};

/* Releases the URLs. */
void ud_sources_wish_done(struct ud_sources_wish *wish);

struct ud_sources {
    char *path;     /* an archive or a directory; NULL in a dry run that would download */
    char *name;     /* what was asked for: path or URL, fit to be shown */
    char *sha256;   /* what the archive must have, lower-case, or NULL: not known */
    bool temporary; /* path is to be removed after use */
    bool unpatched; /* kernel.org's, without the changes of the kernel's builder, who names them */
    bool unproven;  /* nobody says that they are the kernel's: see kernel/verify/proof.h */
};

void ud_sources_done(struct ud_sources *sources);

/* UD_ERR_USAGE for a --source-sha256 that is no digest. */
UD_MUST_CHECK enum ud_code ud_sources_check_sha256(const char *hex, struct ud_error *err);

/* --source: a file, a directory, or an archive that is downloaded unless it is here or
 * this is a dry run. A download whose digest is known is kept in the cache directory, if that
 * can be done.
 * Errors: UD_ERR_SOURCE (another digest; --offline), UD_ERR_NOT_FOUND,
 * UD_ERR_UNREACHABLE, UD_ERR_USAGE, UD_ERR_IO. */
UD_MUST_CHECK enum ud_code ud_sources_get_named(const struct ud_app *app,
                                                const struct ud_sources_wish *wish,
                                                struct ud_sources *ret, struct ud_error *err);

/* An archive that a route names; digest: sha256sums.asc beside it has its digest. */
UD_MUST_CHECK enum ud_code ud_sources_get_tarball(const struct ud_app *app,
                                                  const struct ud_sources_wish *wish,
                                                  const struct ud_url *url, bool digest,
                                                  struct ud_sources *ret, struct ud_error *err);

/* The directory of kept downloads, in new memory, or NULL if there is no home. */
char *ud_sources_cache_dir(void);

#endif
