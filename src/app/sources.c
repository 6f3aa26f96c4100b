#include "sources.h"

#include <stdlib.h>
#include <string.h>

#include "bundle/digest.h"
#include "kernel/checksums.h"
#include "kernel/release.h"
#include "platform/fs.h"
#include "platform/host.h"
#include "util/mem.h"
#include "web.h"

void ud_sources_done(struct ud_sources *sources)
{
    struct ud_error ignored = {0};
    if (sources->temporary && ud_fs_remove_tree(sources->path, &ignored) != UD_OK) {
        /* It lies in the cache directory, where `clean --downloads` finds it. */
    }
    free(sources->path);
    free(sources->name);
    free(sources->sha256);
    *sources = (struct ud_sources){0};
}

char *ud_sources_cache_dir(void)
{
    char *cache = ud_host_cache_dir();
    char *dir = cache != NULL ? ud_fs_join(cache, "sources") : NULL;
    free(cache);
    return dir;
}

static enum ud_code check_sha256_option(const char *hex, struct ud_error *err)
{
    if (hex == NULL || ud_digest_is_hex(hex)) {
        return UD_OK;
    }
    return ud_fail(err, UD_ERR_USAGE, NULL, "--source-sha256 takes 64 hex digits, not \"%s\"", hex);
}

static enum ud_code use_local(const struct ud_build_options *options, struct ud_sources *sources,
                              struct ud_error *err)
{
    enum ud_fs_kind kind = ud_fs_kind(options->source);
    if (kind != UD_FS_FILE && kind != UD_FS_DIR) {
        return ud_fail(err, UD_ERR_NOT_FOUND, NULL, "there are no sources at %s", options->source);
    }
    if (kind == UD_FS_DIR && options->source_sha256 != NULL) {
        return ud_fail(err, UD_ERR_USAGE, "Name an archive, or leave --source-sha256 out.",
                       "%s is a directory, which has no digest", options->source);
    }
    sources->path = ud_strdup(options->source);
    return UD_OK;
}

/* Where a download goes: by its digest if that is known, so that what lies
 * there is what is wanted; else somewhere to be removed after use. */
static enum ud_code cache_path(const char *url, const char *sha256, char **ret,
                               struct ud_error *err)
{
    char *dir = ud_sources_cache_dir();
    if (dir == NULL) {
        return ud_fail(err, UD_ERR_IO, "Set XDG_CACHE_HOME or HOME.",
                       "there is no place for downloads");
    }
    enum ud_code rc = ud_fs_mkdirs(dir, err);
    if (rc == UD_OK) {
        const char *slash = strrchr(url, '/');
        char *name = ud_strf("%.16s-%s", sha256 != NULL ? sha256 : "unverified",
                             slash != NULL && slash[1] != '\0' ? slash + 1 : "source");
        for (char *p = name; *p != '\0'; p++) {
            *p = strchr("?*:\"<>|\\&#%", *p) != NULL ? '_' : *p;
        }
        char *path = ud_fs_join(dir, name);
        *ret = sha256 != NULL ? ud_strdup(path) : ud_fs_temp_sibling(path);
        free(path);
        free(name);
    }
    free(dir);
    return rc;
}

static enum ud_code download(const struct ud_app *app, const char *url, struct ud_sources *sources,
                             struct ud_error *err)
{
    UD_TRY(cache_path(url, sources->sha256, &sources->path, err));
    if (ud_fs_kind(sources->path) == UD_FS_FILE) {
        ud_report_message(app->report, UD_REPORT_DETAIL, "%s is here already: %s", url,
                          sources->path);
        return UD_OK;
    }
    if (sources->sha256 == NULL) {
        ud_report_message(app->report, UD_REPORT_WARN,
                          "%s is not checked: give its digest with --source-sha256", url);
    }
    sources->temporary = sources->sha256 == NULL;
    ud_report_step(app->report, "Downloading %s", url);
    UD_TRY(ud_web_get_file(app, url, sources->path, sources->sha256, err));
    ud_report_step_end(app->report, NULL);
    return UD_OK;
}

/* The digest that kernel.org publishes beside the archive. */
static enum ud_code published_digest(const struct ud_app *app, const char *folder_url,
                                     const char *file, char **ret, struct ud_error *err)
{
    struct ud_buf text;
    char hex[UD_DIGEST_HEX_SIZE];
    char *url = ud_strf("%s/sha256sums.asc", folder_url);
    ud_buf_init(&text, UD_CHECKSUMS_TEXT_MAX);
    enum ud_code rc = ud_web_get(app, url, &text, err);
    if (rc == UD_OK) {
        struct ud_error why = {0};
        rc = ud_checksums_find(text.data, text.len, file, hex, &why);
        if (rc != UD_OK) {
            rc = ud_fail(err, UD_ERR_SOURCE,
                         "Name another mirror with --source-mirror, or give the digest with "
                         "--source-sha256.",
                         "%s cannot be used: %s", url, why.message);
        }
    }
    if (rc == UD_OK) {
        *ret = ud_strdup(hex);
    }
    ud_buf_done(&text);
    free(url);
    return rc;
}

static enum ud_code use_kernel_org(const struct ud_app *app, const struct ud_build_options *options,
                                   const struct ud_release *release, struct ud_sources *sources,
                                   struct ud_error *err)
{
    struct ud_release_tarball tarball;
    UD_TRY(ud_release_tarball(release, &tarball, err));
    const char *base =
        options->source_mirror != NULL ? options->source_mirror : UD_SOURCES_KERNEL_ORG;
    char *folder_url = ud_strf("%s/%s", base, tarball.folder);
    enum ud_code rc = UD_OK;
    free(sources->name);
    sources->name = ud_strf("%s/%s", folder_url, tarball.file);
    if (!options->dry_run) {
        if (sources->sha256 == NULL) {
            rc = published_digest(app, folder_url, tarball.file, &sources->sha256, err);
        }
        if (rc == UD_OK) {
            rc = download(app, sources->name, sources, err);
        }
        if (rc == UD_ERR_UNREACHABLE || rc == UD_ERR_NOT_FOUND) {
            ud_error_remedy(err, "Name the sources with --source FILE, or a mirror with "
                                 "--source-mirror URL.");
        }
    }
    free(folder_url);
    return rc;
}

static enum ud_code choose(const struct ud_app *app, const struct ud_build_options *options,
                           const struct ud_facts *facts, struct ud_sources *sources,
                           struct ud_error *err)
{
    UD_TRY(check_sha256_option(options->source_sha256, err));
    if (options->source_sha256 != NULL) {
        sources->sha256 = ud_strdup(options->source_sha256);
    }
    if (options->source == NULL) {
        return use_kernel_org(app, options, &facts->release, sources, err);
    }
    sources->name = ud_strdup(options->source);
    if (!ud_web_is_url(options->source)) {
        return use_local(options, sources, err);
    }
    return options->dry_run ? UD_OK : download(app, options->source, sources, err);
}

enum ud_code ud_sources_get(const struct ud_app *app, const struct ud_build_options *options,
                            const struct ud_facts *facts, struct ud_sources *ret,
                            struct ud_error *err)
{
    struct ud_sources sources = {0};
    enum ud_code rc = choose(app, options, facts, &sources, err);
    if (rc == UD_OK) {
        *ret = sources;
    } else {
        /* A failed download removed its own file. */
        sources.temporary = false;
        ud_sources_done(&sources);
    }
    return rc;
}
