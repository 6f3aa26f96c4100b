#include "app/install/install.h"

#include <stddef.h>

#include "help/commands.h"
#include "report/jsondoc.h"
#include "show/show.h"

#define LOAD_FIELD(member) offsetof(struct ud_load_options, member)
#define UNINSTALL_FIELD(member) offsetof(struct ud_uninstall_options, member)

const struct ud_opt ud_install_opts[] = {
    {.name = "input",
     .kind = UD_OPT_TEXT,
     .offset = LOAD_FIELD(input),
     .value = "DIR",
     .help = "Where the modules are: a directory that holds <release>/manifest.json, or "
             "manifest.json itself (default: dist)"},
    {.name = "kernel-config",
     .kind = UD_OPT_TEXT,
     .offset = LOAD_FIELD(kernel_config),
     .value = "FILE",
     .help = "The running kernel's configuration, if the VM does not show it; without this option "
             "the one that `build --kernel-config` was given is taken"},
    {.name = "native",
     .kind = UD_OPT_FLAG,
     .offset = LOAD_FIELD(native),
     .help = "Go on if the engine runs on this very machine, so that the kernel is this one's"},
    {.name = "allow-missing-crcs",
     .kind = UD_OPT_FLAG,
     .offset = LOAD_FIELD(allow_missing_crcs),
     .help = "Take modules without symbol CRCs, as `build --allow-missing-crcs` makes them, even "
             "if the kernel compares CRCs: it may refuse them"},
    {.name = NULL},
};

const struct ud_opt ud_uninstall_opts[] = {
    {.name = "unload",
     .kind = UD_OPT_FLAG,
     .offset = UNINSTALL_FIELD(unload),
     .help = "First take the modules out of the kernel, as `unload` does"},
    {.name = "input",
     .kind = UD_OPT_TEXT,
     .offset = UNINSTALL_FIELD(load.input),
     .value = "DIR",
     .help = "With --unload: where built modules are (default: dist)"},
    {.name = "native",
     .kind = UD_OPT_FLAG,
     .offset = UNINSTALL_FIELD(load.native),
     .help = "With --unload: go on if the engine runs on this very machine"},
    {.name = NULL},
};

enum ud_code ud_install_run(struct ud_session *session, void *options, struct ud_error *err)
{
    struct ud_load_options *o = options;
    struct ud_installed installed = {0};
    o->vm = ud_session_choice(session);
    UD_TRY(ud_session_ended(session, ud_app_install(&session->app, o, &installed, err)));
    if (session->common.json) {
        cJSON *document = ud_doc_new();
        ud_doc_installed(document, &installed);
        ud_doc_print(document, &session->out);
        cJSON_Delete(document);
    } else {
        struct ud_page page = {&session->out, &session->out_style};
        ud_show_installed(&page, &installed);
    }
    ud_installed_done(&installed);
    return UD_OK;
}

enum ud_code ud_uninstall_run(struct ud_session *session, void *options, struct ud_error *err)
{
    struct ud_uninstall_options *o = options;
    struct ud_uninstalled uninstalled = {0};
    o->load.vm = ud_session_choice(session);
    UD_TRY(ud_session_ended(session, ud_app_uninstall(&session->app, o, &uninstalled, err)));
    if (session->common.json) {
        cJSON *document = ud_doc_new();
        ud_doc_uninstalled(document, &uninstalled);
        ud_doc_print(document, &session->out);
        cJSON_Delete(document);
    } else {
        struct ud_page page = {&session->out, &session->out_style};
        ud_show_uninstalled(&page, &uninstalled);
    }
    ud_uninstalled_done(&uninstalled);
    return UD_OK;
}
