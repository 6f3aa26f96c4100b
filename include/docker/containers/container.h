/* Containers: each function is one operation of the API. See docker/containers/run.h for
 * the whole life of one, docker/containers/archive.h for files, docker/containers/exec.h for exec.
 */
#ifndef DOCKER_CONTAINERS_CONTAINER_H
#define DOCKER_CONTAINERS_CONTAINER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "docker/engine/engine.h"
#include "transport/stream.h"
#include "util/error.h"
#include "util/strv.h"

struct ud_container_mount { /* a bind mount; a missing source is an error of create or start */
    const char *source;     /* on the engine's host */
    const char *target;
    const char *propagation; /* NULL: rprivate */
    bool read_only;
    bool volume; /* source is a volume's name instead */
};

/* What to create. Zeroed is valid but for name and image. Scalar strings are
 * borrowed, lists are owned: fill with ud_strv_add, release with _done. */
struct ud_container_spec {
    const char *name; /* chosen by the caller before the call, so that cleanup never needs an id */
    const char *image;
    const char *platform; /* "linux/amd64" or NULL */
    const char *workdir;
    const char *user;
    const char *network_mode; /* "none", "host", "bridge"; NULL: the engine's default */
    const char *pid_mode;     /* "host" or NULL */
    const char *userns_mode;  /* "host" or NULL: where the engine remaps users, its own */
    const char *ipc_mode;
    const char *stop_signal;
    const char *hostname;
    const char *log_driver; /* "none": nothing of the output is kept; NULL: the engine's default */
    const char *restart;    /* "always": when it ends and when the engine starts; NULL: never */
    struct ud_strv entrypoint; /* empty: the image's */
    struct ud_strv cmd;        /* empty: the image's */
    struct ud_strv env;        /* "NAME=value" */
    struct ud_strv labels;     /* "key=value" */
    struct ud_strv cap_add;
    struct ud_strv cap_drop;
    struct ud_strv security_opt;
    struct ud_strv tmpfs;  /* "/path=options", options may be empty */
    struct ud_strv health; /* the program that says by its exit code 0 that all is well */
    unsigned health_s;     /* seconds between two runs of it */
    struct ud_container_mount *mounts; /* ud_container_spec_bind adds */
    size_t mount_count;
    uint64_t memory;    /* bytes; 0: no limit */
    uint64_t nano_cpus; /* 1e9 for each CPU; 0: no limit */
    int64_t pids_limit; /* 0: the engine's default */
    bool privileged;
    bool read_only_rootfs;
    bool auto_remove;
    bool init;
    bool open_stdin; /* until the one who is attached closes it */
    bool tty;
};

void ud_container_spec_done(struct ud_container_spec *spec);
void ud_container_spec_bind(struct ud_container_spec *spec, const char *source, const char *target,
                            bool read_only);

/* The body of /containers/create, in new memory. Pure. */
char *ud_container_spec_json(const struct ud_container_spec *spec);

/* The engine's warnings go to its report. Not cut short by a cancel request. */
UD_MUST_CHECK enum ud_code ud_container_create(struct ud_engine *engine,
                                               const struct ud_container_spec *spec,
                                               struct ud_error *err);

/* Whether, after create failed so, there can be no container of ours. Of a name
 * that is taken (UD_ERR_BUSY) it is someone else's. */
bool ud_container_surely_absent(enum ud_code create_rc);

UD_MUST_CHECK enum ud_code ud_container_start(struct ud_engine *engine, const char *name,
                                              struct ud_error *err);

/* Waits for the end of one whose output has ended (at once if it already ended), no longer
 * than the engine's exit_ms: UD_ERR_ENGINE then. */
UD_MUST_CHECK enum ud_code ud_container_wait(struct ud_engine *engine, const char *name,
                                             int *ret_exit_code, struct ud_error *err);

/* UD_ERR_BUSY if another has the name. Works after a cancel request, within 10 s. */
UD_MUST_CHECK enum ud_code ud_container_rename(struct ud_engine *engine, const char *name,
                                               const char *new_name, struct ud_error *err);

/* Asks to stop, kills after grace_s. One that does not run is fine. Works after a
 * cancel request, within 10 s. */
UD_MUST_CHECK enum ud_code ud_container_stop(struct ud_engine *engine, const char *name,
                                             unsigned grace_s, struct ud_error *err);

/* Kills and removes it with its anonymous volumes. One that is not there or is
 * already being removed is fine. Works after a cancel request, within 10 s. */
UD_MUST_CHECK enum ud_code ud_container_remove(struct ud_engine *engine, const char *name,
                                               struct ud_error *err);

/* As remove, but failure becomes a warning with the name and the remedy. */
void ud_container_cleanup(struct ud_engine *engine, const char *name);

/* The same for one whose program must not be cut off in the middle: it is asked to
 * stop first, and has UD_PATIENCE_STOP_S to do so. */
void ud_container_stop_and_cleanup(struct ud_engine *engine, const char *name);

struct ud_container {
    char *id;
    char *name;  /* without the slash */
    char *image; /* as created */
    char *state; /* "created", "running", "paused", "restarting", "removing", "exited", "dead" */
    char *error; /* the engine's words when it failed to start; "" from list */
    uint64_t created; /* seconds since 1970; 0 from inspect */
    int exit_code;    /* inspect only */
    bool running;
    bool oom_killed; /* inspect only */
    char *health;    /* "starting", "healthy", "unhealthy"; "" from list, and without a check */
    struct ud_strv labels;
};

void ud_container_done(struct ud_container *container);

UD_MUST_CHECK enum ud_code ud_container_inspect(struct ud_engine *engine, const char *name,
                                                struct ud_container *ret, struct ud_error *err);

/* Passes on what it has written so far, and, with follow, what it writes until it
 * ends. Of a container without a terminal. */
UD_MUST_CHECK enum ud_code ud_container_logs(struct ud_engine *engine, const char *name,
                                             bool follow, const struct ud_sink *out,
                                             const struct ud_sink *errout, struct ud_error *err);

/* As inspect, but one that is not there is UD_OK and leaves ret zeroed (id NULL). */
UD_MUST_CHECK enum ud_code ud_container_find(struct ud_engine *engine, const char *name,
                                             struct ud_container *ret, struct ud_error *err);

struct ud_container_list {
    struct ud_container *items;
    size_t len;
};

void ud_container_list_done(struct ud_container_list *list);

/* All containers, stopped ones too, with the label ("key" or "key=value"). */
UD_MUST_CHECK enum ud_code ud_container_list(struct ud_engine *engine, const char *label,
                                             struct ud_container_list *ret, struct ud_error *err);

/* Output of a container: begun before start so that nothing is lost. */
struct ud_attach;

/* Returns when the engine has accepted; the sinks' contexts must live until
 * ud_attach_free. They are called from within any docker/ call on this engine. */
UD_MUST_CHECK enum ud_code ud_attach_open(struct ud_engine *engine, const char *name,
                                          const struct ud_sink *out, const struct ud_sink *errout,
                                          struct ud_attach **ret, struct ud_error *err);

/* Passes on output until the container closes it, or a sink has set *left (NULL: none does). */
UD_MUST_CHECK enum ud_code ud_attach_drain(struct ud_attach *attach, const bool *left,
                                           struct ud_error *err);
void ud_attach_free(struct ud_attach *attach);

#endif
