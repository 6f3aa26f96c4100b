#include "engine/run_mark.h"

#include <stdlib.h>
#include <string.h>

#include "platform/fs.h"
#include "platform/host.h"
#include "platform/lock_file.h"
#include "util/mem.h"
#include "util/patience.h"
#include "util/str.h"

enum {
    ID_BYTES = 16,
    ID_LEN = 2 * ID_BYTES,
    FILES_MAX = 1000, /* only killed runs leave files */
};

static struct {
    unsigned users;
    char id[ID_LEN + 1]; /* "": there is no file */
    char *path;
    struct ud_lock_file *lock;
    bool keep;
} mark;

/* It becomes part of a path, and labels are anybody's to write. */
static bool run_mark_is_id(const char *text)
{
    return text != NULL && strlen(text) == ID_LEN && strspn(text, "0123456789abcdef") == ID_LEN;
}

/* NULL if there is no home. */
static char *run_mark_dir(void)
{
    char *state = ud_host_state_dir();
    char *dir = state != NULL ? ud_fs_join(state, "runs") : NULL;
    free(state);
    return dir;
}

static bool run_mark_has_served(const char *path, size_t count)
{
    struct ud_fs_info info = {0};
    return ud_fs_info(path, &info, NULL) == UD_OK && info.kind == UD_FS_FILE &&
           (count > FILES_MAX || ud_host_wall_time() - info.mtime > UD_PATIENCE_RUN_FILE_S) &&
           ud_lock_file_state(path) == UD_LOCK_FREE;
}

/* Files of runs that were killed long ago, or of too many. What these left is then of
 * an unknown owner, and goes by its age. */
static void run_mark_tidy(const char *dir)
{
    struct ud_strv names = {0};
    if (ud_fs_list(dir, &names, NULL) != UD_OK) {
        return;
    }
    for (size_t i = 0; i < names.len; i++) {
        char *path = ud_fs_join(dir, names.items[i]);
        if (run_mark_is_id(names.items[i]) && run_mark_has_served(path, names.len)) {
            (void)!ud_fs_remove_tree(path, NULL);
        }
        free(path);
    }
    ud_strv_done(&names);
}

static enum ud_code run_mark_take(const char *dir, struct ud_error *err)
{
    unsigned char random[ID_BYTES];
    char id[ID_LEN + 1];
    ud_host_random(random, sizeof random);
    ud_str_hex(random, sizeof random, id);
    UD_TRY(ud_fs_mkdirs(dir, err));
    run_mark_tidy(dir);
    char *path = ud_fs_join(dir, id);
    enum ud_code rc = ud_lock_file_take(path, &mark.lock, err);
    if (rc != UD_OK) {
        free(path);
        return rc;
    }
    mark.path = path;
    memcpy(mark.id, id, sizeof id);
    return UD_OK;
}

void ud_run_mark_begin(const struct ud_report *report)
{
    if (mark.users++ > 0) {
        return;
    }
    struct ud_error why = {0};
    char *dir = run_mark_dir();
    if (dir == NULL) {
        ud_report_message(report, UD_REPORT_DEBUG, "no home: containers bear no run's id");
    } else if (run_mark_take(dir, &why) != UD_OK) {
        ud_report_message(report, UD_REPORT_DEBUG, "containers bear no run's id: %s", why.message);
    }
    free(dir);
}

void ud_run_mark_end(void)
{
    if (mark.users == 0 || --mark.users > 0) {
        return;
    }
    /* Windows removes no file that is open. */
    ud_lock_file_free(mark.lock);
    if (mark.path != NULL && !mark.keep) {
        (void)!ud_fs_remove_tree(mark.path, NULL);
    }
    free(mark.path);
    memset(&mark, 0, sizeof mark);
}

void ud_run_mark_keep(void)
{
    mark.keep = true;
}

const char *ud_run_mark_id(void)
{
    return mark.id[0] != '\0' ? mark.id : "none";
}

bool ud_run_mark_is_mine(const char *id)
{
    return id != NULL && mark.id[0] != '\0' && strcmp(id, mark.id) == 0;
}

enum ud_run_life ud_run_mark_life(const char *id)
{
    char *dir = run_mark_is_id(id) ? run_mark_dir() : NULL;
    if (dir == NULL) {
        return UD_RUN_UNKNOWN;
    }
    char *path = ud_fs_join(dir, id);
    enum ud_lock_state state = ud_lock_file_state(path);
    free(path);
    free(dir);
    if (state == UD_LOCK_UNKNOWN) {
        return UD_RUN_UNKNOWN;
    }
    return state == UD_LOCK_HELD ? UD_RUN_ALIVE : UD_RUN_DEAD;
}

bool ud_run_mark_has_others(void)
{
    struct ud_strv names = {0};
    char *dir = run_mark_dir();
    /* Where this run cannot be noted, others may not be either; where nothing was ever noted,
     * nobody runs. */
    const bool unnoted = mark.users > 0 && mark.id[0] == '\0';
    bool others = dir == NULL || unnoted;
    if (!others && ud_fs_kind(dir) != UD_FS_NONE) {
        others = ud_fs_list(dir, &names, NULL) != UD_OK;
    }
    for (size_t i = 0; i < names.len && !others; i++) {
        others = strcmp(names.items[i], mark.id) != 0 &&
                 ud_run_mark_life(names.items[i]) == UD_RUN_ALIVE;
    }
    ud_strv_done(&names);
    free(dir);
    return others;
}
