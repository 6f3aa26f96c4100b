#include "kernel/kbuild/kbuild.h"

#include <stdlib.h>
#include <string.h>

#include "kbuild/kbuild_parts.h"
#include "util/mem.h"

static const struct {
    const char *machine, *arch, *srcarch;
} arches[] = {
    {"x86_64", "x86_64", "x86"},
    {"aarch64", "arm64", "arm64"},
};

const char *ud_kbuild_arch(const char *machine)
{
    for (size_t i = 0; i < sizeof arches / sizeof *arches; i++) {
        if (strcmp(arches[i].machine, machine) == 0) {
            return arches[i].arch;
        }
    }
    return NULL;
}

const char *ud_kbuild_srcarch(const char *machine)
{
    for (size_t i = 0; i < sizeof arches / sizeof *arches; i++) {
        if (strcmp(arches[i].machine, machine) == 0) {
            return arches[i].srcarch;
        }
    }
    return NULL;
}

/* Fixed, so that the same input makes the same modules. */
static void add_identity(struct ud_strv *argv)
{
    ud_strv_add(argv, "KBUILD_BUILD_TIMESTAMP=Thu Jan  1 00:00:00 UTC 1970");
    ud_strv_add(argv, "KBUILD_BUILD_USER=usbipd-desktop");
    ud_strv_add(argv, "KBUILD_BUILD_HOST=usbipd-desktop");
}

void ud_kbuild_add_common(const struct ud_kbuild_options *options, struct ud_strv *argv)
{
    const char *arch = ud_kbuild_arch(options->machine);
    ud_strv_add(argv, "make");
    ud_strv_addf(argv, "-j%u", options->jobs != 0 ? options->jobs : 1);
    ud_strv_addf(argv, "ARCH=%s", arch != NULL ? arch : options->machine);
    if (options->cross_prefix != NULL && options->cross_prefix[0] != '\0') {
        ud_strv_addf(argv, "CROSS_COMPILE=%s", options->cross_prefix);
    }
    if (options->clang) {
        ud_strv_add(argv, "LLVM=1");
    }
    if (options->ias != NULL) {
        ud_strv_addf(argv, "LLVM_IAS=%s", options->ias);
    }
    if (options->cc != NULL) {
        ud_strv_addf(argv, "CC=%s", options->cc);
    }
    /* Else the sources' own idea of it, with "+" and the like. */
    ud_strv_addf(argv, "KERNELRELEASE=%s", options->release);
    ud_strv_add(argv, "LOCALVERSION=");
    if (!options->debug_info) {
        /* Leaves debug information out without touching the configuration. */
        ud_strv_add(argv, "KCFLAGS=-g0");
    }
    /* kbuild's own programs run for seconds: to optimize them takes longer than it saves. */
    ud_strv_add(argv, "HOSTCFLAGS=-O0");
    add_identity(argv);
}

void ud_kbuild_without_btf_tools(struct ud_strv *argv)
{
    ud_strv_add(argv, "CONFIG_DEBUG_INFO_BTF=");
}

void ud_kbuild_step_make(enum ud_kbuild_target target, const struct ud_kbuild_options *options,
                         struct ud_kbuild_step *ret)
{
    static const char *const titles[] = {
        [UD_KBUILD_RESOLVE] = "Resolving the configuration",
        [UD_KBUILD_PREPARE] = "Preparing the kernel sources",
        [UD_KBUILD_MODULES] = "Compiling the modules",
    };
    *ret = (struct ud_kbuild_step){.title = ud_strdup(titles[target])};
    ud_kbuild_add_common(options, &ret->argv);
    switch (target) {
    case UD_KBUILD_RESOLVE:
        if (options->unnamed_off) {
            ud_strv_add(&ret->argv, "KCONFIG_ALLCONFIG=.config");
        }
        ud_strv_add(&ret->argv, options->unnamed_off ? "allnoconfig" : "olddefconfig");
        break;
    case UD_KBUILD_PREPARE:
        ud_kbuild_without_btf_tools(&ret->argv);
        ud_strv_add(&ret->argv, "modules_prepare");
        break;
    default:
        if (!options->has_symvers) {
            /* Without Module.symvers no symbol of the kernel resolves: warn only. */
            ud_strv_add(&ret->argv, "KBUILD_MODPOST_WARN=1");
            /* modpost would write lists of none of them, and one of no names does not compile
             * (scripts/mod/modpost.c, add_extended_versions, of Linux 7.2). */
            ud_strv_add(&ret->argv, "CONFIG_EXTENDED_MODVERSIONS=");
        }
        ud_strv_add(&ret->argv, "M=drivers/usb");
        ud_strv_add(&ret->argv, "modules");
        break;
    }
}

void ud_kbuild_step_done(struct ud_kbuild_step *step)
{
    if (step == NULL) {
        return;
    }
    free(step->title);
    ud_strv_done(&step->argv);
    *step = (struct ud_kbuild_step){0};
}

void ud_kbuild_strip_argv(const struct ud_kbuild_options *options, const char *path,
                          struct ud_strv *ret)
{
    if (options->clang) {
        ud_strv_add(ret, "llvm-strip");
    } else {
        ud_strv_addf(ret, "%sstrip", options->cross_prefix != NULL ? options->cross_prefix : "");
    }
    ud_strv_add(ret, "--strip-debug"); /* never symbols: the loader needs them */
    ud_strv_add(ret, path);
}
