#include "sources/acquire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

void ud_walk_begin(struct ud_walk *walk)
{
    const struct ud_facts *facts = walk->facts;
    const struct ud_routes_input input = {
        .release = &facts->release,
        .os = facts->os.pretty_name,
        .image = walk->options->kernel_image,
        .mirror = walk->options->source_mirror,
        .builder = walk->options->builder != NULL ? walk->options->builder
                                                  : walk->toolchain->builder.image,
        .offline = walk->options->offline,
    };
    ud_routes_make(&input, &walk->routes);
    walk->tried = ud_alloc(walk->routes.len, sizeof *walk->tried);
}

void ud_walk_done(struct ud_walk *walk)
{
    ud_routes_done(&walk->routes);
    free(walk->tried);
    walk->tried = NULL;
}

static enum ud_code try_route(struct ud_walk *walk, const struct ud_route *route, unsigned need,
                              struct ud_error *err)
{
    switch (route->kind) {
    case UD_ROUTE_IMAGE:
        return ud_walk_image(walk, route, need, err);
    case UD_ROUTE_PACKAGE:
        return ud_walk_package(walk, route, need, err);
    default:
        return ud_walk_tarball(walk, route, err);
    }
}

static void pretend(struct ud_walk *walk, const struct ud_route *route, unsigned gives)
{
    if ((gives & UD_ROUTE_SOURCES) != 0) {
        walk->sources->name = ud_strdup(route->what);
    }
    walk->got |= gives;
}

/* Tells of one that gave nothing, and remembers it for the end. */
static enum ud_code tell(struct ud_walk *walk, struct ud_route *route, enum ud_code rc,
                         const struct ud_error *why, struct ud_error *err)
{
    if (rc == UD_ERR_INTERRUPTED) {
        return ud_fail(err, rc, why->remedy, "%s", why->message);
    }
    if (rc != UD_OK) {
        ud_report_message(walk->app->report, UD_REPORT_NOTE, "tried %s %s: %s",
                          ud_route_kind_name(route->kind), route->what, why->message);
        ud_route_forbid(route, "%s", why->message);
    }
    return UD_OK;
}

enum ud_code ud_walk_get(struct ud_walk *walk, unsigned need, struct ud_error *err)
{
    need &= walk->wanted;
    UD_TRY(ud_walk_take_kept(walk, need, err));
    for (size_t i = 0; i < walk->routes.len && (need & ~walk->got) != 0; i++) {
        struct ud_route *route = &walk->routes.items[i];
        unsigned gives = route->gives & walk->wanted & ~walk->got;
        if (route->kind == UD_ROUTE_NAMED || walk->tried[i] || route->unusable != NULL ||
            (gives & need) == 0) {
            continue;
        }
        walk->tried[i] = true;
        if (walk->options->dry_run) {
            pretend(walk, route, gives);
            continue;
        }
        struct ud_error why = {0};
        enum ud_code rc = try_route(walk, route, gives, &why);
        UD_TRY(tell(walk, route, rc, &why, err));
    }
    return UD_OK;
}

/* "tarball https://…: not found; image …: by hand" */
static void list_failures(const struct ud_walk *walk, unsigned gift, struct ud_buf *text)
{
    for (size_t i = 0; i < walk->routes.len; i++) {
        const struct ud_route *route = &walk->routes.items[i];
        if (route->kind != UD_ROUTE_NAMED && (route->gives & gift) != 0) {
            ud_buf_addf(text, "%s%s %s: %s", text->len > 0 ? "; " : "",
                        ud_route_kind_name(route->kind), route->what,
                        route->unusable != NULL ? route->unusable : "it has none");
        }
    }
}

static char *remedy_for(const struct ud_walk *walk, unsigned gift)
{
    for (size_t i = 0; i < walk->routes.len; i++) {
        const struct ud_route *route = &walk->routes.items[i];
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
    return gift == UD_ROUTE_SYMVERS ? ud_release_symvers_advice(&walk->facts->release)
                                    : ud_release_source_advice(&walk->facts->release);
}

enum ud_code ud_walk_fail(const struct ud_walk *walk, unsigned gift, enum ud_code code,
                          struct ud_error *err)
{
    struct ud_buf text;
    ud_buf_init(&text, 64 * 1024);
    list_failures(walk, gift, &text);
    char *remedy = remedy_for(walk, gift);
    enum ud_code rc = ud_fail(err, code, remedy, "the %s of kernel %s cannot be had%s%s%s",
                              ud_route_gift_name(gift), walk->facts->release.text,
                              walk->options->offline ? " with --offline" : "",
                              text.len > 0 ? ": " : "", text.data != NULL ? text.data : "");
    if (walk->options->offline) {
        ud_error_remedy(err,
                        "Run this build once without --offline: what it downloads is kept. Or: "
                        "%s",
                        remedy);
    }
    free(remedy);
    ud_buf_done(&text);
    return rc;
}
