/* What proves that the sources are the kernel's: kernel/verify/proof.h. */
#include "build/steps.h"

#include <stdlib.h>

#include "util/mem.h"
#include "vm/crcs_from_modules.h"

/* What to do about sources that are not proven: their route's own words, if it has any. */
static char *proof_remedy(const struct ud_build *build)
{
    const struct ud_routes *routes = &build->acquire.routes;
    for (size_t i = 0; i < routes->len; i++) {
        if (routes->items[i].changed && routes->items[i].by_hand != NULL) {
            return ud_strf("%s.", routes->items[i].by_hand);
        }
    }
    return ud_release_source_advice(&build->result->facts.release);
}

/* What only fails for want of a proof may be right. */
static char *proof_remedy_or_vouch(const struct ud_build *build)
{
    char *remedy = proof_remedy(build);
    char *text =
        ud_strf("%s Or vouch for these sources yourself: --source %s", remedy, build->sources.name);
    free(remedy);
    return text;
}

static void list_computed(const struct ud_crcs *crcs, struct ud_strv *ret)
{
    for (size_t i = 0; i < crcs->len; i++) {
        if (crcs->items[i].origin == UD_CRC_COMPUTED) {
            ud_strv_add(ret, crcs->items[i].name);
        }
    }
}

/* The sources export more than is needed: of that too the kernel's own modules are asked. */
static enum ud_code proof_ask_for_more(struct ud_build *build, struct ud_crcs *crcs,
                                       struct ud_error *err)
{
    struct ud_strv computed = {0};
    struct ud_crcs own = {0};
    list_computed(crcs, &computed);
    enum ud_code rc = computed.len > 0
                          ? ud_crcs_from_modules(build->app, build->vm.engine,
                                                 &build->result->facts, &computed, &own, err)
                          : UD_OK;
    for (size_t i = 0; i < own.len && rc == UD_OK; i++) {
        rc = ud_crcs_add(crcs, own.items[i].name, own.items[i].crc, UD_CRC_OF_MODULES,
                         own.items[i].where, err);
    }
    ud_strv_done(&computed);
    ud_crcs_done(&own);
    return rc;
}

enum ud_code ud_build_check_crcs(const struct ud_build *build, const struct ud_crcs *crcs,
                                 struct ud_error *err)
{
    if (!build->sources.unproven) {
        return ud_crcs_check_sources(crcs, err);
    }
    char *remedy = proof_remedy(build);
    enum ud_code rc = ud_proof_check_crcs(crcs, remedy, err);
    free(remedy);
    return rc;
}

enum ud_code ud_build_prove_crcs(struct ud_build *build, struct ud_crcs *crcs, struct ud_error *err)
{
    struct ud_proof *proof = &build->result->proof;
    if (build->sources.unproven) {
        ud_report_step(build->app->report, "Comparing what else the sources export");
        UD_TRY(proof_ask_for_more(build, crcs, err));
        ud_report_step_end(build->app->report, "%zu CRCs agree, %zu differ", crcs->confirmed,
                           crcs->differing.len);
    }
    ud_proof_take_crcs(crcs, proof);
    return ud_build_check_crcs(build, crcs, err);
}

enum ud_code ud_build_prove(struct ud_build *build, struct ud_error *err)
{
    const struct ud_evidence *evidence = &build->evidence;
    struct ud_proof *proof = &build->result->proof;
    ud_proof_take_structs(evidence->has_layouts ? &evidence->layouts : NULL, evidence->has_layout,
                          proof);
    if (!build->sources.unproven) {
        return UD_OK;
    }
    char *remedy = proof_remedy_or_vouch(build);
    enum ud_code rc = ud_proof_check(proof, remedy, err);
    free(remedy);
    return rc;
}
