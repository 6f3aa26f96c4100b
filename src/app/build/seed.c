/* Kernels with randomized structure layouts: the seed, without which nothing fits. */
#include "build/steps.h"
#include "platform/fs.h"

enum ud_code ud_build_ask_layout(struct ud_build *build, struct ud_error *err)
{
    const struct ud_evidence *evidence = &build->evidence;
    if (build->result->plan.randomized == NULL) {
        return UD_OK;
    }
    ud_report_step(build->app->report, "Asking the kernel's modules for the hash of its layouts");
    UD_TRY(ud_build_ask_evidence(build, err));
    for (size_t i = 0; i < evidence->stock_count && build->layout_hash[0] == '\0'; i++) {
        ud_layout_seed_hash(evidence->stock[i].vermagic, build->layout_hash);
    }
    ud_report_step_end(build->app->report, "%.16s",
                       build->layout_hash[0] != '\0' ? build->layout_hash : "not known");
    return UD_OK;
}

static enum ud_code read_named(struct ud_build *build, struct ud_error *err)
{
    const char *path = build->options->randstruct_seed;
    struct ud_buf text;
    ud_buf_init(&text, UD_LAYOUT_SEED_FILE_MAX);
    enum ud_code rc = ud_fs_read(path, &text, err);
    if (rc == UD_OK) {
        rc = ud_acquire_read_seed(&text, path, build->layout_hash, build->layout_seed, err);
    }
    ud_buf_done(&text);
    return rc;
}

enum ud_code ud_build_find_seed(struct ud_build *build, struct ud_error *err)
{
    const char *option = build->result->plan.randomized;
    if (option == NULL) {
        return UD_OK;
    }
    if (build->options->randstruct_seed != NULL) {
        return read_named(build, err);
    }
    UD_TRY(ud_acquire_get(&build->acquire, UD_ROUTE_SEED, err));
    if ((build->acquire.got & UD_ROUTE_SEED) != 0) {
        return UD_OK;
    }
    enum ud_code rc = ud_acquire_fail(&build->acquire, UD_ROUTE_SEED, UD_ERR_FACTS, err);
    ud_error_prefix(err,
                    "CONFIG_%s is on: this kernel's structures are laid out by a seed that "
                    "neither its configuration nor its sources hold",
                    option);
    return rc;
}
