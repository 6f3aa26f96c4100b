#include "sources/acquire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/kbuild/layout_seed.h"
#include "platform/fs.h"
#include "sources/routes_of.h"
#include "sources/source_store.h"
#include "util/mem.h"
#include "util/str.h"

void ud_acquire_begin(struct ud_acquire *acquire)
{
    const struct ud_facts *facts = acquire->facts;
    struct ud_routes_input input;
    ud_routes_input_of(facts, &input);
    input.image = acquire->wish->kernel_image;
    input.mirror = acquire->wish->mirror.shown;
    input.builder = acquire->wish->builder != NULL ? acquire->wish->builder
                                                   : acquire->builder_image->builder.image;
    input.offline = acquire->wish->offline;
    ud_routes_make(&input, &acquire->routes);
    acquire->tried = ud_alloc(acquire->routes.len, sizeof *acquire->tried);
}

void ud_acquire_done(struct ud_acquire *acquire)
{
    ud_routes_done(&acquire->routes);
    free(acquire->tried);
    acquire->tried = NULL;
}

/* Routes are for people: what is secret about the mirror comes in only here. */
static void tarball_url(const struct ud_acquire *acquire, const char *address, struct ud_url *ret)
{
    const struct ud_url *mirror = &acquire->wish->mirror;
    if (mirror->secret != NULL && ud_str_starts(address, mirror->shown)) {
        ud_url_init_below(ret, mirror, address + strlen(mirror->shown));
    } else {
        ud_url_init(ret, address);
    }
}

/* Nothing is fetched that the kernel could not prove: it takes CRCs or BTF to compare with. */
static enum ud_code check_provable(const struct ud_facts *facts, struct ud_error *err)
{
    const bool crcs = facts->deps.len > 0 &&
                      (!facts->has_config || ud_config_is(&facts->config, "MODVERSIONS", 'y'));
    if (crcs || facts->has_btf) {
        return UD_OK;
    }
    return ud_fail(err, UD_ERR_FACTS, NULL,
                   "nothing proves that these sources are the kernel's: it shows no BTF, and %s; "
                   "only --source takes them",
                   facts->deps.len == 0 ? "the VM has no module of the kernel's own"
                                        : "its modules have no CRCs (CONFIG_MODVERSIONS)");
}

static enum ud_code acquire_tarball(struct ud_acquire *acquire, const struct ud_route *route,
                                    struct ud_error *err)
{
    struct ud_url url;
    if (route->changed) {
        ud_report_message(acquire->app->report, UD_REPORT_NOTE,
                          "%s; these sources are taken only if the kernel proves that they are its "
                          "own",
                          route->why);
    }
    tarball_url(acquire, route->names.items[0], &url);
    enum ud_code rc = ud_sources_get_tarball(acquire->app, acquire->wish, &url, route->digest,
                                             acquire->sources, err);
    ud_url_done(&url);
    if (rc == UD_OK) {
        acquire->sources->unproven = route->changed;
        acquire->sources->unpatched = acquire->facts->release.flavor == UD_FLAVOR_LINUXKIT;
        acquire->got |= UD_ROUTE_SOURCES;
    }
    return rc;
}

static enum ud_code try_route(struct ud_acquire *acquire, const struct ud_route *route,
                              unsigned need, struct ud_error *err)
{
    switch (route->kind) {
    case UD_ROUTE_IMAGE:
        return ud_acquire_image(acquire, route, need, err);
    case UD_ROUTE_PACKAGE:
        return ud_acquire_package(acquire, route, need, err);
    default:
        return acquire_tarball(acquire, route, err);
    }
}

static void acquire_pretend(struct ud_acquire *acquire, const struct ud_route *route,
                            unsigned gives)
{
    if ((gives & UD_ROUTE_SOURCES) != 0) {
        acquire->sources->name = ud_strdup(route->what);
        acquire->sources->unpatched =
            route->kind == UD_ROUTE_TARBALL && acquire->facts->release.flavor == UD_FLAVOR_LINUXKIT;
    }
    acquire->got |= gives;
}

/* Tells of one that gave nothing, and remembers it for the end. */
static enum ud_code acquire_tell(struct ud_acquire *acquire, struct ud_route *route,
                                 enum ud_code rc, const struct ud_error *why, struct ud_error *err)
{
    if (rc == UD_ERR_INTERRUPTED) {
        return ud_fail(err, rc, why->remedy, "%s", why->message);
    }
    if (rc != UD_OK) {
        ud_report_step_fail(acquire->app->report);
        ud_report_message(acquire->app->report, UD_REPORT_NOTE, "tried %s %s: %s",
                          ud_route_kind_name(route->kind), route->what, why->message);
        ud_route_forbid(route, "%s", why->message);
    }
    return UD_OK;
}

enum ud_code ud_acquire_get(struct ud_acquire *acquire, unsigned need, struct ud_error *err)
{
    need &= acquire->wanted;
    ud_acquire_take_stored(acquire, need);
    for (size_t i = 0; i < acquire->routes.len && (need & ~acquire->got) != 0; i++) {
        struct ud_route *route = &acquire->routes.items[i];
        unsigned gives = route->gives & acquire->wanted & ~acquire->got;
        if (route->kind == UD_ROUTE_NAMED || acquire->tried[i] || route->unusable != NULL ||
            (gives & need) == 0) {
            continue;
        }
        acquire->tried[i] = true;
        struct ud_error why = {0};
        enum ud_code rc = route->changed ? check_provable(acquire->facts, &why) : UD_OK;
        if (rc == UD_OK && acquire->wish->dry_run) {
            acquire_pretend(acquire, route, gives);
        } else if (rc == UD_OK) {
            rc = try_route(acquire, route, gives, &why);
        }
        UD_TRY(acquire_tell(acquire, route, rc, &why, err));
    }
    return UD_OK;
}

/* "tarball https://…: not found; image …: by hand" */
static void list_failures(const struct ud_acquire *acquire, unsigned gift, struct ud_buf *text)
{
    for (size_t i = 0; i < acquire->routes.len; i++) {
        const struct ud_route *route = &acquire->routes.items[i];
        if (route->kind != UD_ROUTE_NAMED && (route->gives & gift) != 0) {
            ud_buf_addf(text, "%s%s %s: %s", text->len > 0 ? "; " : "",
                        ud_route_kind_name(route->kind), route->what,
                        route->unusable != NULL ? route->unusable : "it has none");
        }
    }
}

static char *remedy_for(const struct ud_acquire *acquire, unsigned gift)
{
    for (size_t i = 0; i < acquire->routes.len; i++) {
        const struct ud_route *route = &acquire->routes.items[i];
        if (route->by_hand != NULL && (route->gives & gift) != 0) {
            return ud_strf("%s.", route->by_hand);
        }
    }
    if (gift == UD_ROUTE_SEED) {
        return ud_strdup("Name the image that the kernel was published in with --kernel-image, or "
                         "the seed that its build left with --randstruct-seed. Or run a kernel "
                         "without CONFIG_RANDSTRUCT: newer releases of Docker Desktop (LinuxKit "
                         "6.6 and later) have USB/IP themselves.");
    }
    return gift == UD_ROUTE_SYMVERS ? ud_release_symvers_advice(&acquire->facts->release)
                                    : ud_release_source_advice(&acquire->facts->release);
}

enum ud_code ud_acquire_fail(const struct ud_acquire *acquire, unsigned gift, enum ud_code code,
                             struct ud_error *err)
{
    struct ud_buf text;
    ud_buf_init(&text, 64 * 1024);
    list_failures(acquire, gift, &text);
    char *remedy = remedy_for(acquire, gift);
    enum ud_code rc = ud_fail(err, code, remedy, "the %s of kernel %s cannot be had%s%s%s",
                              ud_route_gift_name(gift), acquire->facts->release.text,
                              acquire->wish->offline ? " with --offline" : "",
                              text.len > 0 ? ": " : "", text.data != NULL ? text.data : "");
    if (acquire->wish->offline) {
        ud_error_remedy(err,
                        "Run this build once without --offline: what it downloads is kept. Or: "
                        "%s",
                        remedy);
    }
    free(remedy);
    ud_buf_done(&text);
    return rc;
}

static enum ud_code read_symvers(struct ud_acquire *acquire, const char *path, struct ud_error *err)
{
    UD_TRY(ud_fs_read(path, acquire->symvers_text, err));
    return ud_symvers_parse(acquire->symvers_text->data, acquire->symvers_text->len, path,
                            acquire->symvers, err);
}

/* What an earlier run kept for this very kernel. What is of no use is fetched again. */
static void take_kept_symvers(struct ud_acquire *acquire)
{
    struct ud_source_store kept;
    struct ud_error why = {0};
    if (!ud_source_store_find(acquire->app, acquire->facts, UD_SOURCE_STORE_SYMVERS, &kept)) {
        return;
    }
    if (read_symvers(acquire, kept.path, &why) == UD_OK) {
        acquire->got |= UD_ROUTE_SYMVERS;
        ud_report_message(acquire->app->report, UD_REPORT_NOTE,
                          "Module.symvers from %s, kept here from an earlier run", kept.origin);
    } else {
        ud_buf_clear(acquire->symvers_text);
        ud_report_message(acquire->app->report, UD_REPORT_NOTE,
                          "the kept Module.symvers is not used: %s", why.message);
    }
    ud_source_store_done(&kept);
}

/* One that no longer fits is fetched again. */
static void take_kept_seed(struct ud_acquire *acquire)
{
    struct ud_source_store kept;
    struct ud_buf text;
    struct ud_error why = {0};
    if (!ud_source_store_find(acquire->app, acquire->facts, UD_SOURCE_STORE_SEED, &kept)) {
        return;
    }
    ud_buf_init(&text, UD_LAYOUT_SEED_FILE_MAX);
    if (ud_fs_read(kept.path, &text, &why) == UD_OK &&
        ud_acquire_read_seed(&text, kept.path, acquire->layout_hash, acquire->layout_seed, &why) ==
            UD_OK) {
        acquire->got |= UD_ROUTE_SEED;
        ud_report_message(acquire->app->report, UD_REPORT_NOTE,
                          "the layout seed from %s, kept here from an earlier run", kept.origin);
    }
    ud_buf_done(&text);
    ud_source_store_done(&kept);
}

static void take_kept_sources(struct ud_acquire *acquire)
{
    struct ud_source_store kept;
    if (ud_source_store_find(acquire->app, acquire->facts, UD_SOURCE_STORE_SOURCES, &kept)) {
        acquire->sources->path = ud_strdup(kept.path);
        acquire->sources->name = ud_strdup(kept.origin);
        acquire->sources->sha256 = ud_strdup(kept.sha256);
        acquire->got |= UD_ROUTE_SOURCES;
        ud_report_message(acquire->app->report, UD_REPORT_NOTE,
                          "the sources from %s, kept here from an earlier run", kept.origin);
    }
    ud_source_store_done(&kept);
}

/* A mirror or an image that is named is asked first: it may be meant to be another. */
void ud_acquire_take_stored(struct ud_acquire *acquire, unsigned need)
{
    if (acquire->wish->kernel_image != NULL && !acquire->wish->offline) {
        return;
    }
    if ((need & ~acquire->got & UD_ROUTE_SOURCES) != 0) {
        take_kept_sources(acquire);
    }
    if ((need & ~acquire->got & UD_ROUTE_SEED) != 0) {
        take_kept_seed(acquire);
    }
    if ((need & ~acquire->got & UD_ROUTE_SYMVERS) != 0) {
        take_kept_symvers(acquire);
    }
}
