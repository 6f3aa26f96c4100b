#include "vm/config_override.h"

#include <stdlib.h>

#include "bundle/tar/decompress.h"
#include "kernel/drift/drift.h"
#include "platform/fs.h"
#include "util/mem.h"

enum { NAMES_MAX = 4096 };

/* What no check can see afterwards: with the kernel's Module.symvers all CRCs are the
 * kernel's, whatever the configuration, and vermagic and struct module show few options. */
static void config_override_warn(const struct ud_app *app, const struct ud_facts *facts,
                                 const char *path, const struct ud_config *given)
{
    struct ud_buf names;
    ud_buf_init(&names, NAMES_MAX);
    ud_drift_name_given(&facts->config, given, &names);
    if (names.len > 0) {
        ud_report_message(app->report, UD_REPORT_WARN,
                          "%s takes the place of the VM's own %s, from which it differs in %s: "
                          "modules for another configuration can crash the kernel, and not every "
                          "difference shows in them",
                          path, facts->config_origin, names.data);
    }
    ud_buf_done(&names);
}

enum ud_code ud_config_override(const struct ud_app *app, const char *path, struct ud_facts *facts,
                                struct ud_error *err)
{
    struct ud_buf raw;
    struct ud_buf text;
    struct ud_config config = {0};
    ud_buf_init(&raw, UD_CONFIG_TEXT_MAX);
    ud_buf_init(&text, UD_CONFIG_TEXT_MAX);
    enum ud_code rc = ud_fs_read(path, &raw, err);
    if (rc == UD_OK) {
        rc = ud_decompress(path, raw.data, raw.len, &text, err);
    }
    if (rc == UD_OK) {
        rc = ud_config_parse(text.data, text.len, &config, err);
        if (rc != UD_OK) {
            ud_error_prefix(err, "--kernel-config %s", path);
        }
    }
    if (rc == UD_OK && facts->has_config) {
        config_override_warn(app, facts, path, &config);
    }
    if (rc == UD_OK) {
        ud_config_done(&facts->config);
        free(facts->config_text);
        free(facts->config_origin);
        facts->config = config;
        facts->has_config = true;
        facts->config_text = ud_buf_take(&text, &facts->config_len);
        facts->config_origin = ud_strdup(path);
    }
    ud_buf_done(&raw);
    ud_buf_done(&text);
    return rc;
}
