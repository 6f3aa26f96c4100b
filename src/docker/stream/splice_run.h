/* The loop of a splice. */
#ifndef DOCKER_STREAM_SPLICE_RUN_H
#define DOCKER_STREAM_SPLICE_RUN_H

#include "docker/engine/engine.h"
#include "docker/stream/splice.h"
#include "transport/duplex.h"
#include "transport/stream.h"
#include "util/error.h"

/* Passes bytes both ways until the engine closes its side. When the peer ends, the container's
 * input does, and what the container still writes for the peer is dropped; so that what it says
 * last, at errout, arrives. UD_ERR_INTERRUPTED at a cancel request. */
UD_MUST_CHECK enum ud_code ud_splice_pass(struct ud_splice *splice, struct ud_duplex *duplex,
                                          const struct ud_sink *errout, struct ud_error *err);

#endif
