#include "kernel/kbuild/patches.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"
#include "util/str.h"

void ud_patches_add(struct ud_patches *patches, const char *name, const void *text, size_t len)
{
    size_t at = patches->len;
    while (at > 0 && strcmp(patches->items[at - 1].name, name) > 0) {
        at--;
    }
    patches->items = ud_realloc(patches->items, patches->len + 1, sizeof *patches->items);
    memmove(patches->items + at + 1, patches->items + at,
            (patches->len - at) * sizeof *patches->items);
    patches->items[at] = (struct ud_patch){ud_strdup(name), ud_memdup(text, len), len};
    patches->len++;
}

void ud_patches_done(struct ud_patches *patches)
{
    for (size_t i = 0; i < patches->len; i++) {
        free(patches->items[i].name);
        free(patches->items[i].text);
    }
    free(patches->items);
    free(patches->origin);
    *patches = (struct ud_patches){0};
}

/* A patch while its lines are read: of a hunk, so many lines of the old and the new file are left.
 */
struct patch_reading {
    const struct ud_patch *patch;
    struct ud_strv *files;
    size_t old_left, new_left;
    size_t found;
};

static bool is_below_the_top(const char *path)
{
    for (const char *part = path;; part++) {
        const size_t len = strcspn(part, "/");
        if (len == 0 || (len == 1 && part[0] == '.') || (len == 2 && strncmp(part, "..", 2) == 0)) {
            return false;
        }
        part += len;
        if (*part == '\0') {
            return true;
        }
    }
}

/* "a/drivers/usb/core/hub.c\t2024-..." as `patch -p1` reads it. */
static enum ud_code add_file(struct patch_reading *reading, struct ud_slice name, bool strip,
                             struct ud_error *err)
{
    const char *tab = memchr(name.ptr, '\t', name.len);
    const size_t len = tab != NULL ? (size_t)(tab - name.ptr) : name.len;
    char *path = ud_strndup(name.ptr, len);
    const char *rest = strip ? strchr(path, '/') : path;
    enum ud_code rc = UD_OK;
    if (strcmp(path, "/dev/null") == 0) {
        /* what the other file of the pair becomes or was */
    } else if (rest == NULL || !is_below_the_top(strip ? rest + 1 : rest)) {
        rc = ud_fail(
            err, UD_ERR_SOURCE, NULL,
            "the patch %.200s changes \"%.100s\", which is not below the top of the sources",
            reading->patch->name, path);
    } else {
        ud_strv_add(reading->files, strip ? rest + 1 : rest);
        reading->found++;
    }
    free(path);
    return rc;
}

/* "@@ -12,7 +12,8 @@"; a count that is not there is 1. */
static void begin_hunk(struct patch_reading *reading, struct ud_slice line)
{
    char text[96];
    size_t start;
    size_t lines[2] = {1, 1};
    (void)snprintf(text, sizeof text, "%.*s", (int)(line.len < 90 ? line.len : 90), line.ptr);
    const char *at = text;
    for (int i = 0; i < 2 && at != NULL; i++) {
        at = strchr(at, i == 0 ? '-' : '+');
        if (at != NULL && sscanf(at + 1, "%zu,%zu", &start, &lines[i]) < 1) {
            at = NULL;
        }
    }
    reading->old_left = at != NULL ? lines[0] : 0;
    reading->new_left = at != NULL ? lines[1] : 0;
}

static void pass_line_of_hunk(struct patch_reading *reading, struct ud_slice line)
{
    const char first = line.len > 0 ? line.ptr[0] : ' ';
    if (first != '+' && first != '\\' && reading->old_left > 0) {
        reading->old_left--;
    }
    if (first != '-' && first != '\\' && reading->new_left > 0) {
        reading->new_left--;
    }
}

/* What follows the prefix. */
static bool begins_with(struct ud_slice line, const char *prefix, struct ud_slice *ret)
{
    const size_t len = strlen(prefix);
    if (!ud_slice_starts(line, prefix)) {
        return false;
    }
    *ret = (struct ud_slice){line.ptr + len, line.len - len};
    return true;
}

static enum ud_code read_line(struct patch_reading *reading, struct ud_slice line,
                              struct ud_error *err)
{
    struct ud_slice rest;
    if (reading->old_left > 0 || reading->new_left > 0) {
        pass_line_of_hunk(reading, line);
        return UD_OK;
    }
    if (begins_with(line, "@@ ", &rest)) {
        begin_hunk(reading, rest);
        return UD_OK;
    }
    if (begins_with(line, "--- ", &rest) || begins_with(line, "+++ ", &rest)) {
        return add_file(reading, rest, true, err);
    }
    if (begins_with(line, "rename from ", &rest) || begins_with(line, "rename to ", &rest) ||
        begins_with(line, "copy from ", &rest) || begins_with(line, "copy to ", &rest)) {
        return add_file(reading, rest, false, err);
    }
    return UD_OK;
}

/* The "---" of a mail, above its statistics, has no blank behind it. */
static enum ud_code list_files_of(const struct ud_patch *patch, struct ud_strv *ret,
                                  struct ud_error *err)
{
    struct patch_reading reading = {.patch = patch, .files = ret};
    struct ud_slice rest = {patch->text, patch->len};
    struct ud_slice line;
    while (ud_str_next_line(&rest, &line)) {
        UD_TRY(read_line(&reading, line, err));
    }
    return reading.found > 0
               ? UD_OK
               : ud_fail(err, UD_ERR_SOURCE, NULL, "the patch %.200s changes no file", patch->name);
}

enum ud_code ud_patches_list_files(const struct ud_patches *patches, struct ud_strv *ret,
                                   struct ud_error *err)
{
    for (size_t i = 0; i < patches->len; i++) {
        UD_TRY(list_files_of(&patches->items[i], ret, err));
    }
    ud_strv_sort_unique(ret);
    return UD_OK;
}

void ud_patches_text(const struct ud_patches *patches, struct ud_buf *out)
{
    for (size_t i = 0; i < patches->len; i++) {
        ud_buf_addf(out, "%s %zu\n", patches->items[i].name, patches->items[i].len);
        ud_buf_add(out, patches->items[i].text, patches->items[i].len);
    }
}
