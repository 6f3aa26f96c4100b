/* The kernel's testimony, asked for by a thread while something else goes on. */
#ifndef APP_VM_EVIDENCE_ASYNC_H
#define APP_VM_EVIDENCE_ASYNC_H

#include "app/engine/context.h"
#include "docker/engine/engine.h"
#include "kernel/plan/plan.h"
#include "util/error.h"
#include "vm/evidence.h"

struct ud_early_evidence;

/* Begins what ud_evidence_ask does, on a connection of its own. app, facts and plan must stay as
 * they are until it is freed; app's report is used by get and free only. */
UD_MUST_CHECK enum ud_code
ud_early_evidence_start(const struct ud_app *app, const struct ud_engine *engine,
                        const struct ud_facts *facts, const struct ud_plan *plan,
                        struct ud_early_evidence **ret, struct ud_error *err);

/* Waits for it, and reports what there was to tell. Once only; *ret is the caller's. Errors:
 * those of ud_evidence_ask. */
UD_MUST_CHECK enum ud_code ud_early_evidence_get(struct ud_early_evidence *early,
                                                 struct ud_evidence *ret, struct ud_error *err);

/* Breaks it off if it is under way: its container is removed, and if that fails, it is reported.
 * NULL is fine. */
void ud_early_evidence_free(struct ud_early_evidence *early);

#endif
