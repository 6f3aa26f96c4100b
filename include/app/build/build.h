/* The build use case: modules for the VM's kernel, made in a container. */
#ifndef APP_BUILD_BUILD_H
#define APP_BUILD_BUILD_H

#include <stdbool.h>
#include <stddef.h>

#include "app/artifacts/manifest.h"
#include "app/engine/context.h"
#include "kernel/drift/drift.h"
#include "kernel/drivers/drivers.h"
#include "kernel/facts/facts.h"
#include "kernel/plan/plan.h"
#include "kernel/verify/proof.h"
#include "util/error.h"
#include "util/strv.h"

/* Where modules that the VM lacks come from. */
enum ud_build_origin {
    UD_BUILD_ORIGIN_AUTO,    /* the distribution's packages, or a build where they are of no use */
    UD_BUILD_ORIGIN_PACKAGE, /* the packages only */
    UD_BUILD_ORIGIN_BUILD    /* a build only */
};

struct ud_build_options {
    unsigned origin; /* enum ud_build_origin */
    struct ud_engine_choice vm;
    const char *build_host;      /* --build-host, NULL: the VM's own engine */
    const char *source;          /* FILE, DIR or URL; NULL: kernel.org's tarball */
    const char *source_sha256;   /* expected digest in hex, or NULL */
    const char *source_mirror;   /* base URL in place of all hosts of archives, or NULL */
    const char *patches;         /* FILE or DIR with changes to the sources, or NULL */
    const char *kernel_image;    /* an image that the kernel was published in, or NULL */
    const char *kernel_config;   /* FILE with the running kernel's configuration, or NULL */
    const char *symvers;         /* FILE with the running kernel's Module.symvers, or NULL */
    const char *randstruct_seed; /* FILE with the seed of its structure layouts, or NULL */
    const char *builder;         /* image used as it is; NULL: one by the kernel's compiler */
    const char *platform;        /* of that image, "linux/arm64"; NULL: the build engine's own */
    const char *sign_key;        /* FILE with a private key, NULL: do not sign */
    const char *sign_cert;       /* FILE with its certificate; NULL: in sign_key */
    const char *output;          /* directory for <release>/; NULL: "dist" */
    struct ud_strv with;         /* lists of drivers and groups of them */
    struct ud_strv devices;      /* USB devices whose drivers are wanted */
    bool devices_may_lack;       /* one for which there is no driver is told, and no error */
    struct ud_strv sets;         /* CONFIG_X=v */
    struct ud_strv fragments;    /* files of such lines */
    unsigned ports;              /* vhci ports per controller, 0: 8 */
    unsigned controllers;        /* vhci controllers, 0: 1 */
    unsigned jobs;               /* parallel compile jobs, 0: the build engine's processors */
    bool allow_missing_crcs;     /* build without Module.symvers for a MODVERSIONS kernel */
    bool fail_on_known_holes;    /* end if the sources lack the fix of one: usbip/holes.h */
    bool whole_tree;             /* send all of the sources, not just what a build reads */
    bool offline;                /* nothing is downloaded or pulled */
    bool no_cache;               /* keep nothing for the next build, and take nothing of the last */
    bool dry_run;
};

/* Where the CRCs come from that no Module.symvers told; all 0 if one did. */
struct ud_crc_counts {
    size_t needed;
    size_t of_modules; /* from the VM's own modules */
    size_t computed;   /* from the sources */
    size_t kept;       /* from an earlier build, which found them so */
    size_t confirmed;  /* computed too, and equal to what the kernel's own modules have */
};

struct ud_build_result {
    bool nothing_to_do; /* every module is there already */
    bool unchanged;     /* the artifacts are there, made from the same inputs */
    bool dry_run;
    char *dir;     /* where the artifacts are, NULL unless built or unchanged */
    bool packaged; /* the modules are out of packages, or would be */
    char *source;  /* what the sources or the packages are, for people */
    char *builder; /* the image that compiled, or that has the package manager */
    char *wanted;  /* the drivers that were asked for, with commas between; NULL: none */
    struct ud_facts facts;
    struct ud_plan plan;
    struct ud_drift drift; /* options that moved; empty unless built */
    struct ud_crc_counts crcs;
    struct ud_proof proof;       /* that the sources are the kernel's; zeroed unless built */
    struct ud_manifest manifest; /* empty unless built or unchanged */
};

/* Does it all or nothing: artifacts appear at once in <output>/<release>/ and
 * no container is left on either engine.
 * Errors: any but UD_ERR_REFUSED and UD_ERR_BUSY. */
UD_MUST_CHECK enum ud_code ud_app_build(const struct ud_app *app,
                                        const struct ud_build_options *options,
                                        struct ud_build_result *ret, struct ud_error *err);

void ud_build_result_done(struct ud_build_result *result);

#endif
