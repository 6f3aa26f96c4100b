#include "build/steps.h"

#include "platform/fs.h"

struct ud_engine *ud_build_engine(const struct ud_build *build)
{
    return build->builder_host.engine != NULL ? build->builder_host.engine : build->vm.engine;
}

enum { FRAGMENT_MAX = 1 << 20 };

static enum ud_code read_fragment(struct ud_config_edits *edits, const char *path,
                                  struct ud_error *err)
{
    struct ud_buf text;
    ud_buf_init(&text, FRAGMENT_MAX);
    enum ud_code rc = ud_fs_read(path, &text, err);
    if (rc == UD_OK) {
        rc = ud_config_edits_parse_fragment(edits, text.data, text.len, path, err);
    }
    ud_buf_done(&text);
    return rc;
}

/* Later ones win: the plan's, the fragments' in their order, then --set. */
static enum ud_code read_edits(struct ud_build *build, struct ud_error *err)
{
    const struct ud_config_edits *planned = &build->result->plan.edits;
    for (size_t i = 0; i < planned->len; i++) {
        ud_config_edits_set(&build->edits, planned->items[i].name, planned->items[i].value);
    }
    for (size_t i = 0; i < build->options->fragments.len; i++) {
        UD_TRY(read_fragment(&build->edits, build->options->fragments.items[i], err));
    }
    for (size_t i = 0; i < build->options->sets.len; i++) {
        UD_TRY(ud_config_edits_parse(&build->edits, build->options->sets.items[i], err));
    }
    return UD_OK;
}

enum ud_code ud_build_read_inputs(struct ud_build *build, struct ud_error *err)
{
    UD_TRY(read_edits(build, err));
    const char *path = build->options->symvers;
    if (path == NULL) {
        return UD_OK;
    }
    UD_TRY(ud_fs_read(path, &build->symvers_text, err));
    return ud_symvers_parse(build->symvers_text.data, build->symvers_text.len, path,
                            &build->symvers, err);
}

static void find_begin(struct ud_build *build)
{
    const struct ud_build_options *options = build->options;
    bool seed = build->result->plan.randomized != NULL && options->randstruct_seed == NULL;
    bool symvers =
        build->result->plan.modversions && options->symvers == NULL && !options->allow_missing_crcs;
    build->wish = (struct ud_sources_wish){
        .sha256 = options->source_sha256,
        .kernel_image = options->kernel_image,
        .builder = options->builder,
        .offline = options->offline,
        .dry_run = options->dry_run,
    };
    if (options->source != NULL) {
        ud_url_init(&build->wish.source, options->source);
    }
    if (options->source_mirror != NULL) {
        ud_url_init(&build->wish.mirror, options->source_mirror);
    }
    build->acquire = (struct ud_acquire){
        .app = build->app,
        .wish = &build->wish,
        .facts = &build->result->facts,
        .builder_image = &build->builder_image,
        .vm = &build->package_vm,
        .sources = &build->sources,
        .symvers_text = &build->symvers_text,
        .symvers = &build->symvers,
        .patches = &build->patches,
        .layout_seed = build->layout_seed,
        .layout_hash = build->layout_hash,
        .wanted = (symvers ? UD_ROUTE_SYMVERS : 0u) | (seed ? UD_ROUTE_SEED : 0u) |
                  (options->source == NULL ? UD_ROUTE_SOURCES : 0u),
    };
    ud_acquire_begin(&build->acquire);
}

enum ud_code ud_build_find_symvers(struct ud_build *build, struct ud_error *err)
{
    UD_TRY(ud_sources_check_sha256(build->options->source_sha256, err));
    find_begin(build);
    return ud_acquire_get(&build->acquire, UD_ROUTE_SYMVERS, err);
}

enum ud_code ud_build_find_sources(struct ud_build *build, struct ud_error *err)
{
    if (build->options->source != NULL) {
        return ud_sources_get_named(build->app, &build->wish, &build->sources, err);
    }
    UD_TRY(ud_acquire_get(&build->acquire, UD_ROUTE_SOURCES, err));
    return (build->acquire.got & UD_ROUTE_SOURCES) != 0
               ? UD_OK
               : ud_acquire_fail(&build->acquire, UD_ROUTE_SOURCES, UD_ERR_SOURCE, err);
}

/* Kernels with randomized structure layouts: the seed, without which nothing fits. */
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
