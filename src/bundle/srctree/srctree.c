#include "bundle/srctree/srctree.h"

#include <stdlib.h>

#include "bundle/bytes/digest.h"
#include "platform/fs.h"
#include "srctree/srctree_state.h"
#include "util/mem.h"

enum { TAP_MAX = 1024 * 1024 };

static char *srctree_copy(const char *text)
{
    return text != NULL ? ud_strdup(text) : NULL;
}

static void copy_options(struct ud_srctree *source, const struct ud_srctree_options *options)
{
    source->options = *options;
    source->options.path = srctree_copy(options->path);
    source->options.name = srctree_copy(options->name != NULL ? options->name : options->path);
    source->options.prefix = srctree_copy(options->prefix != NULL ? options->prefix : "");
    source->options.sha256 = srctree_copy(options->sha256);
    if (options->tap_max == 0) {
        source->options.tap_max = TAP_MAX;
    }
}

static enum ud_code open_walk(struct ud_srctree *source, struct ud_error *err)
{
    const struct ud_srctree_options *options = &source->options;
    if (options->sha256 != NULL && !ud_digest_is_hex(options->sha256)) {
        return ud_fail(err, UD_ERR_USAGE, "Give its 64 hexadecimal digits.", "not a SHA-256: %s",
                       options->sha256);
    }
    if (options->read != NULL || ud_fs_kind(options->path) != UD_FS_DIR) {
        const char *name = options->name != NULL ? options->name : "the source archive";
        return ud_srctree_walk_archive_new(options, name, &source->walk, err);
    }
    if (options->sha256 != NULL) {
        return ud_fail(err, UD_ERR_USAGE, "Name an archive, or give no digest.",
                       "%s is a directory, which has no SHA-256", options->path);
    }
    return ud_srctree_walk_dir_new(options->path, &source->walk, err);
}

enum ud_code ud_srctree_open(const struct ud_srctree_options *options, struct ud_srctree **ret,
                             struct ud_error *err)
{
    struct ud_srctree *source = ud_alloc(1, sizeof *source);
    copy_options(source, options);
    ud_srctree_emit_init(&source->emit, source->options.prefix, options->uid, options->gid);
    ud_buf_init(&source->tapped, source->options.tap_max);
    enum ud_code rc = open_walk(source, err);
    if (rc != UD_OK) {
        ud_srctree_free(source);
        return rc;
    }
    *ret = source;
    return UD_OK;
}

void ud_srctree_free(struct ud_srctree *source)
{
    if (source == NULL) {
        return;
    }
    if (source->walk != NULL) {
        source->walk->free(source->walk);
    }
    ud_srctree_emit_done(&source->emit);
    ud_buf_done(&source->tapped);
    free((char *)source->options.path);
    free((char *)source->options.name);
    free((char *)source->options.prefix);
    free((char *)source->options.sha256);
    free(source);
}

void ud_srctree_get_stats(struct ud_srctree *source, struct ud_srctree_stats *ret)
{
    *ret = (struct ud_srctree_stats){
        .entries = source->walk->entries,
        .skipped = source->walk->skipped,
        .selected = source->selected,
        .tapped = source->taps,
        .out_bytes = source->out,
    };
    source->walk->stats(source->walk, ret);
}

const char *ud_srctree_digest(const struct ud_srctree *source)
{
    return source->state == UD_SRCTREE_AT_END ? source->walk->digest(source->walk) : NULL;
}
