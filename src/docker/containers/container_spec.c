#include "docker/containers/container.h"

#include <stdlib.h>

#include "engine/json.h"
#include "util/mem.h"

void ud_container_spec_done(struct ud_container_spec *spec)
{
    if (spec == NULL) {
        return;
    }
    struct ud_strv *lists[] = {&spec->entrypoint,   &spec->cmd,     &spec->env,
                               &spec->labels,       &spec->cap_add, &spec->cap_drop,
                               &spec->security_opt, &spec->tmpfs,   &spec->health};
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        ud_strv_done(lists[i]);
    }
    free(spec->mounts);
    *spec = (struct ud_container_spec){0};
}

void ud_container_spec_bind(struct ud_container_spec *spec, const char *source, const char *target,
                            bool read_only)
{
    spec->mounts = ud_realloc(spec->mounts, spec->mount_count + 1, sizeof *spec->mounts);
    spec->mounts[spec->mount_count++] =
        (struct ud_container_mount){.source = source, .target = target, .read_only = read_only};
}

/* Mounts rather than Binds: a missing source is an error there instead of a
 * new empty directory, and a Windows path needs no parsing. */
static void put_mounts(cJSON *host, const struct ud_container_spec *spec)
{
    if (spec->mount_count == 0) {
        return;
    }
    cJSON *mounts = cJSON_AddArrayToObject(host, "Mounts");
    for (size_t i = 0; i < spec->mount_count; i++) {
        const struct ud_container_mount *mount = &spec->mounts[i];
        cJSON *item = cJSON_CreateObject();
        ud_json_put(item, "Type", mount->volume ? "volume" : "bind");
        ud_json_put(item, "Source", mount->source);
        ud_json_put(item, "Target", mount->target);
        ud_json_put_true(item, "ReadOnly", mount->read_only);
        if (!mount->volume && mount->propagation != NULL) {
            ud_json_put(cJSON_AddObjectToObject(item, "BindOptions"), "Propagation",
                        mount->propagation);
        }
        (void)cJSON_AddItemToArray(mounts, item);
    }
}

static void put_host_config(cJSON *root, const struct ud_container_spec *spec)
{
    cJSON *host = cJSON_AddObjectToObject(root, "HostConfig");
    ud_json_put(host, "NetworkMode", spec->network_mode);
    ud_json_put(host, "PidMode", spec->pid_mode);
    ud_json_put(host, "UsernsMode", spec->userns_mode);
    ud_json_put(host, "IpcMode", spec->ipc_mode);
    ud_json_put_true(host, "Privileged", spec->privileged);
    ud_json_put_true(host, "ReadonlyRootfs", spec->read_only_rootfs);
    ud_json_put_true(host, "AutoRemove", spec->auto_remove);
    ud_json_put_true(host, "Init", spec->init);
    ud_json_put_strings(host, "CapAdd", &spec->cap_add);
    ud_json_put_strings(host, "CapDrop", &spec->cap_drop);
    ud_json_put_strings(host, "SecurityOpt", &spec->security_opt);
    ud_json_put_pairs(host, "Tmpfs", &spec->tmpfs, '=');
    if (spec->log_driver != NULL) {
        ud_json_put(cJSON_AddObjectToObject(host, "LogConfig"), "Type", spec->log_driver);
    }
    if (spec->restart != NULL) {
        ud_json_put(cJSON_AddObjectToObject(host, "RestartPolicy"), "Name", spec->restart);
    }
    put_mounts(host, spec);
    ud_json_put_u64(host, "Memory", spec->memory);
    ud_json_put_u64(host, "NanoCpus", spec->nano_cpus);
    if (spec->pids_limit != 0) {
        (void)cJSON_AddNumberToObject(host, "PidsLimit", (double)spec->pids_limit);
    }
}

/* One failure is enough: what is asked about does not mend itself. */
static void put_health(cJSON *root, const struct ud_container_spec *spec)
{
    const uint64_t nanoseconds = UINT64_C(1000000000);
    if (spec->health.len == 0) {
        return;
    }
    cJSON *health = cJSON_AddObjectToObject(root, "Healthcheck");
    cJSON *test = cJSON_AddArrayToObject(health, "Test");
    (void)cJSON_AddItemToArray(test, cJSON_CreateString("CMD"));
    for (size_t i = 0; i < spec->health.len; i++) {
        (void)cJSON_AddItemToArray(test, cJSON_CreateString(spec->health.items[i]));
    }
    ud_json_put_u64(health, "Interval", spec->health_s * nanoseconds);
    ud_json_put_u64(health, "Retries", 1);
}

char *ud_container_spec_json(const struct ud_container_spec *spec)
{
    cJSON *root = cJSON_CreateObject();
    ud_json_put(root, "Image", spec->image);
    ud_json_put(root, "Hostname", spec->hostname);
    ud_json_put(root, "WorkingDir", spec->workdir);
    ud_json_put(root, "User", spec->user);
    ud_json_put(root, "StopSignal", spec->stop_signal);
    ud_json_put_true(root, "Tty", spec->tty);
    ud_json_put_true(root, "OpenStdin", spec->open_stdin);
    ud_json_put_true(root, "StdinOnce", spec->open_stdin);
    ud_json_put_true(root, "AttachStdin", spec->open_stdin);
    ud_json_put_true(root, "AttachStdout", spec->open_stdin);
    ud_json_put_true(root, "AttachStderr", spec->open_stdin);
    ud_json_put_strings(root, "Entrypoint", &spec->entrypoint);
    ud_json_put_strings(root, "Cmd", &spec->cmd);
    ud_json_put_strings(root, "Env", &spec->env);
    ud_json_put_pairs(root, "Labels", &spec->labels, '=');
    put_health(root, spec);
    put_host_config(root, spec);
    return ud_json_print(root);
}
