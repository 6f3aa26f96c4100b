/* A container's standard input and output, connected with a connection of this machine's: what
 * comes from the peer is its input, and its output goes to the peer. */
#ifndef DOCKER_STREAM_SPLICE_H
#define DOCKER_STREAM_SPLICE_H

#include <stdatomic.h>

#include "transport/tcp.h"

struct ud_splice {
    struct ud_tcp *peer; /* borrowed, and the splice's thread's while it runs */
    /* Bytes so far; any thread may look. */
    atomic_ullong to_peer;
    atomic_ullong from_peer;
};

#endif
