#include "artifacts/learn.h"

#include <stdlib.h>
#include <string.h>

#include "app/artifacts/manifest.h"
#include "artifacts/dist.h"
#include "platform/fs.h"
#include "util/report.h"
#include "vm/probe.h"

/* A release may be built more than once. */
static bool is_of_this_kernel(const struct ud_manifest *manifest, const struct ud_facts *facts)
{
    return strcmp(manifest->release, facts->release.text) == 0 && facts->version != NULL &&
           manifest->kernel_version[0] != '\0' && !ud_dist_is_of_other_build(manifest, facts) &&
           facts->machine != NULL && strcmp(manifest->machine, facts->machine) == 0;
}

/* Artifacts that are missing or damaged are told by whoever needs them. */
static void learn_from_artifacts(const struct ud_app *app, const char *input,
                                 struct ud_facts *facts)
{
    char *dir = NULL;
    struct ud_manifest manifest = {0};
    struct ud_error why = {0};
    if (ud_dist_find(input, facts->release.text, &dir, &why) != UD_OK) {
        return;
    }
    char *path = ud_fs_join(dir, "manifest.json");
    enum ud_code rc = ud_manifest_read(path, &manifest, &why);
    if (rc == UD_OK && manifest.config[0] != '\0' && is_of_this_kernel(&manifest, facts)) {
        rc = ud_facts_take_config(facts, manifest.config, strlen(manifest.config), path, &why);
        if (rc == UD_OK) {
            ud_report_message(app->report, UD_REPORT_DETAIL,
                              "the kernel's configuration is the one that %s has", path);
        }
    }
    if (rc != UD_OK) {
        ud_report_message(app->report, UD_REPORT_DEBUG, "no configuration from %s: %s", path,
                          why.message);
    }
    ud_manifest_done(&manifest);
    free(path);
    free(dir);
}

enum ud_code ud_learn_kernel(const struct ud_app *app, struct ud_engine *engine,
                             const char *kernel_config, const char *input, struct ud_facts *ret,
                             struct ud_error *err)
{
    UD_TRY(ud_probe_with(app, engine, kernel_config, ret, err));
    if (!ret->has_config) {
        learn_from_artifacts(app, input, ret);
    }
    return UD_OK;
}
