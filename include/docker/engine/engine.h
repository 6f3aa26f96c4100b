/* A connection to one engine at a negotiated API version.
 *
 * An engine belongs to one thread. Errors of all docker/ functions:
 * UD_ERR_UNREACHABLE, UD_ERR_ENGINE (refused or failed, with the engine's own
 * words), UD_ERR_PROTOCOL, UD_ERR_INTERRUPTED, and UD_ERR_DENIED (401, 403),
 * UD_ERR_NOT_FOUND (404), UD_ERR_BUSY (409). */
#ifndef DOCKER_ENGINE_ENGINE_H
#define DOCKER_ENGINE_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "docker/endpoint/resolve.h"
#include "transport/cancel.h"
#include "transport/endpoint.h"
#include "util/error.h"
#include "util/report.h"
#include "util/strv.h"

struct ud_engine;

struct ud_engine_options {
    const char *api_version;        /* DOCKER_API_VERSION: pins instead of negotiating; or NULL */
    struct ud_cancel *cancel;       /* borrowed for the engine's life; may be NULL */
    const struct ud_report *report; /* borrowed; may be NULL */
    unsigned exit_ms;               /* for the end of a process after its output's; 0:
                                     * UD_PATIENCE_EXIT_MS */
};

/* Pings and negotiates min(1.52, the engine's). Refuses by name an engine
 * below 1.41, one whose minimum is above 1.52, and one in Windows-containers
 * mode (UD_ERR_ENGINE). */
UD_MUST_CHECK enum ud_code ud_engine_connect(const struct ud_endpoint *endpoint,
                                             const struct ud_engine_options *options,
                                             struct ud_engine **ret, struct ud_error *err);

/* The first candidate that answers. When nobody named one, those that are not
 * there are passed over, and the error for none names what was tried; one that
 * is there and refuses (permission) is what the error is about. Prints the
 * list's warnings. */
UD_MUST_CHECK enum ud_code ud_engine_connect_any(const struct ud_endpoint_list *candidates,
                                                 const struct ud_engine_options *options,
                                                 struct ud_engine **ret, struct ud_error *err);

/* Another connection to the same engine at the same version, for another thread; with a
 * cancel and a report of its own, both as in ud_engine_options. */
UD_MUST_CHECK enum ud_code ud_engine_connect_again(const struct ud_engine *engine,
                                                   struct ud_cancel *cancel,
                                                   const struct ud_report *report,
                                                   struct ud_engine **ret, struct ud_error *err);

void ud_engine_free(struct ud_engine *engine);

/* Borrowed, for the engine's life. */
const struct ud_endpoint *ud_engine_endpoint(const struct ud_engine *engine);
const struct ud_report *ud_engine_report(const struct ud_engine *engine);
struct ud_cancel *ud_engine_cancel(const struct ud_engine *engine); /* may be NULL */

/* Whether a container that was to be removed may still be there: cleaning up failed. */
bool ud_engine_has_left(const struct ud_engine *engine);

/* Waits so long; UD_ERR_INTERRUPTED at a cancel request. */
UD_MUST_CHECK enum ud_code ud_engine_pause(struct ud_engine *engine, unsigned ms,
                                           struct ud_error *err);

/* What /info and /version say; strings are never NULL, "" when not told. */
struct ud_engine_info {
    char *product;        /* "Docker" or "podman" */
    char *server_version; /* "20.10.24+dfsg1" */
    char *api_version;    /* the engine's maximum */
    char *min_api_version;
    char *os_type;          /* "linux" */
    char *arch;             /* as Go names it: "amd64", "arm64" */
    char *kernel;           /* the release of the kernel that containers run on */
    char *operating_system; /* "Docker Desktop", "Debian GNU/Linux 12 (bookworm)" */
    char *name;             /* the engine's host name */
    char *platform;         /* "Docker Engine - Community", "Docker Desktop 4.30.0 (…)" */
    char *root_dir;
    char *cgroup_version;
    char *default_runtime;
    struct ud_strv security_options; /* "name=rootless", "name=seccomp,profile=default" */
    struct ud_strv labels;           /* of the engine, "key=value" */
    bool rootless;
    unsigned cpus;
    uint64_t memory; /* bytes */
    unsigned containers_running;
    unsigned images;
};

UD_MUST_CHECK enum ud_code ud_engine_info(struct ud_engine *engine, struct ud_engine_info *ret,
                                          struct ud_error *err);
void ud_engine_info_done(struct ud_engine_info *info);

#endif
