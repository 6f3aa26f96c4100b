#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kbuild/builder_images.h"
#include "kernel/kbuild/compiler.h"
#include "util/mem.h"
#include "util/str.h"

/* What is built for and where, as the toolchains of distributions name it. */
struct target {
    const char *machine; /* uname -m */
    const char *prefix;  /* CROSS_COMPILE */
    const char *debian;  /* in package names */
};

static const struct target targets[] = {
    {"x86_64", "x86_64-linux-gnu-", "x86-64-linux-gnu"},
    {"aarch64", "aarch64-linux-gnu-", "aarch64-linux-gnu"},
};

static const struct target *find_target(const char *machine)
{
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        if (strcmp(targets[i].machine, machine) == 0) {
            return &targets[i];
        }
    }
    return NULL;
}

static bool wants_plugins(const struct ud_compiler *compiler, const struct ud_config *config)
{
    return compiler->kind == UD_COMPILER_GCC && ud_config_is(config, "GCC_PLUGINS", 'y');
}

static void builder_add_all(struct ud_strv *list, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ud_strv_add(list, names[i]);
    }
}

#define ADD_ALL(list, names) builder_add_all(list, names, sizeof(names) / sizeof *(names))

/* gcc with its version in the package's and the command's name, for the build
 * machine or for another target. */
static void add_apt_gcc(struct ud_builder *builder, unsigned major, const struct target *cross,
                        bool plugins)
{
    struct ud_strv *list = &builder->packages;
    const char *dash = cross != NULL ? "-" : "";
    const char *name = cross != NULL ? cross->debian : "";
    ud_strv_addf(list, "gcc-%u%s%s", major, dash, name);
    (void)snprintf(builder->cc, sizeof builder->cc, "%sgcc-%u", builder->cross_prefix, major);
    if (cross != NULL) {
        ud_strv_addf(list, "binutils-%s", name);
    }
    if (plugins) {
        static const char *const headers[] = {"g++", "libgmp-dev", "libmpc-dev", "libmpfr-dev"};
        ud_strv_addf(list, "gcc-%u-plugin-dev%s%s", major, dash, name);
        ADD_ALL(list, headers);
    }
}

static void add_apt_packages(struct ud_builder *builder, const struct ud_compiler *compiler,
                             unsigned major, const struct target *cross,
                             const struct ud_config *config)
{
    /* gcc, libc6-dev: for the programs that kbuild makes for itself. */
    static const char *const base[] = {"bc",        "bison",      "flex",       "gcc",
                                       "libc6-dev", "libelf-dev", "libssl-dev", "make",
                                       "perl",      "python3",    "zlib1g-dev"};
    ADD_ALL(&builder->packages, base);
    if (compiler->kind == UD_COMPILER_CLANG) {
        ud_strv_addf(&builder->packages, "clang-%u", major);
        ud_strv_addf(&builder->packages, "lld-%u", major);
        ud_strv_addf(&builder->packages, "llvm-%u", major);
        (void)snprintf(builder->cc, sizeof builder->cc, "clang-%u", major);
    } else {
        add_apt_gcc(builder, major, cross, wants_plugins(compiler, config));
    }
    if (ud_config_is(config, "DEBUG_INFO_BTF", 'y')) {
        ud_strv_add(&builder->packages, "dwarves"); /* it holds pahole or depends on it */
    }
    if (ud_config_is(config, "GENDWARFKSYMS", 'y')) {
        ud_strv_add(&builder->packages, "libdw-dev"); /* scripts/gendwarfksyms reads DWARF */
    }
}

/* Alpine has one gcc a release, and its plugin headers are part of it. */
static void add_apk_packages(struct ud_builder *builder, const struct ud_compiler *compiler,
                             unsigned major, const struct ud_config *config)
{
    static const char *const base[] = {
        "bash",        "bc",           "bison",     "build-base", "coreutils",
        "diffutils",   "elfutils-dev", "findutils", "flex",       "linux-headers",
        "openssl-dev", "perl",         "python3",   "zlib-dev"};
    ADD_ALL(&builder->packages, base);
    if (compiler->kind == UD_COMPILER_CLANG) {
        ud_strv_addf(&builder->packages, "clang%u", major);
        ud_strv_addf(&builder->packages, "llvm%u", major);
        ud_strv_add(&builder->packages, "lld");
        (void)snprintf(builder->cc, sizeof builder->cc, "clang-%u", major);
    } else {
        (void)snprintf(builder->cc, sizeof builder->cc, "gcc");
    }
    if (wants_plugins(compiler, config)) {
        static const char *const headers[] = {"gmp-dev", "mpc1-dev", "mpfr-dev"};
        ADD_ALL(&builder->packages, headers);
    }
    if (ud_config_is(config, "DEBUG_INFO_BTF", 'y')) {
        ud_strv_add(&builder->packages, "pahole");
    }
}

static bool is_alpine(const char *image)
{
    const char *slash = strrchr(image, '/');
    return strstr(slash != NULL ? slash : image, "alpine") != NULL;
}

static enum ud_code check_machines(const char *target, const char *build, struct ud_error *err)
{
    const char *machines[] = {target, build};
    for (size_t i = 0; i < 2; i++) {
        if (find_target(machines[i]) == NULL) {
            return ud_fail(err, UD_ERR_USAGE, NULL,
                           "modules are built for and on x86_64 and aarch64, not %.40s",
                           machines[i]);
        }
    }
    return UD_OK;
}

/* Image and the major version of the compiler that it will have. */
static unsigned choose_image(const struct ud_compiler *compiler, const char *image, bool cross,
                             struct ud_builder *builder)
{
    struct ud_base_image choice = ud_base_image_for(compiler, cross);
    const char *name = image != NULL ? image : choice.image;
    (void)snprintf(builder->image, sizeof builder->image, "%s", name);
    builder->manager = is_alpine(name) ? UD_PM_APK : UD_PM_APT;
    /* The user knows what is in an image of his: packages are asked for by the kernel's version. */
    return image != NULL ? compiler->major : choice.major;
}

enum ud_code ud_builder_choose(const struct ud_compiler *compiler, const struct ud_config *config,
                               const char *target, const char *build, const char *image,
                               struct ud_builder *ret, struct ud_error *err)
{
    UD_TRY(check_machines(target, build, err));
    const struct target *cross = strcmp(target, build) != 0 ? find_target(target) : NULL;
    struct ud_builder builder = {0};
    if (image != NULL && strlen(image) >= sizeof builder.image) {
        return ud_fail(err, UD_ERR_USAGE, NULL, "the image name %.80s… is too long", image);
    }
    unsigned major = choose_image(compiler, image, cross != NULL, &builder);
    if (cross != NULL && builder.manager == UD_PM_APK) {
        return ud_fail(err, UD_ERR_USAGE,
                       "Choose a Debian image with --builder, or build on an engine of the "
                       "kernel's own architecture with --build-host; an engine that runs programs "
                       "of that architecture, too, does with --platform.",
                       "%s has no compiler for %s", builder.image, target);
    }
    if (cross != NULL) {
        (void)snprintf(builder.cross_prefix, sizeof builder.cross_prefix, "%s", cross->prefix);
    }
    if (builder.manager == UD_PM_APK) {
        add_apk_packages(&builder, compiler, major, config);
    } else {
        add_apt_packages(&builder, compiler, major, cross, config);
    }
    if (image != NULL) { /* used as it is: the command without a version is what it has */
        (void)snprintf(builder.cc, sizeof builder.cc, "%s%s", builder.cross_prefix,
                       compiler->kind == UD_COMPILER_CLANG ? "clang" : "gcc");
    }
    ud_strv_sort_unique(&builder.packages);
    *ret = builder;
    return UD_OK;
}

void ud_builder_done(struct ud_builder *builder)
{
    if (builder != NULL) {
        ud_strv_done(&builder->packages);
        *builder = (struct ud_builder){0};
    }
}
