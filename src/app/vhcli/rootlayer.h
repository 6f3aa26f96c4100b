/* A layer of files to lie over an image, as a tar. Where the image has links on
 * the way (/lib to usr/lib in many), the files go where those lead: a folder in
 * their place would hide what is behind them. */
#ifndef APP_VHCLI_ROOTLAYER_H
#define APP_VHCLI_ROOTLAYER_H

#include <stddef.h>

#include "docker/engine/engine.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/strv.h"

struct ud_tarwrite;

struct ud_rootlayer {
    struct ud_engine *engine;
    const char *container; /* of the image below; need not run */
    struct ud_tarwrite *tar;
    struct ud_strv asked; /* folders as they were asked for, and in the same order */
    struct ud_strv found; /* where those are in truth */
};

/* Writes to buf, which outlives it. */
void ud_rootlayer_init(struct ud_rootlayer *layer, struct ud_engine *engine, const char *container,
                       struct ud_buf *buf);
void ud_rootlayer_done(struct ud_rootlayer *layer);

/* Adds a file of root's at an absolute path, and the folders above it: with the
 * mode that the image has them with, or 0755. UD_ERR_UNFIT if there is something
 * else where a folder has to be. */
UD_MUST_CHECK enum ud_code ud_rootlayer_add(struct ud_rootlayer *layer, const char *path,
                                            unsigned mode, const void *data, size_t len,
                                            struct ud_error *err);

UD_MUST_CHECK enum ud_code ud_rootlayer_finish(struct ud_rootlayer *layer, struct ud_error *err);

#endif
