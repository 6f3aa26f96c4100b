/* What every use case is given: where to report, and how engines are found. */
#ifndef APP_ENGINE_CONTEXT_H
#define APP_ENGINE_CONTEXT_H

#include <stdbool.h>

#include "docker/endpoint/resolve.h"
#include "util/error.h"
#include "util/report.h"
#include "util/strv.h"

struct ud_engine;

/* Is told which modules are about to be inserted that the kernel does not have, in their
 * order; an error ends it before anything is inserted. Then which of these are certain not to have
 * been inserted, or by somebody else. */
struct ud_insert_watch {
    void *ctx;
    enum ud_code (*inserting)(void *ctx, const struct ud_strv *names, struct ud_error *err);
    void (*not_inserted)(void *ctx, const struct ud_strv *names);
};

struct ud_app {
    const struct ud_report *report;        /* borrowed; may be NULL */
    const struct ud_insert_watch *inserts; /* borrowed; NULL: nobody wants to know */
    const char *ca_file;                   /* --ca-file, borrowed; NULL: not given */
};

/* Which engine: the common options. NULL members were not given. Borrowed. */
struct ud_engine_choice {
    const char *host;    /* --host */
    const char *context; /* --context */
    struct ud_endpoint_tls tls;
};

/* A connected engine and how it was found. Containers that are made while there is one
 * bear the id of this run, by which a later run knows whether they are still needed. */
struct ud_connection {
    struct ud_engine *engine;
    char *endpoint; /* such as "unix:///var/run/docker.sock" */
    char *origin;   /* such as "DOCKER_HOST" or "context colima" */
    bool in_run;    /* it is one of those that this process's run lasts for */
};

/* Finds the engine in the docker CLI's order and pings it.
 * Errors: UD_ERR_USAGE, UD_ERR_UNREACHABLE, UD_ERR_DENIED, UD_ERR_ENGINE.
 * On failure ret->endpoint and ret->origin are still set when they were known,
 * so that status can say them; call ud_connection_done either way. */
UD_MUST_CHECK enum ud_code ud_app_connect(const struct ud_app *app,
                                          const struct ud_engine_choice *choice,
                                          struct ud_connection *ret, struct ud_error *err);

/* Connects to the two engines of what is built for the VM, its own and the one that compiles,
 * and removes what killed runs left in them. Without build_host the VM's own compiles, and
 * builder->engine stays NULL. Both are to be released on failure too. */
UD_MUST_CHECK enum ud_code ud_engines_connect(const struct ud_app *app,
                                              const struct ud_engine_choice *choice,
                                              const char *build_host, struct ud_connection *vm,
                                              struct ud_connection *builder, struct ud_error *err);

void ud_connection_done(struct ud_connection *connection);

/* UD_ERR_USAGE if app->ca_file has no certificates, and the errors of reading it: before anything
 * is begun, because where it is wanted it would be one reason of many. */
UD_MUST_CHECK enum ud_code ud_app_check_ca_file(const struct ud_app *app, struct ud_error *err);

/* Ctrl-C and termination signals from now on cancel what runs (a first time)
 * or end the process (a second time). Call once at start. */
void ud_app_watch_signals(void);

#endif
