/* What `uname -r` and `uname -v` say of a kernel: its version, who built it,
 * and where its sources and its Module.symvers are to be had. */
#ifndef KERNEL_FACTS_RELEASE_H
#define KERNEL_FACTS_RELEASE_H

#include <stdbool.h>

#include "util/error.h"

#define UD_RELEASE_MAX 64 /* bytes of a release: __NEW_UTS_LEN of the kernel */

/* Who built the kernel, as far as its release text and /etc/os-release tell. */
enum ud_flavor {
    UD_FLAVOR_KERNEL_ORG, /* `6.1.192`: nothing appended */
    UD_FLAVOR_LINUXKIT,   /* `6.10.14-linuxkit`: Docker Desktop */
    UD_FLAVOR_WSL2,       /* `5.15.133.1-microsoft-standard-WSL2` */
    UD_FLAVOR_DEBIAN,     /* `6.1.0-56-cloud-amd64`, `6.12.117+deb12-amd64` */
    UD_FLAVOR_UBUNTU,     /* `5.15.0-105-generic` */
    UD_FLAVOR_FEDORA,     /* `6.8.5-301.fc40.x86_64` */
    UD_FLAVOR_EL,         /* `5.14.0-503.el9.x86_64`: Enterprise Linux, Red Hat's and its kin */
    UD_FLAVOR_SUSE,       /* `6.12.0-160000.5-default`: Leap, Tumbleweed, SLE */
    UD_FLAVOR_ALPINE,     /* `6.6.30-0-virt` */
    UD_FLAVOR_ORBSTACK,   /* `6.11.9-orbstack-00279-g…` */
    UD_FLAVOR_OTHER
};

struct ud_release {
    char text[UD_RELEASE_MAX + 1]; /* as given */
    unsigned major, minor, patch;
    bool has_patch;                  /* false: patch is 0 and was not written */
    unsigned rc;                     /* 0: not a release candidate */
    char suffix[UD_RELEASE_MAX + 1]; /* what follows the version (and -rcN), "" if nothing */
    enum ud_flavor flavor;
    /* The version that the sources call themselves, such as "6.1.192". It is
     * the release's own one, except for Debian, whose `uname -v` names it. */
    char upstream[32];
    /* The distribution's package version, "" if it is not known: of Debian's and Ubuntu's kernels
     * `uname -v` tells it ("6.1.192-2", "6.8.0-45.45~22.04.1"). */
    char package[UD_RELEASE_MAX + 1];
};

/* Parses release (`uname -r`). version (`uname -v`) and os_id (ID of
 * /etc/os-release) help to tell the flavor and the upstream version; either
 * may be NULL. UD_ERR_FACTS if the text is no kernel release. */
UD_MUST_CHECK enum ud_code ud_release_parse(const char *release, const char *version,
                                            const char *os_id, struct ud_release *ret,
                                            struct ud_error *err);

/* Whether upstream has the sublevel of the sources. Ubuntu's releases, Debian's without a package
 * version, and those of others with a 0 there count otherwise. */
bool ud_release_names_sublevel(const struct ud_release *release);

/* The name of a flavor as users know it, such as "LinuxKit". */
const char *ud_flavor_name(enum ud_flavor flavor);

/* Where on kernel.org the sources are: "<folder>/<file>" below
 * /pub/linux/kernel/, with sha256sums.asc in the same folder. */
struct ud_release_tarball {
    char folder[16]; /* "v6.x" */
    char file[64];   /* "linux-6.10.14.tar.xz" */
    char top[48];    /* its top directory, "linux-6.10.14" */
};

/* UD_ERR_SOURCE, with ud_release_source_advice as its remedy, when kernel.org
 * does not have these sources: another flavor, or a release candidate. */
UD_MUST_CHECK enum ud_code ud_release_tarball(const struct ud_release *release,
                                              struct ud_release_tarball *ret, struct ud_error *err);

/* What to do to get the sources, naming the package or tag: an imperative
 * sentence, in new memory. */
char *ud_release_source_advice(const struct ud_release *release);

/* The same for the kernel's Module.symvers. */
char *ud_release_symvers_advice(const struct ud_release *release);

#endif
