#include "vm/config_override.h"

#include <stdlib.h>

#include "bundle/tar/decompress.h"
#include "kernel/drift/drift.h"
#include "platform/fs.h"
#include "util/mem.h"

enum { NAMES_MAX = 4096 };

/* What no check can see afterwards: with the kernel's Module.symvers all CRCs are the
 * kernel's, whatever the configuration, and vermagic and struct module show few options. */
static void config_override_warn(const struct ud_app *app, const struct ud_config *shown,
                                 const char *origin, const struct ud_facts *facts)
{
    struct ud_buf names;
    ud_buf_init(&names, NAMES_MAX);
    ud_drift_name_given(shown, &facts->config, &names);
    if (names.len > 0) {
        ud_report_message(app->report, UD_REPORT_WARN,
                          "%s takes the place of the VM's own %s, from which it differs in %s: "
                          "modules for another configuration can crash the kernel, and not every "
                          "difference shows in them",
                          facts->config_origin, origin, names.data);
    }
    ud_buf_done(&names);
}

enum ud_code ud_config_override(const struct ud_app *app, const char *path, struct ud_facts *facts,
                                struct ud_error *err)
{
    struct ud_buf raw;
    struct ud_buf text;
    struct ud_config shown = facts->config;
    char *origin = facts->config_origin;
    const bool had = facts->has_config;
    ud_buf_init(&raw, UD_CONFIG_TEXT_MAX);
    ud_buf_init(&text, UD_CONFIG_TEXT_MAX);
    enum ud_code rc = ud_fs_read(path, &raw, err);
    if (rc == UD_OK) {
        rc = ud_decompress(path, raw.data, raw.len, &text, err);
    }
    if (rc == UD_OK) {
        /* What the VM shows is kept until it was compared. */
        facts->config = (struct ud_config){0};
        facts->config_origin = NULL;
        rc = ud_facts_take_config(facts, text.data, text.len, path, err);
        if (rc != UD_OK) {
            facts->config = shown;
            facts->config_origin = origin;
            ud_error_prefix(err, "--kernel-config %s", path);
        } else {
            if (had) {
                config_override_warn(app, &shown, origin, facts);
            }
            ud_config_done(&shown);
            free(origin);
        }
    }
    ud_buf_done(&raw);
    ud_buf_done(&text);
    return rc;
}
