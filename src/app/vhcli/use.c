/* What is done with the running client. */
#include "app/vhcli/vhcli.h"

#include "app/engine/roles.h"
#include "docker/containers/container.h"
#include "docker/containers/exec.h"
#include "docker/engine/labels.h"
#include "engine/lasting.h"
#include "util/patience.h"
#include "vhcli/parts.h"

/* What is done with the container, and what it needs. */
struct use {
    struct ud_engine *engine;
    struct ud_container container; /* id NULL: there is none */
    const struct ud_sink *out;
    const struct ud_sink *errout;
    const struct ud_console *console;
    const struct ud_strv *argv;
    const char *command;
    bool follow;
    bool was_there;
    int exit_code;
};

typedef enum ud_code use_fn(struct use *use, struct ud_error *err);

static enum ud_code with_container(const struct ud_app *app, const struct ud_engine_choice *choice,
                                   struct use *use, use_fn *fn, struct ud_error *err)
{
    struct ud_connection vm = {0};
    enum ud_code rc = ud_app_connect(app, choice, &vm, err);
    if (rc == UD_OK) {
        use->engine = vm.engine;
        rc = ud_lasting_find(vm.engine, UD_ROLE_VHCLI, &use->container, err);
    }
    if (rc == UD_OK) {
        rc = fn(use, err);
    }
    ud_container_done(&use->container);
    ud_connection_done(&vm);
    return rc;
}

static enum ud_code not_running(struct ud_error *err)
{
    return ud_fail(err, UD_ERR_NOT_FOUND, "Start it with `usbipd-desktop vhcli start`.",
                   "no VirtualHere client runs in the engine");
}

static enum ud_code stop(struct use *use, struct ud_error *err)
{
    use->was_there = use->container.id != NULL;
    if (!use->was_there) {
        return UD_OK;
    }
    ud_report_step(ud_engine_report(use->engine), "Stopping the client");
    UD_TRY(ud_container_stop(use->engine, use->container.id, UD_PATIENCE_CLIENT_STOP_S, err));
    UD_TRY(ud_container_remove(use->engine, use->container.id, err));
    ud_report_step_end(ud_engine_report(use->engine), NULL);
    return UD_OK;
}

enum ud_code ud_app_vhcli_stop(const struct ud_app *app, const struct ud_engine_choice *choice,
                               bool *ret_was_there, struct ud_error *err)
{
    struct use use = {0};
    UD_TRY(with_container(app, choice, &use, stop, err));
    *ret_was_there = use.was_there;
    return UD_OK;
}

static enum ud_code logs(struct use *use, struct ud_error *err)
{
    if (use->container.id == NULL) {
        return not_running(err);
    }
    return ud_container_logs(use->engine, use->container.id, use->follow, use->out, use->errout,
                             err);
}

enum ud_code ud_app_vhcli_logs(const struct ud_app *app, const struct ud_engine_choice *choice,
                               bool follow, const struct ud_sink *out, const struct ud_sink *errout,
                               struct ud_error *err)
{
    struct use use = {.out = out, .errout = errout, .follow = follow};
    return with_container(app, choice, &use, logs, err);
}

static enum ud_code give_command(struct use *use, struct ud_error *err)
{
    const char *client = ud_labels_get(&use->container.labels, UD_LABEL_CLIENT);
    if (!use->container.running || client == NULL) {
        return not_running(err);
    }
    struct ud_exec exec = {
        .container = use->container.id, .out = *use->out, .errout = *use->errout};
    ud_strv_add(&exec.argv, client);
    ud_strv_add(&exec.argv, "-t");
    ud_strv_add(&exec.argv, use->command != NULL ? use->command : "LIST");
    enum ud_code rc = ud_exec_run(use->engine, &exec, &use->exit_code, err);
    ud_strv_done(&exec.argv);
    return rc;
}

enum ud_code ud_app_vhcli_command(const struct ud_app *app, const struct ud_engine_choice *choice,
                                  const char *command, const struct ud_sink *out,
                                  const struct ud_sink *errout, int *ret_exit_code,
                                  struct ud_error *err)
{
    struct use use = {.out = out, .errout = errout, .command = command};
    UD_TRY(with_container(app, choice, &use, give_command, err));
    *ret_exit_code = use.exit_code;
    return UD_OK;
}

static enum ud_code run_program(struct use *use, struct ud_error *err)
{
    if (!use->container.running) {
        return not_running(err);
    }
    const struct ud_exec exec = {
        .container = use->container.id, .argv = *use->argv, .users_own = true};
    return ud_exec_interactive(use->engine, &exec, use->console, &use->exit_code, err);
}

enum ud_code ud_app_vhcli_exec(const struct ud_app *app, const struct ud_engine_choice *choice,
                               const struct ud_strv *argv, const struct ud_console *console,
                               int *ret_exit_code, struct ud_error *err)
{
    struct use use = {.argv = argv, .console = console};
    UD_TRY(with_container(app, choice, &use, run_program, err));
    *ret_exit_code = use.exit_code;
    return UD_OK;
}
