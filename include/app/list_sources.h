/* The sources use case: by which routes the kernel's sources are to be had. */
#ifndef APP_LIST_SOURCES_H
#define APP_LIST_SOURCES_H

#include <stdbool.h>

#include "app/engine/context.h"
#include "kernel/routes/routes.h"
#include "util/error.h"

struct ud_sources_options {
    struct ud_engine_choice vm;
    const char *kernel_release; /* of this kernel rather than the VM's, or NULL */
    const char *kernel_version; /* its `uname -v`, or NULL */
    const char *kernel_image;   /* as for build, or NULL */
    const char *source_mirror;  /* as for build, or NULL */
    bool offline;               /* as for build */
};

struct ud_sources_listed {
    struct ud_release release;
    char *machine; /* NULL unless the VM was looked at; so the others */
    char *os;
    char *os_id;
    char *os_version;
    char *builder;      /* the image that a builder is made from */
    bool config_known;  /* whether the next two are */
    bool needs_symvers; /* CONFIG_MODVERSIONS */
    bool needs_seed;    /* CONFIG_RANDSTRUCT */
    struct ud_routes routes;
};

/* Looks at the VM unless options->kernel_release is set: then no engine is asked. */
UD_MUST_CHECK enum ud_code ud_app_sources(const struct ud_app *app,
                                          const struct ud_sources_options *options,
                                          struct ud_sources_listed *ret, struct ud_error *err);

void ud_sources_listed_done(struct ud_sources_listed *listed);

#endif
