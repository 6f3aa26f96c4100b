/* Packages of sources and headers as Debian and Ubuntu have them, fetched by apt: Debian's in a
 * container of the builder image, Ubuntu's in one of Ubuntu's. */
#include "sources/acquire.h"

#include <stdlib.h>
#include <string.h>

#include "builder/build_container.h"
#include "engine/temp_image.h"
#include "sources/package_fetcher.h"
#include "util/mem.h"
#include "util/str.h"

struct packages {
    struct ud_acquire *acquire;
    const struct ud_route *route;
    struct ud_temp_image image; /* the route's */
    struct ud_package_fetcher fetcher;
};

/* Downloads one and unpacks it below the tree. */
static enum ud_code acquire_package_unpack(struct packages *p, const char *asked,
                                           struct ud_error *err)
{
    struct ud_strv argv = {0};
    char *path = NULL;
    UD_TRY(ud_package_fetcher_download(&p->fetcher, asked, &path, err));
    ud_strv_add(&argv, "dpkg-deb");
    ud_strv_add(&argv, "-x");
    ud_strv_add(&argv, path);
    ud_strv_add(&argv, "unpacked");
    free(path);
    return ud_package_run(&p->fetcher, &argv, err);
}

static enum ud_code read_headers(struct packages *p, struct ud_acquire_parts *parts,
                                 struct ud_error *err)
{
    const char *release = p->acquire->facts->release.text;
    char *config = ud_strf("unpacked/usr/src/linux-headers-%s/.config", release);
    char *symvers = ud_strf("unpacked/usr/src/linux-headers-%s/Module.symvers", release);
    enum ud_code rc = ud_build_container_get(&p->fetcher.container, config, &parts->config, err);
    if (rc == UD_OK) {
        rc = ud_build_container_get(&p->fetcher.container, symvers, &parts->symvers, err);
    }
    free(symvers);
    free(config);
    return rc;
}

static enum ud_code take_headers(struct packages *p, struct ud_error *err)
{
    const char *asked = p->route->names.items[1];
    struct ud_acquire_parts parts;
    UD_TRY(acquire_package_unpack(p, asked, err));
    ud_acquire_parts_init(&parts);
    enum ud_code rc = read_headers(p, &parts, err);
    if (rc == UD_OK) {
        rc = ud_acquire_check_parts(p->acquire, &parts, asked, err);
    }
    if (rc == UD_OK) {
        rc = ud_acquire_take_symvers(p->acquire, &parts.symvers, asked, err);
    }
    ud_acquire_parts_done(&parts);
    return rc;
}

/* "usr/src/linux-source-6.1.tar.xz", of Ubuntu's "usr/src/linux-source-6.8.0/….tar.bz2". */
static enum ud_code acquire_package_find(struct packages *p, char **ret_path, struct ud_error *err)
{
    static const char *const words[] = {"find",  "unpacked/usr/src",     "-type", "f",
                                        "-name", "linux-source-*.tar.*", NULL};
    struct ud_strv argv = {0};
    struct ud_slice line;
    ud_package_words(&argv, words);
    UD_TRY(ud_package_run(&p->fetcher, &argv, err));
    struct ud_slice rest = ud_slice_of(ud_package_output(&p->fetcher));
    if (!ud_str_next_line(&rest, &line) || line.len == 0) {
        return ud_fail(err, UD_ERR_SOURCE, NULL, "%s has no archive of sources",
                       p->route->names.items[0]);
    }
    *ret_path = ud_strf(UD_PACKAGE_IN_TREE("%.*s"), (int)line.len, line.ptr);
    return UD_OK;
}

static enum ud_code acquire_package_take_sources(struct packages *p, struct ud_error *err)
{
    const char *asked = p->route->names.items[0];
    char *path = NULL;
    UD_TRY(acquire_package_unpack(p, asked, err));
    UD_TRY(acquire_package_find(p, &path, err));
    enum ud_code rc =
        ud_acquire_take_sources(p->acquire, p->fetcher.container.name, path, asked, err);
    free(path);
    return rc;
}

static enum ud_code acquire_package_open(struct packages *p, struct ud_error *err)
{
    struct ud_acquire *acquire = p->acquire;
    struct ud_builder_image *builder = acquire->builder_image;
    if (p->route->image == NULL) {
        UD_TRY(ud_builder_image_ensure(acquire->app, builder, err));
    } else {
        UD_TRY(ud_temp_image_ensure(acquire->app, builder->engine, p->route->image, NULL, &p->image,
                                    err));
    }
    ud_report_step(acquire->app->report, "Fetching %s", p->route->what);
    const bool in_builder = p->route->image == NULL;
    const struct ud_package_fetching fetching = {
        .app = acquire->app,
        .engine = builder->engine,
        .vm = acquire->vm,
        .tool = UD_PACKAGE_APT,
        .image = {.id = in_builder ? builder->id : p->image.id,
                  .platform = in_builder ? builder->wish.platform : NULL,
                  .goarch = builder->goarch},
        .machine = acquire->facts->machine,
    };
    return ud_package_fetcher_open(&fetching, &p->fetcher, err);
}

static enum ud_code acquire_package_take(struct packages *p, unsigned need, struct ud_error *err)
{
    if ((need & UD_ROUTE_SYMVERS) != 0) {
        struct ud_error why = {0};
        UD_TRY(ud_acquire_headers_are_optional(p->acquire, need, take_headers(p, &why), &why, err));
    }
    if ((need & UD_ROUTE_SOURCES) != 0) {
        UD_TRY(acquire_package_take_sources(p, err));
    }
    return UD_OK;
}

/* What is not in the image's archive may be in the one that the VM is configured with. */
static enum ud_code acquire_package_fetch(struct packages *p, unsigned need, struct ud_error *err)
{
    struct ud_error missing = {0};
    UD_TRY(acquire_package_open(p, err));
    enum ud_code rc = acquire_package_take(p, need, &missing);
    if (rc == UD_ERR_NOT_FOUND) {
        UD_TRY(ud_package_fetcher_turn_to_vm(&p->fetcher, &missing, err));
        UD_TRY(acquire_package_take(p, need, err));
    } else if (rc != UD_OK) {
        return ud_error_pass(err, &missing);
    }
    ud_report_step_end(p->acquire->app->report, NULL);
    return UD_OK;
}

enum ud_code ud_acquire_package(struct ud_acquire *acquire, const struct ud_route *route,
                                unsigned need, struct ud_error *err)
{
    struct packages p = {.acquire = acquire, .route = route};
    if (route->tool != UD_PACKAGE_APT) {
        return ud_acquire_package_files(acquire, route, need, err);
    }
    if (acquire->wish->offline) {
        return ud_fail(err, UD_ERR_SOURCE, NULL, "nothing of them is kept here");
    }
    enum ud_code rc = acquire_package_fetch(&p, need, err);
    ud_package_fetcher_close(&p.fetcher);
    ud_temp_image_release(acquire->builder_image->engine, &p.image);
    return rc;
}
