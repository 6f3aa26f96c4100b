#include "build/steps.h"

#include <stdlib.h>

#include "util/str.h"

enum { CRC_TEXT_MAX = 4 << 20, OBJECT_MAX = 32 << 20 };

typedef char *file_fn(const char *source);
typedef enum ud_code add_fn(struct ud_crcs *crcs, const char *data, size_t len, const char *where,
                            struct ud_error *err);

/* What make leaves of each source, and how it is read. */
struct leavings {
    file_fn *file_of;
    add_fn *add;
    size_t max;
};

/* A file that make has not left is passed over. */
static enum ud_code genksyms_take_file(struct ud_build *build, const struct leavings *leavings,
                                       const char *source, struct ud_crcs *crcs,
                                       struct ud_error *err)
{
    struct ud_error why = {0};
    struct ud_buf bytes;
    char *file = leavings->file_of(source);
    ud_buf_init(&bytes, leavings->max);
    enum ud_code rc = ud_build_container_get(&build->container, file, &bytes, &why);
    if (rc == UD_OK) {
        rc = leavings->add(crcs, bytes.data, bytes.len, source, err);
    } else if (rc == UD_ERR_NOT_FOUND) {
        ud_report_message(build->app->report, UD_REPORT_DEBUG, "%s left no %s", source, file);
        rc = UD_OK;
    } else {
        rc = ud_error_pass(err, &why);
    }
    ud_buf_done(&bytes);
    free(file);
    return rc;
}

static enum ud_code take_files(struct ud_build *build, const struct leavings *leavings,
                               const struct ud_strv *sources, struct ud_crcs *crcs,
                               struct ud_error *err)
{
    for (size_t i = 0; i < sources->len; i++) {
        UD_TRY(genksyms_take_file(build, leavings, sources->items[i], crcs, err));
    }
    return UD_OK;
}

/* What fails of it is seen by what is still missing then. */
static enum ud_code genksyms_make(struct ud_build *build, struct ud_strv *argv,
                                  struct ud_error *err)
{
    int exit_code = 0;
    const struct ud_build_container_command command = {.argv = argv,
                                                       .workdir = UD_BUILD_CONTAINER_TREE};
    enum ud_code rc = ud_build_container_try(&build->container, &command, &exit_code, err);
    ud_strv_done(argv);
    return rc;
}

/* Ours hide the Makefiles there, which know the objects that are built in. */
static enum ud_code remove_our_kbuild(struct ud_build *build, struct ud_error *err)
{
    struct ud_kbuild_files files = {0};
    struct ud_strv argv = {0};
    ud_strv_add(&argv, "rm");
    ud_strv_add(&argv, "-f");
    ud_strv_add(&argv, "drivers/usb/Kbuild");
    ud_kbuild_files_make(&build->result->plan, &files);
    for (size_t i = 0; i < files.len; i++) {
        if (ud_kbuild_is_of_drivers(&files.items[i])) {
            ud_strv_add(&argv, files.items[i].path);
        }
    }
    ud_kbuild_files_done(&files);
    const struct ud_build_container_command command = {.argv = &argv,
                                                       .workdir = UD_BUILD_CONTAINER_TREE};
    enum ud_code rc = ud_build_container_run(&build->container, &command, err);
    ud_strv_done(&argv);
    return rc;
}

static void list_sources(const struct ud_exports *exports, const struct ud_strv *symbols,
                         struct ud_strv *ret)
{
    for (size_t i = 0; i < symbols->len; i++) {
        ud_exports_sources(exports, symbols->items[i], ret);
    }
    ud_strv_sort_unique(ret);
}

static enum ud_code run_genksyms(struct ud_build *build, const struct ud_strv *sources,
                                 struct ud_crcs *crcs, struct ud_error *err)
{
    static const struct leavings crc_files = {ud_kbuild_crc_file, ud_crcs_add_genksyms,
                                              CRC_TEXT_MAX};
    struct ud_strv argv = {0};
    ud_kbuild_genksyms_argv(&build->kbuild, sources, &argv);
    UD_TRY(genksyms_make(build, &argv, err));
    return build->kbuild.debug_info ? UD_OK : take_files(build, &crc_files, sources, crcs, err);
}

/* Of these sources those that are part of the kernel, as the first make noted. */
static enum ud_code keep_built(struct ud_build *build, struct ud_strv *sources,
                               struct ud_error *err)
{
    struct ud_error why = {0};
    struct ud_strv built = {0};
    struct ud_buf text;
    ud_buf_init(&text, CRC_TEXT_MAX);
    enum ud_code rc =
        ud_build_container_get(&build->container, UD_KBUILD_OBJECTS_FILE, &text, &why);
    if (rc == UD_OK || rc == UD_ERR_NOT_FOUND) {
        ud_kbuild_built(sources, text.data, text.len, &built);
        ud_strv_done(sources);
        *sources = built;
        rc = UD_OK;
    } else {
        rc = ud_error_pass(err, &why);
    }
    ud_buf_done(&text);
    return rc;
}

static enum ud_code compile_these(struct ud_build *build, const struct ud_strv *sources,
                                  struct ud_crcs *crcs, struct ud_error *err)
{
    static const struct leavings of_cmd = {ud_kbuild_cmd_file, ud_crcs_add_genksyms, CRC_TEXT_MAX};
    static const struct leavings of_object = {ud_kbuild_object_file, ud_crcs_add_object,
                                              OBJECT_MAX};
    struct ud_strv argv = {0};
    bool in_objects = ud_kbuild_crcs_in_objects(&build->result->facts.release);
    if (sources->len == 0) {
        return UD_OK;
    }
    ud_kbuild_objects_argv(&build->kbuild, sources, &argv);
    UD_TRY(genksyms_make(build, &argv, err));
    return take_files(build, in_objects ? &of_object : &of_cmd, sources, crcs, err);
}

/* Those of the architecture, which is few and not made in parallel, by themselves. */
static enum ud_code genksyms_compile(struct ud_build *build, const struct ud_strv *sources,
                                     struct ud_crcs *crcs, struct ud_error *err)
{
    struct ud_strv arch = {0};
    struct ud_strv others = {0};
    for (size_t i = 0; i < sources->len; i++) {
        bool is_arch = ud_str_starts(sources->items[i], "arch/");
        ud_strv_add(is_arch ? &arch : &others, sources->items[i]);
    }
    enum ud_code rc = compile_these(build, &arch, crcs, err);
    if (rc == UD_OK) {
        rc = compile_these(build, &others, crcs, err);
    }
    ud_strv_done(&arch);
    ud_strv_done(&others);
    return rc;
}

/* Where genksyms has no part in it, none of the sources was read yet. */
static enum ud_code compile_rest(struct ud_build *build, const struct ud_strv *sources,
                                 const struct ud_strv *missing, struct ud_crcs *crcs,
                                 struct ud_error *err)
{
    struct ud_strv left = {0};
    struct ud_strv rest = {0};
    if (build->kbuild.debug_info) {
        for (size_t i = 0; i < sources->len; i++) {
            ud_strv_add(&rest, sources->items[i]);
        }
    } else {
        ud_crcs_missing(crcs, missing, &left);
        list_sources(build->exports, &left, &rest);
    }
    enum ud_code rc = keep_built(build, &rest, err);
    if (rc == UD_OK) {
        rc = genksyms_compile(build, &rest, crcs, err);
    }
    ud_strv_done(&left);
    ud_strv_done(&rest);
    return rc;
}

static enum ud_code genksyms_compute(struct ud_build *build, const struct ud_strv *sources,
                                     const struct ud_strv *missing, struct ud_crcs *crcs,
                                     struct ud_error *err)
{
    ud_report_step(build->app->report, "Computing CRCs");
    UD_TRY(run_genksyms(build, sources, crcs, err));
    UD_TRY(ud_build_check_crcs(build, crcs, err)); /* the rest takes longer */
    UD_TRY(compile_rest(build, sources, missing, crcs, err));
    ud_report_step_end(build->app->report, "%zu of %zu symbols, %zu more confirmed",
                       ud_crcs_count(crcs, missing, UD_CRC_COMPUTED), missing->len,
                       crcs->confirmed);
    return ud_build_prove_crcs(build, crcs, err);
}

enum ud_code ud_build_compute_crcs(struct ud_build *build, const struct ud_strv *needed,
                                   const struct ud_strv *missing, struct ud_crcs *crcs,
                                   struct ud_error *err)
{
    struct ud_strv sources = {0};
    struct ud_strv dirs = {0};
    enum ud_code rc = UD_OK;
    if (ud_exports_is_empty(build->exports)) {
        rc = ud_build_scan_exports(build, err);
    }
    if (rc == UD_OK) {
        list_sources(build->exports, build->sources.unproven ? needed : missing, &sources);
        /* Computed in any case: if it is the kernel's own, so are sources and configuration. */
        ud_exports_sources(build->exports, "module_layout", &sources);
        ud_strv_sort_unique(&sources);
        ud_exports_dirs(build->exports, &sources, &dirs);
        rc = ud_build_send_more(build, &dirs, err);
    }
    if (rc == UD_OK) {
        rc = remove_our_kbuild(build, err);
    }
    if (rc == UD_OK) {
        rc = genksyms_compute(build, &sources, missing, crcs, err);
    }
    ud_strv_done(&sources);
    ud_strv_done(&dirs);
    return rc;
}
