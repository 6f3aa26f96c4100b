#include "engine/claim.h"

#include <string.h>

#include "app/engine/roles.h"
#include "docker/engine/engine_time.h"
#include "docker/engine/labels.h"
#include "engine/run_mark.h"
#include "util/patience.h"

/* Two clocks may differ by hours: both times are the engine's. */
static bool claims_is_too_old(struct ud_claims *claims, int64_t since)
{
    const int64_t longest_run = UD_PATIENCE_SWEEP_S;
    struct ud_error why = {0};
    if (since <= 0) {
        return false;
    }
    if (!claims->asked && ud_engine_time(claims->engine, &claims->now, &why) != UD_OK) {
        ud_report_message(ud_engine_report(claims->engine), UD_REPORT_DEBUG, "%s", why.message);
    }
    claims->asked = true;
    return claims->now > since && claims->now - since > longest_run;
}

enum ud_claim ud_claims_of(struct ud_claims *claims, const char *run, int64_t since)
{
    switch (ud_run_mark_life(run)) {
    case UD_RUN_ALIVE:
        return UD_CLAIM_LIVE;
    case UD_RUN_DEAD:
        return UD_CLAIM_NONE;
    default:
        return claims_is_too_old(claims, since) ? UD_CLAIM_NONE : UD_CLAIM_UNKNOWN;
    }
}

/* What runs is never too old: its run may be one of another machine, which goes on. */
enum ud_claim ud_claims_of_container(struct ud_claims *claims, const struct ud_container *container)
{
    const bool ended =
        strcmp(container->state, "exited") == 0 || strcmp(container->state, "dead") == 0;
    const bool idle = ended || strcmp(container->state, "created") == 0;
    const char *run = ud_labels_get(&container->labels, UD_LABEL_RUN);
    enum ud_claim claim = ud_claims_of(claims, run, idle ? (int64_t)container->created : 0);
    return claim == UD_CLAIM_UNKNOWN && ended ? UD_CLAIM_ENDED : claim;
}
