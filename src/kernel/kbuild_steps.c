#include "kernel/kbuild.h"

#include <stdlib.h>
#include <string.h>

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

/* What every make call is given: kbuild compares it between calls. */
static void add_common(const struct ud_kbuild_options *options, struct ud_strv *argv)
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
    add_identity(argv);
}

/* For make alone, not for the configuration: else preparing compiles libbpf and a
 * tool for BTF, which M= never calls without a vmlinux. */
static void without_btf_tools(struct ud_strv *argv)
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
    add_common(options, &ret->argv);
    switch (target) {
    case UD_KBUILD_RESOLVE:
        ud_strv_add(&ret->argv, "olddefconfig");
        break;
    case UD_KBUILD_PREPARE:
        without_btf_tools(&ret->argv);
        ud_strv_add(&ret->argv, "modules_prepare");
        break;
    default:
        if (!options->has_symvers) {
            /* Without Module.symvers no symbol of the kernel resolves: warn only. */
            ud_strv_add(&ret->argv, "KBUILD_MODPOST_WARN=1");
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

/* "dir/x.c" with another suffix. */
static char *with_suffix(const char *source, const char *suffix)
{
    const char *dot = strrchr(source, '.');
    size_t len = dot != NULL ? (size_t)(dot - source) : strlen(source);
    return ud_strf("%.*s%s", (int)len, source, suffix);
}

static void add_targets(const struct ud_strv *sources, const char *suffix, struct ud_strv *argv)
{
    for (size_t i = 0; i < sources->len; i++) {
        char *target = with_suffix(sources->items[i], suffix);
        ud_strv_add(argv, target);
        free(target);
    }
}

/* kbuild's target dir/x.symtypes preprocesses dir/x.c as a compilation would and
 * pipes it through genksyms, whose result it drops: kept here beside it. The
 * command's name is the same in scripts/Makefile.build of Linux 4.14 to 6.13, as are
 * those of the lists of what is built: mm/nommu.c exports what mm/memory.c does, and
 * is not part of a kernel with an MMU. */
void ud_kbuild_genksyms_argv(const struct ud_kbuild_options *options, const struct ud_strv *sources,
                             struct ud_strv *ret)
{
    add_common(options, ret);
    without_btf_tools(ret);
    ud_strv_add(ret, "-k");
    ud_strv_add(ret, "cmd_gensymtypes_c=$(if $(filter $(@:.symtypes=.o),$(real-obj-y) "
                     "$(real-obj-m) $(lib-y) $(extra-y)),"
                     "$(CPP) -D__GENKSYMS__ $(c_flags) $< | "
                     "scripts/genksyms/genksyms -r /dev/null | tee $@.crcs,true)");
    add_targets(sources, ".symtypes", ret);
}

char *ud_kbuild_crc_file(const char *source)
{
    return with_suffix(source, ".symtypes.crcs");
}

/* One at a time: asked for arch/x86/lib/x.o, make goes into arch/x86 and into arch/x86/lib, and
 * two that make the same object take each other's files away. */
void ud_kbuild_objects_argv(const struct ud_kbuild_options *options, const struct ud_strv *sources,
                            struct ud_strv *ret)
{
    struct ud_kbuild_options one_job = *options;
    one_job.jobs = 1;
    add_common(&one_job, ret);
    without_btf_tools(ret);
    ud_strv_add(ret, "-k");
    add_targets(sources, ".o", ret);
}

char *ud_kbuild_cmd_file(const char *source)
{
    const char *slash = strrchr(source, '/');
    size_t dir = slash != NULL ? (size_t)(slash - source) + 1 : 0;
    char *object = with_suffix(source + dir, ".o.cmd");
    char *file = ud_strf("%.*s.%s", (int)dir, source, object);
    free(object);
    return file;
}
