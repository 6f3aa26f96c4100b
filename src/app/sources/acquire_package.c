/* Debian's packages, fetched in a container of the builder image by apt, which checks
 * the archive's signatures. It runs as an ordinary user, with apt's files below the
 * container's tree. */
#include "sources/acquire.h"

#include <stdlib.h>
#include <string.h>

#include "builder/build_container.h"
#include "kernel/kbuild/compiler.h"
#include "util/mem.h"
#include "util/str.h"

#define IN_TREE(path) UD_BUILD_CONTAINER_TREE "/" path

struct packages {
    struct ud_acquire *acquire;
    const struct ud_route *route;
    struct ud_build_container container;
    struct ud_strv env;
    const char *arch; /* of the kernel, as Debian names it */
};

static void acquire_package_add_words(struct ud_strv *argv, const char *const *words)
{
    for (; *words != NULL; words++) {
        ud_strv_add(argv, *words);
    }
}

/* Begins a call of apt with lists and files of its own. */
static void acquire_package_apt(const struct packages *p, const char *program, struct ud_strv *argv)
{
    static const char *const options[] = {"-q",
                                          "-o",
                                          "Dir::State::lists=" IN_TREE("lists"),
                                          "-o",
                                          "Dir::State::status=" IN_TREE("status"),
                                          "-o",
                                          "Dir::Cache=" IN_TREE("cache"),
                                          "-o",
                                          "Acquire::Languages=none",
                                          "-o",
                                          "Acquire::Retries=3",
                                          "-o", /* of update, which ends well without it */
                                          "APT::Update::Error-Mode=any",
                                          NULL};
    ud_strv_add(argv, program);
    acquire_package_add_words(argv, options);
    ud_strv_add(argv, "-o");
    ud_strv_addf(argv, "APT::Architecture=%s", p->arch);
    ud_strv_add(argv, "-o");
    ud_strv_addf(argv, "APT::Architectures=%s", p->arch);
}

static enum ud_code acquire_package_run(struct packages *p, struct ud_strv *argv,
                                        struct ud_error *err)
{
    const struct ud_build_container_command command = {
        .argv = argv, .env = &p->env, .workdir = UD_BUILD_CONTAINER_TREE};
    enum ud_code rc = ud_build_container_run(&p->container, &command, err);
    ud_strv_done(argv);
    return rc;
}

static enum ud_code read_lists(struct packages *p, struct ud_error *err)
{
    static const char *const dirs[] = {"mkdir", "-p", "lists/partial", "cache/archives/partial",
                                       NULL};
    static const char *const status[] = {"touch", "status", NULL};
    struct ud_strv argv = {0};
    acquire_package_add_words(&argv, dirs);
    UD_TRY(acquire_package_run(p, &argv, err));
    acquire_package_add_words(&argv, status);
    UD_TRY(acquire_package_run(p, &argv, err));
    acquire_package_apt(p, "apt-get", &argv);
    ud_strv_add(&argv, "update");
    return acquire_package_run(p, &argv, err);
}

/* "linux-source-6.1=6.1.192-2" in two, each in new memory. */
static void acquire_package_split(const char *asked, char **ret_name, char **ret_version)
{
    const char *equals = strchr(asked, '=');
    *ret_name = ud_strndup(asked, (size_t)(equals - asked));
    *ret_version = ud_strdup(equals + 1);
}

static enum ud_code not_that_version(const char *name, const char *version,
                                     const struct ud_strv *versions, struct ud_error *err)
{
    if (versions->len == 0) {
        return ud_fail(err, UD_ERR_SOURCE, NULL, "the archive has no %s", name);
    }
    char *list = ud_strv_join(versions, ", ");
    enum ud_code rc = ud_fail(err, UD_ERR_SOURCE, NULL,
                              "the archive has %s %s, the kernel is of %s", name, list, version);
    free(list);
    return rc;
}

/* Only the very version will do: said before anything is downloaded. */
static enum ud_code check_version(struct packages *p, const char *asked, struct ud_error *err)
{
    struct ud_strv argv = {0};
    struct ud_strv versions = {0};
    char *name = NULL;
    char *version = NULL;
    acquire_package_split(asked, &name, &version);
    acquire_package_apt(p, "apt-cache", &argv);
    ud_strv_add(&argv, "madison");
    ud_strv_add(&argv, name);
    enum ud_code rc = acquire_package_run(p, &argv, err);
    if (rc == UD_OK) {
        ud_routes_archive_versions(p->container.log.data != NULL ? p->container.log.data : "",
                                   p->container.log.len, name, &versions);
        if (!ud_strv_has(&versions, version)) {
            rc = not_that_version(name, version, &versions, err);
        }
    }
    ud_strv_done(&versions);
    free(name);
    free(version);
    return rc;
}

/* Downloads one and unpacks it below the tree: "_all" or "_<arch>" ends its name. */
static enum ud_code acquire_package_unpack(struct packages *p, const char *asked, const char *arch,
                                           struct ud_error *err)
{
    struct ud_strv argv = {0};
    char *name = NULL;
    char *version = NULL;
    UD_TRY(check_version(p, asked, err));
    ud_report_activity(p->acquire->app->report, asked);
    acquire_package_apt(p, "apt-get", &argv);
    ud_strv_add(&argv, "download");
    ud_strv_add(&argv, asked);
    UD_TRY(acquire_package_run(p, &argv, err));
    acquire_package_split(asked, &name, &version);
    ud_strv_add(&argv, "dpkg-deb");
    ud_strv_add(&argv, "-x");
    ud_strv_addf(&argv, "%s_%s_%s.deb", name, version, arch);
    ud_strv_add(&argv, "unpacked");
    free(name);
    free(version);
    return acquire_package_run(p, &argv, err);
}

static enum ud_code read_headers(struct packages *p, struct ud_acquire_parts *parts,
                                 struct ud_error *err)
{
    const char *release = p->acquire->facts->release.text;
    char *config = ud_strf("unpacked/usr/src/linux-headers-%s/.config", release);
    char *symvers = ud_strf("unpacked/usr/src/linux-headers-%s/Module.symvers", release);
    enum ud_code rc = ud_build_container_get(&p->container, config, &parts->config, err);
    if (rc == UD_OK) {
        rc = ud_build_container_get(&p->container, symvers, &parts->symvers, err);
    }
    free(symvers);
    free(config);
    return rc;
}

static enum ud_code take_headers(struct packages *p, struct ud_error *err)
{
    const char *asked = p->route->names.items[1];
    struct ud_acquire_parts parts;
    UD_TRY(acquire_package_unpack(p, asked, p->arch, err));
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
    UD_TRY(acquire_package_unpack(p, asked, "all", err));
    char *path = ud_strf(IN_TREE("unpacked/usr/src/linux-source-%u.%u.tar.xz"), release->major,
                         release->minor);
    enum ud_code rc = ud_acquire_take_sources(p->acquire, p->container.name, path, asked, err);
    free(path);
    return rc;
}

static enum ud_code acquire_package_fetch(struct packages *p, unsigned need, struct ud_error *err)
{
    struct ud_acquire *acquire = p->acquire;
    UD_TRY(ud_build_container_open(acquire->app, acquire->builder_image->engine, UD_ROLE_PACKAGES,
                                   acquire->builder_image->id, acquire->builder_image->goarch,
                                   &p->container, err));
    UD_TRY(ud_build_container_start(&p->container, err));
    ud_report_step(acquire->app->report, "Fetching %s", p->route->what);
    UD_TRY(read_lists(p, err));
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
    const char *arch = strcmp(acquire->facts->machine, "aarch64") == 0 ? "arm64" : "amd64";
    struct packages p = {.acquire = acquire, .route = route, .arch = arch};
    if (acquire->wish->offline) {
        return ud_fail(err, UD_ERR_SOURCE, NULL, "nothing of them is kept here");
    }
    UD_TRY(
        ud_builder_image_ensure(acquire->app, acquire->builder_image, acquire->wish->builder, err));
    ud_builder_env(&acquire->builder_image->builder, &p.env);
    enum ud_code rc = acquire_package_fetch(&p, need, err);
    ud_build_container_close(&p.container);
    ud_strv_done(&p.env);
    return rc;
}
