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
#include "engine/claim.h"
#include "engine/interrupt.h"
#include "engine/run_mark.h"
#include "engine/temp_image.h"
#include "install/image.h"
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

static const char kept_live[] = "it belongs to a run that is under way";
static const char kept_unknown[] = "it may belong to a run on another machine or of another user";
static const char kept_used[] = "a container that stays uses it";
static const char kept_guards[] = "a device is attached through it (`usbipd-desktop detach`)";
static const char kept_installed[] = "it is installed (`usbipd-desktop uninstall`)";
static const char kept_written[] = "it is being written";

/* Of an unknown run what has ended goes, too: to clean up is what the user asked for, and
 * a run waits for the end of its container only to remove it. */
static const char *clean_reason_to_keep(enum ud_claim claim)
{
    switch (claim) {
    case UD_CLAIM_LIVE:
        return kept_live;
    case UD_CLAIM_UNKNOWN:
        return kept_unknown;
    default:
        return NULL;
    }
}

/* The client's container is there to stay, whoever started it: cleaning up is its end. A guard
 * ends with its device, which somebody may have open. */
static const char *clean_container_kept(struct ud_claims *claims,
                                        const struct ud_container *container)
{
    const char *role = ud_labels_get(&container->labels, UD_LABEL_ROLE);
    if (container->running && role != NULL &&
        strcmp(role, ud_role_info(UD_ROLE_GUARD)->name) == 0) {
        return kept_guards;
    }
    if (strcmp(container->name, UD_INSTALLED_CONTAINER) == 0) {
        return kept_installed;
    }
    return strcmp(container->name, UD_VHCLI_CONTAINER) == 0
               ? NULL
               : clean_reason_to_keep(ud_claims_of_container(claims, container));
}

static enum ud_code list_containers(struct ud_claims *claims, struct ud_inventory *inventory,
                                    struct ud_error *err)
{
    struct ud_container_list list = {0};
    UD_TRY(ud_container_list(claims->engine, UD_LABEL_OURS, &list, err));
    for (size_t i = 0; i < list.len; i++) {
        const struct ud_container *container = &list.items[i];
        if (ud_role_is_container_name(container->name)) {
            clean_add(inventory, "container", container->name,
                      ud_labels_get(&container->labels, UD_LABEL_ROLE), 0);
            inventory->items[inventory->count - 1].kept = clean_container_kept(claims, container);
        }
    }
    ud_container_list_done(&list);
    return UD_OK;
}

/* The names that runs gave to images they pulled. */
static enum ud_code list_pulled(struct ud_claims *claims, struct ud_inventory *inventory,
                                struct ud_error *err)
{
    struct ud_temp_image_list list = {0};
    UD_TRY(ud_temp_image_list(claims, &list, err));
    for (size_t i = 0; i < list.len; i++) {
        clean_add(inventory, "image", list.items[i].name, "pulled", 0);
        inventory->items[inventory->count - 1].kept = clean_reason_to_keep(list.items[i].claim);
    }
    ud_temp_image_list_done(&list);
    return UD_OK;
}

static bool clean_has_role(const struct ud_image *image, const char *role)
{
    const char *is = ud_labels_get(&image->labels, UD_LABEL_ROLE);
    return is != NULL && strcmp(is, role) == 0;
}

/* Users make images on top of the client's and of what is installed, which inherit their labels. */
static enum ud_code clean_is_ours(struct ud_engine *engine, const struct ud_image *listed,
                                  bool *ret, struct ud_error *err)
{
    const bool installed = clean_has_role(listed, ud_role_info(UD_ROLE_INSTALLED)->name);
    struct ud_image image = {0};
    *ret = !installed && !clean_has_role(listed, UD_ROLE_TEXT_VHCLI);
    if (*ret) {
        return UD_OK;
    }
    UD_TRY(ud_image_find(engine, listed->id, &image, err));
    *ret = image.id != NULL &&
           (installed ? ud_install_image_is_ours(&image) : ud_vhcli_image_is_ours(&image));
    ud_image_done(&image);
    return UD_OK;
}

/* The containers are listed before. Without its container nothing is installed. */
static const char *clean_image_kept(const struct ud_inventory *inventory, const char *role)
{
    if (role == NULL || strcmp(role, ud_role_info(UD_ROLE_INSTALLED)->name) != 0) {
        return NULL;
    }
    for (size_t i = 0; i < inventory->count; i++) {
        if (inventory->items[i].kept == kept_installed) {
            return kept_installed;
        }
    }
    return NULL;
}

/* Those that stand on others of ours, or those others. */
static enum ud_code add_images(struct ud_engine *engine, const struct ud_image_list *list,
                               bool upper, struct ud_inventory *inventory, struct ud_error *err)
{
    for (size_t i = 0; i < list->len; i++) {
        const struct ud_image *image = &list->items[i];
        const char *role = ud_labels_get(&image->labels, UD_LABEL_ROLE);
        bool ours = true;
        if (clean_has_role(image, UD_PREPARED_ROLE) != upper) {
            continue;
        }
        UD_TRY(clean_is_ours(engine, image, &ours, err));
        if (ours) {
            clean_add(inventory, "image", image->tags.len > 0 ? image->tags.items[0] : image->id,
                      role, image->size);
            inventory->items[inventory->count - 1].kept = clean_image_kept(inventory, role);
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
    struct ud_claims claims = {.engine = engine};
    UD_TRY(list_containers(&claims, inventory, err));
    UD_TRY(list_images(engine, inventory, err));
    UD_TRY(list_pulled(&claims, inventory, err));
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
        /* Without force: that would take it from a stopped container of the user's. */
        rc = ud_image_remove(engine, item->name, 0, err);
    } else {
        rc = ud_volume_remove(engine, item->name, err);
    }
    item->removed = rc == UD_OK || rc == UD_ERR_NOT_FOUND;
    return item->removed ? UD_OK : rc;
}

/* What is in use does not keep the rest from going; the first is told at the end. An image
 * may be in use by a container that stays, which is no failure then. */
static enum ud_code clean_remove_all(struct ud_engine *engine, struct ud_inventory *found,
                                     struct ud_error *err)
{
    struct ud_error busy = {0};
    bool container_stays = false;
    for (size_t i = 0; i < found->count; i++) {
        struct ud_inventory_item *item = &found->items[i];
        struct ud_error why = {0};
        container_stays = container_stays || (item->kept != NULL && item->kind[0] == 'c');
        enum ud_code rc = item->kept == NULL ? clean_remove_item(engine, item, &why) : UD_OK;
        if (rc == UD_ERR_BUSY && container_stays && item->kind[0] == 'i') {
            item->kept = kept_used;
        } else if (rc == UD_ERR_BUSY && busy.code == UD_OK) {
            busy = why;
        } else if (rc != UD_OK && rc != UD_ERR_BUSY) {
            return ud_error_pass(err, &why);
        }
    }
    return busy.code == UD_OK ? UD_OK
                              : ud_fail(err, UD_ERR_BUSY, "Remove what uses it, then clean again.",
                                        "%s", busy.message);
}

/* How to go on with what stays: it is not for this command to know what is needed. */
static void clean_tell_kept(const struct ud_app *app, const struct ud_inventory *found)
{
    for (size_t i = 0; i < found->count; i++) {
        const struct ud_inventory_item *item = &found->items[i];
        if (item->kept == kept_unknown) {
            ud_report_message(app->report, UD_REPORT_NOTE,
                              "the %s %s stays: %s. If you know that it is not needed, remove it "
                              "with `docker %s %s`",
                              item->kind, item->name, item->kept,
                              item->kind[0] == 'c' ? "rm -f" : "rmi", item->name);
        } else if (item->kept == kept_live) {
            ud_report_message(app->report, UD_REPORT_NOTE,
                              "the %s %s stays: %s. Clean again when that has ended", item->kind,
                              item->name, item->kept);
        }
    }
}

/* Adds what from holds to to, and empties from. */
static void move_items(struct ud_inventory *from, struct ud_inventory *to)
{
    for (size_t i = 0; i < from->count; i++) {
        clean_add(to, from->items[i].kind, from->items[i].name, from->items[i].role,
                  from->items[i].size);
        to->items[to->count - 1].removed = from->items[i].removed;
        to->items[to->count - 1].kept = from->items[i].kept;
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
    clean_tell_kept(app, &found);
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
        /* Of a run that was killed too, unless another one may be writing it. */
        bool spare = ud_cache_files_in_use(dir, names.items[i]) && ud_run_mark_has_others();
        char *path = ud_fs_join(dir, names.items[i]);
        clean_add(ret, "download", path, role, ud_cache_files_size(path));
        rc = spare || dry_run ? UD_OK : ud_fs_remove_tree(path, err);
        ret->items[ret->count - 1].removed = rc == UD_OK && !spare && !dry_run;
        ret->items[ret->count - 1].kept = spare ? kept_written : NULL;
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
static size_t clean_count_removed(const struct ud_inventory *inventory)
{
    size_t count = 0;
    for (size_t i = 0; i < inventory->count; i++) {
        count += inventory->items[i].removed;
    }
    return count;
}

enum ud_code ud_app_clean(const struct ud_app *app, const struct ud_clean_options *options,
                          struct ud_inventory *ret, struct ud_error *err)
{
    struct ud_inventory inventory = {0};
    struct ud_inventory here = {0};
    enum ud_code rc = options->downloads ? clean_downloads(options->dry_run, &here, err) : UD_OK;
    if (rc == UD_OK) {
        rc = clean_engines(app, options, &inventory, err);
        size_t removed = clean_count_removed(&here);
        if (rc != UD_OK && removed > 0) {
            ud_report_message(app->report, UD_REPORT_NOTE,
                              "%zu downloads that were kept on this machine are removed", removed);
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
