#include "sources/sources.h"

#include <stdlib.h>
#include <string.h>

#include "bundle/bytes/digest.h"
#include "kernel/routes/checksums.h"
#include "platform/fs.h"
#include "platform/host.h"
#include "sources/web.h"
#include "util/mem.h"
#include "util/str.h"

/* Of a digest in the name of what is kept; "unverified" is shorter. */
enum { CACHE_HEX = 16 };

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

enum ud_code ud_sources_check_sha256(const char *hex, struct ud_error *err)
{
    if (hex == NULL || ud_digest_is_hex(hex)) {
        return UD_OK;
    }
    return ud_fail(err, UD_ERR_USAGE, NULL, "--source-sha256 takes 64 hex digits, not \"%s\"", hex);
}

static enum ud_code use_local(const struct ud_sources_wish *wish, struct ud_sources *sources,
                              struct ud_error *err)
{
    enum ud_fs_kind kind = ud_fs_kind(wish->source);
    if (kind != UD_FS_FILE && kind != UD_FS_DIR) {
        return ud_fail(err, UD_ERR_NOT_FOUND, NULL, "there are no sources at %s", wish->source);
    }
    if (kind == UD_FS_DIR && wish->sha256 != NULL) {
        return ud_fail(err, UD_ERR_USAGE, "Name an archive, or leave --source-sha256 out.",
                       "%s is a directory, which has no digest", wish->source);
    }
    sources->path = ud_strdup(wish->source);
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
        ud_fs_sweep_temps(dir);
        const char *slash = strrchr(url, '/');
        char *name = ud_strf("%.*s-%s", CACHE_HEX, sha256 != NULL ? sha256 : "unverified",
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

static enum ud_code sources_download(const struct ud_app *app, bool offline, const char *url,
                                     struct ud_sources *sources, struct ud_error *err)
{
    UD_TRY(cache_path(url, sources->sha256, &sources->path, err));
    if (ud_fs_kind(sources->path) == UD_FS_FILE) {
        ud_report_message(app->report, UD_REPORT_DETAIL, "%s is here already: %s", url,
                          sources->path);
        return UD_OK;
    }
    if (offline) {
        return ud_fail(err, UD_ERR_SOURCE,
                       "Run this once without --offline, with --source-sha256 for an archive that "
                       "has no published digest: what is checked is kept.",
                       "%s is not among the downloads kept here, and --offline downloads nothing",
                       url);
    }
    if (sources->sha256 == NULL) {
        ud_report_message(app->report, UD_REPORT_WARN,
                          "%s is not checked: give its digest with --source-sha256", url);
    }
    sources->temporary = sources->sha256 == NULL;
    ud_report_step(app->report, "Downloading %s", url);
    /* One that is not kept has the name of a temporary file already. */
    UD_TRY(sources->temporary ? ud_web_get_new_file(app, url, sources->path, NULL, err)
                              : ud_web_get_file(app, url, sources->path, sources->sha256, err));
    ud_report_step_end(app->report, NULL);
    return UD_OK;
}

/* Of a kept download, whose name begins with a part of its digest, the whole of it. */
static enum ud_code digest_if(const char *dir, const char *kept, char **ret, struct ud_error *err)
{
    char hex[UD_DIGEST_HEX_SIZE];
    char *path = ud_fs_join(dir, kept);
    enum ud_code rc = ud_digest_file(path, hex, err);
    if (rc == UD_OK && strncmp(hex, kept, CACHE_HEX) == 0) {
        *ret = ud_strdup(hex);
    }
    free(path);
    return rc;
}

enum ud_code ud_sources_find_download(const char *file, char **ret, struct ud_error *err)
{
    struct ud_strv names = {0};
    struct ud_error why = {0};
    char *dir = ud_sources_cache_dir();
    char *ending = ud_strf("-%s", file);
    enum ud_code rc = UD_OK;
    if (dir != NULL && ud_fs_list(dir, &names, &why) == UD_OK) {
        for (size_t i = 0; i < names.len && rc == UD_OK && *ret == NULL; i++) {
            if (strlen(names.items[i]) == CACHE_HEX + strlen(ending) &&
                ud_str_ends(names.items[i], ending)) {
                rc = digest_if(dir, names.items[i], ret, err);
            }
        }
    }
    ud_strv_done(&names);
    free(ending);
    free(dir);
    return rc;
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

static enum ud_code sources_tarball(const struct ud_app *app, const struct ud_sources_wish *wish,
                                    const char *url, bool digest, struct ud_sources *sources,
                                    struct ud_error *err)
{
    const char *slash = strrchr(url, '/');
    char *folder_url = ud_strndup(url, (size_t)(slash - url));
    enum ud_code rc = UD_OK;
    if (wish->offline && digest && sources->sha256 == NULL) {
        rc = ud_sources_find_download(slash + 1, &sources->sha256, err);
    } else if (digest && sources->sha256 == NULL) {
        rc = published_digest(app, folder_url, slash + 1, &sources->sha256, err);
    }
    if (rc == UD_OK) {
        rc = sources_download(app, wish->offline, url, sources, err);
    }
    if (rc == UD_ERR_UNREACHABLE || rc == UD_ERR_NOT_FOUND) {
        ud_error_remedy(err, "Name the sources with --source FILE, or a mirror with "
                             "--source-mirror URL.");
    }
    free(folder_url);
    return rc;
}

static enum ud_code sources_named(const struct ud_app *app, const struct ud_sources_wish *wish,
                                  struct ud_sources *sources, struct ud_error *err)
{
    sources->name = ud_strdup(wish->source);
    if (!ud_web_is_url(wish->source)) {
        return use_local(wish, sources, err);
    }
    return wish->dry_run ? UD_OK : sources_download(app, wish->offline, wish->source, sources, err);
}

/* A failed download removed its own file. */
static void sources_give_up(struct ud_sources *sources)
{
    sources->temporary = false;
    ud_sources_done(sources);
}

static void take_sha256(const struct ud_sources_wish *wish, struct ud_sources *sources)
{
    if (wish->sha256 != NULL) {
        sources->sha256 = ud_strdup(wish->sha256);
    }
}

enum ud_code ud_sources_get_named(const struct ud_app *app, const struct ud_sources_wish *wish,
                                  struct ud_sources *ret, struct ud_error *err)
{
    struct ud_sources sources = {0};
    take_sha256(wish, &sources);
    enum ud_code rc = sources_named(app, wish, &sources, err);
    if (rc == UD_OK) {
        *ret = sources;
    } else {
        sources_give_up(&sources);
    }
    return rc;
}

enum ud_code ud_sources_get_tarball(const struct ud_app *app, const struct ud_sources_wish *wish,
                                    const char *url, bool digest, struct ud_sources *ret,
                                    struct ud_error *err)
{
    struct ud_sources sources = {.name = ud_strdup(url)};
    take_sha256(wish, &sources);
    enum ud_code rc = sources_tarball(app, wish, url, digest, &sources, err);
    if (rc == UD_OK) {
        *ret = sources;
    } else {
        sources_give_up(&sources);
    }
    return rc;
}
