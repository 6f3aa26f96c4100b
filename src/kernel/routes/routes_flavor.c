#include <stdlib.h>
#include <string.h>

#include "routes/routes_parts.h"
#include "util/mem.h"

static void add_linuxkit_image(const struct ud_routes_input *input, struct ud_routes *routes)
{
    const char *version = input->release->upstream;
    struct ud_route *route = ud_routes_add(
        routes, UD_ROUTE_IMAGE, UD_ROUTE_ALL, ud_strf(UD_ROUTES_LINUXKIT ":%s[-<hash>]", version),
        ud_strdup("LinuxKit publishes its kernels with all that their build wrote; of several "
                  "builds of a version the one with the running configuration is taken"));
    ud_strv_addf(&route->names, UD_ROUTES_LINUXKIT ":%s", version);
}

static void add_desktop_image(const struct ud_routes_input *input, struct ud_routes *routes)
{
    ud_routes_add(routes, UD_ROUTE_IMAGE, UD_ROUTE_ALL & ~(unsigned)UD_ROUTE_SOURCES,
                  ud_strf(UD_ROUTES_DESKTOP ":%s-<hash>", input->release->upstream),
                  ud_strdup("Docker published the kernels of many versions of Docker Desktop, not "
                            "of all"));
}

static void add_linuxkit(const struct ud_routes_input *input, struct ud_routes *routes)
{
    bool desktop = input->os != NULL && strstr(input->os, "Docker Desktop") != NULL;
    if (desktop) {
        add_desktop_image(input, routes);
    }
    add_linuxkit_image(input, routes);
    if (!desktop) {
        add_desktop_image(input, routes);
    }
    ud_routes_add_kernel_org(input, routes,
                             ud_strdup("LinuxKit builds kernel.org's releases with few changes, "
                                       "none to USB"));
}

/* Of somebody's own kernel only the base is known. */
static struct ud_route *add_base(const struct ud_routes_input *input, struct ud_routes *routes,
                                 const char *builder)
{
    struct ud_route *route = ud_routes_add_kernel_org(
        input, routes,
        ud_strf("kernel %s is based on this release; what %s changed is not published here",
                input->release->text, builder));
    route->changed = true;
    route->by_hand = ud_strf(
        "Ask %s for the changes, apply them, and pass the directory with --source", builder);
    return route;
}

void ud_routes_of_flavor(const struct ud_routes_input *input, struct ud_routes *routes)
{
    switch (input->release->flavor) {
    case UD_FLAVOR_KERNEL_ORG:
        ud_routes_add_kernel_org(input, routes,
                                 ud_strdup("the release has no addition: it is kernel.org's"));
        break;
    case UD_FLAVOR_LINUXKIT:
        add_linuxkit(input, routes);
        break;
    case UD_FLAVOR_WSL2:
        ud_routes_add_wsl(input, routes);
        break;
    case UD_FLAVOR_DEBIAN:
        ud_routes_debian_modules(input, routes);
        ud_routes_debian(input, routes);
        break;
    case UD_FLAVOR_UBUNTU:
        ud_routes_ubuntu_modules(input, routes);
        ud_routes_ubuntu(input, routes);
        break;
    case UD_FLAVOR_FEDORA:
        ud_routes_fedora_modules(input, routes);
        ud_routes_fedora(input, routes);
        break;
    case UD_FLAVOR_EL:
        ud_routes_el_modules(input, routes);
        ud_routes_el(input, routes);
        break;
    case UD_FLAVOR_SUSE:
        ud_routes_suse_modules(input, routes);
        ud_routes_suse(input, routes);
        break;
    case UD_FLAVOR_ALPINE:
        ud_routes_alpine_modules(input, routes);
        ud_routes_alpine(input, routes);
        break;
    case UD_FLAVOR_ORBSTACK:
        ud_route_forbid(add_base(input, routes, "OrbStack"), "by hand");
        break;
    default:
        (void)add_base(input, routes, "its builder");
    }
}
