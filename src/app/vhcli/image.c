/* What the image is made from, as one digest: whether there is anything to do. */
#include "app/vhcli/vhcli.h"

#include <stdlib.h>
#include <string.h>

#include "app/engine/roles.h"
#include "artifacts/learn.h"
#include "bundle/bytes/digest.h"
#include "bundle/helpers.h"
#include "docker/containers/container.h"
#include "docker/engine/labels.h"
#include "docker/images/compose.h"
#include "docker/images/image.h"
#include "docker/images/reference.h"
#include "engine/sweep.h"
#include "engine/temp_image.h"
#include "proto/ops.h"
#include "util/mem.h"
#include "util/str.h"
#include "vhcli/parts.h"
#include "vm/helper_image.h"

/* All that making the image holds while it runs. */
struct ud_vhcli_making {
    const struct ud_app *app;
    const struct ud_vhcli_image_options *options;
    struct ud_vhcli_image *result;
    struct ud_connection vm;
    struct ud_engine_info engine;
    struct ud_facts facts;
    struct ud_vhcli_client client;
    struct ud_vhcli_modules modules;
    struct ud_image old;       /* of the wanted name; id NULL: there is none */
    struct ud_image base;      /* id NULL: the engine does not have it */
    struct ud_temp_image held; /* the base, for this run */
    char *inputs;              /* digest of all that goes in */
};

enum { KEY_MAX = 64 * 1024 };

/* Raise it when what goes into the image changes, so that images made the old way
 * are not taken for new ones. */
#define RECIPE "3"

/* The base's id: of one that is not here any more, what the image of this name was
 * made from, so that doing it again needs no download. NULL: unknown. */
static const char *base_id(const struct ud_vhcli_making *m)
{
    if (m->base.id != NULL) {
        return m->base.id;
    }
    const char *made_from = m->old.id != NULL ? ud_labels_get(&m->old.labels, UD_LABEL_BASE) : NULL;
    return made_from != NULL && strcmp(made_from, m->result->base) == 0
               ? ud_labels_get(&m->old.labels, UD_LABEL_BASE_ID)
               : NULL;
}

/* The URL of the client, or that it was a file: a path of this machine says nothing
 * elsewhere, and does not change the image. */
static const char *image_public_source(const struct ud_vhcli_making *m)
{
    return m->client.from_web ? m->client.source.shown : "a file";
}

bool ud_vhcli_image_is_ours(const struct ud_image *image)
{
    return ud_image_is_composed(image, UD_LABEL_SEAL);
}

/* Fills m->inputs; the client's digest and the base's id have to be known. */
static enum ud_code image_digest_inputs(struct ud_vhcli_making *m, struct ud_error *err)
{
    const struct ud_helper_binary *helper = NULL;
    char hex[UD_DIGEST_HEX_SIZE];
    struct ud_buf key;
    UD_TRY(ud_helper_binary_for(m->engine.arch, &helper, err));
    ud_digest_of(helper->data, helper->size, hex);
    ud_buf_init(&key, KEY_MAX);
    ud_buf_addf(&key, "%s|%s|%s|%s|%s|%s|%s", RECIPE, m->engine.arch, m->result->base, base_id(m),
                hex, image_public_source(m), m->client.sha256);
    for (size_t i = 0; i < m->modules.count; i++) {
        const struct ud_buf *bytes = &m->modules.items[i].bytes;
        ud_digest_of(bytes->data, bytes->len, hex);
        ud_buf_addf(&key, "|%s|%s|%s", m->facts.release.text, m->modules.items[i].name, hex);
    }
    ud_digest_of(key.data, key.len, hex);
    enum ud_code rc = ud_buf_check(&key, "the list of what the image is made from", err);
    free(m->inputs);
    m->inputs = ud_strdup(hex);
    ud_buf_done(&key);
    return rc;
}

/* Whether the image of this name was made from just the same. Fetches the client if its
 * digest is not known. */
static enum ud_code image_is_made(struct ud_vhcli_making *m, bool *ret, struct ud_error *err)
{
    *ret = false;
    if (m->old.id == NULL || base_id(m) == NULL) {
        return UD_OK;
    }
    if (m->client.sha256 == NULL) {
        UD_TRY(ud_vhcli_client_fetch(m->app, m->engine.arch, &m->client, err));
    }
    UD_TRY(image_digest_inputs(m, err));
    const char *made_from = ud_labels_get(&m->old.labels, UD_LABEL_INPUTS);
    *ret = made_from != NULL && strcmp(made_from, m->inputs) == 0;
    return UD_OK;
}

enum { LAYER_MAX = 256 << 20 };

#define USUAL_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* An engine may have an image for another machine only, or only a part of it. A pull then takes an
 * image with a part of its layers for whole, unless it is removed first. In new memory. */
static char *image_pull_again(const struct ud_vhcli_making *m, bool remove)
{
    const char *engine = ud_engine_endpoint(m->vm.engine)->text;
    char *removal =
        remove ? ud_strf("docker -H %s rmi -f %s, then ", engine, m->result->base) : ud_strdup("");
    char *text = ud_strf("Pull the base image for linux/%s (%sdocker -H %s pull --platform "
                         "linux/%s %s), or choose another with --base.",
                         m->engine.arch, removal, engine, m->engine.arch, m->result->base);
    free(removal);
    return text;
}

/* Before anything is loaded: the containerd image store keeps what a load brought that failed, and
 * a pull then takes that for the image's own. Of an image without all of its layers it tells
 * nothing. */
static enum ud_code image_check_base(const struct ud_vhcli_making *m, struct ud_error *err)
{
    const bool told = m->base.arch[0] != '\0';
    if (told ? strcmp(m->base.arch, m->engine.arch) == 0 : m->base.layers.len > 0) {
        return UD_OK;
    }
    char *pull_again = image_pull_again(m, !told);
    enum ud_code rc =
        told ? ud_fail(err, UD_ERR_UNFIT, pull_again,
                       "the base image %s is for %s, and the engine runs on %s", m->result->base,
                       m->base.arch, m->engine.arch)
             : ud_fail(err, UD_ERR_ENGINE, pull_again,
                       "the engine does not have all of the base image %s", m->result->base);
    free(pull_again);
    return rc;
}

static enum ud_code ensure_base(struct ud_vhcli_making *m, struct ud_error *err)
{
    UD_TRY(ud_temp_image_ensure(m->app, m->vm.engine, m->result->base, NULL, &m->held, err));
    ud_image_done(&m->base);
    UD_TRY(ud_image_inspect(m->vm.engine, m->held.id, &m->base, err));
    return image_check_base(m, err);
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

/* By these a module that a container of the image inserted is known again. */
static void fill_build_ids(const struct ud_vhcli_making *m, struct ud_strv *labels)
{
    struct ud_strv ids = {0};
    for (size_t i = 0; i < m->modules.count; i++) {
        const struct ud_vhcli_module *module = &m->modules.items[i];
        if (module->ours && module->module.build_id != NULL) {
            ud_strv_addf(&ids, "%s=%s", module->name, module->module.build_id);
        }
    }
    char *text = ud_strv_join(&ids, " ");
    ud_strv_addf(labels, UD_LABEL_BUILD_IDS "=%s", text);
    free(text);
    ud_strv_done(&ids);
}

static void fill_labels(const struct ud_vhcli_making *m, struct ud_strv *labels)
{
    ud_strv_add(labels, UD_LABEL_OURS "=1");
    ud_strv_add(labels, UD_LABEL_ROLE "=" UD_ROLE_TEXT_VHCLI);
    ud_strv_addf(labels, UD_LABEL_BASE "=%s", m->result->base);
    ud_strv_addf(labels, UD_LABEL_BASE_ID "=%s", m->base.id);
    ud_strv_addf(labels, UD_LABEL_INPUTS "=%s", m->inputs);
    ud_strv_addf(labels, UD_LABEL_CLIENT "=%s", m->client.name);
    ud_strv_addf(labels, UD_LABEL_CLIENT_SOURCE "=%s", image_public_source(m));
    ud_strv_addf(labels, UD_LABEL_CLIENT_SHA256 "=%s", m->client.sha256);
    if (m->modules.count > 0) {
        char *names = ud_strv_join(&m->result->modules, " ");
        ud_strv_addf(labels, UD_LABEL_RELEASE "=%s", m->facts.release.text);
        ud_strv_addf(labels, UD_LABEL_MODULES "=%s", names);
        free(names);
        fill_build_ids(m, labels);
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

/* The image that had the name is left without one. */
static void remove_old(const struct ud_vhcli_making *m)
{
    struct ud_error why = {0};
    if (m->old.id == NULL || strcmp(m->old.id, m->result->id) == 0 || m->old.tags.len > 1) {
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
    char *pull_again = image_pull_again(m, true);
    struct ud_compose compose = {
        .base = m->base.id,
        .name = m->result->name,
        .arch = m->engine.arch,
        .layer = layer,
        .workdir = UD_VHCLI_HOME,
        .made_by = UD_VHCLI_MADE_BY,
        .seal = UD_LABEL_SEAL,
        .pull_again = pull_again,
    };
    fill_compose(m, &compose);
    enum ud_code rc = ud_image_compose(m->vm.engine, &compose, err);
    ud_compose_done(&compose);
    free(pull_again);
    UD_TRY(rc);
    UD_TRY(ud_image_inspect(m->vm.engine, m->result->name, &made, err));
    m->result->id = ud_strdup(made.id);
    ud_image_done(&made);
    remove_old(m);
    return UD_OK;
}

/* Makes it, and sets m->result->id. */
static enum ud_code image_make(struct ud_vhcli_making *m, struct ud_error *err)
{
    struct ud_buf layer;
    UD_TRY(ud_vhcli_client_fetch(m->app, m->engine.arch, &m->client, err));
    UD_TRY(ensure_base(m, err));
    UD_TRY(image_digest_inputs(m, err));
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

static enum ud_code name_image(struct ud_vhcli_making *m, struct ud_error *err)
{
    struct ud_reference ref = {0};
    const char *tag = m->options->tag != NULL ? m->options->tag : UD_VHCLI_IMAGE;
    UD_TRY(ud_reference_parse(tag, &ref, err));
    if (ref.digest != NULL) {
        ud_reference_done(&ref);
        return ud_fail(err, UD_ERR_USAGE, "Use a form such as vhcli or me/vhcli:1.",
                       "--tag %s: a new image cannot be given a digest", tag);
    }
    m->result->name = ud_strf("%s:%s", ref.name, ref.tag);
    ud_reference_done(&ref);
    return UD_OK;
}

/* An image cannot stand on itself: with the name the base would be lost. */
static enum ud_code check_base(const struct ud_vhcli_making *m, struct ud_error *err)
{
    struct ud_reference ref = {0};
    UD_TRY(ud_reference_parse(m->result->base, &ref, err));
    char *base = ud_strf("%s:%s", ref.name, ref.tag != NULL ? ref.tag : "");
    bool same = strcmp(base, m->result->name) == 0;
    free(base);
    ud_reference_done(&ref);
    return same ? ud_fail(err, UD_ERR_USAGE, "Give the new image another name with --tag.",
                          "--base and --tag are the same image, %s", m->result->name)
                : UD_OK;
}

/* Composing would take the name from an image that is somebody else's. */
static enum ud_code find_old(struct ud_vhcli_making *m, struct ud_error *err)
{
    UD_TRY(ud_image_find(m->vm.engine, m->result->name, &m->old, err));
    if (m->old.id == NULL || ud_vhcli_image_is_ours(&m->old)) {
        return UD_OK;
    }
    return ud_fail(err, UD_ERR_USAGE,
                   "Give the new image another name with --tag, or give that one another name "
                   "with docker tag and remove this one.",
                   "there is an image %s already, which `image vhcli` did not make",
                   m->result->name);
}

static enum ud_code image_look(struct ud_vhcli_making *m, struct ud_error *err)
{
    UD_TRY(ud_app_connect(m->app, &m->options->vm, &m->vm, err));
    ud_sweep(m->app, m->vm.engine);
    UD_TRY(find_old(m, err));
    UD_TRY(ud_engine_info(m->vm.engine, &m->engine, err));
    UD_TRY(ud_vhcli_client_choose(m->options, m->engine.arch, &m->client, err));
    UD_TRY(ud_learn_kernel(m->app, m->vm.engine, NULL, m->options->input, &m->facts, err));
    m->result->release = ud_strdup(m->facts.release.text);
    UD_TRY(ud_vhcli_modules_choose(m->app, m->vm.engine, &m->facts, m->options->input, &m->modules,
                                   err));
    for (size_t i = 0; i < m->modules.count; i++) {
        ud_strv_add(&m->result->modules, m->modules.items[i].name);
    }
    return ud_image_find(m->vm.engine, m->result->base, &m->base, err);
}

static enum ud_code image_run(struct ud_vhcli_making *m, struct ud_error *err)
{
    m->result->base = ud_strdup(m->options->base != NULL ? m->options->base : "busybox");
    UD_TRY(name_image(m, err));
    UD_TRY(check_base(m, err));
    UD_TRY(image_look(m, err));
    UD_TRY(image_is_made(m, &m->result->unchanged, err));
    if (m->result->unchanged) {
        m->result->id = ud_strdup(m->old.id);
    } else {
        UD_TRY(image_make(m, err));
    }
    m->result->client = ud_strdup(m->client.name);
    m->result->client_source = ud_strdup(m->client.source.shown);
    m->result->client_sha256 = ud_strdup(m->client.sha256);
    return UD_OK;
}

static void image_release(struct ud_vhcli_making *m)
{
    ud_temp_image_release(m->vm.engine, &m->held);
    free(m->inputs);
    ud_image_done(&m->base);
    ud_image_done(&m->old);
    ud_vhcli_modules_done(&m->modules);
    ud_vhcli_client_done(&m->client);
    ud_facts_done(&m->facts);
    ud_engine_info_done(&m->engine);
    ud_connection_done(&m->vm);
}

void ud_vhcli_image_done(struct ud_vhcli_image *image)
{
    free(image->name);
    free(image->id);
    free(image->base);
    free(image->client);
    free(image->client_source);
    free(image->client_sha256);
    free(image->release);
    ud_strv_done(&image->modules);
    *image = (struct ud_vhcli_image){0};
}

enum ud_code ud_app_vhcli_image(const struct ud_app *app,
                                const struct ud_vhcli_image_options *options,
                                struct ud_vhcli_image *ret, struct ud_error *err)
{
    struct ud_vhcli_image result = {0};
    struct ud_vhcli_making m = {.app = app, .options = options, .result = &result};
    enum ud_code rc = image_run(&m, err);
    image_release(&m);
    if (rc == UD_OK) {
        *ret = result;
    } else {
        ud_vhcli_image_done(&result);
    }
    return rc;
}
