#include <stdlib.h>
#include <string.h>

#include "routes/routes_parts.h"
#include "text/scan.h"
#include "util/mem.h"
#include "util/str.h"

enum { ALL_OF_PACKAGES = UD_ROUTE_CONFIG | UD_ROUTE_SYMVERS | UD_ROUTE_SOURCES };

/* A package name's "6.12" belongs to what the sources call themselves. */
static void forbid_unless_exact(const struct ud_routes_input *input, struct ud_route *route)
{
    if (input->release->package[0] == '\0') {
        ud_route_forbid(route, "`uname -v` does not name the version of Debian's package");
    } else if (input->builder != NULL && !ud_routes_image_is(input->builder, "debian")) {
        ud_route_forbid(route, "the builder is made from %s, which is not Debian", input->builder);
    }
}

/* linux-headers-<release> holds this flavour's .config and Module.symvers; what all
 * flavours share is in linux-headers-<abi>-common, which is not needed: the headers
 * come with the sources. */
void ud_routes_debian(const struct ud_routes_input *input, struct ud_routes *routes)
{
    const struct ud_release *r = input->release;
    const char *equals = r->package[0] != '\0' ? "=" : "";
    char *source = ud_strf("linux-source-%u.%u%s%s", r->major, r->minor, equals, r->package);
    char *headers = ud_strf("linux-headers-%s%s%s", r->text, equals, r->package);
    struct ud_route *route = ud_routes_add(
        routes, UD_ROUTE_PACKAGE, ALL_OF_PACKAGES, ud_strf("%s and %s", source, headers),
        ud_strdup("Debian's archive has the sources with Debian's changes, and what the build of "
                  "this kernel wrote"));
    ud_strv_add(&route->names, source);
    ud_strv_add(&route->names, headers);
    forbid_unless_exact(input, route);
    struct ud_route *old = ud_routes_add(
        routes, UD_ROUTE_PACKAGE, ALL_OF_PACKAGES,
        r->package[0] != '\0' ? ud_strf("https://snapshot.debian.org/package/linux/%s/", r->package)
                              : ud_strdup("https://snapshot.debian.org/package/linux/"),
        ud_strdup("Debian keeps there what the archive has no more"));
    old->by_hand = ud_strf("Download linux-source-%u.%u and linux-headers-%s of the kernel's "
                           "version there, unpack them with `dpkg-deb -x`, and pass --source "
                           "usr/src/linux-source-%u.%u.tar.xz --symvers "
                           "usr/src/linux-headers-%s/Module.symvers",
                           r->major, r->minor, r->text, r->major, r->minor, r->text);
    free(source);
    free(headers);
}

/* What kernels of later series for an older Ubuntu are made from is packaged under other names. */
static void ubuntu_by_hand(const struct ud_routes_input *input, struct ud_routes *routes)
{
    const char *release = input->release->text;
    struct ud_route *route = ud_routes_add(
        routes, UD_ROUTE_PACKAGE, ALL_OF_PACKAGES,
        ud_strf("linux-image-unsigned-%s (source) and linux-headers-%s", release, release),
        ud_strdup("Ubuntu's archive has the sources with Ubuntu's changes, and what "
                  "the build of this kernel wrote"));
    route->by_hand = ud_strf(
        "On Ubuntu, with deb-src enabled: `apt source linux-image-unsigned-%s && apt download "
        "linux-headers-%s && dpkg-deb -x linux-headers-%s_*.deb h`, and pass the directory with "
        "--source and h/usr/src/linux-headers-%s/Module.symvers with --symvers",
        release, release, release, release);
}

/* linux-source-<x.y.z> has the patched sources in an archive, as Debian's has. */
void ud_routes_ubuntu(const struct ud_routes_input *input, struct ud_routes *routes)
{
    const struct ud_release *r = input->release;
    if (r->package[0] != '\0') {
        char *source =
            ud_strf("linux-source-%u.%u.%u=%s", r->major, r->minor, r->patch, r->package);
        char *headers = ud_strf("linux-headers-%s=%s", r->text, r->package);
        struct ud_route *route = ud_routes_add(
            routes, UD_ROUTE_PACKAGE, ALL_OF_PACKAGES, ud_strf("%s and %s", source, headers),
            ud_strdup("Ubuntu's archive has the sources with Ubuntu's changes, and what the build "
                      "of this kernel wrote"));
        ud_strv_add(&route->names, source);
        ud_strv_add(&route->names, headers);
        route->image = ud_routes_ubuntu_image(input);
        free(source);
        free(headers);
    }
    ubuntu_by_hand(input, routes);
}

/* "6.8.5-301.fc40.x86_64" is package kernel, version 6.8.5-301.fc40: of that name is the source
 * package, with the sources as an archive and the changes to them. */
static struct ud_route *rpm_sources(const struct ud_routes_input *input, const char *build,
                                    char *why, struct ud_routes *routes)
{
    const char *release = input->release->text;
    struct ud_route *route =
        ud_routes_add(routes, UD_ROUTE_PACKAGE, ALL_OF_PACKAGES,
                      ud_strf("kernel-%s.src and kernel-devel-%s", build, release), why);
    ud_strv_addf(&route->names, "kernel-%s.src", build);
    ud_strv_addf(&route->names, "kernel-devel-%s", release);
    ud_routes_fetch_by_dnf(input, route);
    return route;
}

static char *without_machine(const char *release)
{
    const char *dot = strrchr(release, '.');
    return ud_strndup(release, dot != NULL ? (size_t)(dot - release) : strlen(release));
}

void ud_routes_fedora(const struct ud_routes_input *input, struct ud_routes *routes)
{
    const char *release = input->release->text;
    char *build = without_machine(release);
    (void)rpm_sources(input, build,
                      ud_strdup("Fedora's repositories have the sources with Fedora's changes, and "
                                "what the build of this kernel wrote"),
                      routes);
    struct ud_route *old =
        ud_routes_add(routes, UD_ROUTE_PACKAGE, ALL_OF_PACKAGES,
                      ud_strf("kernel-%s.src.rpm and kernel-devel-%s of koji", build, release),
                      ud_strdup("Fedora's build system has what the repositories have no more"));
    old->by_hand = ud_strf(
        "On Fedora: `koji download-build --arch=src kernel-%s && rpmbuild -rp kernel-%s.src.rpm`, "
        "and pass the prepared directory with --source; `dnf download kernel-devel-%s` has "
        "usr/src/kernels/%s/Module.symvers for --symvers",
        build, build, release, release);
    free(build);
    ud_routes_add_kernel_org(input, routes,
                             ud_strdup("Fedora's kernels are this release and Fedora's patches"))
        ->changed = true;
}

/* The base is years older than what was changed since: kernel.org's archive is of no use. */
void ud_routes_el(const struct ud_routes_input *input, struct ud_routes *routes)
{
    char *build = without_machine(input->release->text);
    struct ud_route *route =
        rpm_sources(input, build,
                    ud_strdup("the distribution's repositories have the sources, and what the "
                              "build of this kernel wrote"),
                    routes);
    if (route->unusable != NULL) {
        route->by_hand = ud_strf("Where the kernel's packages come from: `dnf download --source "
                                 "kernel-%s && dnf download kernel-devel-%s`, and pass its "
                                 "linux-*.tar.xz with --source and its Module.symvers with "
                                 "--symvers",
                                 build, input->release->text);
    }
    free(build);
}

/* "6.12.0-160000.5-default" is of package kernel-source, version 6.12.0-160000.5 and perhaps the
 * number of a rebuild. */
void ud_routes_suse(const struct ud_routes_input *input, struct ud_routes *routes)
{
    const struct ud_release *r = input->release;
    char *version = ud_routes_suse_version(r);
    struct ud_route *route = ud_routes_add(
        routes, UD_ROUTE_PACKAGE, ALL_OF_PACKAGES,
        ud_strf("kernel-source and kernel-default-devel %s", version),
        ud_strdup("SUSE's repositories have the sources with SUSE's changes, and what the build of "
                  "this kernel wrote"));
    ud_strv_addf(&route->names, "kernel-source=%s", version);
    ud_strv_addf(&route->names, "kernel-default-devel=%s", version);
    ud_routes_fetch_by_zypper(input, route);
    if (route->unusable != NULL) {
        route->by_hand =
            ud_strf("On that system: `zypper install kernel-source kernel-default-devel` in the "
                    "versions of kernel %s, and pass /usr/src/linux-%s with --source and the "
                    "Module.symvers of kernel-default-devel with --symvers",
                    r->text, r->upstream);
    }
    free(version);
    ud_routes_add_kernel_org(input, routes,
                             ud_strdup("SUSE's kernels are this release and SUSE's patches"))
        ->changed = true;
}

void ud_routes_alpine(const struct ud_routes_input *input, struct ud_routes *routes)
{
    const char *flavor = NULL;
    char *version = ud_routes_alpine_version(input->release, &flavor);
    char *name = ud_strf("linux-%s-dev=%s", flavor, version);
    struct ud_route *dev =
        ud_routes_add(routes, UD_ROUTE_PACKAGE, UD_ROUTE_CONFIG | UD_ROUTE_SYMVERS, ud_strdup(name),
                      ud_strdup("Alpine packages what the build of this kernel wrote"));
    ud_strv_add(&dev->names, name);
    ud_routes_fetch_by_apk(input, dev);
    if (dev->unusable != NULL) {
        dev->by_hand = ud_strf("On that version of Alpine: `apk fetch linux-%s-dev && tar -xzf "
                               "linux-%s-dev-*.apk`, and pass "
                               "usr/src/linux-headers-%s/Module.symvers with --symvers",
                               flavor, flavor, input->release->text);
    }
    free(name);
    free(version);
    struct ud_route *base = ud_routes_add_kernel_org(
        input, routes,
        ud_strdup("Alpine's kernels are this release and the patches of main/linux-lts in aports"));
    base->changed = true;
    base->by_hand = ud_strdup("Get the patches of main/linux-lts in Alpine's aports at the "
                              "package's version, and pass their folder with --patches");
}

/* " linux-source-6.1 | 6.1.192-2 | http://… bookworm/main amd64 Packages" */
void ud_routes_archive_versions(const char *text, size_t len, const char *package,
                                struct ud_strv *ret)
{
    struct ud_slice rest = {text, len};
    struct ud_slice line;
    while (ud_str_next_line(&rest, &line)) {
        struct ud_slice name;
        struct ud_slice version;
        if (ud_scan_field(&line, '|', &name) && line.ptr != NULL &&
            ud_slice_equals(ud_slice_trim(name), package) && ud_scan_field(&line, '|', &version)) {
            version = ud_slice_trim(version);
            ud_strv_addn(ret, version.ptr, version.len);
        }
    }
}
