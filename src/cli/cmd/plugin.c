#include "help/commands.h"

#include "app/plugin.h"
#include "report/jsondoc.h"
#include "show/show.h"

static void plugin_print(struct ud_session *session, const struct ud_plugin *plugin)
{
    if (session->common.json) {
        cJSON *document = ud_doc_new();
        ud_doc_text(document, "path", plugin->path);
        ud_doc_text(document, "program", plugin->program);
        ud_doc_bool(document, "changed", plugin->changed);
        ud_doc_print(document, &session->out);
        cJSON_Delete(document);
        return;
    }
    if (plugin->program != NULL) {
        ud_buf_addf(&session->out, "%s %s\n", plugin->path,
                    plugin->changed ? "is the plugin now: try `docker " UD_PLUGIN_WORD " list`"
                                    : "is the plugin already");
    } else {
        ud_buf_addf(&session->out, "%s %s\n", plugin->path,
                    plugin->changed ? "is removed" : "is not there");
    }
}

enum ud_code ud_plugin_install_run(struct ud_session *session, void *options, struct ud_error *err)
{
    struct ud_plugin plugin = {0};
    (void)options;
    enum ud_code rc = ud_app_plugin_install(&plugin, err);
    if (rc == UD_OK) {
        plugin_print(session, &plugin);
    }
    ud_plugin_done(&plugin);
    return rc;
}

enum ud_code ud_plugin_uninstall_run(struct ud_session *session, void *options,
                                     struct ud_error *err)
{
    struct ud_plugin plugin = {0};
    (void)options;
    enum ud_code rc = ud_app_plugin_uninstall(&plugin, err);
    if (rc == UD_OK) {
        plugin_print(session, &plugin);
    }
    ud_plugin_done(&plugin);
    return rc;
}
