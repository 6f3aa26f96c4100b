#include "vm/evidence_async.h"

#include <stdlib.h>

#include "engine/run_mark.h"
#include "platform/thread.h"
#include "transport/cancel.h"
#include "util/mem.h"

struct message {
    enum ud_report_level level;
    char *text;
};

struct ud_early_evidence {
    const struct ud_app *app; /* for its report, which is not the thread's */
    const struct ud_facts *facts;
    const struct ud_plan *plan;
    struct ud_cancel cancel; /* its outer one is the command's */
    struct ud_thread *thread;
    /* The thread's until it is joined. */
    struct ud_engine *engine;
    struct ud_report report;
    struct message *messages; /* kept until they can be told */
    size_t message_count;
    struct ud_evidence evidence;
    enum ud_code rc;
    struct ud_error err;
};

static void keep_message(void *ctx, enum ud_report_level level, const char *text)
{
    struct ud_early_evidence *early = ctx;
    early->messages =
        ud_realloc(early->messages, early->message_count + 1, sizeof *early->messages);
    early->messages[early->message_count++] = (struct message){level, ud_strdup(text)};
}

static void evidence_async_pass_on(void *arg)
{
    ud_cancel_request(arg);
}

static void evidence_async_run(void *arg)
{
    struct ud_early_evidence *early = arg;
    const struct ud_app app = {.report = &early->report};
    early->rc = ud_evidence_ask(&app, early->engine, early->facts, early->plan, NULL,
                                &early->evidence, &early->err);
}

enum ud_code ud_early_evidence_start(const struct ud_app *app, const struct ud_engine *engine,
                                     const struct ud_facts *facts, const struct ud_plan *plan,
                                     struct ud_early_evidence **ret, struct ud_error *err)
{
    struct ud_early_evidence *early = ud_alloc(1, sizeof *early);
    *ret = NULL;
    early->app = app;
    early->facts = facts;
    early->plan = plan;
    early->report = (struct ud_report){.ctx = early, .message = keep_message};
    early->cancel.outer = ud_engine_cancel(engine);
    ud_cancel_watch(early->cancel.outer, evidence_async_pass_on, &early->cancel);
    enum ud_code rc =
        ud_engine_connect_again(engine, &early->cancel, &early->report, &early->engine, err);
    if (rc == UD_OK) {
        rc = ud_thread_start(evidence_async_run, early, &early->thread, err);
    }
    if (rc != UD_OK) {
        ud_early_evidence_free(early);
        return rc;
    }
    *ret = early;
    return UD_OK;
}

/* Joins the thread, and reports what it had to tell. */
static void evidence_async_join(struct ud_early_evidence *early)
{
    ud_thread_join(early->thread);
    early->thread = NULL;
    for (size_t i = 0; i < early->message_count; i++) {
        struct message *message = &early->messages[i];
        ud_report_message(early->app->report, message->level, "%s", message->text);
        free(message->text);
    }
    early->message_count = 0;
}

enum ud_code ud_early_evidence_get(struct ud_early_evidence *early, struct ud_evidence *ret,
                                   struct ud_error *err)
{
    evidence_async_join(early);
    if (early->rc != UD_OK) {
        return ud_fail(err, early->rc, early->err.remedy, "%s", early->err.message);
    }
    *ret = early->evidence;
    early->evidence = (struct ud_evidence){0};
    return UD_OK;
}

void ud_early_evidence_free(struct ud_early_evidence *early)
{
    if (early == NULL) {
        return;
    }
    ud_cancel_unwatch(early->cancel.outer, &early->cancel);
    if (early->thread != NULL) {
        ud_cancel_request(&early->cancel);
    }
    evidence_async_join(early);
    if (early->engine != NULL && ud_engine_has_left(early->engine)) {
        ud_run_mark_keep();
    }
    ud_engine_free(early->engine);
    ud_evidence_done(&early->evidence);
    free(early->messages);
    free(early);
}
