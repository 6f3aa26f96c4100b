/* Debian's packages of sources and headers, fetched by apt in a container of the builder image. */
#include "sources/acquire.h"

#include <stdlib.h>
#include <string.h>

#include "builder/build_container.h"
#include "sources/package_fetcher.h"
#include "util/mem.h"

struct packages {
    struct ud_acquire *acquire;
    const struct ud_route *route;
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

static enum ud_code acquire_package_take_sources(struct packages *p, struct ud_error *err)
{
    const struct ud_release *release = &p->acquire->facts->release;
    const char *asked = p->route->names.items[0];
    UD_TRY(acquire_package_unpack(p, asked, err));
    char *path = ud_strf(UD_PACKAGE_IN_TREE("unpacked/usr/src/linux-source-%u.%u.tar.xz"),
                         release->major, release->minor);
    enum ud_code rc =
        ud_acquire_take_sources(p->acquire, p->fetcher.container.name, path, asked, err);
    free(path);
    return rc;
}

static enum ud_code acquire_package_fetch(struct packages *p, unsigned need, struct ud_error *err)
{
    struct ud_acquire *acquire = p->acquire;
    const struct ud_builder_image *image = acquire->builder_image;
    ud_report_step(acquire->app->report, "Fetching %s", p->route->what);
    UD_TRY(ud_package_fetcher_open(acquire->app, image->engine, UD_PACKAGE_APT, image->id,
                                   image->goarch, acquire->facts->machine, &p->fetcher, err));
    if ((need & UD_ROUTE_SYMVERS) != 0) {
        UD_TRY(take_headers(p, err));
    }
    if ((need & UD_ROUTE_SOURCES) != 0) {
        UD_TRY(acquire_package_take_sources(p, err));
    }
    ud_report_step_end(acquire->app->report, NULL);
    return UD_OK;
}

enum ud_code ud_acquire_package(struct ud_acquire *acquire, const struct ud_route *route,
                                unsigned need, struct ud_error *err)
{
    struct packages p = {.acquire = acquire, .route = route};
    if (acquire->wish->offline) {
        return ud_fail(err, UD_ERR_SOURCE, NULL, "nothing of them is kept here");
    }
    UD_TRY(
        ud_builder_image_ensure(acquire->app, acquire->builder_image, acquire->wish->builder, err));
    enum ud_code rc = acquire_package_fetch(&p, need, err);
    ud_package_fetcher_close(&p.fetcher);
    return rc;
}
