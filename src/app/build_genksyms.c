#include "build_steps.h"

#include <stdlib.h>

enum { CRC_TEXT_MAX = 4 << 20 };

typedef char *file_fn(const char *source);
typedef void argv_fn(const struct ud_kbuild_options *options, const struct ud_strv *sources,
                     struct ud_strv *ret);

/* For each source the file that make has left; one that it has not is passed over. */
static enum ud_code take_files(struct ud_build *build, const struct ud_strv *sources,
                               file_fn *file_of, struct ud_crcs *crcs, struct ud_error *err)
{
    enum ud_code rc = UD_OK;
    for (size_t i = 0; i < sources->len && rc == UD_OK; i++) {
        struct ud_error why = {0};
        struct ud_buf text;
        char *file = file_of(sources->items[i]);
        ud_buf_init(&text, CRC_TEXT_MAX);
        rc = ud_workshop_get(&build->shop, file, &text, &why);
        if (rc == UD_OK) {
            rc = ud_crcs_add_genksyms(crcs, text.data, text.len, sources->items[i], err);
        } else if (rc == UD_ERR_NOT_FOUND) {
            ud_report_message(build->app->report, UD_REPORT_DEBUG, "%s left no %s",
                              sources->items[i], file);
            rc = UD_OK;
        } else if (err != NULL) {
            *err = why;
        }
        ud_buf_done(&text);
        free(file);
    }
    return rc;
}

/* What fails of it is seen by what is still missing then. */
static enum ud_code make(struct ud_build *build, const struct ud_strv *sources, argv_fn *argv_of,
                         file_fn *file_of, struct ud_crcs *crcs, struct ud_error *err)
{
    struct ud_strv argv = {0};
    int exit_code = 0;
    argv_of(&build->kbuild, sources, &argv);
    const struct ud_workshop_command command = {.argv = &argv, .workdir = UD_WORKSHOP_TREE};
    enum ud_code rc = ud_workshop_try(&build->shop, &command, &exit_code, err);
    ud_strv_done(&argv);
    if (rc == UD_OK) {
        rc = take_files(build, sources, file_of, crcs, err);
    }
    return rc;
}

/* Ours hides the Makefile there, which knows the objects of USB that are built in. */
static enum ud_code remove_our_kbuild(struct ud_build *build, struct ud_error *err)
{
    struct ud_strv argv = {0};
    ud_strv_add(&argv, "rm");
    ud_strv_add(&argv, "-f");
    ud_strv_add(&argv, "drivers/usb/Kbuild");
    const struct ud_workshop_command command = {.argv = &argv, .workdir = UD_WORKSHOP_TREE};
    enum ud_code rc = ud_workshop_run(&build->shop, &command, err);
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
                                 const struct ud_strv *missing, struct ud_crcs *crcs,
                                 struct ud_error *err)
{
    struct ud_strv left = {0};
    struct ud_strv rest = {0};
    ud_report_step(build->app->report, "Computing CRCs");
    UD_TRY(make(build, sources, ud_kbuild_genksyms_argv, ud_kbuild_crc_file, crcs, err));
    ud_crcs_missing(crcs, missing, &left);
    list_sources(build->exports, &left, &rest);
    enum ud_code rc = UD_OK;
    if (rest.len > 0) {
        rc = make(build, &rest, ud_kbuild_objects_argv, ud_kbuild_cmd_file, crcs, err);
    }
    if (rc == UD_OK) {
        ud_report_step_end(build->app->report, "%zu of %zu symbols, %zu more confirmed",
                           ud_crcs_count(crcs, missing, UD_CRC_COMPUTED), missing->len,
                           crcs->confirmed);
    }
    ud_strv_done(&left);
    ud_strv_done(&rest);
    return rc;
}

enum ud_code ud_build_compute_crcs(struct ud_build *build, const struct ud_strv *missing,
                                   struct ud_crcs *crcs, struct ud_error *err)
{
    struct ud_strv sources = {0};
    struct ud_strv dirs = {0};
    enum ud_code rc = UD_OK;
    if (ud_exports_is_empty(build->exports)) {
        rc = ud_build_scan_exports(build, err);
    }
    if (rc == UD_OK) {
        list_sources(build->exports, missing, &sources);
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
        rc = run_genksyms(build, &sources, missing, crcs, err);
    }
    ud_strv_done(&sources);
    ud_strv_done(&dirs);
    return rc;
}
