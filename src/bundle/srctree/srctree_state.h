/* The state of a source that is being read. */
#ifndef BUNDLE_SRCTREE_SRCTREE_STATE_H
#define BUNDLE_SRCTREE_SRCTREE_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "bundle/srctree/srctree.h"
#include "srctree/srctree_emit.h"
#include "srctree/srctree_walk.h"
#include "util/buf.h"

/* What comes next out of ud_srctree_read, once the pending bytes are out. */
enum ud_srctree_state {
    UD_SRCTREE_NEXT_ENTRY,
    UD_SRCTREE_FILE_DATA,   /* from the walk */
    UD_SRCTREE_TAPPED_DATA, /* from tapped */
    UD_SRCTREE_AT_END,
    UD_SRCTREE_FAILED
};

struct ud_srctree {
    struct ud_srctree_options options; /* its texts are copies */
    struct ud_srctree_walk *walk;
    struct ud_srctree_emit emit;
    enum ud_srctree_state state;
    bool stopped;                  /* by UD_SRCTREE_STOP */
    struct ud_srctree_entry entry; /* the current one */
    uint64_t left;                 /* of its data */
    struct ud_buf tapped;
    uint64_t selected, taps, out;
    enum ud_code rc; /* in UD_SRCTREE_FAILED */
    struct ud_error err;
};

#endif
