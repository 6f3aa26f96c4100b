#include "srctree/srctree_emit.h"

#include <stdlib.h>
#include <string.h>

#include "platform/host.h"
#include "tar/tarhead.h"
#include "util/mem.h"

/* One path has at most 512 directories, each of a block or three. */
enum { PENDING_MAX = 4 * 1024 * 1024 };

void ud_srctree_emit_init(struct ud_srctree_emit *emit, const char *prefix, unsigned uid,
                          unsigned gid)
{
    *emit = (struct ud_srctree_emit){.prefix = prefix, .uid = uid, .gid = gid};
    emit->now = ud_host_wall_time();
    emit->dir = ud_strdup("");
    ud_buf_init(&emit->pending, PENDING_MAX);
}

void ud_srctree_emit_done(struct ud_srctree_emit *emit)
{
    free(emit->dir);
    ud_buf_done(&emit->pending);
}

static void add_head(struct ud_srctree_emit *emit, const char *path, size_t path_len,
                     struct ud_tarhead head)
{
    char *full = ud_strf("%s%.*s", emit->prefix, (int)path_len, path);
    head.path = full;
    head.uid = emit->uid;
    head.gid = emit->gid;
    head.mtime = head.mtime < emit->now ? head.mtime : emit->now;
    ud_tarhead_add(&emit->pending, &head);
    free(full);
}

/* Whether path's first len bytes are dir or a directory above it. */
static bool is_in(const char *dir, const char *path, size_t len)
{
    return strncmp(dir, path, len) == 0 && (dir[len] == '/' || dir[len] == '\0');
}

static void add_dirs(struct ud_srctree_emit *emit, const struct ud_srctree_entry *entry)
{
    const struct ud_tarhead head = {.type = UD_TARHEAD_DIR, .mode = 0755, .mtime = entry->mtime};
    size_t dir_len = 0;
    for (const char *slash = strchr(entry->path, '/'); slash != NULL;
         slash = strchr(slash + 1, '/')) {
        dir_len = (size_t)(slash - entry->path);
        if (!is_in(emit->dir, entry->path, dir_len)) {
            add_head(emit, entry->path, dir_len, head);
        }
    }
    free(emit->dir);
    emit->dir = ud_strndup(entry->path, dir_len);
}

enum ud_code ud_srctree_emit_entry(struct ud_srctree_emit *emit,
                                   const struct ud_srctree_entry *entry, struct ud_error *err)
{
    struct ud_tarhead head = {
        .type = UD_TARHEAD_FILE,
        .mode = entry->executable ? 0755 : 0644,
        .mtime = entry->mtime,
        .size = entry->size,
    };
    char *link = NULL;
    if (entry->type == UD_SRCTREE_SYMLINK) {
        head.type = UD_TARHEAD_SYMLINK;
        head.mode = 0777;
        link = ud_strdup(entry->link);
    } else if (entry->type == UD_SRCTREE_HARDLINK) {
        head.type = UD_TARHEAD_HARDLINK;
        link = ud_strf("%s%s", emit->prefix, entry->link);
    }
    head.link = link;
    add_dirs(emit, entry);
    add_head(emit, entry->path, strlen(entry->path), head);
    free(link);
    return ud_buf_check(&emit->pending, entry->path, err);
}

void ud_srctree_emit_padding(struct ud_srctree_emit *emit, uint64_t size)
{
    static const char zeros[UD_TAR_BLOCK];
    ud_buf_add(&emit->pending, zeros, ud_tarhead_padding(size));
}

void ud_srctree_emit_end(struct ud_srctree_emit *emit)
{
    static const char zeros[2 * UD_TAR_BLOCK];
    ud_buf_add(&emit->pending, zeros, sizeof zeros);
}

size_t ud_srctree_emit_take(struct ud_srctree_emit *emit, char *buf, size_t len)
{
    size_t n = emit->pending.len - emit->taken;
    n = n < len ? n : len;
    memcpy(buf, emit->pending.data + emit->taken, n);
    emit->taken += n;
    if (emit->taken == emit->pending.len) {
        ud_buf_clear(&emit->pending);
        emit->taken = 0;
    }
    return n;
}

enum ud_code ud_srctree_emit_fail_short(const char *source, const char *path, struct ud_error *err)
{
    return ud_fail(err, UD_ERR_SOURCE, NULL, "%s in %s is shorter than it says", path, source);
}
