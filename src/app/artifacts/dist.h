/* Built artifacts: a directory with manifest.json and the modules it names. */
#ifndef APP_ARTIFACTS_DIST_H
#define APP_ARTIFACTS_DIST_H

#include <stdbool.h>
#include <stddef.h>

#include "app/artifacts/manifest.h"
#include "kernel/elf/module.h"
#include "kernel/facts/facts.h"
#include "kernel/plan/plan.h"
#include "kernel/verify/findings.h"
#include "util/buf.h"
#include "util/error.h"

struct ud_dist_module {
    char *name; /* "usbip-core" */
    char *file; /* "usbip-core.ko" */
    struct ud_buf bytes;
    struct ud_module module;
};

struct ud_dist {
    char *dir;
    bool has_manifest;
    struct ud_manifest manifest;
    struct ud_dist_module *modules; /* those of the manifest, in load order; else by name */
    size_t count;
};

void ud_dist_done(struct ud_dist *dist);

/* Whether there is a manifest in the directory. */
bool ud_dist_is_at(const char *dir);

/* The directory for a release: input itself if it has a manifest, else
 * <input>/<release>; input NULL is "dist". UD_ERR_NOT_FOUND with the remedy. */
UD_MUST_CHECK enum ud_code ud_dist_find(const char *input, const char *release, char **ret,
                                        struct ud_error *err);

/* The same, where modules without a manifest will do. */
UD_MUST_CHECK enum ud_code ud_dist_find_modules(const char *input, const char *release, char **ret,
                                                struct ud_error *err);

/* Reads manifest, if there is one, and modules; UD_ERR_UNFIT for a file that is no
 * module. Whether they agree is for ud_dist_check_manifest. */
UD_MUST_CHECK enum ud_code ud_dist_open(const char *dir, struct ud_dist *ret, struct ud_error *err);

/* The same with a manifest that agrees: UD_ERR_UNFIT if it does not. */
UD_MUST_CHECK enum ud_code ud_dist_read(const char *dir, struct ud_dist *ret, struct ud_error *err);

/* Compares what the manifest says with the modules' bytes. */
void ud_dist_check_manifest(const struct ud_dist *dist, struct ud_verify_check *check);

/* Whether a manifest is of another build than the running kernel, as far as both tell: `uname -v`
 * has a build's number and date, and a linker gives each kernel an id. */
bool ud_dist_is_of_other_build(const struct ud_manifest *manifest, const struct ud_facts *facts);

/* Compares for which build of the kernel's release the modules were made. Another one is a
 * warning where the kernel compares CRCs, and an error where it does not. */
void ud_dist_check_kernel_build(const struct ud_dist *dist, const struct ud_facts *facts,
                                struct ud_verify_check *check);

/* Whether the modules, by their own bytes, fit what the facts tell of this kernel,
 * which is not asked more: UD_ERR_UNFIT if not. */
UD_MUST_CHECK enum ud_code ud_dist_check(const struct ud_dist *dist, const struct ud_facts *facts,
                                         bool allow_no_crcs, struct ud_error *err);

/* Whether the plan leaves this module to us; it does one that it does not know. */
bool ud_dist_is_wanted(const struct ud_plan *plan, const char *name);

/* The same for what has to serve after a restart of the VM too: modules that are
 * loaded and have no file there count as ours. */
bool ud_dist_is_wanted_later(const struct ud_plan *plan, const char *name);

/* Whether a module is none of USB/IP's own. */
bool ud_dist_is_driver(const char *name);

#endif
