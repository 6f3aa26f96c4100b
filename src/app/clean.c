#include "app/clean.h"

#include <stdlib.h>
#include <string.h>

#include "app/engine/roles.h"
#include "cache/cache_files.h"
#include "cache/crcs_dir.h"
#include "cache/prepared.h"
#include "cache/slices.h"
#include "docker/containers/container.h"
#include "docker/containers/volume.h"
#include "docker/engine/labels.h"
#include "docker/images/image.h"
#include "engine/interrupt.h"
#include "platform/fs.h"
#include "sources/sources.h"
#include "util/mem.h"
#include "vhcli/parts.h"

void ud_inventory_done(struct ud_inventory *inventory)
{
    for (size_t i = 0; i < inventory->count; i++) {
        free(inventory->items[i].name);
        free(inventory->items[i].role);
    }
    free(inventory->items);
    *inventory = (struct ud_inventory){0};
}

static void clean_add(struct ud_inventory *inventory, const char *kind, const char *name,
                      const char *role, uint64_t size)
{
    inventory->items = ud_realloc(inventory->items, inventory->count + 1, sizeof *inventory->items);
    inventory->items[inventory->count++] = (struct ud_inventory_item){
        .kind = kind,
        .name = ud_strdup(name),
        .role = ud_strdup(role != NULL ? role : ""),
        .size = size,
    };
}

static enum ud_code list_containers(struct ud_engine *engine, struct ud_inventory *inventory,
                                    struct ud_error *err)
{
    struct ud_container_list list = {0};
    UD_TRY(ud_container_list(engine, UD_LABEL_OURS, &list, err));
    for (size_t i = 0; i < list.len; i++) {
        if (ud_role_is_container_name(list.items[i].name)) {
            clean_add(inventory, "container", list.items[i].name,
                      ud_labels_get(&list.items[i].labels, UD_LABEL_ROLE), 0);
        }
    }
    ud_container_list_done(&list);
    return UD_OK;
}

/* Users make images on top of the client's, which inherit its labels. */
static enum ud_code clean_is_ours(struct ud_engine *engine, const struct ud_image *listed,
                                  bool *ret, struct ud_error *err)
{
    const char *role = ud_labels_get(&listed->labels, UD_LABEL_ROLE);
    struct ud_image image = {0};
    *ret = role == NULL || strcmp(role, UD_ROLE_TEXT_VHCLI) != 0;
    if (*ret) {
        return UD_OK;
    }
    UD_TRY(ud_image_find(engine, listed->id, &image, err));
    *ret = image.id != NULL && ud_vhcli_image_is_ours(&image);
    ud_image_done(&image);
    return UD_OK;
}

/* Those that stand on others of ours, or those others. */
static enum ud_code add_images(struct ud_engine *engine, const struct ud_image_list *list,
                               bool upper, struct ud_inventory *inventory, struct ud_error *err)
{
    for (size_t i = 0; i < list->len; i++) {
        const struct ud_image *image = &list->items[i];
        const char *role = ud_labels_get(&image->labels, UD_LABEL_ROLE);
        bool ours = true;
        if ((role != NULL && strcmp(role, UD_PREPARED_ROLE) == 0) != upper) {
            continue;
        }
        UD_TRY(clean_is_ours(engine, image, &ours, err));
        if (ours) {
            clean_add(inventory, "image", image->tags.len > 0 ? image->tags.items[0] : image->id,
                      role, image->size);
        }
    }
    return UD_OK;
}

/* What stands on another image goes before it. */
static enum ud_code list_images(struct ud_engine *engine, struct ud_inventory *inventory,
                                struct ud_error *err)
{
    struct ud_image_list list = {0};
    UD_TRY(ud_image_list(engine, UD_LABEL_OURS, &list, err));
    enum ud_code rc = add_images(engine, &list, true, inventory, err);
    if (rc == UD_OK) {
        rc = add_images(engine, &list, false, inventory, err);
    }
    ud_image_list_done(&list);
    return rc;
}

static enum ud_code list_volumes(struct ud_engine *engine, struct ud_inventory *inventory,
                                 struct ud_error *err)
{
    struct ud_strv names = {0};
    UD_TRY(ud_volume_list(engine, UD_LABEL_OURS, &names, err));
    for (size_t i = 0; i < names.len; i++) {
        clean_add(inventory, "volume", names.items[i], NULL, 0);
    }
    ud_strv_done(&names);
    return UD_OK;
}

/* Containers first: what they use cannot be removed before them. */
static enum ud_code list_all(struct ud_engine *engine, struct ud_inventory *inventory,
                             struct ud_error *err)
{
    UD_TRY(list_containers(engine, inventory, err));
    UD_TRY(list_images(engine, inventory, err));
    return list_volumes(engine, inventory, err);
}

enum ud_code ud_inventory_list(struct ud_engine *engine, struct ud_inventory *ret,
                               struct ud_error *err)
{
    struct ud_inventory inventory = {0};
    enum ud_code rc = list_all(engine, &inventory, err);
    if (rc == UD_OK) {
        *ret = inventory;
    } else {
        ud_inventory_done(&inventory);
    }
    return rc;
}

/* An image that a container of the user's was made of stays: force would take it
 * from a stopped one. */
static unsigned flags_for(const struct ud_inventory_item *item)
{
    return strcmp(item->role, UD_ROLE_TEXT_VHCLI) == 0 ? 0 : UD_IMAGE_FORCE;
}

/* Removing goes on after a cancel request, since it usually is cleanup: here it
 * is the job itself, which stops. */
static enum ud_code clean_remove_item(struct ud_engine *engine, struct ud_inventory_item *item,
                                      struct ud_error *err)
{
    enum ud_code rc = UD_OK;
    UD_TRY(ud_cancel_check(ud_app_cancel(), err));
    if (item->kind[0] == 'c') {
        rc = ud_container_remove(engine, item->name, err);
    } else if (item->kind[0] == 'i') {
        rc = ud_image_remove(engine, item->name, flags_for(item), err);
    } else {
        rc = ud_volume_remove(engine, item->name, err);
    }
    item->removed = rc == UD_OK || rc == UD_ERR_NOT_FOUND;
    return item->removed ? UD_OK : rc;
}

/* What is in use does not keep the rest from going; the first is told at the end. */
static enum ud_code clean_remove_all(struct ud_engine *engine, struct ud_inventory *found,
                                     struct ud_error *err)
{
    struct ud_error busy = {0};
    for (size_t i = 0; i < found->count; i++) {
        struct ud_error why = {0};
        enum ud_code rc = clean_remove_item(engine, &found->items[i], &why);
        if (rc == UD_ERR_BUSY && busy.code == UD_OK) {
            busy = why;
        } else if (rc != UD_OK && rc != UD_ERR_BUSY) {
            return ud_error_pass(err, &why);
        }
    }
    return busy.code == UD_OK ? UD_OK
                              : ud_fail(err, UD_ERR_BUSY, "Remove what uses it, then clean again.",
                                        "%s", busy.message);
}

/* Adds what from holds to to, and empties from. */
static void move_items(struct ud_inventory *from, struct ud_inventory *to)
{
    for (size_t i = 0; i < from->count; i++) {
        clean_add(to, from->items[i].kind, from->items[i].name, from->items[i].role,
                  from->items[i].size);
        to->items[to->count - 1].removed = from->items[i].removed;
    }
    ud_inventory_done(from);
}

static enum ud_code clean_engine(const struct ud_app *app, const struct ud_engine_choice *choice,
                                 bool dry_run, struct ud_inventory *ret, struct ud_error *err)
{
    struct ud_connection connection = {0};
    struct ud_inventory found = {0};
    enum ud_code rc = ud_app_connect(app, choice, &connection, err);
    if (rc == UD_OK) {
        rc = ud_inventory_list(connection.engine, &found, err);
    }
    if (rc == UD_OK && !dry_run) {
        rc = clean_remove_all(connection.engine, &found, err);
    }
    move_items(&found, ret);
    ud_connection_done(&connection);
    return rc;
}

static enum ud_code clean_dir(const char *dir, const char *role, bool dry_run,
                              struct ud_inventory *ret, struct ud_error *err)
{
    struct ud_strv names = {0};
    struct ud_error why = {0};
    enum ud_code rc = UD_OK;
    if (dir == NULL || ud_fs_list(dir, &names, &why) != UD_OK) {
        return UD_OK; /* nothing was ever kept */
    }
    for (size_t i = 0; i < names.len && rc == UD_OK; i++) {
        if (ud_cache_files_in_use(dir, names.items[i])) {
            continue;
        }
        char *path = ud_fs_join(dir, names.items[i]);
        clean_add(ret, "download", path, role, ud_cache_files_size(path));
        rc = dry_run ? UD_OK : ud_fs_remove_tree(path, err);
        ret->items[ret->count - 1].removed = rc == UD_OK && !dry_run;
        free(path);
    }
    ud_strv_done(&names);
    return rc;
}

static enum ud_code clean_downloads(bool dry_run, struct ud_inventory *ret, struct ud_error *err)
{
    char *sources = ud_sources_cache_dir();
    char *slices = ud_slices_dir();
    char *crcs = ud_crcs_dir();
    enum ud_code rc = clean_dir(sources, "sources", dry_run, ret, err);
    if (rc == UD_OK) {
        rc = clean_dir(slices, "slice", dry_run, ret, err);
    }
    if (rc == UD_OK) {
        rc = clean_dir(crcs, "crcs", dry_run, ret, err);
    }
    free(crcs);
    free(sources);
    free(slices);
    return rc;
}

static enum ud_code clean_engines(const struct ud_app *app, const struct ud_clean_options *options,
                                  struct ud_inventory *ret, struct ud_error *err)
{
    UD_TRY(clean_engine(app, &options->vm, options->dry_run, ret, err));
    if (options->build_host == NULL) {
        return UD_OK;
    }
    const struct ud_engine_choice choice = {.host = options->build_host};
    return clean_engine(app, &choice, options->dry_run, ret, err);
}

/* What is on this machine needs no engine that answers. It is listed last. */
enum ud_code ud_app_clean(const struct ud_app *app, const struct ud_clean_options *options,
                          struct ud_inventory *ret, struct ud_error *err)
{
    struct ud_inventory inventory = {0};
    struct ud_inventory here = {0};
    enum ud_code rc = options->downloads ? clean_downloads(options->dry_run, &here, err) : UD_OK;
    if (rc == UD_OK) {
        rc = clean_engines(app, options, &inventory, err);
        if (rc != UD_OK && here.count > 0 && !options->dry_run) {
            ud_report_message(app->report, UD_REPORT_NOTE,
                              "the %zu downloads that were kept on this machine are removed",
                              here.count);
        }
    }
    move_items(&here, &inventory);
    if (rc == UD_OK) {
        *ret = inventory;
    } else {
        ud_inventory_done(&inventory);
    }
    return rc;
}
