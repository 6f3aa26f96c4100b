#include "engine/docker_config.h"

#include <stdlib.h>
#include <string.h>

#include "bundle/bytes/digest.h"
#include "platform/file.h"
#include "platform/fs.h"
#include "platform/host.h"
#include "platform/process.h"
#include "util/mem.h"
#include "util/patience.h"
#include "util/str.h"

static const char *lend_env(void *ctx, const char *name)
{
    struct ud_docker_config *config = ctx;
    char *value = ud_host_env(name);
    if (value == NULL) {
        return NULL;
    }
    ud_strv_add(&config->values, value);
    free(value);
    return config->values.items[config->values.len - 1];
}

static enum ud_code docker_config_read_file(void *ctx, const char *path, struct ud_buf *ret,
                                            struct ud_error *err)
{
    (void)ctx;
    return ud_fs_read(path, ret, err);
}

static bool docker_config_can_read(void *ctx, const char *path)
{
    (void)ctx;
    struct ud_file *file = NULL;
    bool can = ud_file_open(path, &file, NULL) == UD_OK;
    ud_file_free(file);
    return can;
}

static void list_dir(void *ctx, const char *path, struct ud_strv *ret)
{
    (void)ctx;
    struct ud_error ignored = {0};
    /* An unreadable directory holds no socket that we could use. */
    if (ud_fs_list(path, ret, &ignored) != UD_OK) {
        return;
    }
}

/* What it says of an error goes to standard output too. */
static enum ud_code docker_config_ask_helper(void *ctx, const char *name, const char *server,
                                             struct ud_buf *ret, struct ud_error *err)
{
    (void)ctx;
    char *program = ud_strf("docker-credential-%s", name);
    static const char *const arguments[] = {"get", NULL};
    const struct ud_process process = {.program = program,
                                       .arguments = arguments,
                                       .input = server,
                                       .limit_ms = UD_PATIENCE_HELPER_MS};
    int exit_code = 0;
    enum ud_code rc = ud_process_run(&process, ret, &exit_code, err);
    if (rc == UD_OK && exit_code != 0) {
        rc = ud_fail(err, UD_ERR_NOT_FOUND, NULL, "%.*s", (int)strcspn(ret->data, "\r\n"),
                     ret->data);
    }
    free(program);
    return rc;
}

static void docker_config_sha256hex(void *ctx, const void *data, size_t len, char *ret)
{
    (void)ctx;
    ud_digest_of(data, len, ret);
}

void ud_docker_config_init(struct ud_docker_config *config)
{
    *config = (struct ud_docker_config){.home = ud_host_home()};
    config->source = (struct ud_config_source){
        .ctx = config,
        .home = config->home,
        .getenv = lend_env,
        .read_file = docker_config_read_file,
        .can_read = docker_config_can_read,
        .list_dir = list_dir,
        .ask_helper = docker_config_ask_helper,
        .sha256hex = docker_config_sha256hex,
    };
}

void ud_docker_config_done(struct ud_docker_config *config)
{
    free(config->home);
    ud_strv_done(&config->values);
    *config = (struct ud_docker_config){0};
}
