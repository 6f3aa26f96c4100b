#include "help/commands.h"

#include <stddef.h>

#include "app/builder/builders.h"
#include "report/jsondoc.h"
#include "show/show.h"

#define FIELD(member) offsetof(struct ud_builders_options, member)

#define MAKE(member) offsetof(struct ud_builder_make_options, member)

const struct ud_opt ud_builder_make_opts[] = {
    {.name = "build-host",
     .kind = UD_OPT_TEXT,
     .offset = MAKE(build_host),
     .value = "ENDPOINT",
     .help = "Make it in this engine (default: the VM's own)"},
    {.name = "kernel-config",
     .kind = UD_OPT_TEXT,
     .offset = MAKE(kernel_config),
     .value = "FILE",
     .help = "The running kernel's configuration, if the VM does not show it"},
    {.name = "platform",
     .kind = UD_OPT_TEXT,
     .offset = MAKE(platform),
     .value = "PLATFORM",
     .check = ud_opt_is_platform,
     .accepts = UD_OPT_PLATFORM,
     .help = "Make it for this platform, as `build --platform` wants it (default: the engine's "
             "own)"},
    {.name = NULL},
};

const struct ud_opt ud_builder_list_opts[] = {
    {.name = "build-host",
     .kind = UD_OPT_TEXT,
     .offset = FIELD(build_host),
     .value = "ENDPOINT",
     .help = "Look at this engine too"},
    {.name = NULL},
};

const struct ud_opt ud_builder_prune_opts[] = {
    {.name = "build-host",
     .kind = UD_OPT_TEXT,
     .offset = FIELD(build_host),
     .value = "ENDPOINT",
     .help = "Remove those of this engine too"},
    {.name = "dry-run",
     .kind = UD_OPT_FLAG,
     .offset = FIELD(dry_run),
     .help = "List what would be removed, and remove nothing"},
    {.name = NULL},
};

static enum ud_code builder_run(struct ud_session *session, struct ud_builders_options *options,
                                struct ud_error *err)
{
    struct ud_builders builders = {0};
    options->vm = ud_session_choice(session);
    UD_TRY(ud_session_ended(session, ud_app_builders(&session->app, options, &builders, err)));
    if (session->common.json) {
        cJSON *document = ud_doc_new();
        ud_doc_builders(document, &builders, options);
        ud_doc_print(document, &session->out);
        cJSON_Delete(document);
    } else {
        struct ud_page page = {&session->out, &session->out_style};
        ud_show_builders(&page, &builders, options);
    }
    ud_builders_done(&builders);
    return UD_OK;
}

enum ud_code ud_builder_list_run(struct ud_session *session, void *options, struct ud_error *err)
{
    return builder_run(session, options, err);
}

enum ud_code ud_builder_prune_run(struct ud_session *session, void *options, struct ud_error *err)
{
    struct ud_builders_options *o = options;
    o->prune = true;
    return builder_run(session, o, err);
}

enum ud_code ud_builder_make_run(struct ud_session *session, void *options, struct ud_error *err)
{
    struct ud_builder_make_options *o = options;
    struct ud_builder_made made = {0};
    o->vm = ud_session_choice(session);
    UD_TRY(ud_session_ended(session, ud_app_builder_make(&session->app, o, &made, err)));
    if (session->common.json) {
        cJSON *document = ud_doc_new();
        ud_doc_builder_made(document, &made);
        ud_doc_print(document, &session->out);
        cJSON_Delete(document);
    } else {
        struct ud_page page = {&session->out, &session->out_style};
        ud_show_builder_made(&page, &made);
    }
    ud_builder_made_done(&made);
    return UD_OK;
}
