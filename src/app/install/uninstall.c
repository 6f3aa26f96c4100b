#include "app/install/install.h"

#include "app/engine/roles.h"
#include "docker/containers/container.h"
#include "engine/lasting.h"
#include "install/image.h"
#include "util/patience.h"

static enum ud_code uninstall_remove(struct ud_engine *engine, const struct ud_container *container,
                                     struct ud_error *err)
{
    if (container->id != NULL) {
        ud_report_step(ud_engine_report(engine), "Removing the installation");
        UD_TRY(ud_container_stop(engine, container->id, UD_PATIENCE_STOP_S, err));
        UD_TRY(ud_container_remove(engine, container->id, err));
        ud_report_step_end(ud_engine_report(engine), NULL);
    }
    return ud_install_images_remove(engine, NULL, err);
}

/* The modules first: by the labels of the image `unload` knows that they are ours. */
static enum ud_code uninstall_unload(const struct ud_app *app,
                                     const struct ud_uninstall_options *options,
                                     struct ud_uninstalled *result, struct ud_error *err)
{
    if (!options->unload) {
        return UD_OK;
    }
    UD_TRY(ud_app_unload(app, &options->load, &result->unload, err));
    result->unloaded = true;
    return UD_OK;
}

static enum ud_code uninstall_run(const struct ud_app *app,
                                  const struct ud_uninstall_options *options,
                                  struct ud_connection *vm, struct ud_uninstalled *result,
                                  struct ud_error *err)
{
    struct ud_container container = {0};
    UD_TRY(ud_app_connect(app, &options->load.vm, vm, err));
    UD_TRY(ud_lasting_find(vm->engine, UD_ROLE_INSTALLED, &container, err));
    result->was_there = container.id != NULL;
    enum ud_code rc = uninstall_unload(app, options, result, err);
    if (rc == UD_OK) {
        rc = uninstall_remove(vm->engine, &container, err);
        result->unload.installed = false;
    }
    ud_container_done(&container);
    return rc;
}

void ud_uninstalled_done(struct ud_uninstalled *uninstalled)
{
    ud_load_result_done(&uninstalled->unload);
    *uninstalled = (struct ud_uninstalled){0};
}

enum ud_code ud_app_uninstall(const struct ud_app *app, const struct ud_uninstall_options *options,
                              struct ud_uninstalled *ret, struct ud_error *err)
{
    struct ud_uninstalled result = {0};
    struct ud_connection vm = {0};
    enum ud_code rc = uninstall_run(app, options, &vm, &result, err);
    ud_connection_done(&vm);
    if (rc == UD_OK) {
        *ret = result;
    } else {
        ud_uninstalled_done(&result);
    }
    return rc;
}
