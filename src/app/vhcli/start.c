#include "app/vhcli/vhcli.h"

#include <stdlib.h>
#include <string.h>

#include "app/engine/roles.h"
#include "app/load/load.h"
#include "docker/containers/container.h"
#include "docker/engine/labels.h"
#include "docker/images/image.h"
#include "engine/lasting.h"
#include "engine/run_mark.h"
#include "engine/sweep.h"
#include "util/mem.h"
#include "vhcli/parts.h"
#include "vm/engine_kind.h"
#include "vm/probe.h"

struct start {
    const struct ud_app *app;
    const struct ud_vhcli_start_options *options;
    struct ud_vhcli_started *result;
    struct ud_connection vm;
    struct ud_image image;
};

static enum ud_code find_image(struct start *start, struct ud_error *err)
{
    const char *name = start->options->image != NULL ? start->options->image : UD_VHCLI_IMAGE;
    start->result->image = ud_strdup(name);
    UD_TRY(ud_image_find(start->vm.engine, name, &start->image, err));
    if (start->image.id == NULL) {
        return ud_fail(err, UD_ERR_NOT_FOUND, "Make it with `usbipd-desktop image vhcli`.",
                       "the engine has no image %s", name);
    }
    if (ud_labels_get(&start->image.labels, UD_LABEL_CLIENT) == NULL) {
        return ud_fail(err, UD_ERR_USAGE, "Name one that `usbipd-desktop image vhcli` made.",
                       "the image %s holds no VirtualHere client", name);
    }
    return UD_OK;
}

/* An image without modules is for a VM with its own, which have to be inserted
 * from where they are. */
static enum ud_code load_own(struct start *start, struct ud_error *err)
{
    const struct ud_load_options options = {
        .vm = start->options->vm,
        .input = start->options->input,
        .native = start->options->native,
    };
    struct ud_load_result loaded = {0};
    UD_TRY(ud_app_load(start->app, &options, &loaded, err));
    ud_load_result_done(&loaded);
    return UD_OK;
}

/* A kernel that lacks USB/IP needs the modules of the image to be its own, or gets
 * those that the VM has. */
static enum ud_code ensure_modules(struct start *start, const char *release, struct ud_error *err)
{
    const char *made_for = ud_labels_get(&start->image.labels, UD_LABEL_RELEASE);
    if (made_for == NULL) {
        return load_own(start, err);
    }
    if (strcmp(made_for, release) == 0) {
        return UD_OK;
    }
    return ud_fail(err, UD_ERR_UNFIT,
                   "Run `usbipd-desktop build` and `usbipd-desktop image vhcli` again.",
                   "the image %s has modules for %s, and the kernel is %s", start->result->image,
                   made_for, release);
}

static enum ud_code start_check_engine(struct start *start, struct ud_error *err)
{
    struct ud_engine_info engine = {0};
    UD_TRY(ud_engine_info(start->vm.engine, &engine, err));
    enum ud_code rc = ud_kernel_access_check_root(&engine, err);
    ud_engine_info_done(&engine);
    return rc;
}

static enum ud_code prepare_kernel(struct start *start, struct ud_error *err)
{
    struct ud_facts facts = {0};
    UD_TRY(start_check_engine(start, err));
    UD_TRY(ud_probe(start->app, start->vm.engine, &facts, err));
    enum ud_code rc = ud_kernel_access_check_native(
        ud_vm_is_this_machine(&facts), start->options->native, start->vm.endpoint, err);
    if (rc == UD_OK && !facts.vhci_present) {
        rc = ensure_modules(start, facts.release.text, err);
    }
    ud_facts_done(&facts);
    return rc;
}

/* One that has ended makes room; one that was not started may be that of a run that is
 * about to. */
static enum ud_code make_room(struct start *start, const struct ud_container *old,
                              struct ud_error *err)
{
    const char *run = ud_labels_get(&old->labels, UD_LABEL_RUN);
    if (strcmp(old->state, "created") == 0 && ud_run_mark_life(run) != UD_RUN_DEAD) {
        return ud_fail(
            err, UD_ERR_BUSY,
            "If no other run is starting it, remove it with `usbipd-desktop vhcli stop`.",
            "the container %s was created and not started yet", old->name);
    }
    return ud_container_remove(start->vm.engine, old->id, err);
}

static enum ud_code look_at_old(struct start *start, struct ud_error *err)
{
    struct ud_container old = {0};
    UD_TRY(ud_lasting_find(start->vm.engine, UD_ROLE_VHCLI, &old, err));
    start->result->already = old.running;
    enum ud_code rc = old.id == NULL || old.running ? UD_OK : make_room(start, &old, err);
    ud_container_done(&old);
    return rc;
}

/* Creating may have failed with the container made, and another run may have made one of
 * the same name: only one with this run's id goes. */
static void remove_unsure(struct start *start)
{
    struct ud_container made = {0};
    struct ud_error why = {0};
    if (ud_container_find(start->vm.engine, UD_VHCLI_CONTAINER, &made, &why) != UD_OK) {
        ud_report_message(start->app->report, UD_REPORT_WARN,
                          "the container %s may be left on the engine (%s); remove it with "
                          "`usbipd-desktop vhcli stop`",
                          UD_VHCLI_CONTAINER, why.message);
        return;
    }
    const char *run = made.id != NULL ? ud_labels_get(&made.labels, UD_LABEL_RUN) : NULL;
    if (ud_run_mark_is_mine(run)) {
        ud_container_cleanup(start->vm.engine, made.id);
    }
    ud_container_done(&made);
}

static enum ud_code start_create(struct start *start, struct ud_error *err)
{
    struct ud_container_spec spec = {0};
    ud_role_fill(UD_ROLE_VHCLI, UD_VHCLI_CONTAINER, start->image.id, &spec);
    enum ud_code rc = ud_role_choose_network(start->vm.engine, &spec, err);
    if (rc == UD_OK) {
        rc = ud_container_create(start->vm.engine, &spec, err);
        if (rc != UD_OK && !ud_container_surely_absent(rc)) {
            remove_unsure(start);
        }
    }
    ud_container_spec_done(&spec);
    return rc;
}

static enum ud_code start_new(struct start *start, struct ud_error *err)
{
    ud_report_step(start->app->report, "Starting the client");
    UD_TRY(start_create(start, err));
    enum ud_code rc = ud_container_start(start->vm.engine, UD_VHCLI_CONTAINER, err);
    if (rc == UD_OK) {
        rc = ud_vhcli_await_start(start->vm.engine, &start->result->inserted, err);
    }
    if (rc != UD_OK) {
        ud_container_stop_and_cleanup(start->vm.engine, UD_VHCLI_CONTAINER);
        return rc;
    }
    ud_report_step_end(start->app->report, NULL);
    return UD_OK;
}

static enum ud_code start_run(struct start *start, struct ud_error *err)
{
    UD_TRY(ud_app_connect(start->app, &start->options->vm, &start->vm, err));
    ud_sweep(start->app, start->vm.engine);
    start->result->container = ud_strdup(UD_VHCLI_CONTAINER);
    UD_TRY(find_image(start, err));
    UD_TRY(look_at_old(start, err));
    if (start->result->already) {
        return UD_OK;
    }
    UD_TRY(prepare_kernel(start, err));
    return start_new(start, err);
}

void ud_vhcli_started_done(struct ud_vhcli_started *started)
{
    free(started->container);
    free(started->image);
    ud_strv_done(&started->inserted);
    *started = (struct ud_vhcli_started){0};
}

enum ud_code ud_app_vhcli_start(const struct ud_app *app,
                                const struct ud_vhcli_start_options *options,
                                struct ud_vhcli_started *ret, struct ud_error *err)
{
    struct ud_vhcli_started result = {0};
    struct start start = {.app = app, .options = options, .result = &result};
    enum ud_code rc = start_run(&start, err);
    ud_image_done(&start.image);
    ud_connection_done(&start.vm);
    if (rc == UD_OK) {
        *ret = result;
    } else {
        ud_vhcli_started_done(&result);
    }
    return rc;
}
