#include "sources/sources.h"

#include <stdlib.h>
#include <string.h>

#include "bundle/bytes/digest.h"
#include "kernel/routes/checksums.h"
#include "platform/fs.h"
#include "platform/host.h"
#include "sources/kept_file.h"
#include "sources/web.h"
#include "util/mem.h"
#include "util/str.h"

/* Of a digest in the name of what is kept; "unverified" is shorter. */
enum { CACHE_HEX = 16 };

void ud_sources_wish_done(struct ud_sources_wish *wish)
{
    ud_url_done(&wish->source);
    ud_url_done(&wish->mirror);
}

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
    const char *path = wish->source.secret;
    enum ud_fs_kind kind = ud_fs_kind(path);
    if (kind != UD_FS_FILE && kind != UD_FS_DIR) {
        return ud_fail(err, UD_ERR_NOT_FOUND, NULL, "there are no sources at %s",
                       wish->source.shown);
    }
    if (kind == UD_FS_DIR && wish->sha256 != NULL) {
        return ud_fail(err, UD_ERR_USAGE, "Name an archive, or leave --source-sha256 out.",
                       "%s is a directory, which has no digest", wish->source.shown);
    }
    sources->path = ud_strdup(path);
    return UD_OK;
}

/* Where a download goes: by its digest if that is known. NULL: there is no such place. */
static char *download_path(const struct ud_url *url, const char *sha256)
{
    char *dir = ud_sources_cache_dir();
    char *file = ud_url_file_name(url);
    char *name = ud_strf("%.*s-%s", CACHE_HEX, sha256 != NULL ? sha256 : "unverified",
                         file[0] != '\0' ? file : "source");
    for (char *p = name; *p != '\0'; p++) {
        *p = strchr("?*:\"<>|\\&#%", *p) != NULL ? '_' : *p;
    }
    char *path = dir != NULL ? ud_fs_join(dir, name) : NULL;
    free(name);
    free(file);
    free(dir);
    return path;
}

static enum ud_code download_whole(const struct ud_app *app, const struct ud_url *url,
                                   const char *sha256, struct ud_kept_file *file,
                                   struct ud_error *err)
{
    char hex[UD_DIGEST_HEX_SIZE];
    UD_TRY(ud_web_get_to(app, url, file, err));
    UD_TRY(ud_kept_file_close(file, hex, err));
    if (sha256 == NULL || strcmp(hex, sha256) == 0) {
        return UD_OK;
    }
    return ud_fail(err, UD_ERR_SOURCE,
                   "Try again; if it stays so, the server or the network between gives another "
                   "file: do not use it.",
                   "%s has SHA-256 %s, expected was %s", url->shown, hex, sha256);
}

static enum ud_code download_to(const struct ud_app *app, const struct ud_url *url,
                                const char *path, struct ud_sources *sources, struct ud_error *err)
{
    struct ud_kept_file file;
    if (sources->sha256 == NULL) {
        ud_report_message(app->report, UD_REPORT_WARN,
                          "%s is not checked: give its digest with --source-sha256", url->shown);
    }
    ud_report_step(app->report, "Downloading %s", url->shown);
    enum ud_code rc = ud_kept_file_begin(app, path, &file, err);
    if (rc == UD_OK) {
        rc = download_whole(app, url, sources->sha256, &file, err);
    }
    if (rc == UD_OK) {
        ud_kept_file_hand_over(&file, sources->sha256 != NULL, &sources->path, &sources->temporary);
        ud_report_step_end(app->report, NULL);
    }
    ud_kept_file_done(&file);
    return rc;
}

static enum ud_code sources_download(const struct ud_app *app, bool offline,
                                     const struct ud_url *url, struct ud_sources *sources,
                                     struct ud_error *err)
{
    char *path = download_path(url, sources->sha256);
    enum ud_code rc = UD_OK;
    if (path != NULL && sources->sha256 != NULL &&
        ud_kept_file_take(app, path, sources->sha256, NULL)) {
        ud_report_message(app->report, UD_REPORT_DETAIL, "%s is here already: %s", url->shown,
                          path);
        sources->path = path;
        return UD_OK;
    }
    if (offline) {
        rc = ud_fail(err, UD_ERR_SOURCE,
                     "Run this once without --offline, with --source-sha256 for an archive that "
                     "has no published digest: what is checked is kept.",
                     "%s is not among the downloads kept here, and --offline downloads nothing",
                     url->shown);
    } else {
        rc = download_to(app, url, path, sources, err);
    }
    free(path);
    return rc;
}

/* The digest of a kept download of that name, in new memory, or NULL. Such a name begins
 * with a part of the digest, by which damage shows. */
static char *find_download(const struct ud_app *app, const char *file)
{
    struct ud_strv names = {0};
    struct ud_error why = {0};
    char hex[UD_DIGEST_HEX_SIZE] = "";
    char *dir = ud_sources_cache_dir();
    char *ending = ud_strf("-%s", file);
    if (dir != NULL && ud_fs_list(dir, &names, &why) == UD_OK) {
        for (size_t i = 0; i < names.len && hex[0] == '\0'; i++) {
            const char *name = names.items[i];
            if (strlen(name) == CACHE_HEX + strlen(ending) && ud_str_ends(name, ending)) {
                char *path = ud_fs_join(dir, name);
                char *begins = ud_strndup(name, CACHE_HEX);
                (void)ud_kept_file_take(app, path, begins, hex);
                free(begins);
                free(path);
            }
        }
    }
    ud_strv_done(&names);
    free(ending);
    free(dir);
    return hex[0] != '\0' ? ud_strdup(hex) : NULL;
}

/* The digest that kernel.org publishes beside the archive. */
static enum ud_code published_digest(const struct ud_app *app, const struct ud_url *folder,
                                     const char *file, char **ret, struct ud_error *err)
{
    struct ud_buf text;
    struct ud_url url;
    char hex[UD_DIGEST_HEX_SIZE];
    ud_url_init_below(&url, folder, "/sha256sums.asc");
    ud_buf_init(&text, UD_CHECKSUMS_TEXT_MAX);
    enum ud_code rc = ud_web_get(app, &url, &text, err);
    if (rc == UD_OK) {
        struct ud_error why = {0};
        rc = ud_checksums_find(text.data, text.len, file, hex, &why);
        if (rc != UD_OK) {
            rc = ud_fail(err, UD_ERR_SOURCE,
                         "Name another mirror with --source-mirror, or give the digest with "
                         "--source-sha256.",
                         "%s cannot be used: %s", url.shown, why.message);
        }
    }
    if (rc == UD_OK) {
        *ret = ud_strdup(hex);
    }
    ud_buf_done(&text);
    ud_url_done(&url);
    return rc;
}

/* The URL that url lies in, and its file's name in url. */
static const char *url_folder(const struct ud_url *url, struct ud_url *ret)
{
    const char *slash = strrchr(url->secret, '/');
    const char *shown = strrchr(url->shown, '/');
    ret->secret = ud_strndup(url->secret, (size_t)(slash - url->secret));
    ret->shown = ud_strndup(url->shown, (size_t)(shown - url->shown));
    return slash + 1;
}

static enum ud_code learn_digest(const struct ud_app *app, const struct ud_sources_wish *wish,
                                 const struct ud_url *url, struct ud_sources *sources,
                                 struct ud_error *err)
{
    struct ud_url folder = {0};
    enum ud_code rc = UD_OK;
    const char *file = url_folder(url, &folder);
    if (wish->offline) {
        sources->sha256 = find_download(app, file);
    } else {
        rc = published_digest(app, &folder, file, &sources->sha256, err);
    }
    if (rc == UD_OK && !wish->offline && ud_str_starts(url->secret, "http:")) {
        ud_report_message(app->report, UD_REPORT_WARN,
                          "%s and its digest come over http, where anybody on the way can change "
                          "both: name a mirror with https://, or give the digest with "
                          "--source-sha256",
                          url->shown);
    }
    ud_url_done(&folder);
    return rc;
}

static enum ud_code sources_tarball(const struct ud_app *app, const struct ud_sources_wish *wish,
                                    const struct ud_url *url, bool digest,
                                    struct ud_sources *sources, struct ud_error *err)
{
    enum ud_code rc = UD_OK;
    if (digest && sources->sha256 == NULL) {
        rc = learn_digest(app, wish, url, sources, err);
    }
    if (rc == UD_OK) {
        rc = sources_download(app, wish->offline, url, sources, err);
    }
    if (rc == UD_ERR_UNREACHABLE || rc == UD_ERR_NOT_FOUND) {
        ud_error_remedy(err, "Name the sources with --source FILE, or a mirror with "
                             "--source-mirror URL.");
    }
    return rc;
}

static enum ud_code sources_named(const struct ud_app *app, const struct ud_sources_wish *wish,
                                  struct ud_sources *sources, struct ud_error *err)
{
    sources->name = ud_strdup(wish->source.shown);
    if (!ud_web_is_url(wish->source.secret)) {
        return use_local(wish, sources, err);
    }
    return wish->dry_run ? UD_OK
                         : sources_download(app, wish->offline, &wish->source, sources, err);
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
        for (char *p = sources->sha256; *p != '\0'; p++) {
            *p = (char)(*p >= 'A' && *p <= 'F' ? *p - 'A' + 'a' : *p);
        }
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
                                    const struct ud_url *url, bool digest, struct ud_sources *ret,
                                    struct ud_error *err)
{
    struct ud_sources sources = {.name = ud_strdup(url->shown)};
    take_sha256(wish, &sources);
    enum ud_code rc = sources_tarball(app, wish, url, digest, &sources, err);
    if (rc == UD_OK) {
        *ret = sources;
    } else {
        sources_give_up(&sources);
    }
    return rc;
}
