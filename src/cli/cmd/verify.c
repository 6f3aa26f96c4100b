#include "app/verify.h"

#include <stddef.h>

#include "help/commands.h"
#include "report/jsondoc.h"
#include "show/show.h"

#define FIELD(member) offsetof(struct ud_verify_options, member)

const struct ud_opt ud_verify_opts[] = {
    {.name = "symvers",
     .kind = UD_OPT_TEXT,
     .offset = FIELD(symvers),
     .value = "FILE",
     .help = "The running kernel's Module.symvers"},
    {.name = "kernel-config",
     .kind = UD_OPT_TEXT,
     .offset = FIELD(kernel_config),
     .value = "FILE",
     .help = "The running kernel's configuration, if the VM does not show it"},
    {.name = "allow-missing-crcs",
     .kind = UD_OPT_FLAG,
     .offset = FIELD(allow_missing_crcs),
     .help = "Only warn of modules without symbol CRCs for a kernel that compares them"},
    {.name = NULL},
};

static void verify_print(struct ud_session *session, const struct ud_verify_result *result,
                         const struct ud_error *err, enum ud_code rc)
{
    if (session->common.json) {
        cJSON *document = ud_doc_new();
        ud_doc_verify(document, result);
        if (rc != UD_OK) {
            ud_doc_error(document, err);
            session->error_told = true;
        }
        ud_doc_print(document, &session->out);
        cJSON_Delete(document);
    } else {
        struct ud_page page = {&session->out, &session->out_style};
        ud_show_verify(&page, result);
    }
}

/* The checks are shown when they were made, whatever they found. */
enum ud_code ud_verify_run(struct ud_session *session, void *options, struct ud_error *err)
{
    struct ud_verify_options *o = options;
    struct ud_verify_result result = {0};
    o->vm = ud_session_choice(session);
    o->input = session->words.len > 0 ? session->words.items[0] : NULL;
    enum ud_code rc = ud_session_ended(session, ud_app_verify(&session->app, o, &result, err));
    if (result.findings.len > 0) {
        verify_print(session, &result, err, rc);
    }
    ud_verify_result_done(&result);
    return rc;
}
