#include "app/load/load.h"

#include <stddef.h>

#include "cmd/build_options.h"
#include "help/commands.h"
#include "report/jsondoc.h"
#include "show/show.h"

#define INPUT_OPTION                                                                               \
    {                                                                                              \
        .name = "input", .kind = UD_OPT_TEXT, .offset = offsetof(struct ud_load_options, input),   \
        .value = "DIR",                                                                            \
        .help = "Where the modules are: a directory that holds <release>/manifest.json, or "       \
                "manifest.json itself (default: dist)"                                             \
    }
#define NATIVE_OPTION                                                                              \
    {                                                                                              \
        .name = "native", .kind = UD_OPT_FLAG, .offset = offsetof(struct ud_load_options, native), \
        .help = "Go on if the engine runs on this very machine, so that the kernel is this one's"  \
    }

#define CONFIG_OPTION                                                                              \
    {                                                                                              \
        .name = "kernel-config", .kind = UD_OPT_TEXT,                                              \
        .offset = offsetof(struct ud_load_options, kernel_config), .value = "FILE",                \
        .help = "The running kernel's configuration, if the VM does not show it; without this "    \
                "option the one that `build --kernel-config` was given is taken"                   \
    }

const struct ud_opt ud_load_opts[] = {
    INPUT_OPTION,
    {.name = "with",
     .kind = UD_OPT_LIST,
     .offset = offsetof(struct ud_load_options, with),
     .value = "LIST",
     .check = ud_opt_is_driver_list,
     .accepts = "names of modules or groups, with commas between",
     .help = "Drivers of the VM to insert besides, by the names of their modules, with what they "
             "need, or groups: serial, storage, hid, net, can, audio, video; may be repeated. "
             "Those that were built are inserted in any case"},
    CONFIG_OPTION,
    NATIVE_OPTION,
    {.name = "allow-missing-crcs",
     .kind = UD_OPT_FLAG,
     .offset = offsetof(struct ud_load_options, allow_missing_crcs),
     .help = "Insert modules without symbol CRCs, as `build --allow-missing-crcs` makes them, even "
             "if the kernel compares CRCs: it may refuse them"},
    {.name = NULL},
};

const struct ud_opt ud_unload_opts[] = {
    INPUT_OPTION,
    {.name = "all",
     .short_name = 'a',
     .kind = UD_OPT_FLAG,
     .offset = offsetof(struct ud_load_options, all),
     .help = "Remove the VM's own USB/IP modules too, and what is of unknown origin"},
    CONFIG_OPTION,
    NATIVE_OPTION,
    {.name = NULL},
};

static void load_print(struct ud_session *session, const struct ud_load_result *result,
                       bool loading)
{
    struct ud_page page = {&session->out, &session->out_style};
    if (session->common.json) {
        cJSON *document = ud_doc_new();
        ud_doc_load(document, result, loading);
        ud_doc_print(document, &session->out);
        cJSON_Delete(document);
    } else if (loading) {
        ud_show_load(&page, result);
    } else {
        ud_show_unload(&page, result);
    }
}

enum ud_code ud_load_run(struct ud_session *session, void *options, struct ud_error *err)
{
    struct ud_load_options *o = options;
    struct ud_load_result result = {0};
    o->vm = ud_session_choice(session);
    UD_TRY(ud_session_ended(session, ud_app_load(&session->app, o, &result, err)));
    load_print(session, &result, true);
    ud_load_result_done(&result);
    return UD_OK;
}

enum ud_code ud_unload_run(struct ud_session *session, void *options, struct ud_error *err)
{
    struct ud_load_options *o = options;
    struct ud_load_result result = {0};
    o->vm = ud_session_choice(session);
    UD_TRY(ud_session_ended(session, ud_app_unload(&session->app, o, &result, err)));
    load_print(session, &result, false);
    ud_load_result_done(&result);
    return UD_OK;
}
