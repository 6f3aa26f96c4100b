#include "kernel/facts/release.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

const char *ud_flavor_name(enum ud_flavor flavor)
{
    switch (flavor) {
    case UD_FLAVOR_KERNEL_ORG:
        return "kernel.org";
    case UD_FLAVOR_LINUXKIT:
        return "LinuxKit";
    case UD_FLAVOR_WSL2:
        return "WSL2";
    case UD_FLAVOR_DEBIAN:
        return "Debian";
    case UD_FLAVOR_UBUNTU:
        return "Ubuntu";
    case UD_FLAVOR_FEDORA:
        return "Fedora";
    case UD_FLAVOR_EL:
        return "Enterprise Linux";
    case UD_FLAVOR_SUSE:
        return "SUSE";
    case UD_FLAVOR_ALPINE:
        return "Alpine";
    case UD_FLAVOR_ORBSTACK:
        return "OrbStack";
    default:
        return "another builder";
    }
}

enum ud_code ud_release_tarball(const struct ud_release *release, struct ud_release_tarball *ret,
                                struct ud_error *err)
{
    const char *why = NULL;
    if (release->flavor != UD_FLAVOR_KERNEL_ORG && release->flavor != UD_FLAVOR_LINUXKIT) {
        why = ": it was built from changed sources";
    } else if (release->rc != 0) {
        why = ": it keeps no archives of release candidates";
    }
    if (why != NULL) {
        char *advice = ud_release_source_advice(release);
        enum ud_code rc =
            ud_fail(err, UD_ERR_SOURCE, advice, "kernel.org has no sources of %s, a kernel of %s%s",
                    release->text, ud_flavor_name(release->flavor), why);
        free(advice);
        return rc;
    }
    char version[32];
    if (release->patch == 0) { /* x.y.0 is published as x.y */
        (void)snprintf(version, sizeof version, "%u.%u", release->major, release->minor);
    } else {
        (void)snprintf(version, sizeof version, "%u.%u.%u", release->major, release->minor,
                       release->patch);
    }
    (void)snprintf(ret->folder, sizeof ret->folder, "v%u.x", release->major);
    (void)snprintf(ret->file, sizeof ret->file, "linux-%s.tar.xz", version);
    (void)snprintf(ret->top, sizeof ret->top, "linux-%s", version);
    return UD_OK;
}

static char *debian_source(const struct ud_release *release)
{
    if (release->package[0] == '\0') {
        return ud_strf("Install Debian's package linux-source-%u.%u in the version that built this "
                       "kernel and pass /usr/src/linux-source-%u.%u.tar.xz with --source.",
                       release->major, release->minor, release->major, release->minor);
    }
    return ud_strf("Get the archive /usr/src/linux-source-%u.%u.tar.xz of Debian's package "
                   "linux-source-%u.%u, version %s, and pass it with --source.",
                   release->major, release->minor, release->major, release->minor,
                   release->package);
}

static char *linuxkit_source(const struct ud_release *release)
{
    if (release->rc != 0) {
        return ud_strf("Get the tag v%u.%u-rc%u from git.kernel.org and pass its archive with "
                       "--source.",
                       release->major, release->minor, release->rc);
    }
    return ud_strf("Get the sources of Linux %s from kernel.org and pass the archive with "
                   "--source.",
                   release->upstream);
}

char *ud_release_source_advice(const struct ud_release *release)
{
    switch (release->flavor) {
    case UD_FLAVOR_KERNEL_ORG:
    case UD_FLAVOR_LINUXKIT:
        return linuxkit_source(release);
    case UD_FLAVOR_WSL2:
        return ud_strf("Get the archive of tag linux-msft-wsl-%s of "
                       "https://github.com/microsoft/WSL2-Linux-Kernel and pass it with --source.",
                       release->upstream);
    case UD_FLAVOR_DEBIAN:
        return debian_source(release);
    case UD_FLAVOR_UBUNTU:
        return ud_strf("Run `apt source linux-image-unsigned-%s` on Ubuntu (or install "
                       "linux-source-%u.%u.%u of the same version) and pass the directory or "
                       "archive with --source.",
                       release->text, release->major, release->minor, release->patch);
    case UD_FLAVOR_FEDORA:
        return ud_strf("Get Fedora's source package with `koji download-build --arch=src "
                       "kernel-%s` (without the architecture), prepare it with `rpmbuild -bp` and "
                       "pass the directory with --source.",
                       release->text);
    case UD_FLAVOR_EL:
        return ud_strf(
            "Get the source package of kernel-%s (without the architecture) from whoever "
            "published it (`dnf download --source`), and pass its linux-*.tar.xz with "
            "--source.",
            release->text);
    case UD_FLAVOR_SUSE:
        return ud_strf("Install the package kernel-source of this kernel's version on that system, "
                       "and pass /usr/src/linux-%s with --source.",
                       release->upstream);
    case UD_FLAVOR_ALPINE:
        return ud_strf("Fetch and patch the sources of main/linux-lts in Alpine's aports at the "
                       "version of package linux%s with `abuild unpack prepare` and pass the "
                       "directory with --source.",
                       strstr(release->suffix, "lts") != NULL ? "-lts" : "-virt");
    case UD_FLAVOR_ORBSTACK:
        return ud_strf("Ask OrbStack for the sources of its kernel %s and pass them with --source.",
                       release->text);
    default:
        return ud_strf("Get the sources from whoever built kernel %s (they are based on Linux %s) "
                       "and pass the archive or directory with --source.",
                       release->text, release->upstream);
    }
}

char *ud_release_symvers_advice(const struct ud_release *release)
{
    switch (release->flavor) {
    case UD_FLAVOR_DEBIAN:
    case UD_FLAVOR_UBUNTU:
        return ud_strf("Get the package linux-headers-%s and pass its file "
                       "/usr/src/linux-headers-%s/Module.symvers with --symvers.",
                       release->text, release->text);
    case UD_FLAVOR_LINUXKIT:
        return ud_strf("Take Module.symvers out of /kernel-dev.tar of the image that holds this "
                       "kernel (docker/for-desktop-kernel or linuxkit/kernel, tag %s and the "
                       "build's hash) and pass it with --symvers.",
                       release->upstream);
    case UD_FLAVOR_FEDORA:
    case UD_FLAVOR_EL:
        return ud_strf("Get the package kernel-devel-%s and pass its file "
                       "/usr/src/kernels/%s/Module.symvers with --symvers.",
                       release->text, release->text);
    case UD_FLAVOR_SUSE:
        return ud_strf("Install the package kernel-default-devel of this kernel's version on that "
                       "system, and pass its Module.symvers below /usr/src with --symvers.");
    case UD_FLAVOR_ALPINE:
        return ud_strf("Get the package linux%s-dev of this kernel's version and pass its file "
                       "/usr/src/linux-headers-%s/Module.symvers with --symvers.",
                       strstr(release->suffix, "lts") != NULL ? "-lts" : "-virt", release->text);
    default:
        return ud_strf("Get the Module.symvers that the build of kernel %s wrote and pass it with "
                       "--symvers.",
                       release->text);
    }
}
