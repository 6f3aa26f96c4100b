/* A file out of a container, kept as it comes. */
#include "bundle/tar/tarread.h"
#include "docker/containers/archive.h"
#include "sources/kept_file.h"
#include "transport/download.h"

static enum ud_code kept_file_ignore_entry(void *ctx, const struct ud_tarread_entry *entry,
                                           struct ud_error *err)
{
    (void)ctx;
    if (entry->type != UD_TARREAD_FILE) {
        return ud_fail(err, UD_ERR_PROTOCOL, NULL, "%s is not a file", entry->path);
    }
    return UD_OK;
}

static enum ud_code kept_file_content(void *ctx, const char *path, const void *data, size_t len,
                                      struct ud_error *err)
{
    (void)path;
    return ud_kept_file_write(ctx, data, len, err);
}

static enum ud_code kept_file_feed(void *ctx, const void *data, size_t len, struct ud_error *err)
{
    return ud_tarread_feed(ctx, data, len, err);
}

enum ud_code ud_kept_file_take_out(struct ud_kept_file *kept, struct ud_engine *engine,
                                   const char *container, const char *path,
                                   char ret_sha256[UD_DIGEST_HEX_SIZE], struct ud_error *err)
{
    const struct ud_tarread_options options = {
        .entry = kept_file_ignore_entry,
        .content = kept_file_content,
        .ctx = kept,
        .max_entries = 1,
        .max_total = UD_DOWNLOAD_BYTES_MAX,
    };
    struct ud_tarread *tar = ud_tarread_new(&options);
    const struct ud_sink sink = {kept_file_feed, tar};
    enum ud_code rc = ud_archive_get(engine, container, path, &sink, err);
    if (rc == UD_OK) {
        rc = ud_tarread_finish(tar, err);
    }
    ud_tarread_free(tar);
    return rc == UD_OK ? ud_kept_file_close(kept, ret_sha256, err) : rc;
}
