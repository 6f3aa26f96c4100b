/* What kbuild is told: files put into the source tree, and the make commands. */
#ifndef KERNEL_KBUILD_KBUILD_H
#define KERNEL_KBUILD_KBUILD_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel/facts/release.h"
#include "kernel/plan/plan.h"
#include "util/strv.h"

/* A file to be written into the source tree, path relative to its top. */
struct ud_kbuild_file {
    char *path;
    char *text;
};

struct ud_kbuild_files {
    struct ud_kbuild_file *items;
    size_t len;
};

/* drivers/usb/Kbuild (it wins over the Makefile there), which names only the
 * directories that the plan needs, the folders of the extra modules, and the source of
 * struct ud_layouts, of which no module is made. For each other directory that a driver is
 * built in, a Kbuild that names just what is built there. */
void ud_kbuild_files_make(const struct ud_plan *plan, struct ud_kbuild_files *ret);
void ud_kbuild_files_done(struct ud_kbuild_files *files);

/* Whether it is such a Kbuild of a directory of drivers. */
bool ud_kbuild_is_of_drivers(const struct ud_kbuild_file *file);

struct ud_kbuild_options {
    const char *release;      /* KERNELRELEASE: `uname -r` of the target */
    const char *machine;      /* of the target: "x86_64", "aarch64" */
    const char *cc;           /* the compiler's command, "gcc-12"; NULL: make's default */
    bool clang;               /* cc is clang: LLVM=1 for its tools */
    const char *ias;          /* LLVM_IAS: "1" if clang assembles, "0"; NULL: make's default */
    const char *cross_prefix; /* CROSS_COMPILE, "aarch64-linux-gnu-"; NULL: native */
    unsigned jobs;            /* 0: 1 */
    bool has_symvers;         /* Module.symvers is at the top of the tree */
    bool debug_info;          /* compile with debug information: see struct ud_plan */
    bool unnamed_off; /* options that .config does not name are off, whatever their default */
};

struct ud_kbuild_step {
    char *title;         /* "Resolving the configuration" */
    struct ud_strv argv; /* to be run at the top of the tree, without a shell */
};

/* The three steps. RESOLVE may run several times, before the others. */
enum ud_kbuild_target { UD_KBUILD_RESOLVE, UD_KBUILD_PREPARE, UD_KBUILD_MODULES };

void ud_kbuild_step_make(enum ud_kbuild_target target, const struct ud_kbuild_options *options,
                         struct ud_kbuild_step *ret);
void ud_kbuild_step_done(struct ud_kbuild_step *step);

/* Runs genksyms over sources of the kernel, without compiling them: each "dir/x.c"
 * that is part of the kernel or of its modules as it is configured leaves its CRCs in
 * the file that ud_kbuild_crc_file names, as ud_crcs_add_genksyms reads them. Of these
 * and of assembler sources that are part of it the objects are listed in
 * UD_KBUILD_OBJECTS_FILE, "dir/x.o", a line each. With debug_info, where genksyms has no
 * part in it, there is only that list. Goes on after a source that fails. Sources are
 * paths below the top of the tree. */
#define UD_KBUILD_OBJECTS_FILE "usbipd-desktop.objects"
void ud_kbuild_genksyms_argv(const struct ud_kbuild_options *options, const struct ud_strv *sources,
                             struct ud_strv *ret);
char *ud_kbuild_crc_file(const char *source); /* in new memory */

/* Adds those of the sources whose object is in the text of that list. */
void ud_kbuild_built(const struct ud_strv *sources, const char *text, size_t len,
                     struct ud_strv *ret);

/* The same by compiling them, for what genksyms cannot read as it is: assembler, and
 * whatever a kernel with GENDWARFKSYMS exports. Since Linux 5.19 kbuild leaves the CRCs
 * in the object's .cmd file; before, they are symbols of the object. */
void ud_kbuild_objects_argv(const struct ud_kbuild_options *options, const struct ud_strv *sources,
                            struct ud_strv *ret);
bool ud_kbuild_crcs_in_objects(const struct ud_release *release);
char *ud_kbuild_cmd_file(const char *source);    /* in new memory */
char *ud_kbuild_object_file(const char *source); /* in new memory */

/* The line that tells best why make, or another command in the builder, failed; sanitized and of
 * 300 bytes at most;
 * "" if there is none; in new memory. */
char *ud_kbuild_reason(const char *log, size_t len);

/* "x86_64" gives "x86_64", "aarch64" gives "arm64" (make's ARCH=); NULL for others. */
const char *ud_kbuild_arch(const char *machine);
/* "x86_64" gives "x86", "aarch64" gives "arm64" (the folder below arch/); NULL for others. */
const char *ud_kbuild_srcarch(const char *machine);

/* Strips the debug sections of a built module: argv to run at the top of the
 * tree for a path below it. */
void ud_kbuild_strip_argv(const struct ud_kbuild_options *options, const char *path,
                          struct ud_strv *ret);

#endif
