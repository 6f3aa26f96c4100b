/* Getting sources and Module.symvers by the routes of kernel/routes/routes.h, in turn. */
#ifndef APP_SOURCES_ACQUIRE_H
#define APP_SOURCES_ACQUIRE_H

#include "app/engine/context.h"
#include "builder/builder_image.h"
#include "kernel/crcs/symvers.h"
#include "kernel/facts/facts.h"
#include "kernel/kbuild/patches.h"
#include "kernel/routes/routes.h"
#include "sources/package_fetcher.h"
#include "sources/sources.h"
#include "util/buf.h"

/* What is wanted and what was got. All but routes is the build's, borrowed. */
struct ud_acquire {
    const struct ud_app *app;
    const struct ud_sources_wish *wish;
    const struct ud_facts *facts;
    struct ud_builder_image *builder_image; /* its engine fetches */
    struct ud_package_vm *vm;               /* whose configuration may be read; or NULL */
    struct ud_sources *sources;
    struct ud_buf *symvers_text;
    struct ud_symvers *symvers; /* of the text */
    char *layout_seed;          /* UD_LAYOUT_SEED_SIZE */
    struct ud_patches *patches; /* that an image has in place of sources */
    const char *layout_hash;    /* what the seed's must be; "": not known */
    unsigned wanted;            /* of SYMVERS, SEED and SOURCES what nobody named */
    unsigned got;
    struct ud_routes routes; /* unusable says of one that was tried why it gave nothing */
    bool *tried;             /* for each */
};

void ud_acquire_begin(struct ud_acquire *acquire);
void ud_acquire_done(struct ud_acquire *acquire);

/* Tries the routes that give something of need, until all of it is there; those that
 * give more of what is wanted give it too. Not getting it is UD_OK: see acquire->got. A
 * dry run takes the first that is usable and fetches nothing. Errors: interruption. */
UD_MUST_CHECK enum ud_code ud_acquire_get(struct ud_acquire *acquire, unsigned need,
                                          struct ud_error *err);

/* The error after that: all routes that give gift, each with why it did not. */
enum ud_code ud_acquire_fail(const struct ud_acquire *acquire, unsigned gift, enum ud_code code,
                             struct ud_error *err);

/* ---- one route each: what it gave is added to acquire->got ---- */

UD_MUST_CHECK enum ud_code ud_acquire_image(struct ud_acquire *acquire,
                                            const struct ud_route *route, unsigned need,
                                            struct ud_error *err);
UD_MUST_CHECK enum ud_code ud_acquire_package(struct ud_acquire *acquire,
                                              const struct ud_route *route, unsigned need,
                                              struct ud_error *err);

/* The same for packages whose format the tools of an image need not know: they are read here. */
UD_MUST_CHECK enum ud_code ud_acquire_package_files(struct ud_acquire *acquire,
                                                    const struct ud_route *route, unsigned need,
                                                    struct ud_error *err);

/* What came of asking for a package of headers: that the archive has it no more is told, and no
 * error where the sources are wanted too, since the CRCs can be had without it. */
UD_MUST_CHECK enum ud_code ud_acquire_headers_are_optional(const struct ud_acquire *acquire,
                                                           unsigned need, enum ud_code rc,
                                                           const struct ud_error *why,
                                                           struct ud_error *err);

/* Takes of need what is kept here from an earlier run. */
void ud_acquire_take_stored(struct ud_acquire *acquire, unsigned need);

/* ---- what the first two share ---- */

/* The parts of what a kernel's build wrote. */
struct ud_acquire_parts {
    struct ud_buf config;
    struct ud_buf symvers;
    struct ud_buf seed;
};

void ud_acquire_parts_init(struct ud_acquire_parts *parts);
void ud_acquire_parts_done(struct ud_acquire_parts *parts);

/* UD_ERR_UNFIT unless they are of the running kernel; where names them. */
UD_MUST_CHECK enum ud_code ud_acquire_check_parts(const struct ud_acquire *acquire,
                                                  const struct ud_acquire_parts *parts,
                                                  const char *where, struct ud_error *err);

/* Hands the Module.symvers over and keeps it. */
UD_MUST_CHECK enum ud_code ud_acquire_take_symvers(struct ud_acquire *acquire,
                                                   const struct ud_buf *text, const char *origin,
                                                   struct ud_error *err);

/* Hands the layout seed over and keeps it. */
UD_MUST_CHECK enum ud_code ud_acquire_take_seed(struct ud_acquire *acquire,
                                                const struct ud_buf *text, const char *origin,
                                                struct ud_error *err);

/* The seed of one of the kernel's files. UD_ERR_UNFIT if it is not one, or if hash, which
 * may be "", is another's. */
UD_MUST_CHECK enum ud_code ud_acquire_read_seed(const struct ud_buf *text, const char *where,
                                                const char *hash, char *ret, struct ud_error *err);

/* Keeps one file of a container, and hands it over as the sources. */
UD_MUST_CHECK enum ud_code ud_acquire_take_sources(struct ud_acquire *acquire,
                                                   const char *container, const char *path,
                                                   const char *origin, struct ud_error *err);

#endif
