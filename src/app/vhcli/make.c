#include "vhcli/making.h"

#include <stdlib.h>
#include <string.h>

#include "app/engine/roles.h"
#include "docker/containers/container.h"
#include "docker/engine/labels.h"
#include "docker/images/compose.h"
#include "engine/temp_image.h"
#include "proto/ops.h"
#include "util/mem.h"
#include "util/str.h"

enum { LAYER_MAX = 256 << 20 };

#define USUAL_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

static enum ud_code ensure_base(struct ud_vhcli_making *m, struct ud_error *err)
{
    UD_TRY(ud_temp_image_ensure(m->app, m->vm.engine, m->result->base, &m->pulled, err));
    ud_image_done(&m->base);
    UD_TRY(ud_image_inspect(m->vm.engine, m->result->base, &m->base, err));
    if (m->base.arch[0] == '\0' || strcmp(m->base.arch, m->engine.arch) == 0) {
        return UD_OK;
    }
    return ud_fail(err, UD_ERR_UNFIT, "Choose another base image with --base.",
                   "the base image %s is for %s, and the engine runs on %s", m->result->base,
                   m->base.arch, m->engine.arch);
}

/* In a container of the base, which is never started. */
static enum ud_code make_layer(struct ud_vhcli_making *m, struct ud_buf *layer,
                               struct ud_error *err)
{
    struct ud_container_spec spec = {0};
    char *name = ud_role_container_name(UD_ROLE_BASE);
    ud_role_fill(UD_ROLE_BASE, name, m->base.id, &spec);
    ud_strv_add(&spec.entrypoint, UD_OPS_HELPER); /* an image may name none */
    enum ud_code rc = ud_container_create(m->vm.engine, &spec, err);
    if (rc == UD_OK) {
        rc = ud_vhcli_layer(m->vm.engine, name, m->engine.arch, &m->client, &m->modules,
                            m->facts.release.text, layer, err);
    }
    /* Without the container every folder would have looked as if it were new. */
    struct ud_container still = {0};
    if (rc == UD_OK) {
        rc = ud_container_inspect(m->vm.engine, name, &still, err);
    }
    ud_container_done(&still);
    ud_container_cleanup(m->vm.engine, name);
    ud_container_spec_done(&spec);
    free(name);
    return rc;
}

static const char *path_of_base(const struct ud_vhcli_making *m)
{
    for (size_t i = 0; i < m->base.env.len; i++) {
        if (ud_str_starts(m->base.env.items[i], "PATH=")) {
            return m->base.env.items[i] + strlen("PATH=");
        }
    }
    return USUAL_PATH;
}

static void fill_labels(const struct ud_vhcli_making *m, struct ud_strv *labels)
{
    ud_strv_add(labels, UD_LABEL_OURS "=1");
    ud_strv_add(labels, UD_LABEL_ROLE "=" UD_ROLE_TEXT_VHCLI);
    ud_strv_addf(labels, UD_LABEL_BASE "=%s", m->result->base);
    ud_strv_addf(labels, UD_LABEL_BASE_ID "=%s", m->base.id);
    ud_strv_addf(labels, UD_LABEL_INPUTS "=%s", m->inputs);
    ud_strv_addf(labels, UD_LABEL_CLIENT "=%s", m->client.name);
    ud_strv_addf(labels, UD_LABEL_CLIENT_SOURCE "=%s", ud_vhcli_public_source(m));
    ud_strv_addf(labels, UD_LABEL_CLIENT_SHA256 "=%s", m->client.sha256);
    if (m->modules.count > 0) {
        char *names = ud_strv_join(&m->result->modules, " ");
        ud_strv_addf(labels, UD_LABEL_RELEASE "=%s", m->facts.release.text);
        ud_strv_addf(labels, UD_LABEL_MODULES "=%s", names);
        free(names);
    }
}

static void fill_compose(const struct ud_vhcli_making *m, struct ud_compose *compose)
{
    fill_labels(m, &compose->labels);
    ud_strv_add(&compose->env, "HOME=" UD_VHCLI_HOME);
    ud_strv_addf(&compose->env, "PATH=%s:" UD_VHCLI_HOME, path_of_base(m));
    ud_strv_add(&compose->entrypoint, UD_OPS_HELPER);
    ud_strv_add(&compose->entrypoint, UD_OP_CLIENT);
    for (size_t i = 0; i < m->modules.count; i++) {
        ud_strv_add(&compose->entrypoint, m->modules.items[i].name);
    }
    ud_strv_add(&compose->entrypoint, "--");
    ud_strv_add(&compose->cmd, m->client.name);
}

/* The image that had the name is left without one: ours goes, others stay. */
static void remove_old(const struct ud_vhcli_making *m)
{
    struct ud_error why = {0};
    if (m->old.id == NULL || !ud_vhcli_image_is_ours(&m->old) ||
        strcmp(m->old.id, m->result->id) == 0 || m->old.tags.len > 1) {
        return;
    }
    enum ud_code rc = ud_image_remove(m->vm.engine, m->old.id, 0, &why);
    if (rc != UD_OK && rc != UD_ERR_NOT_FOUND) {
        ud_report_message(m->app->report, UD_REPORT_NOTE, "the image before it stays: %s",
                          why.message);
    }
}

static enum ud_code compose_image(struct ud_vhcli_making *m, const struct ud_buf *layer,
                                  struct ud_error *err)
{
    struct ud_image made = {0};
    struct ud_compose compose = {
        .base = m->base.id,
        .name = m->result->name,
        .arch = m->engine.arch,
        .layer = layer,
        .workdir = UD_VHCLI_HOME,
        .made_by = UD_VHCLI_MADE_BY,
    };
    fill_compose(m, &compose);
    enum ud_code rc = ud_image_compose(m->vm.engine, &compose, err);
    ud_compose_done(&compose);
    UD_TRY(rc);
    UD_TRY(ud_image_inspect(m->vm.engine, m->result->name, &made, err));
    m->result->id = ud_strdup(made.id);
    ud_image_done(&made);
    remove_old(m);
    return UD_OK;
}

enum ud_code ud_vhcli_make(struct ud_vhcli_making *m, struct ud_error *err)
{
    struct ud_buf layer;
    UD_TRY(ud_vhcli_client_fetch(m->app, m->engine.arch, &m->client, err));
    UD_TRY(ensure_base(m, err));
    UD_TRY(ud_vhcli_digest_inputs(m, err));
    ud_report_message(m->app->report, UD_REPORT_NOTE,
                      "%s is the VirtualHere client: its licence is its maker's, see "
                      "https://www.virtualhere.com",
                      m->client.name);
    ud_report_step(m->app->report, "Making the image %s", m->result->name);
    ud_buf_init(&layer, LAYER_MAX);
    enum ud_code rc = make_layer(m, &layer, err);
    if (rc == UD_OK) {
        rc = compose_image(m, &layer, err);
    }
    ud_buf_done(&layer);
    if (rc == UD_OK) {
        ud_report_step_end(m->app->report, NULL);
    }
    return rc;
}
