#include "app/plugin.h"

#include <stdlib.h>
#include <string.h>

#include "platform/fs.h"
#include "platform/host.h"
#include "platform/process.h"
#include "util/mem.h"
#include "util/patience.h"

enum { ANSWER_MAX = 64 * 1024 };

void ud_plugin_done(struct ud_plugin *plugin)
{
    free(plugin->path);
    free(plugin->program);
    *plugin = (struct ud_plugin){0};
}

/* As docker itself finds out what a plugin is. */
static bool is_ours(const char *program)
{
    static const char *const arguments[] = {UD_PLUGIN_METADATA, NULL};
    const struct ud_process process = {
        .program = program, .arguments = arguments, .input = "", .limit_ms = UD_PATIENCE_HELPER_MS};
    struct ud_buf answer;
    int exit_code = 0;
    ud_buf_init(&answer, ANSWER_MAX);
    const bool ours = ud_process_run(&process, &answer, &exit_code, NULL) == UD_OK &&
                      answer.data != NULL &&
                      strstr(answer.data, "\"" UD_PLUGIN_VENDOR "\"") != NULL;
    ud_buf_done(&answer);
    return ours;
}

/* A link that leads nowhere runs no more, whosever it was. */
static enum ud_code check_owner(const char *path, struct ud_error *err)
{
    struct ud_fs_info info = {0};
    const bool there = ud_fs_info(path, &info, NULL) == UD_OK && info.kind != UD_FS_NONE;
    if (!there || ud_fs_kind(path) == UD_FS_NONE || is_ours(path)) {
        return UD_OK;
    }
    return ud_fail(err, UD_ERR_BUSY, "Remove or rename it, if you do not need it.",
                   "%s is another plugin's", path);
}

static enum ud_code plugin_file_find(struct ud_plugin *ret, struct ud_error *err)
{
    char *docker = ud_host_docker_config_dir();
    char *dir = docker != NULL ? ud_fs_join(docker, "cli-plugins") : NULL;
    enum ud_code rc = UD_OK;
    *ret = (struct ud_plugin){0};
    if (dir == NULL) {
        rc = ud_fail(err, UD_ERR_USAGE,
                     "Set HOME, or DOCKER_CONFIG to the directory of docker's "
                     "configuration.",
                     "no home directory is known");
    } else {
        ret->path = ud_fs_join(dir, strcmp(ud_host_os(), "windows") == 0 ? UD_PLUGIN_FILE ".exe"
                                                                         : UD_PLUGIN_FILE);
        rc = check_owner(ret->path, err);
    }
    free(dir);
    free(docker);
    return rc;
}

/* The same file already, by way of its link; a copy is made anew. */
static bool leads_to(const char *path, const char *program)
{
    char *target = NULL;
    const bool same = ud_fs_read_link(path, &target, NULL) == UD_OK && strcmp(target, program) == 0;
    free(target);
    return same;
}

enum ud_code ud_app_plugin_install(struct ud_plugin *ret, struct ud_error *err)
{
    UD_TRY(plugin_file_find(ret, err));
    ret->program = ud_host_program();
    if (ret->program == NULL) {
        return ud_fail(err, UD_ERR_IO, NULL,
                       "the system does not say where this program's file is");
    }
    if (leads_to(ret->path, ret->program)) {
        return UD_OK;
    }
    char *dir = ud_fs_dirname(ret->path);
    enum ud_code rc = ud_fs_mkdirs(dir, err);
    if (rc == UD_OK) {
        rc = ud_fs_put_link(ret->program, ret->path, err);
    }
    free(dir);
    ret->changed = rc == UD_OK;
    return rc;
}

enum ud_code ud_app_plugin_uninstall(struct ud_plugin *ret, struct ud_error *err)
{
    struct ud_fs_info info = {0};
    UD_TRY(plugin_file_find(ret, err));
    UD_TRY(ud_fs_info(ret->path, &info, err));
    if (info.kind == UD_FS_NONE) {
        return UD_OK;
    }
    ret->changed = true;
    return ud_fs_remove_tree(ret->path, err);
}
