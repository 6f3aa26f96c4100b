#include "builder/build_container.h"

#include <stdlib.h>
#include <string.h>

#include "docker/containers/exec.h"
#include "docker/engine/known_words.h"
#include "kernel/kbuild/kbuild.h"
#include "util/mem.h"
#include "util/str.h"

enum { TOLD_LINES = 12 };

static void end_line(struct ud_build_container *container)
{
    if (container->line.len > 0) {
        ud_report_activity(container->app->report, container->line.data);
        ud_report_message(container->app->report, UD_REPORT_DETAIL, "%s", container->line.data);
    }
    ud_buf_clear(&container->line);
}

static enum ud_code build_container_exec_on_output(void *ctx, const void *data, size_t len,
                                                   struct ud_error *err)
{
    (void)err;
    struct ud_build_container *container = ctx;
    const char *text = data;
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\n' || text[i] == '\r') {
            end_line(container);
        } else {
            ud_buf_add(&container->line, &text[i], 1); /* the end of an endless line is dropped */
        }
    }
    for (size_t at = 0; at < len;) {
        size_t piece =
            len - at < UD_BUILD_CONTAINER_LOG_KEEP ? len - at : UD_BUILD_CONTAINER_LOG_KEEP;
        if (container->log.len + piece > 2 * UD_BUILD_CONTAINER_LOG_KEEP) {
            ud_buf_drop_front(&container->log, container->log.len - UD_BUILD_CONTAINER_LOG_KEEP);
        }
        ud_buf_add(&container->log, text + at, piece);
        at += piece;
    }
    return UD_OK;
}

enum ud_code ud_build_container_try(struct ud_build_container *container,
                                    const struct ud_build_container_command *command, int *ret_exit,
                                    struct ud_error *err)
{
    ud_buf_clear(&container->log);
    ud_buf_clear(&container->line);
    const struct ud_strv *own = command->env != NULL ? command->env : container->env;
    struct ud_strv env = {0};
    for (size_t i = 0; own != NULL && i < own->len; i++) {
        ud_strv_add(&env, own->items[i]);
    }
    for (size_t i = 0; i < container->web.env.len; i++) {
        ud_strv_add(&env, container->web.env.items[i]);
    }
    const struct ud_exec exec = {
        .container = container->name,
        .workdir = command->workdir,
        .argv = *command->argv,
        .env = env,
        .out = {build_container_exec_on_output, container},
        .errout = {build_container_exec_on_output, container},
    };
    enum ud_code rc = ud_exec_run(container->engine, &exec, ret_exit, err);
    ud_strv_done(&env);
    if (rc == UD_OK) {
        end_line(container);
    }
    return rc;
}

void ud_build_container_tell(struct ud_build_container *container)
{
    const char *start = container->log.data + container->log.len;
    for (int lines = 0; start > container->log.data && lines <= TOLD_LINES; start--) {
        lines += start[-1] == '\n';
    }
    struct ud_slice rest = {start, (size_t)(container->log.data + container->log.len - start)};
    struct ud_slice line;
    while (ud_str_next_line(&rest, &line)) {
        if (line.len > 0) {
            ud_report_message(container->app->report, UD_REPORT_NOTE, "| %.*s", (int)line.len,
                              line.ptr);
        }
    }
}

enum ud_code ud_build_container_run(struct ud_build_container *container,
                                    const struct ud_build_container_command *command,
                                    struct ud_error *err)
{
    int exit_code = 0;
    UD_TRY(ud_build_container_try(container, command, &exit_code, err));
    if (exit_code == 0) {
        return UD_OK;
    }
    ud_build_container_tell(container);
    char *reason = ud_kbuild_reason(container->log.data, container->log.len);
    const char *known = ud_known_words_remedy(reason);
    enum ud_code rc =
        ud_fail(err, known != NULL ? UD_ERR_ENGINE : UD_ERR_BUILD,
                known != NULL ? known : "Run again with -v to see all of its output.",
                "`%s` in the builder ended with exit code %d%s%s", command->argv->items[0],
                exit_code, reason[0] != '\0' ? ": " : "", reason);
    free(reason);
    return rc;
}
