/* Which package manager fetches the packages of a distribution's kernel, and in which image. */
#include <stdlib.h>
#include <string.h>

#include "routes/routes_parts.h"
#include "util/mem.h"
#include "util/str.h"

/* Enterprise Linux: who publishes packages without a subscription, by ID of /etc/os-release. */
static const struct {
    const char *id;
    const char *image; /* the major version comes behind */
} publishers[] = {
    {"centos", "quay.io/centos/centos:stream"},
    {"almalinux", "almalinux:"},
    {"rocky", "rockylinux:"},
};

/* "43" of "6.17.1-300.fc43.x86_64", "9" of "5.14.0-503.el9_4.x86_64"; the length of the number. */
static int number_behind(const char *release, const char *mark, const char **ret)
{
    const char *at = strstr(release, mark);
    *ret = at != NULL ? at + strlen(mark) : "";
    return (int)strspn(*ret, "0123456789");
}

static char *el_image(const struct ud_routes_input *input)
{
    const char *number;
    const int digits = number_behind(input->release->text, ".el", &number);
    for (size_t i = 0; i < sizeof publishers / sizeof *publishers; i++) {
        if (ud_routes_os_is(input, publishers[i].id)) {
            return ud_strf("%s%.*s", publishers[i].image, digits, number);
        }
    }
    return NULL;
}

static char *fedora_image(const struct ud_routes_input *input)
{
    const char *number;
    const int digits = number_behind(input->release->text, ".fc", &number);
    if (ud_routes_os_is(input, "fedora")) {
        return ud_strf("fedora:%s", input->os_version);
    }
    return digits > 0 ? ud_strf("fedora:%.*s", digits, number) : NULL;
}

void ud_routes_fetch_by_dnf(const struct ud_routes_input *input, struct ud_route *route)
{
    const char *release = input->release->text;
    const bool el = input->release->flavor == UD_FLAVOR_EL;
    route->tool = UD_PACKAGE_DNF;
    route->image = el ? el_image(input) : fedora_image(input);
    if (strstr(release, el ? ".el" : ".fc") == NULL || strchr(release, '+') != NULL) {
        ud_route_forbid(route, "its release is not that of a package of %s",
                        el ? "Enterprise Linux" : "Fedora's");
    } else if (route->image == NULL) {
        ud_route_forbid(route, "the VM's system is not CentOS Stream, AlmaLinux or Rocky Linux, "
                               "whose repositories are known here");
    }
}

void ud_routes_fetch_by_zypper(const struct ud_routes_input *input, struct ud_route *route)
{
    const bool leap = ud_routes_os_is(input, "opensuse-leap");
    route->tool = UD_PACKAGE_ZYPPER;
    route->image =
        leap ? ud_strf("opensuse/leap:%s", input->os_version) : ud_strdup("opensuse/tumbleweed");
    if (!ud_str_ends(input->release->text, "-default")) {
        ud_route_forbid(route, "only kernels of SUSE's flavour \"default\" are known here");
    } else if (!leap && !ud_routes_os_is(input, "opensuse-tumbleweed")) {
        ud_route_forbid(route, "the VM's system is neither openSUSE Leap nor Tumbleweed, whose "
                               "repositories are known here");
    }
}

void ud_routes_fetch_by_apk(const struct ud_routes_input *input, struct ud_route *route)
{
    const char *version = ud_routes_os_is(input, "alpine") ? input->os_version : NULL;
    const char *dot = version != NULL ? strchr(version, '.') : NULL;
    const int branch =
        dot != NULL ? (int)(dot + 1 - version + (long)strspn(dot + 1, "0123456789")) : 0;
    const char *flavor = NULL;
    char *package = ud_routes_alpine_version(input->release, &flavor);
    route->tool = UD_PACKAGE_APK;
    route->image =
        branch > 0 ? ud_strf("alpine:%.*s", branch, version) : ud_strdup("alpine:latest");
    if (ud_str_ends(package, "-r") || flavor[0] == '\0') {
        ud_route_forbid(route, "its release does not name a package of Alpine's");
    } else if (branch == 0) {
        ud_route_forbid(route, "the VM does not say which version of Alpine it is");
    }
    free(package);
}

/* What follows the version is the number of a rebuild, which `uname -r` does not tell. */
char *ud_routes_suse_version(const struct ud_release *release)
{
    static const char flavor[] = "-default";
    const size_t len = strlen(release->text);
    const bool is_default = ud_str_ends(release->text, flavor);
    return ud_strndup(release->text, is_default ? len - strlen(flavor) : len);
}

char *ud_routes_alpine_version(const struct ud_release *release, const char **ret_flavor)
{
    const char *build = release->suffix + (release->suffix[0] == '-' ? 1 : 0);
    const int digits = (int)strspn(build, "0123456789");
    *ret_flavor = build[digits] == '-' ? build + digits + 1 : "";
    return ud_strf("%s-r%.*s", release->upstream, digits, build);
}
