/* The ways to a kernel's sources and to what its own build wrote, best first. */
#ifndef KERNEL_ROUTES_ROUTES_H
#define KERNEL_ROUTES_ROUTES_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel/facts/release.h"
#include "util/error.h"
#include "util/strv.h"

enum ud_route_kind {
    UD_ROUTE_NAMED,   /* by the user: --source, --symvers */
    UD_ROUTE_IMAGE,   /* the image that the kernel was published in */
    UD_ROUTE_PACKAGE, /* the distribution's packages, fetched by its package manager */
    UD_ROUTE_TARBALL, /* an archive of kernel.org or of a git host */
    UD_ROUTE_KIND_COUNT
};

/* Who fetches packages: the distribution's own program, in a container of its own image. */
enum ud_package_tool {
    UD_PACKAGE_APT,
    UD_PACKAGE_DNF,
    UD_PACKAGE_ZYPPER,
    UD_PACKAGE_APK,
    UD_PACKAGE_TOOL_COUNT
};

/* What a route gives, as bits. */
enum {
    UD_ROUTE_CONFIG = 1,   /* .config */
    UD_ROUTE_SYMVERS = 2,  /* Module.symvers */
    UD_ROUTE_SEED = 4,     /* of randomized structure layouts */
    UD_ROUTE_SOURCES = 8,  /* the tree, or an archive of it */
    UD_ROUTE_MODULES = 16, /* the kernel's own */
    UD_ROUTE_BUILDER = 32, /* the name of the image that compiled it */
    UD_ROUTE_GIFT_COUNT = 6,
    UD_ROUTE_ALL = (1 << UD_ROUTE_GIFT_COUNT) - 1
};

/* No member is NULL but image, by_hand and unusable. */
struct ud_route {
    enum ud_route_kind kind;
    unsigned gives;
    char *what;                /* the image, packages or address, for people */
    struct ud_strv names;      /* what to ask for, exactly; of an image: each to be tried in turn */
    enum ud_package_tool tool; /* of packages */
    char *image;               /* of packages: that has the tool; NULL: the builder's has it */
    char *why;                 /* why it applies, a sentence without its full stop */
    char *by_hand;             /* what to do if nobody fetches it, or it is not proven: an
                                * imperative sentence without its full stop */
    char *unusable; /* why not here, a sentence's end; NULL: nothing is known against it */
    bool changed;   /* the kernel's builder may have changed what it gives: taken only if the
                     * kernel proves it, see kernel/verify/proof.h */
    bool digest;    /* of a tarball: sha256sums.asc lies beside it */
};

struct ud_routes {
    struct ud_route *items;
    size_t len;
};

struct ud_routes_input {
    const struct ud_release *release;
    const char *os;    /* PRETTY_NAME, or NULL */
    const char *os_id; /* ID and VERSION_ID, or NULL */
    const char *os_version;
    const char *machine; /* uname -m, or NULL */
    const char *image;   /* a kernel's image that the user named, or NULL */
    const char *mirror;  /* in place of the hosts of all tarballs, as it may be shown; or NULL */
    const char *builder; /* the image to install a toolchain into, or NULL: not known */
    bool offline;        /* nothing may be downloaded */
};

/* The ordered list; ud_routes_done releases it. */
void ud_routes_make(const struct ud_routes_input *input, struct ud_routes *ret);
void ud_routes_done(struct ud_routes *routes);

/* "image"; "Module.symvers" for one bit. */
const char *ud_route_kind_name(enum ud_route_kind kind);
const char *ud_route_gift_name(unsigned gift);

/* Says of a route why it cannot be used, unless that was said; takes a format. */
void ud_route_forbid(struct ud_route *route, const char *fmt, ...) UD_PRINTF(2, 3);

/* Of an image's tags those that hold this very version: "6.6.13", "6.6.13-<hash>", each
 * perhaps with "-<arch>" of goarch at its end; not the builders and debug variants.
 * Appends "<repository>:<tag>" to ret. */
void ud_routes_add_tags(const struct ud_release *release, const char *repository,
                        const char *goarch, const struct ud_strv *tags, struct ud_strv *ret);

/* "apt". */
const char *ud_package_tool_name(enum ud_package_tool tool);

/* The packages that have the kernel's own modules, or NULL: nobody packages them, or it is not
 * known where. Borrowed from routes. */
struct ud_route *ud_routes_modules(const struct ud_routes *routes);

/* Adds the versions of a package that `apt-cache madison` lists. */
void ud_routes_archive_versions(const char *text, size_t len, const char *package,
                                struct ud_strv *ret);

#define UD_ROUTES_KERNEL_ORG "https://cdn.kernel.org/pub/linux/kernel"
#define UD_ROUTES_LINUXKIT "linuxkit/kernel"
#define UD_ROUTES_DESKTOP "docker/for-desktop-kernel"

#endif
