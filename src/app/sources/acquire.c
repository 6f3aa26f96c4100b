#include "sources/acquire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

void ud_acquire_begin(struct ud_acquire *acquire)
{
    const struct ud_facts *facts = acquire->facts;
    const struct ud_routes_input input = {
        .release = &facts->release,
        .os = facts->os.pretty_name,
        .image = acquire->wish->kernel_image,
        .mirror = acquire->wish->mirror,
        .builder = acquire->wish->builder != NULL ? acquire->wish->builder
                                                  : acquire->builder_image->builder.image,
        .offline = acquire->wish->offline,
    };
    ud_routes_make(&input, &acquire->routes);
    acquire->tried = ud_alloc(acquire->routes.len, sizeof *acquire->tried);
}

void ud_acquire_done(struct ud_acquire *acquire)
{
    ud_routes_done(&acquire->routes);
    free(acquire->tried);
    acquire->tried = NULL;
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
        return ud_acquire_tarball(acquire, route, err);
    }
}

static void acquire_pretend(struct ud_acquire *acquire, const struct ud_route *route,
                            unsigned gives)
{
    if ((gives & UD_ROUTE_SOURCES) != 0) {
        acquire->sources->name = ud_strdup(route->what);
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
        ud_report_message(acquire->app->report, UD_REPORT_NOTE, "tried %s %s: %s",
                          ud_route_kind_name(route->kind), route->what, why->message);
        ud_route_forbid(route, "%s", why->message);
    }
    return UD_OK;
}

enum ud_code ud_acquire_get(struct ud_acquire *acquire, unsigned need, struct ud_error *err)
{
    need &= acquire->wanted;
    UD_TRY(ud_acquire_take_stored(acquire, need, err));
    for (size_t i = 0; i < acquire->routes.len && (need & ~acquire->got) != 0; i++) {
        struct ud_route *route = &acquire->routes.items[i];
        unsigned gives = route->gives & acquire->wanted & ~acquire->got;
        if (route->kind == UD_ROUTE_NAMED || acquire->tried[i] || route->unusable != NULL ||
            (gives & need) == 0) {
            continue;
        }
        acquire->tried[i] = true;
        if (acquire->wish->dry_run) {
            acquire_pretend(acquire, route, gives);
            continue;
        }
        struct ud_error why = {0};
        enum ud_code rc = try_route(acquire, route, gives, &why);
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
