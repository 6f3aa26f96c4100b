/* An answer that is multiplexed output, of attach and of exec. */
#ifndef DOCKER_ENGINE_OUTPUT_H
#define DOCKER_ENGINE_OUTPUT_H

#include "docker/engine/demux.h"
#include "engine/call.h"

struct ud_output {
    struct ud_demux demux;
    struct ud_http_transfer *transfer;
    char *what;
};

/* Sends the request (its sink is set here) and waits for the header of the
 * answer. ret must stay where it is until ud_output_done. */
UD_MUST_CHECK enum ud_code ud_output_open(struct ud_engine *engine,
                                          const struct ud_http_request *request, const char *what,
                                          const struct ud_sink *out, const struct ud_sink *errout,
                                          struct ud_output *ret, struct ud_error *err);

/* Passes on output to its end. */
UD_MUST_CHECK enum ud_code ud_output_drain(struct ud_output *output, struct ud_error *err);
void ud_output_done(struct ud_output *output);

#endif
