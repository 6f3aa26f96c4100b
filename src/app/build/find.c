#include "build/steps.h"

static void find_begin(struct ud_build *build)
{
    const struct ud_build_options *options = build->options;
    bool seed = build->result->plan.randomized != NULL && options->randstruct_seed == NULL;
    bool symvers =
        build->result->plan.modversions && options->symvers == NULL && !options->allow_missing_crcs;
    build->wish = (struct ud_sources_wish){
        .source = options->source,
        .sha256 = options->source_sha256,
        .mirror = options->source_mirror,
        .kernel_image = options->kernel_image,
        .builder = options->builder,
        .offline = options->offline,
        .dry_run = options->dry_run,
    };
    build->acquire = (struct ud_acquire){
        .app = build->app,
        .wish = &build->wish,
        .facts = &build->result->facts,
        .builder_image = &build->builder_image,
        .sources = &build->sources,
        .symvers_text = &build->symvers_text,
        .symvers = &build->symvers,
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
