#include "sources/source_store.h"

#include <stdlib.h>
#include <string.h>

#include "bundle/bytes/digest.h"
#include "platform/fs.h"
#include "sources/kept_file.h"
#include "sources/sources.h"
#include "util/mem.h"
#include "util/str.h"

enum { NOTE_MAX = 4096 };

void ud_source_store_done(struct ud_source_store *kept)
{
    free(kept->path);
    free(kept->origin);
    *kept = (struct ud_source_store){0};
}

/* The same release covers different builds: version, build id and configuration are part of the
 * name. NULL if there is no home. */
static char *kept_dir(const struct ud_facts *facts)
{
    char *cache = ud_sources_cache_dir();
    if (cache == NULL) {
        return NULL;
    }
    char hex[UD_DIGEST_HEX_SIZE];
    struct ud_digest *digest = ud_digest_new();
    const char *version = facts->version != NULL ? facts->version : "";
    ud_digest_add(digest, facts->release.text, strlen(facts->release.text) + 1);
    ud_digest_add(digest, version, strlen(version) + 1);
    if (facts->build_id != NULL) {
        ud_digest_add(digest, facts->build_id, strlen(facts->build_id) + 1);
    }
    if (facts->config_text != NULL) {
        ud_digest_add(digest, facts->config_text, facts->config_len);
    }
    ud_digest_hex(digest, hex);
    ud_digest_free(digest);
    char *kernel = ud_strf("kernel-%.16s", hex);
    char *dir = ud_fs_join(cache, kernel);
    free(kernel);
    free(cache);
    return dir;
}

char *ud_source_store_path(const struct ud_facts *facts, const char *name)
{
    char *dir = kept_dir(facts);
    char *path = dir != NULL ? ud_fs_join(dir, name) : NULL;
    free(dir);
    return path;
}

static char *note_path(const char *path)
{
    return ud_strf("%s.from", path);
}

/* "<sha256>  <origin>", written last: without it, or with that of another, nothing is there. */
static bool read_note(const char *path, struct ud_source_store *kept)
{
    struct ud_buf text;
    char *note = note_path(path);
    struct ud_error why = {0};
    ud_buf_init(&text, NOTE_MAX);
    bool found = ud_fs_read(note, &text, &why) == UD_OK && text.len > 66 && text.data[64] == ' ';
    if (found) {
        memcpy(kept->sha256, text.data, 64);
        struct ud_slice rest = {text.data + 65, text.len - 65};
        rest = ud_slice_trim(rest);
        kept->origin = ud_strndup(rest.ptr, rest.len);
        found = ud_digest_is_hex(kept->sha256);
    }
    ud_buf_done(&text);
    free(note);
    return found;
}

bool ud_source_store_find(const struct ud_app *app, const struct ud_facts *facts, const char *name,
                          struct ud_source_store *ret)
{
    struct ud_source_store kept = {.path = ud_source_store_path(facts, name)};
    bool found = kept.path != NULL && read_note(kept.path, &kept) &&
                 ud_kept_file_take(app, kept.path, kept.sha256, NULL);
    if (!found) {
        ud_source_store_done(&kept);
    }
    *ret = kept;
    return found;
}

static enum ud_code write_note(const char *path, const char *sha256, const char *origin,
                               struct ud_error *err)
{
    char *note = note_path(path);
    char *text = ud_strf("%s  %s\n", sha256, origin);
    enum ud_code rc = ud_fs_write_atomic(note, text, strlen(text), err);
    free(text);
    free(note);
    return rc;
}

static void not_kept(const struct ud_app *app, const char *path, const struct ud_error *why)
{
    ud_report_message(app->report, UD_REPORT_WARN, "%s is not kept for the next time: %s", path,
                      why->message);
}

void ud_source_store_note(const struct ud_app *app, const char *path, const char *sha256,
                          const char *origin)
{
    struct ud_error why = {0};
    if (write_note(path, sha256, origin, &why) != UD_OK) {
        not_kept(app, path, &why);
    }
}

static enum ud_code write_both(const char *path, const struct ud_buf *data, const char *origin,
                               struct ud_error *err)
{
    char hex[UD_DIGEST_HEX_SIZE];
    char *dir = ud_fs_dirname(path);
    enum ud_code rc = ud_fs_mkdirs(dir, err);
    free(dir);
    UD_TRY(rc);
    UD_TRY(ud_fs_write_atomic(path, data->data, data->len, err));
    ud_digest_of(data->data, data->len, hex);
    return write_note(path, hex, origin, err);
}

void ud_source_store_add(const struct ud_app *app, const struct ud_facts *facts, const char *name,
                         const struct ud_buf *data, const char *origin)
{
    struct ud_error why = {0};
    char *path = ud_source_store_path(facts, name);
    if (path != NULL && write_both(path, data, origin, &why) != UD_OK) {
        not_kept(app, path, &why);
    }
    free(path);
}
