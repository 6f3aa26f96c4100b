/* `builder make`: what a build does before it needs sources, for a time without a network. */
#include <stdlib.h>

#include "app/builder/builders.h"
#include "app/engine/context.h"
#include "builder/builder_image.h"
#include "util/mem.h"
#include "vm/probe.h"

void ud_builder_made_done(struct ud_builder_made *made)
{
    free(made->name);
    free(made->compiler);
    free(made->base);
    *made = (struct ud_builder_made){0};
}

static enum ud_code builder_make_ensure(const struct ud_app *app, struct ud_engine *engine,
                                        const struct ud_builder_wish *wish,
                                        const struct ud_facts *facts, struct ud_builder_made *ret,
                                        struct ud_error *err)
{
    struct ud_builder_image builder_image = {0};
    struct ud_error missing = {0};
    UD_TRY(ud_builder_image_choose(engine, wish, facts, &builder_image, err));
    ret->existed = ud_builder_image_check(&builder_image, &missing) == UD_OK;
    enum ud_code rc = ud_builder_image_ensure(app, &builder_image, err);
    if (rc == UD_OK) {
        ret->name = ud_strdup(builder_image.image);
        ret->compiler = ud_strdup(builder_image.builder.cc);
        ret->base = ud_strdup(builder_image.builder.image);
    }
    ud_builder_image_done(&builder_image);
    return rc;
}

enum ud_code ud_app_builder_make(const struct ud_app *app,
                                 const struct ud_builder_make_options *options,
                                 struct ud_builder_made *ret, struct ud_error *err)
{
    struct ud_connection vm = {0};
    struct ud_connection builder = {0};
    struct ud_facts facts = {0};
    struct ud_builder_made made = {0};
    enum ud_code rc =
        ud_engines_connect(app, &options->vm, options->build_host, &vm, &builder, err);
    if (rc == UD_OK) {
        rc = ud_probe_with(app, vm.engine, options->kernel_config, &facts, err);
    }
    if (rc == UD_OK) {
        struct ud_engine *engine = builder.engine != NULL ? builder.engine : vm.engine;
        const struct ud_builder_wish wish = {.platform = options->platform};
        rc = builder_make_ensure(app, engine, &wish, &facts, &made, err);
    }
    *ret = made;
    ud_facts_done(&facts);
    ud_connection_done(&builder);
    ud_connection_done(&vm);
    return rc;
}
