/* What is done with the running client. */
#include "app/vhcli.h"

#include "docker/container.h"
#include "docker/exec.h"
#include "docker/labels.h"
#include "vhcli_parts.h"

enum { STOP_GRACE_S = 10 };

static enum ud_code not_running(struct ud_error *err)
{
    return ud_fail(err, UD_ERR_NOT_FOUND, "Start it with `usbipd-desktop vhcli start`.",
                   "no VirtualHere client runs in the engine");
}

/* Its labels tell the client's name. */
static enum ud_code find(struct ud_engine *engine, struct ud_container *ret, struct ud_error *err)
{
    struct ud_error why = {0};
    enum ud_code rc = ud_container_inspect(engine, UD_VHCLI_CONTAINER, ret, &why);
    if (rc == UD_ERR_NOT_FOUND) {
        return not_running(err);
    }
    return rc == UD_OK ? UD_OK : ud_fail(err, rc, why.remedy, "%s", why.message);
}

static enum ud_code find_running(struct ud_engine *engine, struct ud_container *ret,
                                 struct ud_error *err)
{
    UD_TRY(find(engine, ret, err));
    return ret->running ? UD_OK : not_running(err);
}

enum ud_code ud_app_vhcli_stop(const struct ud_app *app, const struct ud_engine_choice *choice,
                               bool *ret_was_there, struct ud_error *err)
{
    struct ud_connection vm = {0};
    struct ud_container container = {0};
    struct ud_error why = {0};
    enum ud_code rc = ud_app_connect(app, choice, &vm, err);
    bool there = rc == UD_OK;
    if (there) {
        rc = find(vm.engine, &container, &why);
        there = rc != UD_ERR_NOT_FOUND;
        rc = rc == UD_OK || !there ? UD_OK : ud_fail(err, rc, why.remedy, "%s", why.message);
    }
    if (rc == UD_OK && there) {
        ud_report_step(app->report, "Stopping the client");
        rc = ud_container_stop(vm.engine, UD_VHCLI_CONTAINER, STOP_GRACE_S, err);
    }
    if (rc == UD_OK && there) {
        rc = ud_container_remove(vm.engine, UD_VHCLI_CONTAINER, err);
    }
    if (rc == UD_OK) {
        *ret_was_there = there;
        ud_report_step_end(app->report, NULL);
    }
    ud_container_done(&container);
    ud_connection_done(&vm);
    return rc;
}

enum ud_code ud_app_vhcli_logs(const struct ud_app *app, const struct ud_engine_choice *choice,
                               bool follow, const struct ud_sink *out, const struct ud_sink *errout,
                               struct ud_error *err)
{
    struct ud_connection vm = {0};
    struct ud_container container = {0};
    enum ud_code rc = ud_app_connect(app, choice, &vm, err);
    if (rc == UD_OK) {
        rc = find(vm.engine, &container, err);
    }
    if (rc == UD_OK) {
        rc = ud_container_logs(vm.engine, UD_VHCLI_CONTAINER, follow, out, errout, err);
    }
    ud_container_done(&container);
    ud_connection_done(&vm);
    return rc;
}

static enum ud_code give_command(struct ud_engine *engine, const char *client, const char *command,
                                 struct ud_exec *exec, int *ret_exit_code, struct ud_error *err)
{
    ud_strv_add(&exec->argv, client);
    ud_strv_add(&exec->argv, "-t");
    ud_strv_add(&exec->argv, command != NULL ? command : "LIST");
    enum ud_code rc = ud_exec_run(engine, exec, ret_exit_code, err);
    ud_strv_done(&exec->argv);
    return rc;
}

enum ud_code ud_app_vhcli_command(const struct ud_app *app, const struct ud_engine_choice *choice,
                                  const char *command, const struct ud_sink *out,
                                  const struct ud_sink *errout, int *ret_exit_code,
                                  struct ud_error *err)
{
    struct ud_connection vm = {0};
    struct ud_container container = {0};
    enum ud_code rc = ud_app_connect(app, choice, &vm, err);
    if (rc == UD_OK) {
        rc = find_running(vm.engine, &container, err);
    }
    const char *client = ud_labels_get(&container.labels, UD_LABEL_CLIENT);
    if (rc == UD_OK && client == NULL) {
        rc = not_running(err);
    }
    if (rc == UD_OK) {
        struct ud_exec exec = {.container = UD_VHCLI_CONTAINER, .out = *out, .errout = *errout};
        rc = give_command(vm.engine, client, command, &exec, ret_exit_code, err);
    }
    ud_container_done(&container);
    ud_connection_done(&vm);
    return rc;
}

enum ud_code ud_app_vhcli_exec(const struct ud_app *app, const struct ud_engine_choice *choice,
                               const struct ud_strv *argv, const struct ud_console *console,
                               int *ret_exit_code, struct ud_error *err)
{
    struct ud_connection vm = {0};
    struct ud_container container = {0};
    enum ud_code rc = ud_app_connect(app, choice, &vm, err);
    if (rc == UD_OK) {
        rc = find_running(vm.engine, &container, err);
    }
    if (rc == UD_OK) {
        const struct ud_exec exec = {.container = UD_VHCLI_CONTAINER, .argv = *argv};
        rc = ud_exec_interactive(vm.engine, &exec, console, ret_exit_code, err);
    }
    ud_container_done(&container);
    ud_connection_done(&vm);
    return rc;
}
