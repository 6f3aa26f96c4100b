#include "srctree/srctree_walk.h"

#include <stdlib.h>
#include <string.h>

#include "bytes/path.h"
#include "platform/file.h"
#include "platform/fs.h"
#include "util/mem.h"
#include "util/strv.h"

enum { DEPTH_MAX = 64 };

/* A directory that is being walked. */
struct frame {
    char *path; /* below the top, "" for the top */
    struct ud_strv names;
    size_t next;
};

struct dir_walk {
    struct ud_srctree_walk walk;
    char *top;
    struct frame frames[DEPTH_MAX];
    size_t depth;
    struct ud_file *file; /* the current one, once opened */
    uint64_t read;
    char *path; /* of the current entry, its link, and where it is on this host */
    char *link;
    char *place;
};

static enum ud_code srctree_dir_push(struct dir_walk *self, const char *path, struct ud_error *err)
{
    if (self->depth == DEPTH_MAX) {
        return ud_fail(err, UD_ERR_SOURCE, NULL, "%s is nested too deeply: %s", self->walk.name,
                       path);
    }
    char *place = path[0] != '\0' ? ud_fs_join(self->top, path) : ud_strdup(self->top);
    struct frame *frame = &self->frames[self->depth];
    *frame = (struct frame){0};
    enum ud_code rc = ud_fs_list(place, &frame->names, err);
    free(place);
    if (rc == UD_OK) {
        frame->path = ud_strdup(path);
        self->depth++;
    }
    return rc;
}

static void srctree_dir_pop(struct dir_walk *self)
{
    struct frame *frame = &self->frames[--self->depth];
    free(frame->path);
    ud_strv_done(&frame->names);
}

static void forget_entry(struct dir_walk *self)
{
    ud_file_free(self->file);
    free(self->path);
    free(self->link);
    free(self->place);
    self->file = NULL;
    self->path = NULL;
    self->link = NULL;
    self->place = NULL;
}

/* Describes what is at self->place; *ret_use is false for what is no file or link. */
static enum ud_code srctree_dir_describe(struct dir_walk *self, struct ud_srctree_entry *ret,
                                         bool *ret_use, struct ud_error *err)
{
    struct ud_fs_info info;
    UD_TRY(ud_fs_info(self->place, &info, err));
    *ret = (struct ud_srctree_entry){
        .path = self->path,
        .type = info.kind == UD_FS_LINK ? UD_SRCTREE_SYMLINK : UD_SRCTREE_FILE,
        .size = info.size,
        .mtime = info.mtime,
        .executable = info.executable,
    };
    *ret_use = info.kind == UD_FS_FILE || info.kind == UD_FS_LINK;
    if (info.kind == UD_FS_LINK) {
        UD_TRY(ud_fs_read_link(self->place, &self->link, err));
        ret->link = self->link;
    } else if (info.kind == UD_FS_DIR) {
        UD_TRY(srctree_dir_push(self, self->path, err));
    } else if (info.kind != UD_FS_FILE) {
        self->walk.skipped++;
    }
    return UD_OK;
}

static enum ud_code dir_next(struct ud_srctree_walk *walk, struct ud_srctree_entry *ret,
                             bool *ret_end, struct ud_error *err)
{
    struct dir_walk *self = (struct dir_walk *)walk;
    bool use = false;
    while (!use && self->depth > 0) {
        struct frame *frame = &self->frames[self->depth - 1];
        if (frame->next == frame->names.len) {
            srctree_dir_pop(self);
            continue;
        }
        const char *name = frame->names.items[frame->next++];
        if (strcmp(name, ".git") == 0) {
            continue; /* not sources, and as large as they are */
        }
        walk->entries++;
        if (!ud_path_is_ascii(name)) {
            walk->skipped++;
            continue;
        }
        forget_entry(self);
        const char *slash = frame->path[0] != '\0' ? "/" : "";
        self->path = ud_strf("%s%s%s", frame->path, slash, name);
        self->place = ud_fs_join(self->top, self->path);
        UD_TRY(srctree_dir_describe(self, ret, &use, err));
    }
    *ret_end = !use;
    return UD_OK;
}

/* Windows has no x bit and not every file system keeps it: a script shows itself. */
static enum ud_code is_script(struct ud_file *file, bool *ret, struct ud_error *err)
{
    char start[2];
    size_t n = 0;
    UD_TRY(ud_file_read(file, start, sizeof start, &n, err));
    *ret = n == sizeof start && memcmp(start, "#!", sizeof start) == 0;
    return ud_file_rewind(file, err);
}

static enum ud_code dir_open(struct ud_srctree_walk *walk, struct ud_srctree_entry *entry,
                             struct ud_error *err)
{
    struct dir_walk *self = (struct dir_walk *)walk;
    bool script = false;
    UD_TRY(ud_file_open(self->place, &self->file, err));
    UD_TRY(ud_file_size(self->file, &entry->size, err));
    UD_TRY(is_script(self->file, &script, err));
    entry->executable = entry->executable || script;
    return UD_OK;
}

static enum ud_code dir_data(struct ud_srctree_walk *walk, void *buf, size_t len, size_t *ret_n,
                             struct ud_error *err)
{
    struct dir_walk *self = (struct dir_walk *)walk;
    size_t n = 0;
    UD_TRY(ud_file_read(self->file, buf, len, &n, err));
    self->read += n;
    *ret_n = n;
    return UD_OK;
}

static enum ud_code dir_finish(struct ud_srctree_walk *walk, bool whole, struct ud_error *err)
{
    (void)walk;
    (void)whole;
    (void)err;
    return UD_OK;
}

static void dir_stats(struct ud_srctree_walk *walk, struct ud_srctree_stats *stats)
{
    stats->in_bytes = ((const struct dir_walk *)walk)->read;
}

static const char *dir_digest(const struct ud_srctree_walk *walk)
{
    (void)walk;
    return NULL;
}

static void dir_free(struct ud_srctree_walk *walk)
{
    struct dir_walk *self = (struct dir_walk *)walk;
    while (self->depth > 0) {
        srctree_dir_pop(self);
    }
    forget_entry(self);
    free(self->top);
    free(self);
}

enum ud_code ud_srctree_walk_dir_new(const char *path, struct ud_srctree_walk **ret,
                                     struct ud_error *err)
{
    struct dir_walk *self = ud_alloc(1, sizeof *self);
    self->walk = (struct ud_srctree_walk){.next = dir_next,
                                          .open = dir_open,
                                          .data = dir_data,
                                          .finish = dir_finish,
                                          .stats = dir_stats,
                                          .digest = dir_digest,
                                          .free = dir_free};
    self->top = ud_strdup(path);
    self->walk.name = self->top;
    enum ud_code rc = srctree_dir_push(self, "", err);
    if (rc != UD_OK) {
        dir_free(&self->walk);
        return rc;
    }
    *ret = &self->walk;
    return UD_OK;
}
