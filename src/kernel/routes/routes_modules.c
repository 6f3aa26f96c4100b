/* Where the modules are that a distribution made with a kernel and did not put into the VM: in
 * packages of their own, or in a larger one. */
#include <stdlib.h>
#include <string.h>

#include "routes/routes_parts.h"
#include "util/mem.h"
#include "util/str.h"

static struct ud_route *modules_add(struct ud_routes *routes, enum ud_package_tool tool,
                                    char *image, char *what, const char *whose)
{
    struct ud_route *route = ud_routes_add(
        routes, UD_ROUTE_PACKAGE, UD_ROUTE_MODULES, what,
        ud_strf("%s packages have the modules of this very build, with its signatures", whose));
    route->tool = tool;
    route->image = image;
    return route;
}

/* Debian puts all modules of a kernel into one package; a VM may have been given fewer. Each suite
 * has its own kernels: that of the compiler is the kernel's. */
void ud_routes_debian_modules(const struct ud_routes_input *input, struct ud_routes *routes)
{
    const struct ud_release *r = input->release;
    const bool known = input->builder != NULL && ud_routes_image_is(input->builder, "debian");
    char *name =
        ud_strf("linux-image-%s%s%s", r->text, r->package[0] != '\0' ? "=" : "", r->package);
    struct ud_route *route =
        modules_add(routes, UD_PACKAGE_APT, ud_strdup(known ? input->builder : "debian:stable"),
                    ud_strdup(name), "Debian's");
    ud_strv_add(&route->names, name);
    if (r->package[0] == '\0') {
        ud_route_forbid(route, "`uname -v` does not name the version of Debian's package");
    } else if (input->builder != NULL && !known) {
        ud_route_forbid(route, "the builder is made from %s, which is not Debian", input->builder);
    }
    free(name);
}

/* What most machines want is in linux-modules, the rest in linux-modules-extra, which some
 * flavours do not have. */
void ud_routes_ubuntu_modules(const struct ud_routes_input *input, struct ud_routes *routes)
{
    const struct ud_release *r = input->release;
    const char *equals = r->package[0] != '\0' ? "=" : "";
    struct ud_route *route =
        modules_add(routes, UD_PACKAGE_APT, ud_routes_ubuntu_image(input),
                    ud_strf("linux-modules-extra-%s and linux-modules-%s%s%s", r->text, r->text,
                            r->package[0] != '\0' ? " " : "", r->package),
                    "Ubuntu's");
    ud_strv_addf(&route->names, "linux-modules-extra-%s%s%s", r->text, equals, r->package);
    ud_strv_addf(&route->names, "linux-modules-%s%s%s", r->text, equals, r->package);
    if (r->package[0] == '\0') {
        ud_route_forbid(route, "`uname -v` does not name the upload of Ubuntu's package");
    }
}

/* The release is version, release and architecture of the packages. Which of them has a module
 * changes: https://src.fedoraproject.org/rpms/kernel, filter-modules.sh and mod-extra.list. */
void ud_routes_fedora_modules(const struct ud_routes_input *input, struct ud_routes *routes)
{
    static const char *const parts[] = {"kernel-modules-extra", "kernel-modules-internal",
                                        "kernel-modules", "kernel-modules-core"};
    const char *release = input->release->text;
    const char *fc = strstr(release, ".fc");
    const char *number = fc != NULL ? fc + strlen(".fc") : "";
    char *image = ud_routes_os_is(input, "fedora")
                      ? ud_strf("fedora:%s", input->os_version)
                      : ud_strf("fedora:%.*s", (int)strspn(number, "0123456789"), number);
    struct ud_route *route =
        modules_add(routes, UD_PACKAGE_DNF, image,
                    ud_strf("kernel-modules-extra-%s and the like", release), "Fedora's");
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        ud_strv_addf(&route->names, "%s-%s", parts[i], release);
    }
    if (fc == NULL || strchr(release, '+') != NULL) {
        ud_route_forbid(route, "its release is not that of a package of Fedora's");
    }
}

/* kernel-default has all modules, kernel-default-base some of them. What follows the version is
 * the number of a rebuild, which `uname -r` does not tell. */
void ud_routes_suse_modules(const struct ud_routes_input *input, struct ud_routes *routes)
{
    const char *release = input->release->text;
    const bool is_default = ud_str_ends(release, "-default");
    const int len = (int)(strlen(release) - (is_default ? strlen("-default") : 0));
    const bool leap = ud_routes_os_is(input, "opensuse-leap");
    struct ud_route *route = modules_add(routes, UD_PACKAGE_ZYPPER,
                                         leap ? ud_strf("opensuse/leap:%s", input->os_version)
                                              : ud_strdup("opensuse/tumbleweed"),
                                         ud_strf("kernel-default %.*s", len, release), "SUSE's");
    ud_strv_addf(&route->names, "kernel-default=%.*s", len, release);
    if (!is_default) {
        ud_route_forbid(route, "only kernels of SUSE's flavour \"default\" are known here");
    } else if (!leap && !ud_routes_os_is(input, "opensuse-tumbleweed")) {
        ud_route_forbid(route, "the VM's system is neither openSUSE Leap nor Tumbleweed, whose "
                               "repositories are known here");
    }
}

/* "6.6.58-0-virt" is package linux-virt, version 6.6.58-r0. */
void ud_routes_alpine_modules(const struct ud_routes_input *input, struct ud_routes *routes)
{
    const struct ud_release *r = input->release;
    const char *build = r->suffix + (r->suffix[0] == '-' ? 1 : 0);
    const int digits = (int)strspn(build, "0123456789");
    const char *flavor = build[digits] == '-' ? build + digits + 1 : "";
    const char *version = ud_routes_os_is(input, "alpine") ? input->os_version : NULL;
    const char *dot = version != NULL ? strchr(version, '.') : NULL;
    const int branch =
        dot != NULL ? (int)(dot + 1 - version + (long)strspn(dot + 1, "0123456789")) : 0;
    char *name = ud_strf("linux-%s=%s-r%.*s", flavor, r->upstream, digits, build);
    struct ud_route *route = modules_add(routes, UD_PACKAGE_APK,
                                         branch > 0 ? ud_strf("alpine:%.*s", branch, version)
                                                    : ud_strdup("alpine:latest"),
                                         ud_strdup(name), "Alpine's");
    ud_strv_add(&route->names, name);
    if (digits == 0 || flavor[0] == '\0') {
        ud_route_forbid(route, "its release does not name a package of Alpine's");
    } else if (branch == 0) {
        ud_route_forbid(route, "the VM does not say which version of Alpine it is");
    }
    free(name);
}
