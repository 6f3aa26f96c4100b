#include "vhcli/rootlayer.h"

#include <stdlib.h>
#include <string.h>

#include "bundle/tar/tarwrite.h"
#include "docker/containers/archive.h"
#include "util/mem.h"

enum { NEW_MODE = 0755, LINKS_MAX = 40 };

void ud_rootlayer_init(struct ud_rootlayer *layer, struct ud_engine *engine, const char *container,
                       struct ud_buf *buf)
{
    *layer = (struct ud_rootlayer){.engine = engine, .container = container};
    layer->tar = ud_tarwrite_new(buf);
}

void ud_rootlayer_done(struct ud_rootlayer *layer)
{
    ud_tarwrite_free(layer->tar);
    ud_strv_done(&layer->asked);
    ud_strv_done(&layer->found);
    *layer = (struct ud_rootlayer){0};
}

/* Where the folder is, borrowed, or NULL if it was not asked for before. */
static const char *rootlayer_known(const struct ud_rootlayer *layer, const char *folder)
{
    for (size_t i = 0; i < layer->asked.len; i++) {
        if (strcmp(layer->asked.items[i], folder) == 0) {
            return layer->found.items[i];
        }
    }
    return NULL;
}

static void rootlayer_remember(struct ud_rootlayer *layer, const char *folder, const char *found)
{
    ud_strv_add(&layer->asked, folder);
    ud_strv_add(&layer->found, found);
}

/* A folder of the image that is no link, or a new one. */
static enum ud_code add_folder(struct ud_rootlayer *layer, const char *folder, unsigned mode,
                               struct ud_error *err)
{
    UD_TRY(ud_tarwrite_dir(layer->tar, folder + 1, mode, err));
    rootlayer_remember(layer, folder, folder);
    return UD_OK;
}

static enum ud_code in_the_way(const char *path, struct ud_error *err)
{
    return ud_fail(err, UD_ERR_UNFIT, "Choose another base image with --base.",
                   "at %s the base image has something that is not a folder", path);
}

static enum ud_code find_folder(struct ud_rootlayer *layer, const char *folder, int links,
                                const char **ret, struct ud_error *err);

/* The folder's parent is where it says: only its last component is looked at. */
static enum ud_code rootlayer_look_at(struct ud_rootlayer *layer, const char *folder, int links,
                                      const char **ret, struct ud_error *err)
{
    struct ud_archive_stat stat = {0};
    struct ud_error why = {0};
    enum ud_code rc = ud_archive_stat(layer->engine, layer->container, folder, &stat, &why);
    if (rc == UD_ERR_NOT_FOUND) {
        rc = add_folder(layer, folder, NEW_MODE, err);
    } else if (rc != UD_OK) {
        return ud_error_pass(err, &why);
    } else if (stat.link != NULL && links < LINKS_MAX) {
        rc = find_folder(layer, stat.link, links + 1, ret, err);
        if (rc == UD_OK) {
            rootlayer_remember(layer, folder, *ret);
        }
    } else if (stat.is_dir) {
        rc = add_folder(layer, folder, stat.mode, err);
    } else {
        rc = in_the_way(folder, err);
    }
    ud_archive_stat_done(&stat);
    if (rc == UD_OK) {
        *ret = rootlayer_known(layer, folder);
    }
    return rc;
}

/* Finds the folders above first, since each can be a link. "" is the root. */
static enum ud_code find_folder(struct ud_rootlayer *layer, const char *folder, int links,
                                const char **ret, struct ud_error *err)
{
    const char *slash = strrchr(folder, '/');
    *ret = slash == NULL || folder[1] == '\0' ? "" : rootlayer_known(layer, folder);
    if (*ret != NULL) {
        return UD_OK;
    }
    const char *parent = NULL;
    char *above = ud_strndup(folder, (size_t)(slash - folder));
    enum ud_code rc = find_folder(layer, above, links, &parent, err);
    if (rc == UD_OK) {
        char *real = ud_strf("%s%s", parent, slash);
        const char *found = rootlayer_known(layer, real);
        rc = found != NULL ? UD_OK : rootlayer_look_at(layer, real, links, &found, err);
        if (rc == UD_OK && strcmp(real, folder) != 0) {
            rootlayer_remember(layer, folder, found);
        }
        *ret = rc == UD_OK ? rootlayer_known(layer, folder) : NULL;
        free(real);
    }
    free(above);
    return rc;
}

enum ud_code ud_rootlayer_add(struct ud_rootlayer *layer, const char *path, unsigned mode,
                              const void *data, size_t len, struct ud_error *err)
{
    const char *slash = strrchr(path, '/');
    const char *folder = NULL;
    char *above = ud_strndup(path, (size_t)(slash - path));
    enum ud_code rc = find_folder(layer, above, 0, &folder, err);
    free(above);
    UD_TRY(rc);
    char *real = ud_strf("%s%s", folder, slash);
    rc = ud_tarwrite_file(layer->tar, real + 1, mode, data, len, err);
    free(real);
    return rc;
}

enum ud_code ud_rootlayer_finish(struct ud_rootlayer *layer, struct ud_error *err)
{
    return ud_tarwrite_finish(layer->tar, err);
}
