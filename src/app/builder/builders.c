#include "app/builder/builders.h"

#include <stdlib.h>
#include <string.h>

#include "app/engine/roles.h"
#include "builder/builder_image.h"
#include "builder/builders_of.h"
#include "docker/engine/labels.h"
#include "docker/images/image.h"
#include "engine/interrupt.h"
#include "transport/cancel.h"
#include "util/mem.h"
#include "util/str.h"

void ud_builders_done(struct ud_builders *builders)
{
    for (size_t i = 0; i < builders->len; i++) {
        struct ud_builders_item *item = &builders->items[i];
        free(item->name);
        free(item->compiler);
        free(item->base);
        free(item->created);
        free(item->used);
    }
    free(builders->items);
    *builders = (struct ud_builders){0};
}

static char *builders_label(const struct ud_image *image, const char *key)
{
    const char *value = ud_labels_get(&image->labels, key);
    return ud_strdup(value != NULL ? value : "");
}

static void builders_add(struct ud_builders *builders, const struct ud_image *image)
{
    builders->items = ud_realloc(builders->items, builders->len + 1, sizeof *builders->items);
    builders->items[builders->len++] = (struct ud_builders_item){
        .name = ud_strdup(image->tags.len > 0 ? image->tags.items[0] : image->id),
        .compiler = builders_label(image, UD_LABEL_COMPILER),
        .base = builders_label(image, UD_LABEL_BASE),
        .created = ud_strdup(image->created),
        .used = ud_strdup(image->tagged),
        .size = image->size,
    };
}

/* Another may have removed it since it was listed. */
static enum ud_code builders_look_at(struct ud_engine *engine, const char *id,
                                     struct ud_builders *builders, struct ud_error *err)
{
    struct ud_image image = {0};
    UD_TRY(ud_image_find(engine, id, &image, err));
    if (image.id != NULL && strcmp(image.comment, UD_BUILDER_IMAGE_MADE_BY) == 0) {
        builders_add(builders, &image);
    }
    ud_image_done(&image);
    return UD_OK;
}

static enum ud_code builders_list(struct ud_engine *engine, struct ud_builders *builders,
                                  struct ud_error *err)
{
    struct ud_image_list images = {0};
    UD_TRY(ud_image_list(engine, UD_LABEL_ROLE "=builder", &images, err));
    enum ud_code rc = UD_OK;
    for (size_t i = 0; i < images.len && rc == UD_OK; i++) {
        rc = builders_look_at(engine, images.items[i].id, builders, err);
    }
    ud_image_list_done(&images);
    return rc;
}

/* What is in use does not keep the rest from going; the first is told at the end. */
static enum ud_code builders_remove_all(struct ud_engine *engine, struct ud_builders_item *items,
                                        size_t len, struct ud_error *err)
{
    struct ud_error busy = {0};
    for (size_t i = 0; i < len; i++) {
        struct ud_error why = {0};
        UD_TRY(ud_cancel_check(ud_app_cancel(), err));
        enum ud_code rc = ud_image_remove(engine, items[i].name, 0, &why);
        items[i].removed = rc == UD_OK || rc == UD_ERR_NOT_FOUND;
        if (rc == UD_ERR_BUSY && busy.code == UD_OK) {
            busy = why;
        } else if (!items[i].removed && rc != UD_ERR_BUSY) {
            return ud_error_pass(err, &why);
        }
    }
    return busy.code == UD_OK ? UD_OK
                              : ud_fail(err, UD_ERR_BUSY,
                                        "Wait for the build that uses it, or remove the container, "
                                        "then prune again.",
                                        "%s", busy.message);
}

enum ud_code ud_builders_of(struct ud_engine *engine, const struct ud_builders_options *options,
                            struct ud_builders *builders, struct ud_error *err)
{
    size_t before = builders->len;
    UD_TRY(builders_list(engine, builders, err));
    if (!options->prune || options->dry_run) {
        return UD_OK;
    }
    return builders_remove_all(engine, builders->items + before, builders->len - before, err);
}

static enum ud_code builders_on_engine(const struct ud_app *app,
                                       const struct ud_engine_choice *choice,
                                       const struct ud_builders_options *options,
                                       struct ud_builders *builders, struct ud_error *err)
{
    struct ud_connection connection = {0};
    enum ud_code rc = ud_app_connect(app, choice, &connection, err);
    if (rc == UD_OK) {
        rc = ud_builders_of(connection.engine, options, builders, err);
    }
    ud_connection_done(&connection);
    return rc;
}

enum ud_code ud_app_builders(const struct ud_app *app, const struct ud_builders_options *options,
                             struct ud_builders *ret, struct ud_error *err)
{
    struct ud_builders builders = {0};
    enum ud_code rc = builders_on_engine(app, &options->vm, options, &builders, err);
    if (rc == UD_OK && options->build_host != NULL) {
        const struct ud_engine_choice choice = {.host = options->build_host};
        rc = builders_on_engine(app, &choice, options, &builders, err);
        if (rc != UD_OK) {
            ud_error_prefix(err, "--build-host");
        }
    }
    if (rc == UD_OK) {
        *ret = builders;
    } else {
        ud_builders_done(&builders);
    }
    return rc;
}
