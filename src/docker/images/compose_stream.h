/* The archive of a composed image, made from the base's as that arrives. Pure:
 * bytes in, bytes out. */
#ifndef DOCKER_IMAGES_COMPOSE_STREAM_H
#define DOCKER_IMAGES_COMPOSE_STREAM_H

#include "docker/images/compose.h"
#include "transport/stream.h"
#include "util/error.h"

struct ud_compose_stream;

/* out takes the new archive; both are borrowed. */
struct ud_compose_stream *ud_compose_stream_new(const struct ud_compose *compose,
                                                const struct ud_sink *out);
void ud_compose_stream_free(struct ud_compose_stream *stream);

/* The next bytes of the saved base. */
UD_MUST_CHECK enum ud_code ud_compose_stream_feed(struct ud_compose_stream *stream,
                                                  const void *data, size_t len,
                                                  struct ud_error *err);

/* The base has ended: adds layer, configuration and manifest. */
UD_MUST_CHECK enum ud_code ud_compose_stream_finish(struct ud_compose_stream *stream,
                                                    struct ud_error *err);

#endif
