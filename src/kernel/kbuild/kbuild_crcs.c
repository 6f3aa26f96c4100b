#include "kernel/kbuild/kbuild.h"

#include <stdlib.h>
#include <string.h>

#include "kbuild/kbuild_parts.h"
#include "util/mem.h"
#include "util/str.h"

/* "dir/x.c" with another suffix. */
static char *with_suffix(const char *source, const char *suffix)
{
    const char *dot = strrchr(source, '.');
    size_t len = dot != NULL ? (size_t)(dot - source) : strlen(source);
    return ud_strf("%.*s%s", (int)len, source, suffix);
}

/* kbuild's targets dir/x.i (of C) and dir/x.s (of assembler) preprocess a source with
 * the options of a compilation. What they run is said anew here: the first pipes what
 * they would make through genksyms, as kbuild itself does for objects, and both note
 * what is part of this kernel, by kbuild's own lists: mm/nommu.c exports what
 * mm/memory.c does, and is no part of a kernel with an MMU. Names of commands and lists
 * are the same in scripts/Makefile.build of Linux 5.10, 6.1 and 7.2; the target for
 * genksyms, .symtypes, is gone since 6.14. */
#define GENKSYMS                                                                                   \
    "$(CPP) -D__GENKSYMS__ $(c_flags) $< | "                                                       \
    "scripts/genksyms/genksyms -r /dev/null >$@.crcs"
/* For kbuild's fixdep, which wants to know what the target was made from. */
#define NO_DEPENDENCIES "echo $@: $< >$(depfile)"
#define IF_BUILT(suffix, command)                                                                  \
    "$(if $(filter $(@:" suffix "=.o),"                                                            \
    "$(real-obj-y) $(real-obj-m) $(lib-y) $(extra-y) $(always-y)),"                                \
    "echo $(@:" suffix "=.o) >>" UD_KBUILD_OBJECTS_FILE "; " command "," NO_DEPENDENCIES ")"

static void add_commands(bool genksyms, struct ud_strv *argv)
{
    ud_strv_addf(argv, "cmd_cpp_i_c=%s",
                 genksyms ? IF_BUILT(".i", GENKSYMS) : IF_BUILT(".i", NO_DEPENDENCIES));
    ud_strv_add(argv, "cmd_cpp_s_S=" IF_BUILT(".s", NO_DEPENDENCIES));
}

void ud_kbuild_genksyms_argv(const struct ud_kbuild_options *options, const struct ud_strv *sources,
                             struct ud_strv *ret)
{
    ud_kbuild_add_common(options, ret);
    ud_kbuild_without_btf_tools(ret);
    ud_strv_add(ret, "-k");
    add_commands(!options->debug_info, ret);
    for (size_t i = 0; i < sources->len; i++) {
        bool assembler = ud_str_ends(sources->items[i], ".S");
        char *target = with_suffix(sources->items[i], assembler ? ".s" : ".i");
        ud_strv_add(ret, target);
        free(target);
    }
}

char *ud_kbuild_crc_file(const char *source)
{
    return with_suffix(source, ".i.crcs");
}

char *ud_kbuild_object_file(const char *source)
{
    return with_suffix(source, ".o");
}

void ud_kbuild_built(const struct ud_strv *sources, const char *text, size_t len,
                     struct ud_strv *ret)
{
    struct ud_slice rest = {text, len};
    struct ud_slice line;
    struct ud_strv objects = {0};
    while (ud_str_next_line(&rest, &line)) {
        ud_strv_addn(&objects, line.ptr, line.len);
    }
    ud_strv_sort_unique(&objects);
    for (size_t i = 0; i < sources->len; i++) {
        char *object = ud_kbuild_object_file(sources->items[i]);
        if (ud_strv_find_sorted(&objects, object, NULL)) {
            ud_strv_add(ret, sources->items[i]);
        }
        free(object);
    }
    ud_strv_done(&objects);
}

static bool any_of_arch(const struct ud_strv *sources)
{
    for (size_t i = 0; i < sources->len; i++) {
        if (ud_str_starts(sources->items[i], "arch/")) {
            return true;
        }
    }
    return false;
}

/* Asked for arch/x86/lib/x.o, make goes into arch/x86 and into arch/x86/lib, and two that
 * make the same object take each other's files away. */
void ud_kbuild_objects_argv(const struct ud_kbuild_options *options, const struct ud_strv *sources,
                            struct ud_strv *ret)
{
    struct ud_kbuild_options safe = *options;
    if (any_of_arch(sources)) {
        safe.jobs = 1;
    }
    ud_kbuild_add_common(&safe, ret);
    ud_kbuild_without_btf_tools(ret);
    ud_strv_add(ret, "-k");
    for (size_t i = 0; i < sources->len; i++) {
        char *target = ud_kbuild_object_file(sources->items[i]);
        ud_strv_add(ret, target);
        free(target);
    }
}

bool ud_kbuild_crcs_in_objects(const struct ud_release *release)
{
    return release->major < 5 || (release->major == 5 && release->minor < 19);
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
