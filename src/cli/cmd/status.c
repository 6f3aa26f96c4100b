#include "help/commands.h"

#include <stddef.h>

#include "app/status.h"
#include "report/jsondoc.h"
#include "show/show.h"

const struct ud_opt ud_status_opts[] = {
    {.name = "input",
     .kind = UD_OPT_TEXT,
     .offset = offsetof(struct ud_status_options, input),
     .value = "DIR",
     .help = "Where built modules are: a directory that holds <release>/manifest.json "
             "(default: dist)"},
    {.name = "self-test",
     .kind = UD_OPT_FLAG,
     .offset = offsetof(struct ud_status_options, self_test),
     .help = "Test the VM's USB/IP as well: attach a made-up USB device for a moment and see "
             "whether the kernel configures it. This takes a privileged container"},
    {.name = "native",
     .kind = UD_OPT_FLAG,
     .offset = offsetof(struct ud_status_options, native),
     .help = "Test even if the engine runs on this very machine, so that the kernel is this one's"},
    {.name = NULL},
};

static void print_json(struct ud_session *session, const struct ud_status *status,
                       const struct ud_error *err, enum ud_code rc)
{
    cJSON *document = ud_doc_new();
    ud_doc_status(document, status);
    if (rc != UD_OK) {
        ud_doc_error(document, err);
        session->error_told = true;
    }
    ud_doc_print(document, &session->out);
    cJSON_Delete(document);
}

/* What is known is shown even if the engine does not answer. */
enum ud_code ud_status_run(struct ud_session *session, void *options, struct ud_error *err)
{
    struct ud_status_options *o = options;
    struct ud_status status = {0};
    o->vm = ud_session_choice(session);
    enum ud_code rc = ud_session_ended(session, ud_app_status(&session->app, o, &status, err));
    /* After these nothing was looked at: an answer would be guesswork. */
    bool known = rc != UD_ERR_USAGE && rc != UD_ERR_INTERRUPTED;
    if (known && session->common.json) {
        print_json(session, &status, err, rc);
    } else if (known) {
        struct ud_page page = {&session->out, &session->out_style};
        ud_show_status(&page, &status);
    }
    ud_status_done(&status);
    return rc;
}
