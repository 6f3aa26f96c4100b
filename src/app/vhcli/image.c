#include "app/vhcli/vhcli.h"

#include <stdlib.h>
#include <string.h>

#include "docker/images/reference.h"
#include "engine/sweep.h"
#include "engine/temp_image.h"
#include "util/mem.h"
#include "vhcli/making.h"
#include "vm/probe.h"

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

static enum ud_code image_look(struct ud_vhcli_making *m, struct ud_error *err)
{
    UD_TRY(ud_app_connect(m->app, &m->options->vm, &m->vm, err));
    ud_sweep(m->app, m->vm.engine);
    UD_TRY(ud_engine_info(m->vm.engine, &m->engine, err));
    UD_TRY(ud_vhcli_client_choose(m->options, m->engine.arch, &m->client, err));
    UD_TRY(ud_probe(m->app, m->vm.engine, &m->facts, err));
    m->result->release = ud_strdup(m->facts.release.text);
    UD_TRY(ud_vhcli_modules_choose(m->app, m->vm.engine, &m->facts, m->options->input, &m->modules,
                                   err));
    for (size_t i = 0; i < m->modules.count; i++) {
        ud_strv_add(&m->result->modules, m->modules.items[i].name);
    }
    UD_TRY(ud_image_find(m->vm.engine, m->result->name, &m->old, err));
    return ud_image_find(m->vm.engine, m->result->base, &m->base, err);
}

static enum ud_code image_run(struct ud_vhcli_making *m, struct ud_error *err)
{
    m->result->base = ud_strdup(m->options->base != NULL ? m->options->base : "busybox");
    UD_TRY(name_image(m, err));
    UD_TRY(check_base(m, err));
    UD_TRY(image_look(m, err));
    UD_TRY(ud_vhcli_is_made(m, &m->result->unchanged, err));
    if (m->result->unchanged) {
        m->result->id = ud_strdup(m->old.id);
    } else {
        UD_TRY(ud_vhcli_make(m, err));
    }
    m->result->client = ud_strdup(m->client.name);
    m->result->client_source = ud_strdup(m->client.source);
    m->result->client_sha256 = ud_strdup(m->client.sha256);
    return UD_OK;
}

static void image_release(struct ud_vhcli_making *m)
{
    if (m->pulled) {
        ud_temp_image_remove(m->vm.engine, m->result->base);
    }
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
