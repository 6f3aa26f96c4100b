#include "up/journal.h"

#include <stdlib.h>
#include <string.h>

#include "platform/fs.h"
#include "platform/host.h"
#include "proto/check.h"
#include "usbip/device.h"
#include "util/mem.h"
#include "util/patience.h"
#include "util/str.h"

#define FIRST_LINE "usbipd-desktop up 1"
#define LOCK_SUFFIX ".lock"

enum { BOOT_ID_LEN = 36, TRIED_LEN = 16 };

void ud_journal_done(struct ud_journal *journal)
{
    ud_lock_file_free(journal->lock);
    free(journal->path);
    free(journal->engine);
    ud_strv_done(&journal->modules);
    ud_strv_done(&journal->devices);
    ud_strv_done(&journal->tried);
    *journal = (struct ud_journal){0};
}

void ud_journal_add(struct ud_strv *list, const char *item)
{
    if (!ud_strv_has(list, item)) {
        ud_strv_add(list, item);
    }
}

void ud_journal_drop(struct ud_strv *list, const char *item)
{
    struct ud_strv rest = {0};
    for (size_t i = 0; i < list->len; i++) {
        if (strcmp(list->items[i], item) != 0) {
            ud_strv_add(&rest, list->items[i]);
        }
    }
    ud_strv_done(list);
    *list = rest;
}

char *ud_journal_device(const char *host, unsigned port, const char *busid)
{
    return ud_strf("%s %u %s", host, port, busid);
}

char *ud_journal_attached(const struct ud_reported_device *device)
{
    return ud_journal_device(device->server_host, device->server_port, device->server_busid);
}

/* ---- text ---- */

static void journal_write_list(const char *word, const struct ud_strv *list, struct ud_buf *ret)
{
    for (size_t i = 0; i < list->len; i++) {
        ud_buf_addf(ret, "%s %s\n", word, list->items[i]);
    }
}

void ud_journal_write(const struct ud_journal *journal, struct ud_buf *ret)
{
    ud_buf_addf(ret, FIRST_LINE "\nengine %s\n", journal->engine);
    journal_write_list("module", &journal->modules, ret);
    journal_write_list("device", &journal->devices, ret);
    journal_write_list("tried", &journal->tried, ret);
}

static bool journal_is_device(const char *text)
{
    const char *port = strchr(text, ' ');
    const char *busid = port != NULL ? strchr(port + 1, ' ') : NULL;
    if (busid == NULL) {
        return false;
    }
    uint32_t number = 0;
    char *host = ud_strndup(text, (size_t)(port - text));
    char *digits = ud_strndup(port + 1, (size_t)(busid - port - 1));
    bool good = (ud_check_host(host) || ud_check_address(host)) &&
                ud_check_tcp_port(digits, &number) && ud_usbip_busid_valid(busid + 1);
    free(digits);
    free(host);
    return good;
}

static bool journal_is_tried(const char *text)
{
    return strlen(text) == TRIED_LEN && strspn(text, "0123456789abcdef:") == TRIED_LEN;
}

/* One line after the first. */
static bool journal_take_line(const char *line, struct ud_journal *ret)
{
    static const char *const words[] = {"engine ", "module ", "device ", "tried "};
    const char *rest = NULL;
    size_t which = 0;
    for (; which < sizeof words / sizeof words[0] && rest == NULL; which++) {
        rest = ud_str_starts(line, words[which]) ? line + strlen(words[which]) : NULL;
    }
    if (rest == NULL || rest[0] == '\0') {
        return false;
    }
    switch (which) {
    case 1:
        if (ret->engine != NULL) {
            return false;
        }
        ret->engine = ud_strdup(rest);
        return true;
    case 2:
        ud_journal_add(&ret->modules, rest);
        return ud_check_module_name(rest);
    case 3:
        ud_journal_add(&ret->devices, rest);
        return journal_is_device(rest);
    default:
        ud_journal_add(&ret->tried, rest);
        return journal_is_tried(rest);
    }
}

static enum ud_code journal_refuse(const char *name, unsigned line, struct ud_error *err)
{
    enum ud_code rc = ud_fail(
        err, UD_ERR_USAGE, NULL,
        "%s does not tell what `up` did: line %u is none that this version writes", name, line);
    ud_error_remedy(err, "Remove it; then `usbipd-desktop detach` and `unload` undo by hand.");
    return rc;
}

enum ud_code ud_journal_read(const char *text, size_t len, const char *name, struct ud_journal *ret,
                             struct ud_error *err)
{
    struct ud_slice rest = {text, len};
    struct ud_slice slice;
    unsigned number = 0;
    bool good = len > 0 && text[len - 1] == '\n' && memchr(text, '\0', len) == NULL;
    while (good && ud_str_next_line(&rest, &slice)) {
        char *line = ud_strndup(slice.ptr, slice.len);
        good = ++number == 1 ? strcmp(line, FIRST_LINE) == 0 : journal_take_line(line, ret);
        free(line);
    }
    if (good && ret->engine == NULL) {
        number++;
    }
    if (!good || ret->engine == NULL) {
        return journal_refuse(name, number > 0 ? number : 1, err);
    }
    return UD_OK;
}

/* ---- the file ---- */

/* It becomes the name of a file. */
static bool journal_is_boot_id(const char *text)
{
    return text != NULL && strlen(text) == BOOT_ID_LEN &&
           strspn(text, "0123456789abcdef-") == BOOT_ID_LEN;
}

static enum ud_code journal_load(const char *path, struct ud_journal *ret, struct ud_error *err)
{
    struct ud_buf text;
    struct ud_fs_info info = {0};
    UD_TRY(ud_fs_info(path, &info, err));
    if (info.kind == UD_FS_NONE) {
        return UD_OK;
    }
    if (info.size > UD_JOURNAL_MAX) {
        return journal_refuse(path, 1, err);
    }
    ud_buf_init(&text, UD_JOURNAL_MAX);
    enum ud_code rc =
        info.kind == UD_FS_FILE ? ud_fs_read(path, &text, err) : journal_refuse(path, 1, err);
    if (rc == UD_OK) {
        rc = ud_journal_read(text.data, text.len, path, ret, err);
    }
    ud_buf_done(&text);
    return rc;
}

/* Behind one endpoint there may be several VMs in turn, and one that is off now comes back with its
 * boot only if it slept. So age alone says that a journal is of no use any more. */
static bool journal_is_stale(const char *path)
{
    struct ud_fs_info info = {0};
    return ud_fs_info(path, &info, NULL) == UD_OK && info.kind != UD_FS_NONE &&
           ud_host_wall_time() - info.mtime > UD_PATIENCE_RUN_FILE_S;
}

/* A lock goes when nobody holds it and there is nothing that it is for. */
static void journal_tidy(const char *dir, const char *boot_id)
{
    struct ud_strv names = {0};
    if (ud_fs_list(dir, &names, NULL) != UD_OK) {
        return;
    }
    for (size_t i = 0; i < names.len; i++) {
        char *boot = ud_strndup(names.items[i], BOOT_ID_LEN);
        const char *suffix = names.items[i] + strlen(boot);
        char *path = ud_fs_join(dir, boot);
        char *lock = ud_strf("%s" LOCK_SUFFIX, path);
        bool other = journal_is_boot_id(boot) && strcmp(boot, boot_id) != 0;
        if (other && suffix[0] == '\0' && ud_lock_file_state(lock) != UD_LOCK_HELD &&
            journal_is_stale(path)) {
            (void)!ud_fs_remove_tree(path, NULL);
        } else if (other && strcmp(suffix, LOCK_SUFFIX) == 0 && ud_fs_kind(path) == UD_FS_NONE &&
                   ud_lock_file_state(lock) == UD_LOCK_FREE) {
            (void)!ud_fs_remove_tree(lock, NULL);
        }
        free(lock);
        free(path);
        free(boot);
    }
    ud_strv_done(&names);
}

static enum ud_code journal_lock(const char *path, struct ud_lock_file **ret, struct ud_error *err)
{
    struct ud_error why = {0};
    char *lock = ud_strf("%s" LOCK_SUFFIX, path);
    enum ud_code rc = ud_lock_file_take(lock, ret, &why);
    free(lock);
    if (rc == UD_ERR_BUSY) {
        return ud_fail(err, UD_ERR_BUSY, "Wait for it to end, or end it.",
                       "another `up` or `down` for this VM is under way");
    }
    return rc == UD_OK ? UD_OK : ud_error_pass(err, &why);
}

enum ud_code ud_journal_open(const char *endpoint, const char *boot_id, struct ud_journal *ret,
                             struct ud_error *err)
{
    *ret = (struct ud_journal){0};
    if (!journal_is_boot_id(boot_id)) {
        return ud_fail(err, UD_ERR_FACTS, "Use attach and load, and detach and unload, instead.",
                       "the VM's kernel shows no boot_id, so that nothing can be noted for `down`");
    }
    char *state = ud_host_state_dir();
    if (state == NULL) {
        return ud_fail(err, UD_ERR_NOT_FOUND, "Set HOME or XDG_STATE_HOME.",
                       "there is no home directory, so that nothing can be noted for `down`");
    }
    char *dir = ud_fs_join(state, "up");
    enum ud_code rc = ud_fs_mkdirs(dir, err);
    if (rc == UD_OK) {
        ud_fs_sweep_temps(dir, NULL);
        journal_tidy(dir, boot_id);
        ret->path = ud_fs_join(dir, boot_id);
        rc = journal_lock(ret->path, &ret->lock, err);
    }
    if (rc == UD_OK) {
        rc = journal_load(ret->path, ret, err);
    }
    if (rc == UD_OK && ret->engine == NULL) {
        ret->engine = ud_strdup(endpoint);
        ud_str_sanitize(ret->engine);
    }
    free(dir);
    free(state);
    return rc;
}

enum ud_code ud_journal_save(const struct ud_journal *journal, struct ud_error *err)
{
    if (journal->modules.len + journal->devices.len + journal->tried.len == 0) {
        return ud_fs_remove_tree(journal->path, err);
    }
    struct ud_buf text;
    ud_buf_init(&text, UD_JOURNAL_MAX);
    ud_journal_write(journal, &text);
    enum ud_code rc = ud_buf_check(&text, journal->path, err);
    if (rc == UD_OK) {
        rc = ud_fs_write_atomic(journal->path, text.data, text.len, err);
    }
    ud_buf_done(&text);
    return rc;
}
