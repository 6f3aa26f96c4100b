#include "docker/engine/engine.h"

#include <stdlib.h>
#include <string.h>

#include "engine/call.h"
#include "engine/engine_internal.h"
#include "engine/json.h"
#include "util/mem.h"
#include "util/str.h"

void ud_engine_info_done(struct ud_engine_info *info)
{
    if (info == NULL) {
        return;
    }
    char *texts[] = {info->product,         info->server_version,   info->api_version,
                     info->min_api_version, info->os_type,          info->arch,
                     info->kernel,          info->operating_system, info->name,
                     info->platform,        info->root_dir,         info->cgroup_version,
                     info->default_runtime};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        free(texts[i]);
    }
    ud_strv_done(&info->security_options);
    ud_strv_done(&info->labels);
    *info = (struct ud_engine_info){0};
}

/* /info has the kernel's name for the processor, images have Go's. */
static const char *go_arch(const char *machine)
{
    static const char *const names[][2] = {
        {"x86_64", "amd64"}, {"aarch64", "arm64"}, {"i686", "386"},           {"i386", "386"},
        {"armv7l", "arm"},   {"armv6l", "arm"},    {"loongarch64", "loong64"}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(machine, names[i][0]) == 0) {
            return names[i][1];
        }
    }
    return machine;
}

/* An option is "name=rootless" or "name=seccomp,profile=default". */
static bool has_option(const struct ud_strv *options, const char *name)
{
    char *want = ud_strf("name=%s", name);
    bool found = false;
    for (size_t i = 0; i < options->len && !found; i++) {
        const char *item = options->items[i];
        size_t len = strcspn(item, ",");
        found = len == strlen(want) && strncmp(item, want, len) == 0;
    }
    free(want);
    return found;
}

/* /version lists what the engine is made of; podman's first component is "Podman Engine". */
static const char *engine_info_product(const cJSON *version)
{
    const cJSON *component;
    cJSON_ArrayForEach(component, ud_json_get(version, "Components"))
    {
        if (ud_str_starts(ud_json_text(component, "Name"), "Podman")) {
            return "podman";
        }
    }
    return "Docker";
}

static void engine_info_fill(const cJSON *info, const cJSON *version, struct ud_engine_info *ret)
{
    ret->product = ud_strdup(engine_info_product(version));
    ret->server_version = ud_json_dup(info, "ServerVersion");
    ret->api_version = ud_json_dup(version, "ApiVersion");
    ret->min_api_version = ud_json_dup(version, "MinAPIVersion");
    ret->os_type = ud_json_dup(info, "OSType");
    ret->arch = ud_strdup(go_arch(ud_json_text(info, "Architecture")));
    ret->kernel = ud_json_dup(info, "KernelVersion");
    ret->operating_system = ud_json_dup(info, "OperatingSystem");
    ret->name = ud_json_dup(info, "Name");
    ret->platform = ud_json_dup(ud_json_get(version, "Platform"), "Name");
    ret->root_dir = ud_json_dup(info, "DockerRootDir");
    ret->cgroup_version = ud_json_dup(info, "CgroupVersion");
    ret->default_runtime = ud_json_dup(info, "DefaultRuntime");
    ud_json_strings(info, "SecurityOptions", &ret->security_options);
    ud_json_strings(info, "Labels", &ret->labels);
    ret->rootless = has_option(&ret->security_options, "rootless");
    ret->cpus = (unsigned)ud_json_u64(info, "NCPU");
    ret->memory = ud_json_u64(info, "MemTotal");
    ret->containers_running = (unsigned)ud_json_u64(info, "ContainersRunning");
    ret->images = (unsigned)ud_json_u64(info, "Images");
}

/* Asking takes an engine longer than most else, and its answer is the same during a run. */
static enum ud_code engine_info_ask(struct ud_engine *engine, struct ud_error *err)
{
    struct ud_buf path;
    cJSON *info = NULL;
    ud_call_path(&path, engine, "/info", NULL, "");
    enum ud_code rc =
        ud_call_get(engine, path.data, "cannot ask for the engine's facts", &info, err);
    ud_buf_done(&path);
    UD_TRY(rc);
    rc = ud_engine_check_os(ud_json_text(info, "OSType"), err);
    if (rc == UD_OK) {
        rc = ud_call_get(engine, "/version", "cannot ask for the engine's version",
                         &engine->version, err);
    }
    if (rc != UD_OK) {
        cJSON_Delete(info);
        return rc;
    }
    engine->info = info;
    return UD_OK;
}

enum ud_code ud_engine_info(struct ud_engine *engine, struct ud_engine_info *ret,
                            struct ud_error *err)
{
    if (engine->info == NULL) {
        UD_TRY(engine_info_ask(engine, err));
    }
    struct ud_engine_info filled = {0};
    engine_info_fill(engine->info, engine->version, &filled);
    *ret = filled;
    return UD_OK;
}
