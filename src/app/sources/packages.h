/* The packages that have a kernel's own modules, fetched one after the other as long as something
 * is missing. What is kept here from an earlier run is not fetched again. */
#ifndef APP_SOURCES_PACKAGES_H
#define APP_SOURCES_PACKAGES_H

#include <stdbool.h>
#include <stddef.h>

#include "app/engine/context.h"
#include "bundle/package/package.h"
#include "engine/temp_image.h"
#include "kernel/facts/facts.h"
#include "kernel/routes/routes.h"
#include "sources/package_fetcher.h"
#include "util/error.h"

/* A package on this machine. */
struct ud_package_file {
    char *asked; /* "<name>" or "<name>=<version>" */
    char *path;
    char sha256[65];
    bool temporary; /* path is to be removed after use */
};

/* All borrowed but for what is fetched. */
struct ud_packages {
    const struct ud_app *app;
    struct ud_engine *engine; /* that fetches */
    struct ud_package_vm *vm; /* whose configuration may be read; or NULL */
    const struct ud_facts *facts;
    const struct ud_route *route; /* of modules */
    bool offline;
    bool keep; /* take what is kept, and keep what is fetched */

    size_t next;  /* of the route's names */
    size_t first; /* of the items, that this route gave */
    bool opened;
    struct ud_temp_image image;
    struct ud_package_fetcher fetcher;
    struct ud_package_file *items; /* fetched or found, in the order of the names */
    size_t len;
};

/* Gets the next of the route's packages; *ret_more is false when there is none left. One that the
 * archive does not have is passed over, unless all are such: then UD_ERR_NOT_FOUND. Errors
 * besides: those of the engine; UD_ERR_BUILD for what the package manager says; UD_ERR_SOURCE with
 * --offline if nothing is kept. */
UD_MUST_CHECK enum ud_code ud_packages_next(struct ud_packages *packages, bool *ret_more,
                                            struct ud_error *err);

/* Reads one of them, as ud_package_read does. */
UD_MUST_CHECK enum ud_code ud_packages_read(const struct ud_package_file *file,
                                            const struct ud_package_options *options,
                                            struct ud_error *err);

/* Removes the container, and what is not kept. */
void ud_packages_done(struct ud_packages *packages);

#endif
