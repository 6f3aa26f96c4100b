/* The VirtualHere client in a container: making its image, and running it. */
#ifndef APP_VHCLI_VHCLI_H
#define APP_VHCLI_VHCLI_H

#include <stdbool.h>

#include "app/engine/context.h"
#include "app/engine/roles.h"
#include "docker/stream/console.h"
#include "transport/stream.h"
#include "util/error.h"
#include "util/strv.h"

#define UD_VHCLI_IMAGE "vhcli"

struct ud_vhcli_image_options {
    struct ud_engine_choice vm;
    const char *tag;           /* NAME[:TAG] of the image, NULL: UD_VHCLI_IMAGE */
    const char *base;          /* image below, NULL: "busybox" */
    const char *client;        /* FILE or URL, NULL: the maker's download */
    const char *client_sha256; /* expected digest in hex, or NULL */
    const char *input;         /* directory of modules, NULL: "dist" */
};

struct ud_vhcli_image {
    char *name; /* with its tag */
    char *id;
    char *base;
    char *client;        /* its file name in the image */
    char *client_source; /* where it came from */
    char *client_sha256;
    char *release;          /* of the kernel that the modules are for */
    struct ud_strv modules; /* in load order; empty if the VM has its own */
    bool unchanged;         /* it was there already, made from the same */
};

void ud_vhcli_image_done(struct ud_vhcli_image *image);

/* Makes the image, all or nothing; the same input gives the same image. Errors:
 * UD_ERR_UNFIT (a client for another machine, modules for another kernel),
 * UD_ERR_SOURCE (another digest), UD_ERR_NOT_FOUND (base, file, modules),
 * UD_ERR_UNREACHABLE, and those of the engine. */
UD_MUST_CHECK enum ud_code ud_app_vhcli_image(const struct ud_app *app,
                                              const struct ud_vhcli_image_options *options,
                                              struct ud_vhcli_image *ret, struct ud_error *err);

struct ud_vhcli_start_options {
    struct ud_engine_choice vm;
    const char *image; /* NULL: UD_VHCLI_IMAGE */
    const char *input; /* as for load, which is done first where the VM's own modules serve */
    bool native;       /* the engine may run on this very machine, not in a VM */
};

struct ud_vhcli_started {
    char *container;
    char *image;
    bool already;            /* it was running */
    struct ud_strv inserted; /* modules that the container inserted */
};

void ud_vhcli_started_done(struct ud_vhcli_started *started);

/* Starts the container UD_VHCLI_CONTAINER and waits until the client runs. If it
 * does not, the container is removed and the error says what it said. */
UD_MUST_CHECK enum ud_code ud_app_vhcli_start(const struct ud_app *app,
                                              const struct ud_vhcli_start_options *options,
                                              struct ud_vhcli_started *ret, struct ud_error *err);

/* Stops and removes it; *ret_was_there says whether there was one. */
UD_MUST_CHECK enum ud_code ud_app_vhcli_stop(const struct ud_app *app,
                                             const struct ud_engine_choice *choice,
                                             bool *ret_was_there, struct ud_error *err);

/* Passes on what it has written so far; follow: and what it writes until it ends. */
UD_MUST_CHECK enum ud_code ud_app_vhcli_logs(const struct ud_app *app,
                                             const struct ud_engine_choice *choice, bool follow,
                                             const struct ud_sink *out,
                                             const struct ud_sink *errout, struct ud_error *err);

/* Gives the running client a command ("LIST", "USE,server.1"; NULL: LIST); what it
 * answers goes to the sinks. */
UD_MUST_CHECK enum ud_code ud_app_vhcli_command(const struct ud_app *app,
                                                const struct ud_engine_choice *choice,
                                                const char *command, const struct ud_sink *out,
                                                const struct ud_sink *errout, int *ret_exit_code,
                                                struct ud_error *err);

/* Runs a program in the container, in front of a console. */
UD_MUST_CHECK enum ud_code ud_app_vhcli_exec(const struct ud_app *app,
                                             const struct ud_engine_choice *choice,
                                             const struct ud_strv *argv,
                                             const struct ud_console *console, int *ret_exit_code,
                                             struct ud_error *err);

#endif
