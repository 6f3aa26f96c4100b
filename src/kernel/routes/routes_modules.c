/* Where the modules are that a distribution made with a kernel and did not put into the VM: in
 * packages of their own, or in a larger one. */
#include <stdlib.h>
#include <string.h>

#include "routes/routes_parts.h"
#include "util/mem.h"
#include "util/str.h"

static struct ud_route *modules_add(struct ud_routes *routes, char *what, const char *whose)
{
    return ud_routes_add(
        routes, UD_ROUTE_PACKAGE, UD_ROUTE_MODULES, what,
        ud_strf("%s packages have the modules of this very build, with its signatures", whose));
}

/* Debian puts all modules of a kernel into one package; a VM may have been given fewer. Each suite
 * has its own kernels: that of the compiler is the kernel's. */
void ud_routes_debian_modules(const struct ud_routes_input *input, struct ud_routes *routes)
{
    const struct ud_release *r = input->release;
    const bool known = input->builder != NULL && ud_routes_image_is(input->builder, "debian");
    char *name =
        ud_strf("linux-image-%s%s%s", r->text, r->package[0] != '\0' ? "=" : "", r->package);
    struct ud_route *route = modules_add(routes, ud_strdup(name), "Debian's");
    route->image = ud_strdup(known ? input->builder : "debian:stable");
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
        modules_add(routes,
                    ud_strf("linux-modules-extra-%s and linux-modules-%s%s%s", r->text, r->text,
                            r->package[0] != '\0' ? " " : "", r->package),
                    "Ubuntu's");
    route->image = ud_routes_ubuntu_image(input);
    ud_strv_addf(&route->names, "linux-modules-extra-%s%s%s", r->text, equals, r->package);
    ud_strv_addf(&route->names, "linux-modules-%s%s%s", r->text, equals, r->package);
    if (r->package[0] == '\0') {
        ud_route_forbid(route, "`uname -v` does not name the upload of Ubuntu's package");
    }
}

/* The release is version, release and architecture of the packages. Which of them has a module
 * changes: https://src.fedoraproject.org/rpms/kernel, filter-modules.sh and mod-extra.list. */
static void rpm_modules(const struct ud_routes_input *input, const char *whose,
                        struct ud_routes *routes)
{
    static const char *const parts[] = {"kernel-modules-extra", "kernel-modules-internal",
                                        "kernel-modules", "kernel-modules-core"};
    const char *release = input->release->text;
    struct ud_route *route =
        modules_add(routes, ud_strf("kernel-modules-extra-%s and the like", release), whose);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        ud_strv_addf(&route->names, "%s-%s", parts[i], release);
    }
    ud_routes_fetch_by_dnf(input, route);
}

void ud_routes_fedora_modules(const struct ud_routes_input *input, struct ud_routes *routes)
{
    rpm_modules(input, "Fedora's", routes);
}

void ud_routes_el_modules(const struct ud_routes_input *input, struct ud_routes *routes)
{
    rpm_modules(input, "the distribution's", routes);
}

/* kernel-default has all modules, kernel-default-base some of them. */
void ud_routes_suse_modules(const struct ud_routes_input *input, struct ud_routes *routes)
{
    char *version = ud_routes_suse_version(input->release);
    struct ud_route *route = modules_add(routes, ud_strf("kernel-default %s", version), "SUSE's");
    ud_strv_addf(&route->names, "kernel-default=%s", version);
    ud_routes_fetch_by_zypper(input, route);
    free(version);
}

/* "6.6.58-0-virt" is package linux-virt, version 6.6.58-r0. */
void ud_routes_alpine_modules(const struct ud_routes_input *input, struct ud_routes *routes)
{
    const char *flavor = NULL;
    char *version = ud_routes_alpine_version(input->release, &flavor);
    char *name = ud_strf("linux-%s=%s", flavor, version);
    struct ud_route *route = modules_add(routes, ud_strdup(name), "Alpine's");
    ud_strv_add(&route->names, name);
    ud_routes_fetch_by_apk(input, route);
    free(name);
    free(version);
}
