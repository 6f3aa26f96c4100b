/* The list of routes itself, and what those that fill it have in common. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "routes/routes_parts.h"
#include "util/mem.h"
#include "util/str.h"

void ud_routes_done(struct ud_routes *routes)
{
    for (size_t i = 0; routes != NULL && i < routes->len; i++) {
        struct ud_route *route = &routes->items[i];
        free(route->what);
        ud_strv_done(&route->names);
        free(route->image);
        free(route->why);
        free(route->by_hand);
        free(route->unusable);
    }
    if (routes != NULL) {
        free(routes->items);
        *routes = (struct ud_routes){0};
    }
}

const char *ud_route_kind_name(enum ud_route_kind kind)
{
    static const char *const names[UD_ROUTE_KIND_COUNT] = {"named", "image", "package", "tarball"};
    return names[kind];
}

const char *ud_route_gift_name(unsigned gift)
{
    static const char *const names[UD_ROUTE_GIFT_COUNT] = {
        "configuration", "Module.symvers", "layout seed", "sources", "modules", "builder image"};
    unsigned bit = 0;
    while (bit + 1 < UD_ROUTE_GIFT_COUNT && (gift >> bit) > 1) {
        bit++;
    }
    return names[bit];
}

const char *ud_package_tool_name(enum ud_package_tool tool)
{
    static const char *const names[UD_PACKAGE_TOOL_COUNT] = {"apt", "dnf", "zypper", "apk"};
    return names[tool];
}

struct ud_route *ud_routes_modules(const struct ud_routes *routes)
{
    for (size_t i = 0; i < routes->len; i++) {
        const struct ud_route *route = &routes->items[i];
        if (route->kind == UD_ROUTE_PACKAGE && route->gives == UD_ROUTE_MODULES) {
            return &routes->items[i];
        }
    }
    return NULL;
}

void ud_route_forbid(struct ud_route *route, const char *fmt, ...)
{
    va_list args;
    if (route->unusable == NULL) {
        va_start(args, fmt);
        route->unusable = ud_vstrf(fmt, args);
        va_end(args);
    }
}

struct ud_route *ud_routes_add(struct ud_routes *routes, enum ud_route_kind kind, unsigned gives,
                               char *what, char *why)
{
    routes->items = ud_realloc(routes->items, routes->len + 1, sizeof *routes->items);
    struct ud_route *route = &routes->items[routes->len++];
    *route = (struct ud_route){.kind = kind, .gives = gives, .what = what, .why = why};
    return route;
}

/* ---- images and systems ---- */

bool ud_routes_image_is(const char *image, const char *repository)
{
    const char *slash = strrchr(image, '/');
    const char *name = slash != NULL ? slash + 1 : image;
    return ud_slice_equals((struct ud_slice){name, strcspn(name, ":@")}, repository);
}

bool ud_routes_os_is(const struct ud_routes_input *input, const char *id)
{
    return input->os_id != NULL && strcmp(input->os_id, id) == 0 && input->os_version != NULL &&
           input->os_version[0] != '\0';
}

char *ud_routes_ubuntu_image(const struct ud_routes_input *input)
{
    return ud_strf("ubuntu:%s", ud_routes_os_is(input, "ubuntu") ? input->os_version : "24.04");
}
