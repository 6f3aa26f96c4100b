/* The compiler that built a kernel, and a container that has the same. */
#ifndef KERNEL_KBUILD_COMPILER_H
#define KERNEL_KBUILD_COMPILER_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel/config/config.h"
#include "util/error.h"
#include "util/strv.h"

enum ud_compiler_kind { UD_COMPILER_GCC, UD_COMPILER_CLANG };

struct ud_compiler {
    char text[256]; /* CC_VERSION_TEXT, without quotes */
    enum ud_compiler_kind kind;
    char vendor[32];  /* "Debian", "Ubuntu", "Alpine", "" for others */
    char package[64]; /* the vendor's version: "12.2.0-14+deb12u1", "13.2.1_git20231014", "" */
    unsigned major, minor, patch;
};

/* Parses a version text, such as "gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0".
 * UD_ERR_FACTS if it names no compiler and version. */
UD_MUST_CHECK enum ud_code ud_compiler_parse(const char *text, struct ud_compiler *ret,
                                             struct ud_error *err);

/* From CC_VERSION_TEXT, or for kernels before 5.8 the comment "# Compiler: …"
 * in config_text (NUL-terminated, may be NULL) or GCC_VERSION/CLANG_VERSION.
 * UD_ERR_FACTS if the configuration does not say. */
UD_MUST_CHECK enum ud_code ud_compiler_of_config(const struct ud_config *config,
                                                 const char *config_text, struct ud_compiler *ret,
                                                 struct ud_error *err);

enum ud_package_manager { UD_PM_APT, UD_PM_APK };

/* How to make a builder. */
struct ud_builder {
    char image[512]; /* "debian:bookworm", "alpine:3.19"; a name has 255 bytes and a tag 128
                        (github.com/distribution/reference) */
    enum ud_package_manager manager;
    char cc[64];             /* command to pass as CC=: "gcc-12", "clang-17" */
    char cross_prefix[32];   /* "aarch64-linux-gnu-", or "" when native */
    struct ud_strv packages; /* sorted, each once */
};

/* Chooses the image and the packages.
 *   config         of the running kernel: GCC plugins and BTF add packages
 *   target, build  `uname -m` of the kernel and of where the builder runs
 *   image          the user's choice of an image that has compiler and tools, or
 *                  NULL; its name tells the package manager (apk for alpine)
 * UD_ERR_USAGE for machines that are not x86_64 or aarch64, and for a cross
 * build with apk, which has no cross compiler. */
UD_MUST_CHECK enum ud_code ud_builder_choose(const struct ud_compiler *compiler,
                                             const struct ud_config *config, const char *target,
                                             const char *build, const char *image,
                                             struct ud_builder *ret, struct ud_error *err);
void ud_builder_done(struct ud_builder *builder);

/* The commands that install the packages, each an argv to run as root without
 * a shell; *ret_steps has *ret_count items, the caller's to free with
 * ud_builder_steps_free. */
void ud_builder_steps(const struct ud_builder *builder, struct ud_strv **ret_steps,
                      size_t *ret_count);
void ud_builder_steps_free(struct ud_strv *steps, size_t count);

/* Environment for those commands and for make, "NAME=value". */
void ud_builder_env(const struct ud_builder *builder, struct ud_strv *ret);

#endif
