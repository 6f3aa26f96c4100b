/* What attach, keep, tunnel and settle share. */
#ifndef HELPER_OPS_ATTACH_H
#define HELPER_OPS_ATTACH_H

#include <stdbool.h>

#include "server/ask.h"
#include "usb/plug.h"

/* Takes [--mode OCTAL] [--group GID] off the arguments. UD_ERR_USAGE. */
UD_MUST_CHECK enum ud_code ud_attach_take_access(int *count, char ***args, struct ud_access *access,
                                                 struct ud_error *err);

/* What one that stays between a server and the kernel is to do. */
struct ud_guarding {
    struct ud_plug *plug;
    int from_server; /* where its bytes come from and go to; stay the caller's */
    int to_server;
    int leash; /* ends the guarding when nobody holds its other end any more; -1: there is none */
    /* Called once the device is configured. What it fails with is the outcome, after undoing. */
    enum ud_code (*attached)(void *ctx, struct ud_error *err);
    void *ctx;
    const char *path; /* UD_REPORT_PATH_* */
};

/* Puts the device onto a port with the guard between, and then passes bytes until one side ends or
 * a signal comes. The port is free on every way out.
 * UD_OK if the kernel let go of the device, since somebody detached it. UD_ERR_UNREACHABLE: the
 * server's connection ended, UD_ERR_PROTOCOL: it broke the rules, UD_ERR_INTERRUPTED. */
UD_MUST_CHECK enum ud_code ud_attach_guarded(const struct ud_guarding *guarding,
                                             struct ud_error *err);

/* Whether a signal came, or nobody holds the leash (-1: there is none) any more. */
bool ud_attach_stopped(const struct ud_helper *helper, int leash);

/* Fills in where an imported device comes from, and sends the facts of the connection. */
void ud_attach_introduce(struct ud_plug *plug, const struct ud_ask *ask,
                         const struct ud_asked *asked);

#endif
