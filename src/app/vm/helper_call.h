/* One run of the helper in a container of its own, and what it answered. */
#ifndef APP_VM_HELPER_CALL_H
#define APP_VM_HELPER_CALL_H

#include <stddef.h>

#include "app/engine/context.h"
#include "app/engine/roles.h"
#include "docker/containers/container.h"
#include "docker/engine/engine.h"
#include "docker/stream/splice.h"
#include "proto/record.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/strv.h"

struct ud_helper_call {
    enum ud_role role;
    const char *image;   /* the helper image's reference */
    struct ud_strv args; /* operation and arguments; owned by the caller */
    const struct ud_container_mount *mounts;
    size_t mount_count;
    const struct ud_buf *upload; /* a tar to be unpacked at /, or NULL */
    ud_record_fn *record;        /* each record but HELLO and END */
    void *ctx;
    /* NULL, or whose bytes are the operation's standard input and output, for one that writes
     * its records to standard error. */
    struct ud_splice *splice;
    /* Of a run without an end: whether record's reader has kept nothing of what came before this
     * one, so that counting begins anew. NULL: it keeps all. */
    bool (*begins)(const struct ud_record *record);
    bool leashed; /* the operation ends when this program does: its input ends then */
    bool stays;   /* it works on after END, and its container is left running */
};

/* Errors: those of the engine; what the helper itself reports in END; UD_ERR_PROTOCOL
 * when its answer is cut off, with what it wrote to its standard error. */
UD_MUST_CHECK enum ud_code ud_helper_call_run(struct ud_engine *engine,
                                              const struct ud_helper_call *call,
                                              struct ud_error *err);

#endif
