/* The use cases of installing with made-up results; see fake_app.c. */
#include <stdlib.h>

#include "app/install/install.h"
#include "fake_data.h"
#include "util/mem.h"

enum ud_code ud_app_install(const struct ud_app *app, const struct ud_load_options *options,
                            struct ud_installed *ret, struct ud_error *err)
{
    (void)app;
    (void)options;
    if (ud_fake_scenario("fails")) {
        return ud_fail(err, UD_ERR_REFUSED, NULL,
                       "the installation's container says: refused: the kernel refused module "
                       "usbcore: it was not built for this kernel, or is damaged");
    }
    *ret = (struct ud_installed){.release = ud_strdup("6.1.0-56-cloud-amd64"),
                                 .needless = ud_fake_scenario("builtin"),
                                 .unchanged = ud_fake_scenario("loaded")};
    if (ret->needless) {
        return UD_OK;
    }
    ret->image = ud_strdup("usbipd-desktop/installed:0123456789ab");
    ud_strv_add(&ret->modules, "usbip-core");
    ud_strv_add(&ret->modules, "vhci-hcd");
    ud_strv_add(&ret->kernels, "6.1.0-56-cloud-amd64");
    if (!ret->unchanged) {
        ud_strv_add(&ret->kernels, "6.1.0-55-cloud-amd64");
        ud_strv_add(&ret->inserted, "usbip-core");
        ud_strv_add(&ret->inserted, "vhci-hcd");
        ret->own_way = "/etc/modules-load.d and a writable /lib/modules";
    }
    return UD_OK;
}

void ud_installed_done(struct ud_installed *installed)
{
    free(installed->release);
    free(installed->image);
    ud_strv_done(&installed->modules);
    ud_strv_done(&installed->kernels);
    ud_strv_done(&installed->inserted);
}

enum ud_code ud_app_uninstall(const struct ud_app *app, const struct ud_uninstall_options *options,
                              struct ud_uninstalled *ret, struct ud_error *err)
{
    *ret = (struct ud_uninstalled){.was_there = !ud_fake_scenario("missing")};
    if (options->unload) {
        UD_TRY(ud_app_unload(app, &options->load, &ret->unload, err));
        ret->unloaded = true;
    }
    return UD_OK;
}

void ud_uninstalled_done(struct ud_uninstalled *uninstalled)
{
    ud_load_result_done(&uninstalled->unload);
}
