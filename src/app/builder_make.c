/* `builder make`: what a build does before it needs sources, for a time without a network. */
#include <stdlib.h>

#include "app/builders.h"
#include "probe.h"
#include "sweep.h"
#include "toolchain.h"
#include "util/mem.h"

void ud_builder_made_done(struct ud_builder_made *made)
{
    free(made->name);
    free(made->compiler);
    free(made->base);
    *made = (struct ud_builder_made){0};
}

static enum ud_code learn(const struct ud_app *app, const struct ud_builder_make_options *options,
                          struct ud_engine *engine, struct ud_facts *ret, struct ud_error *err)
{
    UD_TRY(ud_probe(app, engine, ret, err));
    return options->kernel_config != NULL
               ? ud_probe_use_config_file(ret, options->kernel_config, err)
               : UD_OK;
}

static enum ud_code ensure(const struct ud_app *app, struct ud_engine *engine,
                           const struct ud_facts *facts, struct ud_builder_made *ret,
                           struct ud_error *err)
{
    struct ud_toolchain toolchain = {0};
    struct ud_error missing = {0};
    ud_sweep(app, engine);
    UD_TRY(ud_toolchain_choose(engine, NULL, facts, &toolchain, err));
    ret->existed = ud_toolchain_check(&toolchain, &missing) == UD_OK;
    enum ud_code rc = ud_toolchain_ensure(app, &toolchain, NULL, err);
    if (rc == UD_OK) {
        ret->name = ud_strdup(toolchain.image);
        ret->compiler = ud_strdup(toolchain.builder.cc);
        ret->base = ud_strdup(toolchain.builder.image);
    }
    ud_toolchain_done(&toolchain);
    return rc;
}

static enum ud_code make_there(const struct ud_app *app, const char *build_host,
                               const struct ud_facts *facts, struct ud_builder_made *ret,
                               struct ud_error *err)
{
    const struct ud_engine_choice choice = {.host = build_host};
    struct ud_connection builder = {0};
    enum ud_code rc = ud_app_connect(app, &choice, &builder, err);
    if (rc != UD_OK) {
        ud_error_prefix(err, "--build-host");
    } else {
        rc = ensure(app, builder.engine, facts, ret, err);
    }
    ud_connection_done(&builder);
    return rc;
}

enum ud_code ud_app_builder_make(const struct ud_app *app,
                                 const struct ud_builder_make_options *options,
                                 struct ud_builder_made *ret, struct ud_error *err)
{
    struct ud_connection vm = {0};
    struct ud_facts facts = {0};
    struct ud_builder_made made = {0};
    enum ud_code rc = ud_app_connect(app, &options->vm, &vm, err);
    if (rc == UD_OK) {
        rc = learn(app, options, vm.engine, &facts, err);
    }
    if (rc == UD_OK) {
        rc = options->build_host != NULL ? make_there(app, options->build_host, &facts, &made, err)
                                         : ensure(app, vm.engine, &facts, &made, err);
    }
    *ret = made;
    ud_facts_done(&facts);
    ud_connection_done(&vm);
    return rc;
}
