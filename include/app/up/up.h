/* All in one: a server's devices in the VM, with USB/IP and drivers; and back again. */
#ifndef APP_UP_UP_H
#define APP_UP_UP_H

#include <stdbool.h>
#include <stddef.h>

#include "app/attach/attach.h"
#include "app/build/build.h"
#include "app/engine/context.h"
#include "util/error.h"
#include "util/strv.h"

/* Somebody who may be asked which device is meant. */
struct ud_up_chooser {
    void *ctx;
    /* Shows the devices, of which there is one at least; listing is there until end. */
    enum ud_code (*begin)(void *ctx, const struct ud_listing *listing, struct ud_error *err);
    /* Whether one was chosen by now: *ret is its index. Called again and again, in short
     * pauses. UD_ERR_INTERRUPTED if none is wanted. */
    enum ud_code (*poll)(void *ctx, bool *ret_chosen, size_t *ret, struct ud_error *err);
    void (*end)(void *ctx);
};

struct ud_up_options {
    /* Which VM, what to build from, and which drivers in any case. Its output is where the
     * modules are or appear. */
    struct ud_build_options build;
    const char *remote;                  /* as for list */
    struct ud_strv busids;               /* devices, on the server */
    struct ud_strv hardware_ids;         /* more of them: VID:PID or VID:PID:SERIAL */
    const char *mode;                    /* as for attach */
    const char *group;                   /* as for attach */
    bool native;                         /* as for load */
    const struct ud_up_chooser *chooser; /* if no device is named; NULL: there is nobody */
};

struct ud_up_device {
    bool already; /* it was attached before */
    struct ud_attached attached;
};

/* Owned. */
struct ud_up_result {
    char *server;          /* "10.0.2.2:3240" */
    char *built;           /* the directory of what was built; NULL: nothing was */
    struct ud_strv loaded; /* modules that were inserted */
    struct ud_up_device *devices;
    size_t count;
    bool changed; /* else all was there already */
};

void ud_up_result_done(struct ud_up_result *result);

/* Builds what the VM lacks, inserts it, attaches the devices, and has a driver for each
 * interface if there is one. What is there is passed over. What was done is noted before it is
 * done (see up/journal.h), and stays after a failure: a second call goes on from there. A device
 * that no driver serves is no error.
 * Errors: UD_ERR_USAGE (no device is named and there is nobody to ask: the message lists them;
 * the journal is damaged), UD_ERR_BUSY (another run is under way), and those of build, load, list
 * and attach. */
UD_MUST_CHECK enum ud_code ud_app_up(const struct ud_app *app, const struct ud_up_options *options,
                                     struct ud_up_result *ret, struct ud_error *err);

struct ud_down_options {
    struct ud_engine_choice vm;
    bool force; /* also what is mounted or open */
    bool native;
};

/* Owned. */
struct ud_down_result {
    struct ud_detached detached;
    struct ud_strv removed;    /* modules */
    struct ud_strv kept;       /* modules that stay, since a device of somebody else is attached */
    struct ud_detached others; /* those devices, which were not detached */
};

void ud_down_result_done(struct ud_down_result *result);

/* Detaches what ud_app_up attached, and takes out what it inserted, unless a device of somebody
 * else is attached: then these modules stay. Nothing to undo is success. Errors: UD_ERR_BUSY
 * (what is mounted, open or in use; another run), UD_ERR_USAGE (the journal is damaged), and those
 * of detach and unload. */
UD_MUST_CHECK enum ud_code ud_app_down(const struct ud_app *app,
                                       const struct ud_down_options *options,
                                       struct ud_down_result *ret, struct ud_error *err);

#endif
