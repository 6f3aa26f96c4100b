#include "app/cache/cache.h"

#include <stdlib.h>
#include <string.h>

#include "app/engine/roles.h"
#include "cache/cache_files.h"
#include "cache/prepared.h"
#include "docker/engine/labels.h"
#include "docker/images/image.h"
#include "engine/interrupt.h"
#include "platform/fs.h"
#include "util/mem.h"

void ud_cache_done(struct ud_cache *cache)
{
    for (size_t i = 0; i < cache->count; i++) {
        free(cache->items[i].name);
        free(cache->items[i].place);
    }
    free(cache->items);
    *cache = (struct ud_cache){0};
}

const char *ud_cache_kind_name(enum ud_cache_kind kind)
{
    static const char *const names[] = {
        [UD_CACHE_ALL] = "all",   [UD_CACHE_DOWNLOADS] = "download", [UD_CACHE_SLICES] = "slice",
        [UD_CACHE_CRCS] = "crcs", [UD_CACHE_PREPARED] = "prepared",
    };
    return names[kind];
}

static bool is_asked(const struct ud_cache_options *options, enum ud_cache_kind kind)
{
    return options->kind == UD_CACHE_ALL || options->kind == (unsigned)kind;
}

/* The engine's size counts the builder's layers, too. */
static enum ud_code own_size(struct ud_engine *engine, const struct ud_image *image, uint64_t *ret,
                             struct ud_error *err)
{
    struct ud_image base = {0};
    const char *name = ud_labels_get(&image->labels, UD_LABEL_BASE);
    *ret = image->size;
    if (name == NULL) {
        return UD_OK;
    }
    UD_TRY(ud_image_find(engine, name, &base, err));
    *ret -= base.size <= image->size ? base.size : 0;
    ud_image_done(&base);
    return UD_OK;
}

static enum ud_code list_prepared(struct ud_engine *engine, const char *place, struct ud_cache *ret,
                                  struct ud_error *err)
{
    struct ud_image_list list = {0};
    UD_TRY(ud_prepared_list(engine, &list, err));
    enum ud_code rc = UD_OK;
    for (size_t i = 0; i < list.len && rc == UD_OK; i++) {
        const struct ud_image *image = &list.items[i];
        struct ud_cache_item item = {
            .kind = UD_CACHE_PREPARED,
            .name = (char *)ud_prepared_name(image),
            .place = (char *)place,
            .created = (int64_t)strtoll(image->created, NULL, 10),
        };
        rc = own_size(engine, image, &item.size, err);
        if (rc == UD_OK) {
            ud_cache_add(ret, &item);
        }
    }
    ud_image_list_done(&list);
    return rc;
}

static enum ud_code cache_remove_item(struct ud_engine *engine, struct ud_cache_item *item,
                                      struct ud_error *err)
{
    enum ud_code rc;
    UD_TRY(ud_cancel_check(ud_app_cancel(), err));
    if (item->kind == UD_CACHE_PREPARED) {
        rc = ud_image_remove(engine, item->name, 0, err);
    } else {
        rc = ud_fs_remove_tree(item->name, err);
    }
    item->removed = rc == UD_OK || rc == UD_ERR_NOT_FOUND;
    return item->removed ? UD_OK : rc;
}

/* Those from first on; what is in use keeps none of the others from going. */
static enum ud_code remove_from(struct ud_engine *engine, struct ud_cache *cache, size_t first,
                                struct ud_error *busy, struct ud_error *err)
{
    for (size_t i = first; i < cache->count; i++) {
        struct ud_error why = {0};
        enum ud_code rc = cache_remove_item(engine, &cache->items[i], &why);
        if (rc == UD_ERR_BUSY) {
            *busy = why;
        } else if (rc != UD_OK) {
            return ud_error_pass(err, &why);
        }
    }
    return UD_OK;
}

/* What one run does, to several places in turn. */
struct job {
    const struct ud_app *app;
    const struct ud_cache_options *options;
    bool prune;
    struct ud_cache found;
    struct ud_error busy;
};

static enum ud_code cache_on_engine(struct job *job, const struct ud_engine_choice *choice,
                                    struct ud_error *err)
{
    struct ud_connection connection = {0};
    size_t first = job->found.count;
    enum ud_code rc = ud_app_connect(job->app, choice, &connection, err);
    if (rc == UD_OK) {
        rc = list_prepared(connection.engine, connection.endpoint, &job->found, err);
    }
    if (rc == UD_OK && job->prune) {
        rc = remove_from(connection.engine, &job->found, first, &job->busy, err);
    }
    ud_connection_done(&connection);
    return rc;
}

static enum ud_code cache_here(struct job *job, enum ud_cache_kind kind, struct ud_error *err)
{
    size_t first = job->found.count;
    if (!is_asked(job->options, kind)) {
        return UD_OK;
    }
    UD_TRY(ud_cache_files_list(kind, &job->found, err));
    return job->prune ? remove_from(NULL, &job->found, first, &job->busy, err) : UD_OK;
}

static enum ud_code cache_everywhere(struct job *job, struct ud_error *err)
{
    UD_TRY(cache_here(job, UD_CACHE_DOWNLOADS, err));
    UD_TRY(cache_here(job, UD_CACHE_SLICES, err));
    UD_TRY(cache_here(job, UD_CACHE_CRCS, err));
    if (!is_asked(job->options, UD_CACHE_PREPARED)) {
        return UD_OK;
    }
    UD_TRY(cache_on_engine(job, &job->options->vm, err));
    if (job->options->build_host == NULL) {
        return UD_OK;
    }
    const struct ud_engine_choice choice = {.host = job->options->build_host};
    return cache_on_engine(job, &choice, err);
}

static enum ud_code do_job(struct job *job, struct ud_cache *ret, struct ud_error *err)
{
    enum ud_code rc = cache_everywhere(job, err);
    if (rc == UD_OK && job->busy.code != UD_OK) {
        rc = ud_fail(err, UD_ERR_BUSY, "Wait for the build that uses it, then prune again.", "%s",
                     job->busy.message);
    }
    if (rc == UD_OK) {
        *ret = job->found;
    } else {
        ud_cache_done(&job->found);
    }
    return rc;
}

enum ud_code ud_app_cache_list(const struct ud_app *app, const struct ud_cache_options *options,
                               struct ud_cache *ret, struct ud_error *err)
{
    struct job job = {.app = app, .options = options};
    return do_job(&job, ret, err);
}

enum ud_code ud_app_cache_prune(const struct ud_app *app, const struct ud_cache_options *options,
                                struct ud_cache *ret, struct ud_error *err)
{
    struct job job = {.app = app, .options = options, .prune = !options->dry_run};
    return do_job(&job, ret, err);
}
