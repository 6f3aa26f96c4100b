#include "attach/hold.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "engine/run_mark.h"
#include "platform/thread.h"
#include "proto/fact.h"
#include "transport/cancel.h"
#include "util/mem.h"
#include "vm/helper_call.h"

/* Many more than a device causes that comes and goes while its owner is busy. */
enum { EVENTS_MAX = 1024 };

struct ud_hold {
    struct ud_cancel cancel; /* its outer one is the command's */
    struct ud_thread *thread;
    struct ud_mutex *mutex;
    struct ud_hold_event *first; /* with the mutex */
    struct ud_hold_event **last;
    size_t waiting; /* how many there are */
    struct ud_splice splice;
    /* The thread's until it is joined. */
    struct ud_engine *engine;
    struct ud_report report;
    struct ud_helper_call call;
    char *image;
    struct ud_attach_answer answer; /* of what comes next */
    enum ud_code rc;
    struct ud_error err;
};

void ud_hold_event_free(struct ud_hold_event *event)
{
    if (event == NULL) {
        return;
    }
    free(event->text);
    free(event->address);
    ud_device_report_done(&event->report);
    free(event);
}

/* ---- the thread ---- */

static struct ud_hold_event *hold_event(enum ud_hold_kind kind, const char *text)
{
    struct ud_hold_event *event = ud_alloc(1, sizeof *event);
    event->kind = kind;
    event->text = text != NULL ? ud_strdup(text) : NULL;
    return event;
}

/* What the helper says may come faster than it is read; how it ended has to arrive. */
static enum ud_code hold_push(struct ud_hold *hold, struct ud_hold_event *event,
                              struct ud_error *err)
{
    ud_mutex_lock(hold->mutex);
    const bool room = hold->waiting < EVENTS_MAX || event->kind == UD_HOLD_ENDED;
    if (room) {
        *hold->last = event;
        hold->last = &event->next;
        hold->waiting++;
    }
    ud_mutex_unlock(hold->mutex);
    if (!room) {
        ud_hold_event_free(event);
        return ud_fail(err, UD_ERR_PROTOCOL, NULL,
                       "the helper in the VM reports more events than devices can cause");
    }
    return UD_OK;
}

static void hold_on_message(void *ctx, enum ud_report_level level, const char *text)
{
    struct ud_hold_event *event = hold_event(UD_HOLD_MESSAGE, text);
    event->level = level;
    if (hold_push(ctx, event, NULL) != UD_OK) {
        return; /* the message is lost */
    }
}

static enum ud_code hold_attached(struct ud_hold *hold, struct ud_error *err)
{
    const char *address = ud_facts_fill_get(&hold->answer.facts, UD_FACT_SERVER);
    struct ud_hold_event *event = hold_event(UD_HOLD_ATTACHED, NULL);
    event->address = address != NULL ? ud_strdup(address) : NULL;
    enum ud_code rc = ud_attach_answer_devices(&hold->answer, &event->report, err);
    if (rc == UD_OK && event->report.count != 1) {
        rc =
            ud_fail(err, UD_ERR_PROTOCOL, NULL, "the helper in the VM did not describe the device");
    }
    if (rc != UD_OK) {
        ud_hold_event_free(event);
        return rc;
    }
    return hold_push(hold, event, err);
}

/* Each time of being attached begins with where from; of one that failed nothing is kept. */
static void hold_forget(struct ud_hold *hold)
{
    ud_attach_answer_done(&hold->answer);
    hold->answer = (struct ud_attach_answer){0};
}

static bool hold_is(const struct ud_record *record, const char *fact)
{
    return record->type == UD_RECORD_FACT && strcmp(record->name, fact) == 0;
}

static enum ud_code hold_on_record(void *ctx, const struct ud_record *record, struct ud_error *err)
{
    struct ud_hold *hold = ctx;
    if (hold_is(record, UD_FACT_ATTACHED)) {
        enum ud_code rc = hold_attached(hold, err);
        hold_forget(hold);
        return rc;
    }
    if (hold_is(record, UD_FACT_LOST)) {
        hold_forget(hold);
        return hold_push(hold, hold_event(UD_HOLD_LOST, record->text), err);
    }
    if (hold_is(record, UD_FACT_WAITING)) {
        hold_forget(hold);
        return hold_push(hold, hold_event(UD_HOLD_WAITING, record->text), err);
    }
    if (hold_is(record, UD_FACT_SERVER)) {
        hold_forget(hold);
    }
    return ud_attach_answer_take(&hold->answer, &hold->report, record, err);
}

/* The four above, after which nothing is kept. Of ATTACHED what counts came before it. */
static bool hold_begins(const struct ud_record *record)
{
    return hold_is(record, UD_FACT_SERVER) || hold_is(record, UD_FACT_ATTACHED) ||
           hold_is(record, UD_FACT_LOST) || hold_is(record, UD_FACT_WAITING);
}

static void hold_run(void *arg)
{
    struct ud_hold *hold = arg;
    hold->rc = ud_helper_call_run(hold->engine, &hold->call, &hold->err);
    if (hold->rc != UD_OK) {
        ud_attach_answer_explain(&hold->answer, &hold->err);
    }
    (void)hold_push(hold, hold_event(UD_HOLD_ENDED, NULL), NULL);
}

/* ---- its owner ---- */

static void hold_pass_on(void *arg)
{
    ud_cancel_request(arg);
}

/* What is left when no thread runs. */
static void hold_release(struct ud_hold *hold)
{
    ud_cancel_unwatch(hold->cancel.outer, &hold->cancel);
    for (struct ud_hold_event *event; (event = ud_hold_next(hold)) != NULL;) {
        ud_hold_event_free(event);
    }
    if (hold->engine != NULL && ud_engine_has_left(hold->engine)) {
        ud_run_mark_keep();
    }
    ud_engine_free(hold->engine);
    ud_tcp_free(hold->splice.peer);
    ud_attach_answer_done(&hold->answer);
    ud_strv_done(&hold->call.args);
    ud_mutex_free(hold->mutex);
    free(hold->image);
    free(hold);
}

enum ud_code ud_hold_start(const struct ud_attach_session *session, enum ud_role role,
                           const struct ud_strv *args, struct ud_tcp *peer, struct ud_hold **ret,
                           struct ud_error *err)
{
    struct ud_hold *hold = ud_alloc(1, sizeof *hold);
    hold->mutex = ud_mutex_new();
    hold->last = &hold->first;
    hold->splice.peer = peer;
    hold->image = ud_strdup(session->image);
    hold->report = (struct ud_report){.ctx = hold, .message = hold_on_message};
    hold->call = (struct ud_helper_call){
        .role = role,
        .image = hold->image,
        .record = hold_on_record,
        .ctx = hold,
        .begins = hold_begins,
        .splice = peer != NULL ? &hold->splice : NULL,
        .leashed = peer == NULL,
    };
    for (size_t i = 0; i < args->len; i++) {
        ud_strv_add(&hold->call.args, args->items[i]);
    }
    hold->cancel.outer = ud_engine_cancel(session->vm.engine);
    ud_cancel_watch(hold->cancel.outer, hold_pass_on, &hold->cancel);
    enum ud_code rc = ud_engine_connect_again(session->vm.engine, &hold->cancel, &hold->report,
                                              &hold->engine, err);
    if (rc == UD_OK) {
        rc = ud_thread_start(hold_run, hold, &hold->thread, err);
    }
    if (rc != UD_OK) {
        hold_release(hold);
        return rc;
    }
    *ret = hold;
    return UD_OK;
}

struct ud_hold_event *ud_hold_next(struct ud_hold *hold)
{
    ud_mutex_lock(hold->mutex);
    struct ud_hold_event *event = hold->first;
    if (event != NULL) {
        hold->first = event->next;
        hold->last = hold->first != NULL ? hold->last : &hold->first;
        hold->waiting--;
    }
    ud_mutex_unlock(hold->mutex);
    return event;
}

void ud_hold_count(struct ud_hold *hold, uint64_t *ret_from, uint64_t *ret_to)
{
    *ret_from = atomic_load(&hold->splice.from_peer);
    *ret_to = atomic_load(&hold->splice.to_peer);
}

enum ud_code ud_hold_free(struct ud_hold *hold, struct ud_error *err)
{
    if (hold == NULL) {
        return UD_OK;
    }
    ud_cancel_request(&hold->cancel);
    ud_thread_join(hold->thread);
    const enum ud_code rc = hold->rc == UD_OK ? UD_OK : ud_error_pass(err, &hold->err);
    hold_release(hold);
    return rc;
}
