#include "app/shell.h"

#include <stdlib.h>
#include <string.h>

#include "app/engine/roles.h"
#include "docker/containers/run.h"
#include "engine/sweep.h"
#include "kernel/facts/facts.h"
#include "platform/host.h"
#include "proto/ops.h"
#include "util/mem.h"
#include "vm/engine_kind.h"
#include "vm/helper_image.h"
#include "vm/probe.h"

struct shell {
    const struct ud_app *app;
    const struct ud_shell_options *options;
    const struct ud_strv *words;
    const struct ud_console *console;
    struct ud_connection vm;
    struct ud_engine_info engine;
};

/* A probe takes a container of its own, so it is left out where the answer is
 * known without. */
static enum ud_code check_native(const struct shell *shell, struct ud_error *err)
{
    if (shell->options->native || !ud_vm_may_be_this_machine(&shell->engine)) {
        return UD_OK;
    }
    struct ud_facts facts = {0};
    UD_TRY(ud_probe(shell->app, shell->vm.engine, &facts, err));
    bool here = ud_vm_is_this_machine(&facts);
    ud_facts_done(&facts);
    return ud_kernel_access_check_native(here, false, shell->vm.endpoint, err);
}

static void add_size(const struct ud_console *console, struct ud_strv *cmd)
{
    unsigned rows = 0;
    unsigned columns = 0;
    if (console->tty && console->size(console->ctx, &rows, &columns) &&
        rows <= UD_OPS_SHELL_SIZE_MAX && columns <= UD_OPS_SHELL_SIZE_MAX) {
        ud_strv_add(cmd, UD_OPS_FLAG_SIZE);
        ud_strv_addf(cmd, "%ux%u", rows, columns);
    }
}

/* A console without that variable is Windows', which understands this one. */
static void add_terminal_kind(struct ud_strv *env)
{
    char *term = ud_host_env("TERM");
    bool known = term != NULL && term[0] != '\0';
    ud_strv_addf(env, "TERM=%s", known ? term : "xterm-256color");
    free(term);
}

static void shell_fill_spec(const struct shell *shell, const char *name, const char *image,
                            struct ud_container_spec *spec)
{
    ud_role_fill(UD_ROLE_SHELL, name, image, spec);
    spec->open_stdin = true;
    spec->tty = shell->console->tty;
    ud_strv_add(&spec->entrypoint, UD_OPS_HELPER);
    ud_strv_add(&spec->cmd, UD_OP_SHELL);
    add_size(shell->console, &spec->cmd);
    for (size_t i = 0; i < shell->words->len; i++) {
        ud_strv_add(&spec->cmd, shell->words->items[i]);
    }
    if (spec->tty) {
        add_terminal_kind(&spec->env);
    }
}

static enum ud_code shell_run_container(const struct shell *shell, const char *image,
                                        int *ret_exit_code, struct ud_error *err)
{
    struct ud_container_spec spec = {0};
    char *name = ud_role_container_name(UD_ROLE_SHELL);
    shell_fill_spec(shell, name, image, &spec);
    const struct ud_run run = {.spec = &spec, .console = shell->console};
    struct ud_run_result result = {0};
    enum ud_code rc = ud_run(shell->vm.engine, &run, &result, err);
    if (rc == UD_OK) {
        *ret_exit_code = result.exit_code;
    }
    ud_container_spec_done(&spec);
    free(name);
    return rc;
}

static enum ud_code shell_run(struct shell *shell, int *ret_exit_code, struct ud_error *err)
{
    char *image = NULL;
    UD_TRY(ud_app_connect(shell->app, &shell->options->vm, &shell->vm, err));
    ud_sweep(shell->app, shell->vm.engine);
    UD_TRY(ud_engine_info(shell->vm.engine, &shell->engine, err));
    UD_TRY(ud_kernel_access_check_root(&shell->engine, err));
    UD_TRY(check_native(shell, err));
    ud_report_step(shell->app->report, "Entering the VM");
    UD_TRY(ud_helper_image_ensure(shell->app, shell->vm.engine, &image, err));
    enum ud_code rc = shell_run_container(shell, image, ret_exit_code, err);
    free(image);
    return rc;
}

enum ud_code ud_app_shell(const struct ud_app *app, const struct ud_shell_options *options,
                          const struct ud_strv *words, const struct ud_console *console,
                          int *ret_exit_code, struct ud_error *err)
{
    struct shell shell = {app, options, words, console, {0}, {0}};
    enum ud_code rc = shell_run(&shell, ret_exit_code, err);
    ud_engine_info_done(&shell.engine);
    ud_connection_done(&shell.vm);
    return rc;
}
