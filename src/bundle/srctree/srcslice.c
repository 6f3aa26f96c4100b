#include "bundle/srctree/srcslice.h"

#include <stdlib.h>
#include <string.h>

#include "platform/fs.h"
#include "platform/host.h"
#include "util/mem.h"
#include "util/patience.h"
#include "util/str.h"
#include "util/strv.h"

#define SUFFIX ".tar.zst"

enum {
    HEX_LEN = UD_DIGEST_HEX_SIZE - 1,
    RULES_LEN = UD_SRCSLICE_RULES_SIZE - 1,
    RULES_AT = HEX_LEN + 1,
    OWN_AT = RULES_AT + RULES_LEN + 1,
    NAME_LEN = OWN_AT + HEX_LEN + sizeof SUFFIX - 1
};

void ud_srcslice_done(struct ud_srcslice *slice)
{
    free(slice->path);
    *slice = (struct ud_srcslice){0};
}

void ud_srcslice_rules(const char *rules, size_t len, char ret[UD_SRCSLICE_RULES_SIZE])
{
    char hex[UD_DIGEST_HEX_SIZE];
    ud_digest_of(rules, len, hex);
    memcpy(ret, hex, RULES_LEN);
    ret[RULES_LEN] = '\0';
}

static bool srcslice_is_hex(const char *text, size_t len)
{
    return strspn(text, "0123456789abcdef") >= len;
}

bool ud_srcslice_is_name(const char *name)
{
    return strlen(name) == NAME_LEN && srcslice_is_hex(name, HEX_LEN) && name[HEX_LEN] == '-' &&
           srcslice_is_hex(name + RULES_AT, RULES_LEN) && name[OWN_AT - 1] == '-' &&
           srcslice_is_hex(name + OWN_AT, HEX_LEN) && strcmp(name + OWN_AT + HEX_LEN, SUFFIX) == 0;
}

static enum ud_code srcslice_judge(const char *dir, const char *name, struct ud_srcslice *ret,
                                   bool *ret_damaged, struct ud_error *err)
{
    char hex[UD_DIGEST_HEX_SIZE];
    char *path = ud_fs_join(dir, name);
    enum ud_code rc = ud_digest_file(path, hex, err);
    if (rc == UD_OK && strncmp(hex, name + OWN_AT, HEX_LEN) == 0) {
        ret->path = path;
        memcpy(ret->sha256, hex, sizeof hex);
        return UD_OK;
    }
    if (rc == UD_OK) {
        *ret_damaged = true;
        rc = ud_fs_remove_tree(path, err);
    }
    free(path);
    return rc == UD_ERR_NOT_FOUND ? UD_OK : rc; /* another process removed it */
}

enum ud_code ud_srcslice_find(const char *dir, const char *archive_sha256, const char *rules,
                              struct ud_srcslice *ret, bool *ret_damaged, struct ud_error *err)
{
    struct ud_strv names = {0};
    struct ud_srcslice slice = {0};
    *ret_damaged = false;
    *ret = slice;
    if (ud_fs_kind(dir) != UD_FS_DIR) {
        return UD_OK;
    }
    UD_TRY(ud_fs_list(dir, &names, err));
    char *prefix = ud_strf("%s-%s-", archive_sha256, rules);
    enum ud_code rc = UD_OK;
    for (size_t i = 0; i < names.len && rc == UD_OK && slice.path == NULL; i++) {
        if (ud_srcslice_is_name(names.items[i]) && ud_str_starts(names.items[i], prefix)) {
            rc = srcslice_judge(dir, names.items[i], &slice, ret_damaged, err);
        }
    }
    free(prefix);
    ud_strv_done(&names);
    *ret = slice;
    return rc;
}

struct aged {
    char *path;
    int64_t mtime;
    bool is_slice;
};

static int by_age(const void *a, const void *b)
{
    int64_t x = ((const struct aged *)a)->mtime;
    int64_t y = ((const struct aged *)b)->mtime;
    return x > y ? -1 : x < y;
}

/* Newest first. */
static struct aged *list_aged(const char *dir, const struct ud_strv *names, size_t *ret_count)
{
    struct aged *items = ud_alloc(names->len, sizeof *items);
    struct ud_error ignored = {0};
    size_t count = 0;
    for (size_t i = 0; i < names->len; i++) {
        struct ud_fs_info info = {0};
        char *path = ud_fs_join(dir, names->items[i]);
        if (ud_fs_info(path, &info, &ignored) != UD_OK || info.kind != UD_FS_FILE) {
            free(path);
            continue;
        }
        items[count++] = (struct aged){path, info.mtime, ud_srcslice_is_name(names->items[i])};
    }
    if (count > 1) {
        qsort(items, count, sizeof *items, by_age);
    }
    *ret_count = count;
    return items;
}

void ud_srcslice_limit(const char *dir, size_t most)
{
    struct ud_strv names = {0};
    struct ud_error ignored = {0};
    if (ud_fs_list(dir, &names, &ignored) != UD_OK || names.len == 0) {
        return;
    }
    size_t count = 0;
    size_t slices = 0;
    struct aged *items = list_aged(dir, &names, &count);
    for (size_t i = 0; i < count; i++) {
        bool left =
            !items[i].is_slice && ud_host_wall_time() - items[i].mtime > UD_PATIENCE_UNFINISHED_S;
        slices += items[i].is_slice;
        if (left || (items[i].is_slice && slices > most)) {
            (void)!ud_fs_remove_tree(items[i].path, &ignored);
        }
        free(items[i].path);
    }
    free(items);
    ud_strv_done(&names);
}
