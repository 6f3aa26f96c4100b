#include "app/attach/driver.h"

#include <stddef.h>

#include "help/commands.h"
#include "report/jsondoc.h"
#include "show/show.h"

const struct ud_opt ud_drivers_opts[] = {
    {.name = "modules",
     .kind = UD_OPT_TEXT,
     .offset = offsetof(struct ud_drivers_options, input),
     .value = "DIR",
     .help = "Where built modules are: a directory that holds <release>/manifest.json, or "
             "manifest.json itself (default: dist)"},
    {.name = NULL},
};

enum ud_code ud_drivers_run(struct ud_session *session, void *options, struct ud_error *err)
{
    struct ud_drivers_options *o = options;
    struct ud_drivers_told told = {0};
    struct ud_page page = {&session->out, &session->out_style};
    o->vm = ud_session_choice(session);
    o->devices = session->words; /* borrowed */
    UD_TRY(ud_session_ended(session, ud_app_drivers(&session->app, o, &told, err)));
    if (session->common.json) {
        cJSON *document = ud_doc_new();
        ud_doc_drivers(document, &told);
        ud_doc_print(document, &session->out);
        cJSON_Delete(document);
    } else {
        ud_show_drivers(&page, &told);
    }
    ud_drivers_told_done(&told);
    return UD_OK;
}
