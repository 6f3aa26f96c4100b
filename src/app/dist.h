/* Built artifacts: a directory with manifest.json and the modules it names. */
#ifndef APP_DIST_H
#define APP_DIST_H

#include "app/manifest.h"
#include "kernel/facts.h"
#include "kernel/module.h"
#include "kernel/plan.h"
#include "util/buf.h"
#include "util/error.h"

struct ud_dist_module {
    const char *name; /* borrowed from the manifest */
    struct ud_buf bytes;
    struct ud_module module;
};

struct ud_dist {
    char *dir;
    struct ud_manifest manifest;
    struct ud_dist_module *modules; /* in load order */
    size_t count;
};

void ud_dist_done(struct ud_dist *dist);

/* The directory for a release: input itself if it has a manifest, else
 * <input>/<release>; input NULL is "dist". UD_ERR_NOT_FOUND with the remedy. */
UD_MUST_CHECK enum ud_code ud_dist_find(const char *input, const char *release, char **ret,
                                        struct ud_error *err);

/* Reads manifest and modules; UD_ERR_UNFIT for a file that is not what the
 * manifest says, or no module. */
UD_MUST_CHECK enum ud_code ud_dist_read(const char *dir, struct ud_dist *ret, struct ud_error *err);

/* Whether the modules, by their own bytes, fit this kernel and bear the signature
 * that it may want: UD_ERR_UNFIT if not. */
UD_MUST_CHECK enum ud_code ud_dist_check(const struct ud_dist *dist, const struct ud_facts *facts,
                                         struct ud_error *err);

/* Whether the plan leaves this module to us. Without a plan (NULL: the kernel does
 * not show its configuration) the artifacts are what there is to go by. */
bool ud_dist_is_wanted(const struct ud_plan *plan, const char *name);

/* The same for what has to serve after a restart of the VM too: modules that are
 * loaded and have no file there count as ours. */
bool ud_dist_is_wanted_later(const struct ud_plan *plan, const char *name);

#endif
