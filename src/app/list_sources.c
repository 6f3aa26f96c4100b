#include "app/list_sources.h"

#include <stdlib.h>
#include <string.h>

#include "docker/engine/engine.h"
#include "kernel/kbuild/layout_seed.h"
#include "sources/routes_of.h"
#include "transport/url.h"
#include "util/mem.h"
#include "vm/probe.h"

void ud_sources_listed_done(struct ud_sources_listed *listed)
{
    free(listed->machine);
    free(listed->os);
    free(listed->os_id);
    free(listed->os_version);
    free(listed->builder);
    ud_routes_done(&listed->routes);
    *listed = (struct ud_sources_listed){0};
}

static enum ud_code look_at_vm(const struct ud_app *app, const struct ud_sources_options *options,
                               struct ud_sources_listed *listed, struct ud_error *err)
{
    struct ud_connection connection = {0};
    struct ud_facts facts = {0};
    enum ud_code rc = ud_app_connect(app, &options->vm, &connection, err);
    if (rc == UD_OK) {
        rc = ud_probe(app, connection.engine, &facts, err);
    }
    if (rc == UD_OK) {
        listed->release = facts.release;
        listed->machine = ud_strdup(facts.machine);
        listed->os = facts.os.pretty_name != NULL ? ud_strdup(facts.os.pretty_name) : NULL;
        listed->os_id = facts.os.id != NULL ? ud_strdup(facts.os.id) : NULL;
        listed->os_version = facts.os.version_id != NULL ? ud_strdup(facts.os.version_id) : NULL;
        listed->builder = ud_routes_builder(&facts);
        listed->config_known = facts.has_config;
        listed->needs_symvers = facts.has_config && ud_config_on(&facts.config, "MODVERSIONS");
        listed->needs_seed = facts.has_config && ud_config_randstruct_option(&facts.config) != NULL;
    }
    ud_facts_done(&facts);
    ud_connection_done(&connection);
    return rc;
}

enum ud_code ud_app_sources(const struct ud_app *app, const struct ud_sources_options *options,
                            struct ud_sources_listed *ret, struct ud_error *err)
{
    struct ud_sources_listed listed = {0};
    enum ud_code rc = options->kernel_release != NULL
                          ? ud_release_parse(options->kernel_release, options->kernel_version, NULL,
                                             &listed.release, err)
                          : look_at_vm(app, options, &listed, err);
    if (rc != UD_OK) {
        ud_sources_listed_done(&listed);
        return rc;
    }
    struct ud_url mirror = {0};
    if (options->source_mirror != NULL) {
        ud_url_init(&mirror, options->source_mirror);
    }
    const struct ud_routes_input input = {
        .release = &listed.release,
        .os = listed.os,
        .os_id = listed.os_id,
        .os_version = listed.os_version,
        .image = options->kernel_image,
        .mirror = mirror.shown,
        .builder = listed.builder,
        .offline = options->offline,
    };
    ud_routes_make(&input, &listed.routes);
    ud_url_done(&mirror);
    *ret = listed;
    return UD_OK;
}
