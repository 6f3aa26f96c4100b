#include "build/steps.h"

static void begin(struct ud_build *build)
{
    const struct ud_build_options *options = build->options;
    bool seed = build->result->plan.randomized != NULL && options->randstruct_seed == NULL;
    bool symvers =
        build->result->plan.modversions && options->symvers == NULL && !options->allow_missing_crcs;
    build->walk = (struct ud_walk){
        .app = build->app,
        .options = options,
        .facts = &build->result->facts,
        .toolchain = &build->toolchain,
        .sources = &build->sources,
        .symvers_text = &build->symvers_text,
        .symvers = &build->symvers,
        .layout_seed = build->layout_seed,
        .layout_hash = build->layout_hash,
        .wanted = (symvers ? UD_ROUTE_SYMVERS : 0u) | (seed ? UD_ROUTE_SEED : 0u) |
                  (options->source == NULL ? UD_ROUTE_SOURCES : 0u),
    };
    ud_walk_begin(&build->walk);
}

enum ud_code ud_build_find_symvers(struct ud_build *build, struct ud_error *err)
{
    UD_TRY(ud_sources_check_sha256(build->options->source_sha256, err));
    begin(build);
    return ud_walk_get(&build->walk, UD_ROUTE_SYMVERS, err);
}

enum ud_code ud_build_find_sources(struct ud_build *build, struct ud_error *err)
{
    if (build->options->source != NULL) {
        return ud_sources_get_named(build->app, build->options, &build->sources, err);
    }
    UD_TRY(ud_walk_get(&build->walk, UD_ROUTE_SOURCES, err));
    return (build->walk.got & UD_ROUTE_SOURCES) != 0
               ? UD_OK
               : ud_walk_fail(&build->walk, UD_ROUTE_SOURCES, UD_ERR_SOURCE, err);
}
