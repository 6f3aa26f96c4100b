#include "bundle/tar/tarread.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "bytes/path.h"
#include "tar/tarhead.h"
#include "tar/tarparse.h"
#include "util/buf.h"
#include "util/mem.h"

/* A pax header or GNU long name; both hold a path or two. */
enum { META_MAX = 64 * 1024, PENDING_MAX = 4 * META_MAX };

enum state { IN_HEADER, IN_DATA, IN_PADDING, AT_END };

/* What is done with the data of the current entry. */
enum use { USE_SKIP, USE_FILE, USE_TOO_LARGE, USE_PAX, USE_LONG_NAME, USE_LONG_LINK };

struct ud_tarread {
    struct ud_tarread_options options;
    enum state state;
    enum use use;
    unsigned char block[UD_TAR_BLOCK];
    size_t block_len;
    struct ud_tarparse head;
    struct ud_tarparse_extra extra; /* for the next entry */
    struct ud_buf data;             /* of a file */
    struct ud_buf meta;
    struct ud_buf pending; /* raw bytes of headers whose entry has not come */
    bool passing;          /* the current entry's bytes go to raw */
    uint64_t left;         /* of the data, or of the padding */
    size_t padding;
    size_t entries;
    uint64_t total;
};

struct ud_tarread *ud_tarread_new(const struct ud_tarread_options *options)
{
    struct ud_tarread *tar = ud_alloc(1, sizeof *tar);
    tar->options = *options;
    ud_buf_init(&tar->data, options->max_file);
    ud_buf_init(&tar->meta, META_MAX);
    ud_buf_init(&tar->pending, PENDING_MAX);
    return tar;
}

void ud_tarread_free(struct ud_tarread *tar)
{
    if (tar != NULL) {
        ud_tarparse_extra_done(&tar->extra);
        ud_buf_done(&tar->data);
        ud_buf_done(&tar->meta);
        ud_buf_done(&tar->pending);
        free(tar);
    }
}

static enum ud_tarread_type type_of(char type)
{
    switch (type) {
    case '0':
    case '\0':
    case '7': /* contiguous */
        return UD_TARREAD_FILE;
    case '1':
        return UD_TARREAD_HARDLINK;
    case '2':
        return UD_TARREAD_SYMLINK;
    case '5':
        return UD_TARREAD_DIR;
    default:
        return UD_TARREAD_OTHER;
    }
}

static enum ud_code tarread_clean(const char *raw, char **ret, struct ud_error *err)
{
    enum ud_path_verdict verdict = ud_path_clean(raw, ret);
    if (verdict != UD_PATH_OK) {
        return ud_fail(err, UD_ERR_PROTOCOL, NULL, "a tar archive has an entry %s: %s",
                       ud_path_verdict_text(verdict), raw);
    }
    return UD_OK;
}

static enum ud_code tarread_give(struct ud_tarread *tar, const char *raw, struct ud_error *err)
{
    char *path = NULL;
    UD_TRY(tarread_clean(raw, &path, err));
    struct ud_tarread_entry entry = {
        .path = path,
        .link = tar->extra.link != NULL ? tar->extra.link : tar->head.link,
        .type = type_of(tar->head.type),
        .mode = tar->head.mode,
        .mtime = tar->head.mtime,
        .data = tar->data.data,
        .size = tar->data.len,
    };
    size_t len = strlen(raw);
    if (entry.type == UD_TARREAD_FILE && len > 0 && raw[len - 1] == '/') {
        entry.type = UD_TARREAD_DIR; /* before ustar there was no type for it */
    }
    enum ud_code rc = tar->options.entry(tar->options.ctx, &entry, err);
    free(path);
    return rc;
}

static enum ud_code end_entry(struct ud_tarread *tar, struct ud_error *err)
{
    const char *raw = tar->extra.path != NULL ? tar->extra.path : tar->head.path;
    enum ud_code rc = tarread_give(tar, raw, err);
    ud_tarparse_extra_done(&tar->extra);
    ud_buf_clear(&tar->data);
    return rc;
}

/* The data of an entry is complete. */
static enum ud_code end_data(struct ud_tarread *tar, struct ud_error *err)
{
    enum ud_code rc = UD_OK;
    switch (tar->use) {
    case USE_PAX:
        rc = ud_tarparse_pax(tar->meta.data, tar->meta.len, &tar->extra, err);
        break;
    case USE_LONG_NAME:
        free(tar->extra.path);
        tar->extra.path = ud_strdup(tar->meta.data);
        break;
    case USE_LONG_LINK:
        free(tar->extra.link);
        tar->extra.link = ud_strdup(tar->meta.data);
        break;
    case USE_TOO_LARGE:
        ud_tarparse_extra_done(&tar->extra);
        break;
    case USE_SKIP:
    case USE_FILE:
        if (tar->head.type != 'g') {
            rc = end_entry(tar, err);
        }
        break;
    }
    ud_buf_clear(&tar->meta);
    return rc;
}

static enum use tarread_use_of(char type)
{
    switch (type) {
    case 'x':
        return USE_PAX;
    case 'L':
        return USE_LONG_NAME;
    case 'K':
        return USE_LONG_LINK;
    default:
        return type_of(type) == UD_TARREAD_FILE ? USE_FILE : USE_SKIP;
    }
}

/* A header that belongs to the entry after it. */
static bool is_meta(const struct ud_tarread *tar)
{
    return tar->use == USE_PAX || tar->use == USE_LONG_NAME || tar->use == USE_LONG_LINK;
}

static const char *path_of(const struct ud_tarread *tar)
{
    return tar->extra.path != NULL ? tar->extra.path : tar->head.path;
}

/* Bytes of the current entry, or of a header that belongs to the next. */
static enum ud_code tarread_pass_on(struct ud_tarread *tar, const void *data, size_t len,
                                    struct ud_error *err)
{
    if (tar->options.raw == NULL) {
        return UD_OK;
    }
    if (is_meta(tar)) {
        ud_buf_add(&tar->pending, data, len);
        return ud_buf_check(&tar->pending, "the header of a tar archive's entry", err);
    }
    return tar->passing ? tar->options.raw(tar->options.ctx, data, len, err) : UD_OK;
}

/* A global header has a name that nobody is to use. */
static enum ud_code tarread_passes(const struct ud_tarread *tar, bool *ret, struct ud_error *err)
{
    char *path = NULL;
    *ret = true;
    if (tar->options.passes == NULL || tar->head.type == 'g') {
        return UD_OK;
    }
    UD_TRY(tarread_clean(path_of(tar), &path, err));
    *ret = tar->options.passes(tar->options.ctx, path);
    free(path);
    return UD_OK;
}

/* With the entry's header the path is known, and so whether all of it is passed on. */
static enum ud_code begin_passing(struct ud_tarread *tar, struct ud_error *err)
{
    if (tar->options.raw != NULL && !is_meta(tar)) {
        UD_TRY(tarread_passes(tar, &tar->passing, err));
        UD_TRY(tarread_pass_on(tar, tar->pending.data, tar->pending.len, err));
        ud_buf_clear(&tar->pending);
    }
    return tarread_pass_on(tar, tar->block, sizeof tar->block, err);
}

static enum ud_code check_limits(struct ud_tarread *tar, struct ud_error *err)
{
    const char *path = path_of(tar);
    if (tar->head.type == 'S') {
        return ud_fail(err, UD_ERR_PROTOCOL, NULL, "a tar archive has a sparse file: %s", path);
    }
    bool may_be_large = tar->options.raw != NULL || tar->options.content != NULL;
    if (tar->use == USE_FILE && may_be_large && tar->left > tar->options.max_file) {
        tar->use = USE_TOO_LARGE;
    }
    if ((is_meta(tar) && tar->left > META_MAX) ||
        (tar->use == USE_FILE && tar->left > tar->options.max_file)) {
        return ud_fail(err, UD_ERR_PROTOCOL, NULL, "a tar archive's entry is too large: %s", path);
    }
    if (!is_meta(tar) && ++tar->entries > tar->options.max_entries) {
        return ud_fail(err, UD_ERR_PROTOCOL, NULL, "a tar archive has more than %lu entries",
                       (unsigned long)tar->options.max_entries);
    }
    return UD_OK;
}

static enum ud_code begin_entry(struct ud_tarread *tar, struct ud_error *err)
{
    if (ud_tarparse_is_zero(tar->block)) {
        tar->state = AT_END;
        return UD_OK;
    }
    UD_TRY(ud_tarparse_block(tar->block, &tar->head, err));
    tar->use = tarread_use_of(tar->head.type);
    tar->left = tar->head.size;
    enum ud_tarread_type type = type_of(tar->head.type);
    if (tar->use == USE_FILE && tar->extra.has_size) {
        tar->left = tar->extra.size;
    } else if (type == UD_TARREAD_SYMLINK || type == UD_TARREAD_DIR ||
               type == UD_TARREAD_HARDLINK) {
        tar->left = 0; /* whatever the field says */
    }
    UD_TRY(check_limits(tar, err));
    tar->padding = ud_tarhead_padding(tar->left);
    tar->state = IN_DATA;
    return begin_passing(tar, err);
}

/* Data of a file, which goes to those who want it in pieces. */
static enum ud_code give_content(struct ud_tarread *tar, const char *data, size_t len,
                                 struct ud_error *err)
{
    bool is_file = tar->use == USE_FILE || tar->use == USE_TOO_LARGE;
    if (tar->options.content == NULL || !is_file) {
        return UD_OK;
    }
    return tar->options.content(tar->options.ctx, path_of(tar), data, len, err);
}

/* Takes as much as the state can use; *ret_n may be 0 when it only changes. */
static enum ud_code tarread_step(struct ud_tarread *tar, const char *data, size_t len,
                                 size_t *ret_n, struct ud_error *err)
{
    size_t n = tar->left < len ? (size_t)tar->left : len;
    switch (tar->state) {
    case IN_HEADER:
        n = sizeof tar->block - tar->block_len;
        n = n < len ? n : len;
        memcpy(tar->block + tar->block_len, data, n);
        tar->block_len += n;
        *ret_n = n;
        if (tar->block_len == sizeof tar->block) {
            tar->block_len = 0;
            return begin_entry(tar, err);
        }
        return UD_OK;
    case IN_DATA:
        if (tar->use == USE_FILE || is_meta(tar)) {
            ud_buf_add(tar->use == USE_FILE ? &tar->data : &tar->meta, data, n);
        }
        UD_TRY(give_content(tar, data, n, err));
        UD_TRY(tarread_pass_on(tar, data, n, err));
        break;
    case IN_PADDING:
        UD_TRY(tarread_pass_on(tar, data, n, err));
        break;
    case AT_END:
        *ret_n = len;
        return UD_OK;
    }
    tar->left -= n;
    *ret_n = n;
    return UD_OK;
}

/* Leaves states whose bytes are all there, so that nothing waits for more. */
static enum ud_code tarread_settle(struct ud_tarread *tar, struct ud_error *err)
{
    if (tar->state == IN_DATA && tar->left == 0) {
        UD_TRY(end_data(tar, err));
        tar->state = IN_PADDING;
        tar->left = tar->padding;
    }
    if (tar->state == IN_PADDING && tar->left == 0) {
        tar->state = IN_HEADER;
    }
    return UD_OK;
}

enum ud_code ud_tarread_feed(struct ud_tarread *tar, const void *data, size_t len,
                             struct ud_error *err)
{
    const char *next = data;
    tar->total += len;
    if (tar->options.max_total != 0 && tar->total > tar->options.max_total) {
        return ud_fail(err, UD_ERR_PROTOCOL, NULL, "a tar archive is larger than %llu bytes",
                       (unsigned long long)tar->options.max_total);
    }
    while (len > 0) {
        size_t n = 0;
        UD_TRY(tarread_step(tar, next, len, &n, err));
        UD_TRY(tarread_settle(tar, err));
        next += n;
        len -= n;
    }
    return UD_OK;
}

enum ud_code ud_tarread_finish(struct ud_tarread *tar, struct ud_error *err)
{
    if (tar->state != AT_END) {
        return ud_fail(err, UD_ERR_PROTOCOL, NULL, "a tar archive is cut short");
    }
    return UD_OK;
}
