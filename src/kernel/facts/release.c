#include "kernel/facts/release.h"

#include <stdio.h>
#include <string.h>

#include "text/scan.h"
#include "util/str.h"

static bool is_release_char(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (c != '\0' && strchr("._+~-", c) != NULL);
}

static bool is_release_text(const char *text)
{
    size_t n = 0;
    while (is_release_char(text[n])) {
        n++;
    }
    return text[n] == '\0' && n > 0 && n <= UD_RELEASE_MAX;
}

/* `x.y[.z][-rcN]`; what follows stays in *rest. */
static bool parse_version(struct ud_slice *rest, struct ud_release *release)
{
    if (!ud_scan_number(rest, &release->major) || !ud_scan_text(rest, ".") ||
        !ud_scan_number(rest, &release->minor)) {
        return false;
    }
    struct ud_slice at = *rest;
    if (ud_scan_text(&at, ".") && ud_scan_number(&at, &release->patch)) {
        release->has_patch = true;
        *rest = at;
    }
    at = *rest;
    /* Debian writes `6.1~rc3` for 6.1-rc3. */
    if ((ud_scan_text(&at, "-rc") || ud_scan_text(&at, "~rc")) &&
        ud_scan_number(&at, &release->rc)) {
        *rest = at;
    }
    return true;
}

struct flavor_rule {
    enum ud_flavor flavor;
    enum { IN_RELEASE, IN_VERSION, AT_END } where;
    const char *text;
};

/* The first that matches. What a builder writes into `uname` tells more than
 * the system around it, which may have been given another kernel. Others build on Debian's and
 * Microsoft's sources, and say so in nearly the same words. */
static const struct flavor_rule flavor_rules[] = {
    {UD_FLAVOR_OTHER, AT_END, "-pve"},     /* Proxmox */
    {UD_FLAVOR_OTHER, IN_RELEASE, "+rpt"}, /* Raspberry Pi OS, whose uname -v has " Debian " */
    {UD_FLAVOR_OTHER, IN_VERSION, " Kali "},
    {UD_FLAVOR_OTHER, IN_RELEASE, "uek"}, /* Oracle's own beside its copy of Red Hat's */
    {UD_FLAVOR_LINUXKIT, IN_RELEASE, "linuxkit"},
    {UD_FLAVOR_WSL2, IN_RELEASE, "-microsoft-standard-WSL2"},
    {UD_FLAVOR_ORBSTACK, IN_RELEASE, "orbstack"},
    {UD_FLAVOR_DEBIAN, IN_VERSION, " Debian "},
    {UD_FLAVOR_UBUNTU, IN_VERSION, "-Ubuntu"},
    {UD_FLAVOR_ALPINE, IN_VERSION, "-Alpine"},
    {UD_FLAVOR_FEDORA, IN_RELEASE, ".fc"},
    {UD_FLAVOR_EL, IN_RELEASE, ".el"},
    {UD_FLAVOR_SUSE, AT_END, "-default"},
    {UD_FLAVOR_DEBIAN, AT_END, "-amd64"},
    {UD_FLAVOR_DEBIAN, AT_END, "-arm64"},
    {UD_FLAVOR_UBUNTU, AT_END, "-generic"},
    {UD_FLAVOR_UBUNTU, AT_END, "-azure"},
    {UD_FLAVOR_UBUNTU, AT_END, "-aws"},
    {UD_FLAVOR_UBUNTU, AT_END, "-gcp"},
    {UD_FLAVOR_UBUNTU, AT_END, "-kvm"},
    {UD_FLAVOR_ALPINE, AT_END, "-virt"},
    {UD_FLAVOR_ALPINE, AT_END, "-lts"},
};

/* Ubuntu's packages of unchanged sources number their builds by the version with six digits,
 * "6.17.11-061711-generic"; no archive of Ubuntu's has sources of them
 * (https://wiki.ubuntu.com/KernelTeam/MainlineBuilds). */
static bool is_mainline_build(const char *suffix)
{
    size_t digits = 0;
    while (suffix[0] == '-' && suffix[1 + digits] >= '0' && suffix[1 + digits] <= '9') {
        digits++;
    }
    return digits == 6 && suffix[1] == '0' && suffix[1 + digits] == '-';
}

static bool rule_matches(const struct flavor_rule *rule, const struct ud_release *release,
                         const char *version)
{
    switch (rule->where) {
    case IN_RELEASE:
        return strstr(release->suffix, rule->text) != NULL;
    case IN_VERSION:
        return version != NULL && strstr(version, rule->text) != NULL;
    default:
        return ud_str_ends(release->suffix, rule->text);
    }
}

/* A distribution's kernel has its build number after the version; a suffix of
 * another form is somebody's own kernel on that distribution. */
static enum ud_flavor flavor_of_system(const char *suffix, const char *os_id)
{
    static const struct {
        const char *id;
        enum ud_flavor flavor;
    } systems[] = {{"debian", UD_FLAVOR_DEBIAN},
                   {"ubuntu", UD_FLAVOR_UBUNTU},
                   {"fedora", UD_FLAVOR_FEDORA},
                   {"opensuse-leap", UD_FLAVOR_SUSE},
                   {"opensuse-tumbleweed", UD_FLAVOR_SUSE},
                   {"alpine", UD_FLAVOR_ALPINE}};
    bool numbered = suffix[0] == '-' && suffix[1] >= '0' && suffix[1] <= '9';
    for (size_t i = 0; os_id != NULL && numbered && i < sizeof systems / sizeof *systems; i++) {
        if (strcmp(os_id, systems[i].id) == 0) {
            return systems[i].flavor;
        }
    }
    return UD_FLAVOR_OTHER;
}

static enum ud_flavor find_flavor(const struct ud_release *release, const char *version,
                                  const char *os_id)
{
    if (release->suffix[0] == '\0') {
        return UD_FLAVOR_KERNEL_ORG;
    }
    if (is_mainline_build(release->suffix)) {
        return UD_FLAVOR_OTHER;
    }
    for (size_t i = 0; i < sizeof flavor_rules / sizeof *flavor_rules; i++) {
        if (rule_matches(&flavor_rules[i], release, version)) {
            return flavor_rules[i].flavor;
        }
    }
    return flavor_of_system(release->suffix, os_id);
}

/* The version as the top Makefile of the sources has it (`make kernelversion`). */
static void write_upstream(const struct ud_release *release, char *dst, size_t size)
{
    char patch[16] = "";
    char rc[16] = "";
    if (release->has_patch) {
        (void)snprintf(patch, sizeof patch, ".%u", release->patch);
    }
    if (release->rc != 0) {
        (void)snprintf(rc, sizeof rc, "-rc%u", release->rc);
    }
    (void)snprintf(dst, size, "%u.%u%s%s", release->major, release->minor, patch, rc);
}

/* WSL2's fourth number is EXTRAVERSION in its sources. */
static void add_wsl_number(struct ud_release *release)
{
    struct ud_slice rest = ud_slice_of(release->suffix);
    unsigned number;
    if (release->flavor == UD_FLAVOR_WSL2 && ud_scan_text(&rest, ".") &&
        ud_scan_number(&rest, &number)) {
        size_t used = strlen(release->upstream);
        (void)snprintf(release->upstream + used, sizeof release->upstream - used, ".%u", number);
    }
}

/* Debian's `uname -r` has an ABI number in place of the patch level; `uname -v`
 * ends in "Debian 6.1.192-2 (2026-01-31)". */
static void read_debian_version(const char *version, struct ud_release *release)
{
    const char *mark = version != NULL ? strstr(version, " Debian ") : NULL;
    if (release->flavor != UD_FLAVOR_DEBIAN || mark == NULL) {
        return;
    }
    struct ud_slice rest = ud_slice_of(mark + strlen(" Debian "));
    struct ud_slice word;
    if (!ud_scan_word(&rest, &word)) {
        return;
    }
    struct ud_release upstream = {0};
    struct ud_slice number = word;
    char package[UD_RELEASE_MAX + 1];
    ud_slice_copy(word, package, sizeof package);
    if (parse_version(&number, &upstream) && is_release_text(package)) {
        write_upstream(&upstream, release->upstream, sizeof release->upstream);
        memcpy(release->package, package, sizeof package);
    }
}

static bool release_cut_end(struct ud_slice *text, const char *end)
{
    const size_t n = strlen(end);
    if (text->len < n || memcmp(text->ptr + text->len - n, end, n) != 0) {
        return false;
    }
    text->len -= n;
    return true;
}

/* Ubuntu's `uname -r` is "<x.y.z>-<ABI>-<flavour>", `uname -v` "#<upload>-Ubuntu …", and the
 * version of its packages "<x.y.z>-<ABI>.<upload>" (debian/changelog of its kernels). */
static void read_ubuntu_version(const char *version, struct ud_release *release)
{
    struct ud_slice rest = ud_slice_of(version != NULL ? version : "");
    struct ud_slice upload;
    const char *flavour = strrchr(release->text, '-');
    char package[sizeof release->package];
    if (release->flavor != UD_FLAVOR_UBUNTU || flavour == NULL || !ud_scan_text(&rest, "#") ||
        !ud_scan_word(&rest, &upload) || !release_cut_end(&upload, "-Ubuntu")) {
        return;
    }
    const int len = snprintf(package, sizeof package, "%.*s.%.*s", (int)(flavour - release->text),
                             release->text, (int)upload.len, upload.ptr);
    if (upload.len > 0 && len < (int)sizeof package && is_release_text(package)) {
        memcpy(release->package, package, sizeof package);
    }
}

enum ud_code ud_release_parse(const char *release, const char *version, const char *os_id,
                              struct ud_release *ret, struct ud_error *err)
{
    struct ud_release out = {0};
    struct ud_slice rest = ud_slice_of(release);
    if (!is_release_text(release) || !parse_version(&rest, &out)) {
        return ud_fail(err, UD_ERR_FACTS, NULL, "\"%.80s\" is not a kernel release", release);
    }
    memcpy(out.text, release, strlen(release));
    memcpy(out.suffix, rest.ptr, rest.len);
    out.flavor = find_flavor(&out, version, os_id);
    write_upstream(&out, out.upstream, sizeof out.upstream);
    add_wsl_number(&out);
    read_debian_version(version, &out);
    read_ubuntu_version(version, &out);
    *ret = out;
    return UD_OK;
}

bool ud_release_names_sublevel(const struct ud_release *release)
{
    switch (release->flavor) {
    case UD_FLAVOR_KERNEL_ORG:
    case UD_FLAVOR_LINUXKIT:
    case UD_FLAVOR_WSL2:
        return true;
    case UD_FLAVOR_ALPINE:
    case UD_FLAVOR_FEDORA:
    case UD_FLAVOR_ORBSTACK:
        return true;
    case UD_FLAVOR_DEBIAN:
        return release->package[0] != '\0';
    case UD_FLAVOR_OTHER:
        return release->patch != 0; /* derivatives of distributions write 0 for any */
    default:
        return false;
    }
}
