#include "vm/helper_call.h"

#include <stdlib.h>
#include <string.h>

#include "docker/containers/run.h"
#include "proto/ops.h"
#include "transport/stream.h"
#include "ud_version.h"
#include "util/mem.h"
#include "util/str.h"

/* Of standard error so much is shown; one that goes on and on is no helper's. */
enum { STDERR_MAX = 16 * 1024, STDERR_ALL_MAX = 1024 * 1024 };

struct answer {
    const struct ud_helper_call *call;
    struct ud_record_decoder decoder;
    size_t counts[UD_RECORD_END + 1]; /* of the records, by type */
    uint64_t text_bytes;              /* of those that are no blobs */
    uint64_t blob_bytes;
    struct ud_buf complaint; /* standard error */
    size_t complained;       /* bytes of it, those that were dropped too */
    enum ud_code end_code;
    char *end_message;
    bool left; /* it works on by itself */
};

static enum ud_code helper_call_too_much(const char *what, uint64_t max, struct ud_error *err)
{
    return ud_fail(err, UD_ERR_PROTOCOL,
                   "Remove the helper's image with `usbipd-desktop clean` and try again: it may "
                   "not be this program's.",
                   "the helper in the VM sent more than %llu %s", (unsigned long long)max, what);
}

/* What is received is kept until all of it is there, by whoever asked. Here is the one place
 * that sees every record, and so bounds what an engine can make of this program's memory. */
static enum ud_code helper_call_count(struct answer *answer, const struct ud_record *record,
                                      struct ud_error *err)
{
    static const struct {
        size_t max;
        const char *what;
    } limits[UD_RECORD_END + 1] = {
        [UD_RECORD_FACT] = {UD_OPS_FACTS_MAX, "facts"},
        [UD_RECORD_RESULT] = {UD_OPS_RESULTS_MAX, "results"},
        [UD_RECORD_BLOB] = {UD_OPS_PIECES_MAX, "pieces of files"},
        [UD_RECORD_KLOG] = {UD_OPS_LOGS_MAX, "lines of the kernel's log"},
    };
    const size_t size = UD_RECORD_HEADER_SIZE + strlen(record->name) + 1;
    answer->counts[record->type]++;
    if (limits[record->type].what != NULL &&
        answer->counts[record->type] > limits[record->type].max) {
        return helper_call_too_much(limits[record->type].what, limits[record->type].max, err);
    }
    if (record->type == UD_RECORD_BLOB) {
        answer->blob_bytes += size + record->len;
    } else {
        answer->text_bytes += size + strlen(record->text);
    }
    if (answer->blob_bytes > UD_OPS_BLOBS_MAX) {
        return helper_call_too_much("MiB of files", UD_OPS_BLOBS_MAX >> 20, err);
    }
    if (answer->text_bytes > UD_OPS_TEXTS_MAX) {
        return helper_call_too_much("MiB of facts, results and log", UD_OPS_TEXTS_MAX >> 20, err);
    }
    return UD_OK;
}

static void helper_call_forget(struct answer *answer)
{
    memset(answer->counts, 0, sizeof answer->counts);
    answer->text_bytes = 0;
    answer->blob_bytes = 0;
}

static enum ud_code helper_call_on_record(void *ctx, const struct ud_record *record,
                                          struct ud_error *err)
{
    struct answer *answer = ctx;
    if (answer->call->begins != NULL && answer->call->begins(record)) {
        helper_call_forget(answer);
    }
    UD_TRY(helper_call_count(answer, record, err));
    if (record->type == UD_RECORD_HELLO) {
        return UD_OK;
    }
    if (record->type == UD_RECORD_END) {
        answer->end_code = record->code;
        answer->end_message = ud_strdup(record->text);
        ud_str_sanitize(answer->end_message);
        answer->left = answer->call->stays && record->code == UD_OK;
        return UD_OK;
    }
    return answer->call->record(answer->call->ctx, record, err);
}

static enum ud_code helper_call_on_output(void *ctx, const void *data, size_t len,
                                          struct ud_error *err)
{
    struct answer *answer = ctx;
    return ud_record_feed(&answer->decoder, data, len, err);
}

/* What does not fit is dropped: it is only for a message. */
static enum ud_code on_complaint(void *ctx, const void *data, size_t len, struct ud_error *err)
{
    struct answer *answer = ctx;
    const size_t room = STDERR_MAX - answer->complaint.len;
    ud_buf_add(&answer->complaint, data, len < room ? len : room);
    if (len > STDERR_ALL_MAX - answer->complained) {
        return helper_call_too_much("KiB of complaints", STDERR_ALL_MAX >> 10, err);
    }
    answer->complained += len;
    return UD_OK;
}

static enum ud_code helper_call_judge(struct answer *answer, const struct ud_run_result *result,
                                      struct ud_error *err)
{
    if (ud_record_finish(&answer->decoder, err) != UD_OK) {
        ud_str_sanitize(answer->complaint.data);
        ud_error_prefix(err, "the helper in the VM ended with exit code %d%s%s%s",
                        result->exit_code, result->oom_killed ? " (out of memory)" : "",
                        answer->complaint.len > 0 ? ", saying: " : "", answer->complaint.data);
        return err != NULL ? err->code : UD_ERR_PROTOCOL;
    }
    if (answer->end_code != UD_OK) {
        return ud_fail(err, answer->end_code, NULL, "%s", answer->end_message);
    }
    return UD_OK;
}

static void helper_call_fill_spec(const struct ud_helper_call *call, const char *name,
                                  struct ud_container_spec *spec)
{
    ud_role_fill(call->role, name, call->image, spec);
    ud_strv_add(&spec->entrypoint, UD_OPS_HELPER);
    for (size_t i = 0; i < call->args.len; i++) {
        ud_strv_add(&spec->cmd, call->args.items[i]);
    }
    spec->open_stdin = call->leashed || call->splice != NULL;
    for (size_t i = 0; i < call->mount_count; i++) {
        ud_container_spec_bind(spec, call->mounts[i].source, call->mounts[i].target, true);
    }
}

/* ---- an input that has nothing, and ends with this program ---- */

static enum ud_code leash_begin(void *ctx, void (*wake)(void *arg), void *arg, struct ud_error *err)
{
    (void)ctx;
    (void)wake;
    (void)arg;
    (void)err;
    return UD_OK;
}

static void leash_end(void *ctx)
{
    (void)ctx;
}

static size_t leash_read(void *ctx, void *dst, size_t room, bool *ret_end)
{
    (void)ctx;
    (void)dst;
    (void)room;
    *ret_end = false;
    return 0;
}

/* ---- the run ---- */

static enum ud_code helper_call_run_container(struct ud_engine *engine, struct answer *answer,
                                              const struct ud_container_spec *spec,
                                              struct ud_error *err)
{
    const struct ud_helper_call *call = answer->call;
    struct ud_bytes bytes;
    struct ud_run_upload upload = {.path = "/"};
    if (call->upload != NULL) {
        upload.tar = ud_bytes_source(&bytes, call->upload);
    }
    const struct ud_sink records = {helper_call_on_output, answer};
    const struct ud_sink complaints = {on_complaint, answer};
    const struct ud_console leash = {.ctx = answer,
                                     .begin = leash_begin,
                                     .end = leash_end,
                                     .read = leash_read,
                                     .out = records,
                                     .errout = complaints};
    const struct ud_run run = {
        .spec = spec,
        .uploads = &upload,
        .upload_count = call->upload != NULL ? 1 : 0,
        .out = records,
        .errout = call->splice != NULL ? records : complaints,
        .console = call->leashed ? &leash : NULL,
        .splice = call->splice,
        .left = call->stays ? &answer->left : NULL,
        .stop_first = ud_role_info(call->role)->undoes,
    };
    struct ud_run_result result = {0};
    UD_TRY(ud_run(engine, &run, &result, err));
    return answer->left ? UD_OK : helper_call_judge(answer, &result, err);
}

enum ud_code ud_helper_call_run(struct ud_engine *engine, const struct ud_helper_call *call,
                                struct ud_error *err)
{
    struct answer answer = {.call = call};
    struct ud_container_spec spec = {0};
    char *name = ud_role_container_name(call->role);
    ud_record_decoder_init(&answer.decoder, UD_VERSION, helper_call_on_record, &answer);
    ud_buf_init(&answer.complaint, STDERR_MAX);
    helper_call_fill_spec(call, name, &spec);
    enum ud_code rc = helper_call_run_container(engine, &answer, &spec, err);
    ud_container_spec_done(&spec);
    ud_record_decoder_done(&answer.decoder);
    ud_buf_done(&answer.complaint);
    free(answer.end_message);
    free(name);
    return rc;
}
