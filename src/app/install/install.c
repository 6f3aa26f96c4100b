#include "app/install/install.h"

#include <stdlib.h>
#include <string.h>

#include "app/engine/roles.h"
#include "docker/containers/container.h"
#include "docker/engine/labels.h"
#include "engine/lasting.h"
#include "install/image.h"
#include "install/kernels.h"
#include "install/said.h"
#include "load/steps.h"
#include "platform/fs.h"
#include "proto/ops.h"
#include "util/mem.h"
#include "util/patience.h"

enum { MANIFEST_MAX = 16 << 20 };

#define MANIFEST "manifest.json"

struct install {
    struct ud_load load; /* what `load` would do: engine, facts, modules */
    struct ud_installed *result;
    struct ud_container old;   /* id NULL: there is none */
    struct ud_install_set set; /* what is to be installed, of all kernels */
    struct ud_install_image image;
    char *image_id;
    bool image_made; /* by this run */
    char *name;      /* of the new container, until it takes the old one's */
    struct ud_install_said said;
};

/* ---- the modules ---- */

static enum ud_code install_add_manifest(const struct ud_dist *dist,
                                         struct ud_install_kernel *kernel, struct ud_error *err)
{
    struct ud_buf text;
    char *path = ud_fs_join(dist->dir, MANIFEST);
    ud_buf_init(&text, MANIFEST_MAX);
    enum ud_code rc = ud_fs_read(path, &text, err);
    if (rc == UD_OK) {
        ud_install_kernel_add(kernel, MANIFEST, text.data, text.len);
    }
    ud_buf_done(&text);
    free(path);
    return rc;
}

static enum ud_code install_fill_kernel(const struct ud_load *load,
                                        struct ud_install_kernel *kernel, struct ud_error *err)
{
    if (load->facts.version == NULL || load->facts.version[0] == '\0' ||
        strlen(load->facts.version) > UD_INSTALLED_VERSION_MAX) {
        return ud_fail(err, UD_ERR_FACTS, NULL,
                       "the kernel does not tell its build (uname -v): after an upgrade nothing "
                       "would say that the modules do not fit");
    }
    kernel->head.release = ud_strdup(load->facts.release.text);
    kernel->head.version = ud_strdup(load->facts.version);
    for (size_t i = 0; i < load->count; i++) {
        char *file = ud_strf("%s.ko", load->items[i].name);
        ud_strv_add(&kernel->head.modules, load->items[i].name);
        ud_install_kernel_add(kernel, file, load->items[i].data, load->items[i].len);
        free(file);
    }
    return load->has_dist && load->dist.has_manifest
               ? install_add_manifest(&load->dist, kernel, err)
               : UD_OK;
}

static enum ud_code install_choose(struct install *install, struct ud_error *err)
{
    struct ud_load *load = &install->load;
    load->lasting = true;
    UD_TRY(ud_load_begin(load, err));
    UD_TRY(ud_lasting_find(load->vm.engine, UD_ROLE_INSTALLED, &install->old, err));
    UD_TRY(ud_load_choose(load, err));
    install->result->release = ud_strdup(load->facts.release.text);
    install->result->needless = load->count == 0;
    for (size_t i = 0; i < load->count; i++) {
        ud_strv_add(&install->result->modules, load->items[i].name);
    }
    return UD_OK;
}

/* Those for other kernels stay, so that a kernel that comes back has its own. */
static enum ud_code install_read_old(struct install *install, struct ud_error *err)
{
    struct ud_error why = {0};
    if (install->old.id == NULL) {
        return UD_OK;
    }
    enum ud_code rc =
        ud_install_set_read(install->load.vm.engine, install->old.id, &install->set, &why);
    if (rc == UD_ERR_INTERRUPTED || rc == UD_ERR_UNREACHABLE) {
        return ud_error_pass(err, &why);
    }
    if (rc != UD_OK) {
        ud_report_message(install->load.app->report, UD_REPORT_WARN,
                          "modules that are installed for other kernels cannot be read and are "
                          "not kept: %s",
                          why.message);
    }
    return UD_OK;
}

static enum ud_code install_pack(struct install *install, struct ud_error *err)
{
    struct ud_install_kernel kernel = {0};
    enum ud_code rc = install_fill_kernel(&install->load, &kernel, err);
    if (rc == UD_OK) {
        ud_install_set_put(&install->set, &kernel);
        ud_install_set_releases(&install->set, &install->result->kernels);
        rc = ud_install_image_pack(&install->set, install->load.engine.arch, &install->image, err);
    }
    ud_install_kernel_done(&kernel);
    return rc;
}

/* ---- the container ---- */

static bool install_all_loaded(const struct ud_load *load)
{
    for (size_t i = 0; i < load->count; i++) {
        if (ud_loaded_find(&load->facts.loaded, load->items[i].name) == NULL) {
            return false;
        }
    }
    return true;
}

static bool install_is_done(const struct install *install)
{
    const char *inputs =
        install->old.id != NULL ? ud_labels_get(&install->old.labels, UD_LABEL_INPUTS) : NULL;
    return inputs != NULL && strcmp(inputs, install->image.inputs) == 0 && install->old.running &&
           install_all_loaded(&install->load);
}

static void install_fill_spec(const struct install *install, struct ud_container_spec *spec)
{
    char *kernels = ud_strv_join(&install->result->kernels, " ");
    ud_role_fill(UD_ROLE_INSTALLED, install->name, install->image_id, spec);
    ud_strv_addf(&spec->labels, UD_LABEL_INPUTS "=%s", install->image.inputs);
    ud_strv_addf(&spec->labels, UD_LABEL_KERNELS "=%s", kernels);
    ud_strv_add(&spec->health, UD_OPS_HELPER);
    ud_strv_add(&spec->health, UD_OP_INSTALLED);
    ud_strv_add(&spec->health, UD_OPS_FLAG_CHECK);
    spec->health_s = UD_PATIENCE_HEALTH_S;
    free(kernels);
}

static enum ud_code install_create(const struct install *install, struct ud_error *err)
{
    struct ud_container_spec spec = {0};
    install_fill_spec(install, &spec);
    enum ud_code rc = ud_container_create(install->load.vm.engine, &spec, err);
    if (rc != UD_OK && !ud_container_surely_absent(rc)) {
        ud_container_cleanup(install->load.vm.engine, install->name);
    }
    ud_container_spec_done(&spec);
    return rc;
}

/* The new one has proved itself. One that stays under the name of a run would be swept away as
 * left by it. */
static enum ud_code install_swap(const struct install *install, struct ud_error *err)
{
    struct ud_engine *engine = install->load.vm.engine;
    if (install->old.id != NULL) {
        UD_TRY(ud_container_stop(engine, install->old.id, UD_PATIENCE_STOP_S, err));
        UD_TRY(ud_container_remove(engine, install->old.id, err));
    }
    return ud_container_rename(engine, install->name, UD_INSTALLED_CONTAINER, err);
}

static enum ud_code install_start(struct install *install, struct ud_error *err)
{
    struct ud_engine *engine = install->load.vm.engine;
    UD_TRY(install_create(install, err));
    enum ud_code rc = ud_container_start(engine, install->name, err);
    if (rc == UD_OK) {
        rc = ud_install_said_await(engine, install->name, &install->said, err);
    }
    if (rc == UD_OK) {
        rc = install_swap(install, err);
    }
    if (rc != UD_OK) {
        ud_container_stop_and_cleanup(engine, install->name);
    }
    return rc;
}

/* An image that no container of ours uses any more is not worth an error. */
static void install_remove_images(const struct install *install, const char *keep)
{
    struct ud_error why = {0};
    if (ud_install_images_remove(install->load.vm.engine, keep, &why) != UD_OK) {
        ud_report_message(install->load.app->report, UD_REPORT_NOTE,
                          "the image before it stays: %s", why.message);
    }
}

static enum ud_code install_make(struct install *install, struct ud_error *err)
{
    struct ud_engine *engine = install->load.vm.engine;
    ud_report_step(install->load.app->report, "Installing the modules");
    UD_TRY(ud_install_image_ensure(engine, &install->image, &install->set, &install->image_id,
                                   &install->image_made, err));
    install->name = ud_role_container_name(UD_ROLE_INSTALLED);
    enum ud_code rc = install_start(install, err);
    if (rc != UD_OK) {
        struct ud_error why = {0};
        if (install->image_made && ud_image_remove(engine, install->image_id, 0, &why) != UD_OK) {
            ud_report_message(install->load.app->report, UD_REPORT_NOTE, "the image %s stays: %s",
                              install->image.name, why.message);
        }
        return rc;
    }
    install_remove_images(install, install->image_id);
    ud_report_step_end(install->load.app->report, NULL);
    return UD_OK;
}

/* ---- all of it ---- */

static const char *install_own_way(const struct install *install)
{
    if (install->load.facts.release.flavor == UD_FLAVOR_WSL2) {
        return "kernelModules and loadKernelModules in the section [wsl2] of .wslconfig";
    }
    return install->said.own_way ? "/etc/modules-load.d and a writable /lib/modules" : NULL;
}

/* It has no process that is always there, and so nobody who looks at restart policies. */
static void install_tell_of_podman(const struct install *install)
{
    if (strcmp(install->load.engine.product, "podman") == 0) {
        ud_report_message(install->load.app->report, UD_REPORT_NOTE,
                          "podman starts the container with the VM only if the VM's "
                          "podman-restart.service is enabled: `usbipd-desktop shell systemctl "
                          "enable podman-restart.service`");
    }
}

/* For the system's own way: not worth an error, since power cuts damage logs. */
static enum ud_code install_read_log(struct install *install, struct ud_error *err)
{
    struct ud_error why = {0};
    enum ud_code rc =
        ud_install_said_read(install->load.vm.engine, install->old.id, &install->said, &why);
    return rc == UD_ERR_INTERRUPTED ? ud_error_pass(err, &why) : UD_OK;
}

static enum ud_code install_run(struct install *install, struct ud_error *err)
{
    struct ud_installed *result = install->result;
    UD_TRY(install_choose(install, err));
    if (result->needless) {
        return UD_OK;
    }
    UD_TRY(install_read_old(install, err));
    UD_TRY(install_pack(install, err));
    result->image = ud_strdup(install->image.name);
    result->unchanged = install_is_done(install);
    if (result->unchanged) {
        UD_TRY(install_read_log(install, err));
    } else {
        UD_TRY(install_make(install, err));
        install_tell_of_podman(install);
        result->inserted = install->said.inserted;
        install->said.inserted = (struct ud_strv){0};
    }
    result->own_way = install_own_way(install);
    return UD_OK;
}

static void install_release(struct install *install)
{
    free(install->name);
    free(install->image_id);
    ud_install_said_done(&install->said);
    ud_install_image_done(&install->image);
    ud_install_set_done(&install->set);
    ud_container_done(&install->old);
    ud_load_release(&install->load);
}

void ud_installed_done(struct ud_installed *installed)
{
    free(installed->release);
    free(installed->image);
    ud_strv_done(&installed->modules);
    ud_strv_done(&installed->kernels);
    ud_strv_done(&installed->inserted);
    *installed = (struct ud_installed){0};
}

enum ud_code ud_app_install(const struct ud_app *app, const struct ud_load_options *options,
                            struct ud_installed *ret, struct ud_error *err)
{
    struct ud_installed result = {0};
    struct ud_load_result loaded = {0};
    struct install install = {.load = {.app = app, .options = options, .result = &loaded},
                              .result = &result};
    enum ud_code rc = install_run(&install, err);
    install_release(&install);
    ud_load_result_done(&loaded);
    if (rc == UD_OK) {
        *ret = result;
    } else {
        ud_installed_done(&result);
    }
    return rc;
}
