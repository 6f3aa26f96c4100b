#include "engine/engines.h"

#include <stddef.h>

#include "engine/sweep.h"

enum ud_code ud_engines_connect(const struct ud_app *app, const struct ud_engine_choice *choice,
                                const char *build_host, struct ud_connection *vm,
                                struct ud_connection *builder, struct ud_error *err)
{
    UD_TRY(ud_app_connect(app, choice, vm, err));
    ud_sweep(app, vm->engine);
    if (build_host == NULL) {
        return UD_OK;
    }
    const struct ud_engine_choice there = {.host = build_host};
    enum ud_code rc = ud_app_connect(app, &there, builder, err);
    if (rc != UD_OK) {
        ud_error_prefix(err, "--build-host");
        return rc;
    }
    ud_sweep(app, builder->engine);
    return UD_OK;
}
