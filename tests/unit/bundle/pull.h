/* Pulls a source to its end and describes what came, a line an entry. */
#ifndef TEST_PULL_H
#define TEST_PULL_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "bundle/srctree/srctree.h"
#include "bundle/tar/tarread.h"
#include "util/buf.h"
#include "util/mem.h"
#include "util/str.h"

/* An archive in memory, given out in pieces. */
struct memory {
    const char *data;
    size_t len;
    size_t at;
    size_t piece; /* most bytes for each read; 0: no limit */
};

static inline enum ud_code memory_read(void *ctx, void *buf, size_t len, size_t *ret_n,
                                       struct ud_error *err)
{
    (void)err;
    struct memory *memory = ctx;
    size_t n = memory->len - memory->at;
    n = n < len ? n : len;
    n = memory->piece != 0 && memory->piece < n ? memory->piece : n;
    memcpy(buf, memory->data + memory->at, n);
    memory->at += n;
    *ret_n = n;
    return UD_OK;
}

static inline enum ud_code pull_note(void *ctx, const struct ud_tarread_entry *entry,
                                     struct ud_error *err)
{
    (void)err;
    static const char types[] = "fdsho";
    ud_buf_addf(ctx, "%c %s%s%s %o %s\n", types[entry->type], entry->path,
                entry->link[0] != '\0' ? "->" : "", entry->link, entry->mode, entry->data);
    return UD_OK;
}

/* The whole tar, added to out, with reads of step bytes. */
static inline enum ud_code pull_tar(const struct ud_srctree_options *options, size_t step,
                                    struct ud_buf *out, struct ud_srctree_stats *stats,
                                    struct ud_error *err)
{
    struct ud_srctree *source = NULL;
    UD_TRY(ud_srctree_open(options, &source, err));
    char *buf = ud_alloc(step, 1);
    size_t n = 0;
    enum ud_code rc;
    do {
        rc = ud_srctree_read(source, buf, step, &n, err);
        if (rc == UD_OK) {
            ud_buf_add(out, buf, n);
        }
    } while (rc == UD_OK && n > 0);
    if (stats != NULL) {
        ud_srctree_get_stats(source, stats);
    }
    free(buf);
    ud_srctree_free(source);
    return rc;
}

/* As above, but the list of what is in it. */
static inline enum ud_code pull_list(const struct ud_srctree_options *options, size_t step,
                                     struct ud_buf *notes, struct ud_srctree_stats *stats,
                                     struct ud_error *err)
{
    struct ud_buf tar;
    ud_buf_init(&tar, 64 * 1024 * 1024);
    enum ud_code rc = pull_tar(options, step, &tar, stats, err);
    if (rc == UD_OK) {
        const struct ud_tarread_options reading = {.entry = pull_note,
                                                   .ctx = notes,
                                                   .max_entries = 100000,
                                                   .max_file = 64 * 1024 * 1024,
                                                   .max_total = 64 * 1024 * 1024};
        struct ud_tarread *reader = ud_tarread_new(&reading);
        rc = ud_tarread_feed(reader, tar.data, tar.len, err);
        if (rc == UD_OK) {
            rc = ud_tarread_finish(reader, err);
        }
        ud_tarread_free(reader);
    }
    ud_buf_done(&tar);
    return rc;
}

static inline unsigned want_all(void *ctx, const char *path)
{
    (void)ctx;
    (void)path;
    return UD_SRCTREE_SEND;
}

#endif
