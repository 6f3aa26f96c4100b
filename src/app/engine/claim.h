/* Whether somebody may still need a container, or a pulled image, of this program's. */
#ifndef APP_ENGINE_CLAIM_H
#define APP_ENGINE_CLAIM_H

#include <stdbool.h>
#include <stdint.h>

#include "docker/containers/container.h"
#include "docker/engine/engine.h"

enum ud_claim {
    UD_CLAIM_NONE,    /* its run was killed, or no run lasts so long */
    UD_CLAIM_ENDED,   /* of an unknown run, and has ended */
    UD_CLAIM_UNKNOWN, /* of an unknown run, which may be under way */
    UD_CLAIM_LIVE     /* of a run that is under way on this machine */
};

/* One for each engine, zeroed but for engine: its clock is asked at most once, and only
 * when it matters. */
struct ud_claims {
    struct ud_engine *engine;
    bool asked;
    int64_t now; /* by the engine's clock; 0: it does not tell */
};

enum ud_claim ud_claims_of_container(struct ud_claims *claims,
                                     const struct ud_container *container);

/* Of something that no run needs for longer than it lasts; run is the id of the one that
 * made it, and since is when, by the engine's clock, 0 unknown. */
enum ud_claim ud_claims_of(struct ud_claims *claims, const char *run, int64_t since);

#endif
