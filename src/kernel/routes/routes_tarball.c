/* Archives, and where each host has them. */
#include "routes/routes_parts.h"
#include "util/mem.h"
#include "util/str.h"

#define GIT_KERNEL_ORG "https://git.kernel.org"
#define GITHUB "https://github.com"

static const char *routes_tarball_host(const struct ud_routes_input *input, const char *usual)
{
    return input->mirror != NULL ? input->mirror : usual;
}

static struct ud_route *add_tarball(struct ud_routes *routes, char *url, char *why)
{
    struct ud_route *route = ud_routes_add(routes, UD_ROUTE_TARBALL, UD_ROUTE_SOURCES, url, why);
    ud_strv_add(&route->names, url);
    return route;
}

/* Candidates have no file below /pub; kernel.org links to what git.kernel.org makes
 * of Torvalds' tag, whose name has no ".0". */
struct ud_route *ud_routes_add_kernel_org(const struct ud_routes_input *input,
                                          struct ud_routes *routes, char *why)
{
    struct ud_release plain = *input->release;
    struct ud_release_tarball tarball;
    if (plain.rc != 0) {
        return add_tarball(routes,
                           ud_strf("%s/torvalds/t/linux-%u.%u-rc%u.tar.gz",
                                   routes_tarball_host(input, GIT_KERNEL_ORG), plain.major,
                                   plain.minor, plain.rc),
                           why);
    }
    plain.flavor = UD_FLAVOR_KERNEL_ORG;
    enum ud_code rc = ud_release_tarball(&plain, &tarball, NULL);
    (void)rc; /* it has one of every release */
    struct ud_route *route =
        add_tarball(routes,
                    ud_strf("%s/%s/%s", routes_tarball_host(input, UD_ROUTES_KERNEL_ORG),
                            tarball.folder, tarball.file),
                    why);
    route->digest = true;
    return route;
}

void ud_routes_add_wsl(const struct ud_routes_input *input, struct ud_routes *routes)
{
    const bool changed = ud_str_ends(input->release->suffix, "+");
    struct ud_route *route = add_tarball(
        routes,
        ud_strf("%s/microsoft/WSL2-Linux-Kernel/archive/refs/tags/linux-msft-wsl-%s.tar.gz",
                routes_tarball_host(input, GITHUB), input->release->upstream),
        ud_strf("Microsoft publishes each WSL2 kernel as a tag of WSL2-Linux-Kernel%s",
                changed ? "; the + says that the sources of this one were changed after it" : ""));
    route->changed = changed;
}
