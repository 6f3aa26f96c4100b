#include "ops/ops.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "proto/ops.h"
#include "sys/modules.h"
#include "sys/vhci.h"

#define VHCI "vhci_hcd"

enum { LIST_MAX = 4 * 1024 * 1024, DETAIL_MAX = 1024 };

struct removal {
    struct ud_helper *helper;
    struct removal_item {
        char name[UD_MODULE_NAME_MAX + 1];        /* as asked for */
        char kernel_name[UD_MODULE_NAME_MAX + 1]; /* with '_' */
        char build_id[UD_BUILD_ID_MAX + 1];       /* asked for, or "" */
        bool wanted;                              /* loaded, and the one that is meant */
    } items[UD_OPS_MODULES_MAX];
    size_t count;
    struct ud_buf list; /* /proc/modules */
};

static enum ud_code parse_item(const char *arg, struct removal_item *ret, struct ud_error *err)
{
    size_t name_len = strcspn(arg, ":");
    struct removal_item item = {0};
    if (name_len < sizeof item.name) {
        memcpy(item.name, arg, name_len);
    }
    if (!ud_check_module_name(item.name)) {
        return ud_fail(err, UD_ERR_USAGE, NULL, "not a module's name: %.64s", arg);
    }
    if (arg[name_len] == ':') {
        if (!ud_check_build_id(arg + name_len + 1)) {
            return ud_fail(err, UD_ERR_USAGE, NULL, "not a build ID: %.64s", arg + name_len + 1);
        }
        (void)snprintf(item.build_id, sizeof item.build_id, "%s", arg + name_len + 1);
    }
    ud_check_kernel_name(item.name, item.kernel_name);
    *ret = item;
    return UD_OK;
}

static const struct removal_item *find_item(const struct removal *run, const char *kernel_name)
{
    for (size_t i = 0; i < run->count; i++) {
        if (strcmp(run->items[i].kernel_name, kernel_name) == 0) {
            return &run->items[i];
        }
    }
    return NULL;
}

static enum ud_code remove_parse(struct removal *run, int count, char **args, struct ud_error *err)
{
    if (count < 1 || count > UD_OPS_MODULES_MAX) {
        return ud_fail(err, UD_ERR_USAGE, NULL, "remove takes 1 to %d names of modules",
                       UD_OPS_MODULES_MAX);
    }
    for (int i = 0; i < count; i++) {
        struct removal_item *item = &run->items[run->count];
        UD_TRY(parse_item(args[i], item, err));
        if (find_item(run, item->kernel_name) != NULL) {
            return ud_fail(err, UD_ERR_USAGE, NULL, "module %s is named twice", item->name);
        }
        run->count++;
    }
    return UD_OK;
}

/* Says ABSENT and FOREIGN at once; what is left is wanted. */
static void select_loaded(struct removal *run)
{
    struct ud_slice list = {run->list.data, run->list.len};
    for (size_t i = 0; i < run->count; i++) {
        struct removal_item *item = &run->items[i];
        struct ud_module_line line;
        char loaded[UD_BUILD_ID_MAX + 1] = "";
        if (!ud_procmods_find(list, item->kernel_name, &line)) {
            ud_emit_result(run->helper->emit, item->name, UD_VERDICT_ABSENT, 0, "");
            continue;
        }
        (void)ud_modules_build_id(run->helper->root, item->kernel_name, loaded);
        item->wanted = item->build_id[0] == '\0' || strcmp(item->build_id, loaded) == 0;
        if (!item->wanted) {
            ud_emit_result(run->helper->emit, item->name, UD_VERDICT_FOREIGN, 0, loaded);
        }
    }
}

static enum ud_code say_busy(struct removal *run, const struct removal_item *item,
                             const char *detail, struct ud_error *err)
{
    ud_emit_result(run->helper->emit, item->name, UD_VERDICT_BUSY, 0, detail);
    return ud_fail(err, UD_ERR_BUSY, NULL, "module %s is in use: %s", item->name, detail);
}

/* Users that stay are named; a use count over the number of users means open
 * files and the like. */
static enum ud_code check_users(struct removal *run, const struct removal_item *item,
                                const struct ud_module_line *line, struct ud_error *err)
{
    char detail[DETAIL_MAX] = "";
    char user[UD_MODULE_NAME_MAX + 1];
    struct ud_slice users = line->users;
    uint64_t count = 0;
    while (ud_procmods_next_user(&users, user)) {
        const struct removal_item *other = find_item(run, user);
        count++;
        if (other == NULL || !other->wanted) {
            size_t used = strlen(detail);
            (void)snprintf(detail + used, sizeof detail - used, "%s%s", used > 0 ? ", " : "", user);
        }
    }
    if (detail[0] == '\0' && line->refcount > count) {
        (void)snprintf(detail, sizeof detail, "%llu uses other than by modules",
                       (unsigned long long)(line->refcount - count));
    }
    return detail[0] == '\0' ? UD_OK : say_busy(run, item, detail, err);
}

/* The use count of vhci_hcd does not tell of attached devices: removing it
 * would tear them off. */
static enum ud_code check_ports(struct removal *run, const struct removal_item *item,
                                struct ud_error *err)
{
    char detail[DETAIL_MAX];
    if (strcmp(item->kernel_name, VHCI) != 0 ||
        ud_vhci_use(run->helper->root, detail, sizeof detail) == UD_VHCI_IDLE) {
        return UD_OK;
    }
    return say_busy(run, item, detail, err);
}

static enum ud_code say_failed(struct removal *run, const struct removal_item *item, int why,
                               const char *text, struct ud_error *err)
{
    ud_emit_result(run->helper->emit, item->name, UD_VERDICT_FAILED, why, text);
    return ud_fail(err, why == EPERM ? UD_ERR_DENIED : UD_ERR_REFUSED, NULL,
                   "cannot unload module %s: %s", item->name, text);
}

static enum ud_code check_one(struct removal *run, const struct removal_item *item,
                              struct ud_error *err)
{
    struct ud_slice list = {run->list.data, run->list.len};
    struct ud_module_line line;
    if (!ud_procmods_find(list, item->kernel_name, &line)) {
        return UD_OK;
    }
    if (line.permanent) {
        return say_failed(run, item, EBUSY, "it has no exit function", err);
    }
    UD_TRY(check_ports(run, item, err));
    return check_users(run, item, &line, err);
}

/* All are checked, so that all reasons are told; the first is the error. */
static enum ud_code check_all(struct removal *run, struct ud_error *err)
{
    enum ud_code rc = UD_OK;
    for (size_t i = 0; i < run->count; i++) {
        if (run->items[i].wanted) {
            enum ud_code one = check_one(run, &run->items[i], rc == UD_OK ? err : NULL);
            rc = rc == UD_OK ? one : rc;
        }
    }
    return rc;
}

static enum ud_code remove_one(struct removal *run, const struct removal_item *item,
                               struct ud_error *err)
{
    const struct ud_kernel *kernel = run->helper->kernel;
    if (kernel->stopped(kernel->ctx)) {
        return ud_fail(err, UD_ERR_INTERRUPTED, NULL, "interrupted before unloading module %s",
                       item->name);
    }
    UD_TRY(check_ports(run, item, err)); /* once more: time has passed */
    int why = kernel->remove(kernel->ctx, item->kernel_name);
    switch (why) {
    case 0:
        ud_emit_result(run->helper->emit, item->name, UD_VERDICT_REMOVED, 0, "");
        return UD_OK;
    case ENOENT:
        ud_emit_result(run->helper->emit, item->name, UD_VERDICT_ABSENT, 0, "");
        return UD_OK;
    case EAGAIN:
        return say_busy(run, item, "something uses it", err);
    case EBUSY:
        return say_failed(run, item, why, "it has no exit function, or is coming or going", err);
    case ENOSYS:
        return say_failed(run, item, why, "this kernel cannot unload modules", err);
    default:
        return say_failed(run, item, why, strerror(why), err);
    }
}

static enum ud_code remove_all(struct removal *run, struct ud_error *err)
{
    if (!ud_modules_read(run->helper->root, &run->list)) {
        return ud_fail(err, UD_ERR_REFUSED, NULL, "cannot read /proc/modules");
    }
    select_loaded(run);
    UD_TRY(check_all(run, err));
    for (size_t i = 0; i < run->count; i++) {
        if (run->items[i].wanted) {
            UD_TRY(remove_one(run, &run->items[i], err));
        }
    }
    return UD_OK;
}

enum ud_code ud_op_remove(struct ud_helper *helper, int count, char **args, struct ud_error *err)
{
    static struct removal run; /* too large for a stack */
    const struct ud_kernel *kernel = helper->kernel;
    bool own = ud_helper_take_flag(&count, &args, UD_OPS_FLAG_OWN);
    memset(&run, 0, sizeof run);
    run.helper = helper;
    UD_TRY(remove_parse(&run, count, args, err));
    if (!own) {
        UD_TRY(kernel->enter(kernel->ctx, UD_REACH_MODULES, err));
    }
    UD_TRY(kernel->lock(kernel->ctx, err));
    ud_buf_init(&run.list, LIST_MAX);
    enum ud_code rc = remove_all(&run, err);
    ud_buf_done(&run.list);
    return rc;
}
