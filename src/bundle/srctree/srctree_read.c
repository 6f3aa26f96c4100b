/* ud_srctree_read: a state machine that makes the outgoing tar. */
#include "srctree/srctree_state.h"

#include <string.h>

#include "bytes/path.h"

/* Reads the whole of a tapped file and hands it over. */
static enum ud_code srctree_read_tap(struct ud_srctree *source, struct ud_error *err)
{
    const struct ud_srctree_options *options = &source->options;
    const struct ud_srctree_entry *entry = &source->entry;
    if (entry->size > options->tap_max) {
        return ud_fail(err, UD_ERR_SOURCE, NULL, "%s in %s is too large: %llu bytes", entry->path,
                       source->walk->name, (unsigned long long)entry->size);
    }
    ud_buf_clear(&source->tapped);
    char piece[8192];
    while (source->tapped.len < entry->size) {
        size_t left = (size_t)entry->size - source->tapped.len;
        size_t n = 0;
        UD_TRY(source->walk->data(source->walk, piece, left < sizeof piece ? left : sizeof piece,
                                  &n, err));
        if (n == 0) {
            return ud_srctree_emit_fail_short(source->walk->name, entry->path, err);
        }
        ud_buf_add(&source->tapped, piece, n);
    }
    source->taps++;
    return options->tap(options->ctx, entry->path, source->tapped.data, source->tapped.len, err);
}

static enum ud_code begin_file(struct ud_srctree *source, unsigned want, struct ud_error *err)
{
    struct ud_srctree_entry *entry = &source->entry;
    bool small = (want & UD_SRCTREE_TAP_SMALL) != 0 && entry->size <= source->options.tap_max;
    bool is_tapped = ((want & UD_SRCTREE_TAP) != 0 || small) && source->options.tap != NULL;
    UD_TRY(source->walk->open(source->walk, entry, err));
    if (is_tapped) {
        UD_TRY(srctree_read_tap(source, err));
    }
    if ((want & UD_SRCTREE_SEND) != 0) {
        UD_TRY(ud_srctree_emit_entry(&source->emit, entry, err));
        source->selected++;
        source->left = entry->size;
        source->state = is_tapped ? UD_SRCTREE_TAPPED_DATA : UD_SRCTREE_FILE_DATA;
    }
    return UD_OK;
}

/* A hard link needs its other name in the stream, too. */
static enum ud_code check_link(struct ud_srctree *source, struct ud_error *err)
{
    const struct ud_srctree_entry *entry = &source->entry;
    const struct ud_srctree_options *options = &source->options;
    bool sound;
    if (entry->type == UD_SRCTREE_SYMLINK) {
        sound = ud_path_link_stays(entry->path, entry->link) && ud_path_is_ascii(entry->link);
    } else {
        sound = (options->want(options->ctx, entry->link) & UD_SRCTREE_SEND) != 0;
    }
    if (!sound) {
        return ud_fail(err, UD_ERR_SOURCE, NULL,
                       "%s has a link that leads out of what a build needs: %s -> %s",
                       source->walk->name, entry->path, entry->link);
    }
    return UD_OK;
}

static enum ud_code begin_link(struct ud_srctree *source, unsigned want, struct ud_error *err)
{
    if ((want & UD_SRCTREE_SEND) == 0) {
        return UD_OK;
    }
    UD_TRY(check_link(source, err));
    UD_TRY(ud_srctree_emit_entry(&source->emit, &source->entry, err));
    source->selected++;
    return UD_OK;
}

static enum ud_code end_stream(struct ud_srctree *source, struct ud_error *err)
{
    UD_TRY(source->walk->finish(source->walk, !source->stopped, err));
    ud_srctree_emit_end(&source->emit);
    source->state = UD_SRCTREE_AT_END;
    return UD_OK;
}

static enum ud_code next_entry(struct ud_srctree *source, struct ud_error *err)
{
    const struct ud_srctree_options *options = &source->options;
    bool end = false;
    UD_TRY(source->walk->next(source->walk, &source->entry, &end, err));
    if (end) {
        return end_stream(source, err);
    }
    unsigned want = options->want(options->ctx, source->entry.path);
    if ((want & UD_SRCTREE_STOP) != 0) {
        source->stopped = true;
        return end_stream(source, err);
    }
    if (want == UD_SRCTREE_SKIP) {
        return UD_OK;
    }
    return source->entry.type == UD_SRCTREE_FILE ? begin_file(source, want, err)
                                                 : begin_link(source, want, err);
}

/* Some of the current file's data; at its end prepares the padding. */
static enum ud_code file_data(struct ud_srctree *source, char *buf, size_t len, size_t *ret_n,
                              struct ud_error *err)
{
    size_t n = source->left < len ? (size_t)source->left : len;
    if (n > 0 && source->state == UD_SRCTREE_TAPPED_DATA) {
        memcpy(buf, source->tapped.data + (source->tapped.len - source->left), n);
    } else if (n > 0) {
        UD_TRY(source->walk->data(source->walk, buf, n, &n, err));
        if (n == 0) {
            return ud_srctree_emit_fail_short(source->walk->name, source->entry.path, err);
        }
    }
    source->left -= n;
    if (source->left == 0) {
        ud_srctree_emit_padding(&source->emit, source->entry.size);
        source->state = UD_SRCTREE_NEXT_ENTRY;
    }
    *ret_n = n;
    return UD_OK;
}

static enum ud_code srctree_read_fill(struct ud_srctree *source, char *buf, size_t len,
                                      size_t *ret_n, struct ud_error *err)
{
    size_t used = 0;
    while (used < len) {
        size_t n = ud_srctree_emit_take(&source->emit, buf + used, len - used);
        used += n;
        if (n > 0) {
            continue;
        }
        if (source->state == UD_SRCTREE_AT_END) {
            break;
        }
        if (source->state == UD_SRCTREE_NEXT_ENTRY) {
            UD_TRY(next_entry(source, err));
        } else {
            UD_TRY(file_data(source, buf + used, len - used, &n, err));
            used += n;
        }
    }
    *ret_n = used;
    return UD_OK;
}

enum ud_code ud_srctree_read(struct ud_srctree *source, void *buf, size_t len, size_t *ret_n,
                             struct ud_error *err)
{
    size_t n = 0;
    if (source->state != UD_SRCTREE_FAILED) {
        source->rc = srctree_read_fill(source, buf, len, &n, &source->err);
    }
    if (source->rc != UD_OK) {
        source->state = UD_SRCTREE_FAILED;
        if (err != NULL) {
            *err = source->err;
        }
        return source->rc;
    }
    source->out += n;
    *ret_n = n;
    return UD_OK;
}
