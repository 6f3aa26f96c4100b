#include "docker/containers/run.h"

#include "containers/run_console.h"
#include "docker/containers/archive.h"

enum { EXIT_KILLED = 128 + 9 };

static enum ud_code upload_all(struct ud_engine *engine, const struct ud_run *run,
                               struct ud_error *err)
{
    for (size_t i = 0; i < run->upload_count; i++) {
        const struct ud_run_upload *upload = &run->uploads[i];
        UD_TRY(ud_archive_put(engine, run->spec->name, upload->path, &upload->tar, err));
    }
    return UD_OK;
}

static bool run_has_left(const struct ud_run *run)
{
    return run->left != NULL && *run->left;
}

/* Attached before the start and read to the end before the exit code is asked
 * for: no line can be lost in between. */
static enum ud_code start_and_drain(struct ud_engine *engine, const struct ud_run *run,
                                    struct ud_error *err)
{
    const char *name = run->spec->name;
    struct ud_attach *attach = NULL;
    if (run->console != NULL || run->splice != NULL) {
        UD_TRY(run->console != NULL ? ud_run_converse(engine, name, run->console, err)
                                    : ud_run_splice(engine, name, run->splice, &run->errout, err));
        return ud_run_await_end(engine, name, err);
    }
    UD_TRY(ud_attach_open(engine, name, &run->out, &run->errout, &attach, err));
    enum ud_code rc = ud_container_start(engine, name, err);
    if (rc == UD_OK) {
        rc = ud_attach_drain(attach, run->left, err);
    }
    ud_attach_free(attach);
    return rc;
}

/* An engine that removes the container itself may have done so. */
static enum ud_code result_of(struct ud_engine *engine, const struct ud_run *run,
                              struct ud_run_result *result, struct ud_error *err)
{
    const char *name = run->spec->name;
    struct ud_error why = {0};
    enum ud_code rc = ud_container_wait(engine, name, &result->exit_code, &why);
    if (rc == UD_ERR_NOT_FOUND && run->spec->auto_remove) {
        return UD_OK;
    }
    if (rc != UD_OK) {
        return ud_error_pass(err, &why);
    }
    if (result->exit_code == EXIT_KILLED) {
        struct ud_container container = {0};
        rc = ud_container_inspect(engine, name, &container, &why);
        if (rc != UD_OK) {
            return rc == UD_ERR_NOT_FOUND && run->spec->auto_remove ? UD_OK
                                                                    : ud_error_pass(err, &why);
        }
        result->oom_killed = container.oom_killed;
        ud_container_done(&container);
    }
    return UD_OK;
}

static enum ud_code run_created(struct ud_engine *engine, const struct ud_run *run,
                                struct ud_run_result *result, struct ud_error *err)
{
    const char *name = run->spec->name;
    UD_TRY(upload_all(engine, run, err));
    UD_TRY(start_and_drain(engine, run, err));
    if (run_has_left(run)) {
        return UD_OK;
    }
    UD_TRY(result_of(engine, run, result, err));
    if (run->collect != NULL) {
        UD_TRY(run->collect(run->collect_ctx, engine, name, result->exit_code, err));
    }
    return UD_OK;
}

enum ud_code ud_run(struct ud_engine *engine, const struct ud_run *run, struct ud_run_result *ret,
                    struct ud_error *err)
{
    struct ud_run_result result = {0};
    enum ud_code rc = ud_container_create(engine, run->spec, err);
    bool created = rc == UD_OK;
    if (created) {
        rc = run_created(engine, run, &result, err);
    }
    if (created && rc == UD_OK && run_has_left(run)) {
        *ret = result;
        return UD_OK;
    }
    if (created && rc != UD_OK && run->stop_first) {
        ud_container_stop_and_cleanup(engine, run->spec->name);
    } else if (created || !ud_container_surely_absent(rc)) {
        ud_container_cleanup(engine, run->spec->name);
    }
    if (rc == UD_OK) {
        *ret = result;
    }
    return rc;
}
