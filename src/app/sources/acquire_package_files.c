/* Packages of sources and headers as Fedora, SUSE and Alpine have them, read on this machine:
 *
 *   headers   below usr/src, with the .config and the Module.symvers that the kernel's build wrote
 *   sources   of Fedora and Enterprise Linux: linux-*.tar.xz, and the changes to it as *.patch
 *             (kernel.spec, %prep); of SUSE: the tree itself, with its changes
 */
#include "sources/acquire.h"

#include <stdlib.h>
#include <string.h>

#include "proto/check.h"
#include "sources/kept_file.h"
#include "sources/packages.h"
#include "sources/source_store.h"
#include "util/mem.h"
#include "util/str.h"

enum { ARCHIVE_MAX = 1 << 30, PART_MAX = 64 << 20 };

struct files {
    struct ud_acquire *acquire;
    struct ud_packages packages;
    const struct ud_package_file *package; /* that is read */
    struct ud_acquire_parts *parts;
    bool archive; /* sources were found in it */
};

/* ---- what the kernel's build wrote ---- */

static bool wants_headers(void *ctx, const char *path)
{
    (void)ctx;
    return ud_str_starts(path, "usr/src/") &&
           (ud_str_ends(path, "/Module.symvers") || ud_str_ends(path, "/.config"));
}

static enum ud_code take_header(void *ctx, const char *path, struct ud_buf *data,
                                struct ud_error *err)
{
    struct files *files = ctx;
    struct ud_buf *part =
        ud_str_ends(path, "/.config") ? &files->parts->config : &files->parts->symvers;
    ud_buf_clear(part);
    ud_buf_add(part, data->data, data->len);
    return ud_buf_check(part, path, err);
}

static enum ud_code read_build(struct files *files, struct ud_error *err)
{
    const struct ud_package_options options = {
        .wants = wants_headers, .file = take_header, .ctx = files, .max_file = PART_MAX};
    struct ud_acquire_parts parts;
    const char *asked = files->package->asked;
    ud_acquire_parts_init(&parts);
    files->parts = &parts;
    enum ud_code rc = ud_packages_read(files->package, &options, err);
    if (rc == UD_OK) {
        rc = ud_acquire_check_parts(files->acquire, &parts, asked, err);
    }
    if (rc == UD_OK) {
        rc = parts.symvers.len > 0
                 ? ud_acquire_take_symvers(files->acquire, &parts.symvers, asked, err)
                 : ud_fail(err, UD_ERR_UNFIT, NULL, "%s has no Module.symvers", asked);
    }
    ud_acquire_parts_done(&parts);
    return rc;
}

/* ---- the sources ---- */

static bool is_archive(const char *path)
{
    return ud_str_starts(path, "linux-") && strchr(path, '/') == NULL &&
           strstr(path, ".tar.") != NULL;
}

static bool wants_sources(void *ctx, const char *path)
{
    (void)ctx;
    return is_archive(path) || ud_check_patch_name(path);
}

/* For this run only: what it comes out of is kept. */
static enum ud_code write_archive(struct files *files, const struct ud_buf *data,
                                  struct ud_error *err)
{
    struct ud_sources *sources = files->acquire->sources;
    struct ud_kept_file file;
    char sha256[UD_DIGEST_HEX_SIZE];
    char *place = ud_source_store_path(files->acquire->facts, "sources-of-package");
    enum ud_code rc = ud_kept_file_begin(files->acquire->app, place, &file, err);
    if (rc == UD_OK) {
        rc = ud_kept_file_write(&file, data->data, data->len, err);
    }
    if (rc == UD_OK) {
        rc = ud_kept_file_close(&file, sha256, err);
    }
    if (rc == UD_OK) {
        ud_kept_file_hand_over(&file, false, &sources->path, &sources->temporary);
        sources->sha256 = ud_strdup(sha256);
        files->archive = true;
    }
    ud_kept_file_done(&file);
    free(place);
    return rc;
}

/* Of the patches one is empty but where somebody tries something: "linux-kernel-test.patch". */
static enum ud_code take_source(void *ctx, const char *path, struct ud_buf *data,
                                struct ud_error *err)
{
    struct files *files = ctx;
    if (!is_archive(path)) {
        if (data->len > 0) {
            ud_patches_add(files->acquire->patches, path, data->data, data->len);
        }
        return UD_OK;
    }
    return files->archive ? ud_fail(err, UD_ERR_SOURCE, NULL, "%s has more than one linux-*.tar.*",
                                    files->package->asked)
                          : write_archive(files, data, err);
}

static enum ud_code read_source_package(struct files *files, struct ud_error *err)
{
    struct ud_acquire *acquire = files->acquire;
    const struct ud_package_options options = {
        .wants = wants_sources, .file = take_source, .ctx = files, .max_file = ARCHIVE_MAX};
    ud_patches_done(acquire->patches);
    UD_TRY(ud_packages_read(files->package, &options, err));
    if (!files->archive) {
        return ud_fail(err, UD_ERR_SOURCE, NULL, "%s has no linux-*.tar.*", files->package->asked);
    }
    if (acquire->patches->len > 0) {
        acquire->patches->origin = ud_strdup(files->package->asked);
        acquire->sources->unpatched = true;
    }
    return UD_OK;
}

/* Of SUSE the package itself is an archive of the tree. */
static void take_tree(struct files *files)
{
    struct ud_package_file *package = &files->packages.items[files->packages.len - 1];
    struct ud_sources *sources = files->acquire->sources;
    sources->path = ud_strdup(package->path);
    sources->sha256 = ud_strdup(package->sha256);
    sources->temporary = package->temporary;
    package->temporary = false; /* the sources' to remove */
}

static enum ud_code read_sources(struct files *files, struct ud_error *err)
{
    struct ud_acquire *acquire = files->acquire;
    if (ud_str_ends(files->package->asked, ".src")) {
        UD_TRY(read_source_package(files, err));
    } else {
        take_tree(files);
    }
    acquire->sources->name = ud_strdup(files->package->asked);
    acquire->got |= UD_ROUTE_SOURCES;
    return UD_OK;
}

/* ---- both ---- */

/* Fetches one package and reads it; the names of a route are those of the sources, if it gives
 * any, and of the headers. */
static enum ud_code fetch_one(struct files *files, const char *name,
                              enum ud_code (*read)(struct files *, struct ud_error *),
                              struct ud_error *err)
{
    struct ud_route one = *files->packages.route;
    bool more = false;
    one.names = (struct ud_strv){0};
    ud_strv_add(&one.names, name);
    files->packages.route = &one;
    files->packages.next = 0;
    enum ud_code rc = ud_packages_next(&files->packages, &more, err);
    if (rc == UD_OK && !more) {
        rc = ud_fail(err, UD_ERR_NOT_FOUND, NULL, "%s is not there", name);
    }
    if (rc == UD_OK) {
        files->package = &files->packages.items[files->packages.len - 1];
        rc = read(files, err);
    }
    ud_strv_done(&one.names);
    return rc;
}

enum ud_code ud_acquire_package_files(struct ud_acquire *acquire, const struct ud_route *route,
                                      unsigned need, struct ud_error *err)
{
    struct files files = {.acquire = acquire,
                          .packages = {.app = acquire->app,
                                       .engine = acquire->builder_image->engine,
                                       .vm = acquire->vm,
                                       .facts = acquire->facts,
                                       .route = route,
                                       .offline = acquire->wish->offline,
                                       .keep = true}};
    const bool has_sources = (route->gives & UD_ROUTE_SOURCES) != 0;
    enum ud_code rc = UD_OK;
    if ((need & UD_ROUTE_SYMVERS) != 0) {
        struct ud_error why = {0};
        rc = fetch_one(&files, route->names.items[has_sources ? 1 : 0], read_build, &why);
        files.packages.route = route;
        rc = ud_acquire_headers_are_optional(acquire, need, rc, &why, err);
    }
    if (rc == UD_OK && (need & UD_ROUTE_SOURCES) != 0) {
        rc = fetch_one(&files, route->names.items[0], read_sources, err);
        files.packages.route = route;
    }
    if (rc == UD_OK && files.packages.opened) {
        ud_report_step_end(acquire->app->report, NULL);
    }
    ud_packages_done(&files.packages);
    return rc;
}
