#include "sources/source_store.h"

#include <stdlib.h>
#include <string.h>

#include "bundle/bytes/digest.h"
#include "platform/fs.h"
#include "sources/sources.h"
#include "util/mem.h"
#include "util/str.h"

enum { NOTE_MAX = 4096 };

static const char *file_name(enum ud_source_store_thing thing)
{
    static const char *const names[] = {
        [UD_SOURCE_STORE_SYMVERS] = "Module.symvers",
        [UD_SOURCE_STORE_SEED] = "randstruct.seed",
        [UD_SOURCE_STORE_SOURCES] = "sources",
    };
    return names[thing];
}

void ud_source_store_done(struct ud_source_store *kept)
{
    free(kept->path);
    free(kept->origin);
    *kept = (struct ud_source_store){0};
}

/* The same release covers different builds: version and configuration are part of
 * the name. NULL if there is no home. */
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
    if (facts->config_text != NULL) {
        ud_digest_add(digest, facts->config_text, facts->config_len);
    }
    ud_digest_hex(digest, hex);
    ud_digest_free(digest);
    char *name = ud_strf("kernel-%.16s", hex);
    char *dir = ud_fs_join(cache, name);
    free(name);
    free(cache);
    return dir;
}

static char *note_path(const char *path)
{
    return ud_strf("%s.from", path);
}

/* "<sha256>  <origin>", written last: without it nothing is there. */
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

bool ud_source_store_find(const struct ud_facts *facts, enum ud_source_store_thing thing,
                          struct ud_source_store *ret)
{
    struct ud_source_store kept = {0};
    char *dir = kept_dir(facts);
    bool found = false;
    if (dir != NULL) {
        kept.path = ud_fs_join(dir, file_name(thing));
        found = ud_fs_kind(kept.path) == UD_FS_FILE && read_note(kept.path, &kept);
    }
    free(dir);
    if (!found) {
        ud_source_store_done(&kept);
    }
    *ret = kept;
    return found;
}

enum ud_code ud_keeping_begin(const struct ud_facts *facts, enum ud_source_store_thing thing,
                              struct ud_keeping *ret, struct ud_error *err)
{
    *ret = (struct ud_keeping){.thing = thing, .dir = kept_dir(facts)};
    if (ret->dir == NULL) {
        return ud_fail(err, UD_ERR_IO, "Set XDG_CACHE_HOME or HOME.",
                       "there is no place for downloads");
    }
    UD_TRY(ud_fs_mkdirs(ret->dir, err));
    ud_fs_sweep_temps(ret->dir);
    ret->kept.path = ud_fs_join(ret->dir, file_name(thing));
    ret->temp = ud_fs_temp_sibling(ret->kept.path);
    ret->digest = ud_digest_new();
    return ud_file_create(ret->temp, false, &ret->file, err);
}

enum ud_code ud_keeping_add(struct ud_keeping *keeping, const void *data, size_t len,
                            struct ud_error *err)
{
    ud_digest_add(keeping->digest, data, len);
    return ud_file_write(keeping->file, data, len, err);
}

static enum ud_code write_note(const struct ud_keeping *keeping, struct ud_error *err)
{
    char *note = note_path(keeping->kept.path);
    char *text = ud_strf("%s  %s\n", keeping->kept.sha256, keeping->kept.origin);
    enum ud_code rc = ud_fs_write_atomic(note, text, strlen(text), err);
    free(text);
    free(note);
    return rc;
}

enum ud_code ud_keeping_end(struct ud_keeping *keeping, const char *origin, struct ud_error *err)
{
    struct ud_file *file = keeping->file;
    keeping->file = NULL;
    UD_TRY(ud_file_close(file, true, err));
    ud_digest_hex(keeping->digest, keeping->kept.sha256);
    keeping->kept.origin = ud_strdup(origin);
    char *note = note_path(keeping->kept.path);
    enum ud_code rc = ud_fs_remove_tree(note, err);
    free(note);
    UD_TRY(rc);
    UD_TRY(ud_fs_rename(keeping->temp, keeping->kept.path, err));
    return write_note(keeping, err);
}

/* An empty directory says nothing and may stay: its parent does too. */
void ud_keeping_done(struct ud_keeping *keeping)
{
    struct ud_error ignored = {0};
    ud_file_free(keeping->file);
    ud_digest_free(keeping->digest);
    if (keeping->temp != NULL && ud_fs_remove_tree(keeping->temp, &ignored) != UD_OK) {
        /* It lies in the cache directory, where `clean --downloads` finds it. */
    }
    free(keeping->temp);
    free(keeping->dir);
    ud_source_store_done(&keeping->kept);
    *keeping = (struct ud_keeping){0};
}

enum ud_code ud_source_store_add(const struct ud_facts *facts, enum ud_source_store_thing thing,
                                 const struct ud_buf *data, const char *origin,
                                 struct ud_error *err)
{
    struct ud_keeping keeping;
    enum ud_code rc = ud_keeping_begin(facts, thing, &keeping, err);
    if (rc == UD_OK) {
        rc = ud_keeping_add(&keeping, data->data, data->len, err);
    }
    if (rc == UD_OK) {
        rc = ud_keeping_end(&keeping, origin, err);
    }
    ud_keeping_done(&keeping);
    return rc;
}
