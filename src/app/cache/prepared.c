#include "cache/prepared.h"

#include <stdlib.h>
#include <string.h>

#include "app/engine/roles.h"
#include "docker/images/reference.h"
#include "util/str.h"

const char *ud_prepared_name(const struct ud_image *image)
{
    return image->tags.len > 0 ? image->tags.items[0] : image->id;
}

/* Users may make images of ours, which inherit the labels. */
static enum ud_code prepared_is_ours(struct ud_engine *engine, const struct ud_image *listed,
                                     bool *ret, struct ud_error *err)
{
    struct ud_image image = {0};
    *ret = listed->tags.len > 0 &&
           ud_reference_tag_in(listed->tags.items[0], UD_PREPARED_REPO) != NULL;
    if (*ret || listed->tags.len > 0) {
        return UD_OK;
    }
    UD_TRY(ud_image_find(engine, listed->id, &image, err));
    *ret = image.id != NULL && strcmp(image.comment, UD_PREPARED_MADE_BY) == 0;
    ud_image_done(&image);
    return UD_OK;
}

static int newest_first(const void *a, const void *b)
{
    unsigned long long x = strtoull(((const struct ud_image *)a)->created, NULL, 10);
    unsigned long long y = strtoull(((const struct ud_image *)b)->created, NULL, 10);
    return x > y ? -1 : x < y;
}

enum ud_code ud_prepared_list(struct ud_engine *engine, struct ud_image_list *ret,
                              struct ud_error *err)
{
    struct ud_image_list list = {0};
    UD_TRY(ud_image_list(engine, UD_LABEL_ROLE "=" UD_PREPARED_ROLE, &list, err));
    enum ud_code rc = UD_OK;
    size_t kept = 0;
    for (size_t i = 0; i < list.len; i++) {
        struct ud_image image = list.items[i];
        bool ours = false;
        if (rc == UD_OK) {
            rc = prepared_is_ours(engine, &image, &ours, err);
        }
        if (ours) {
            list.items[kept++] = image;
        } else {
            ud_image_done(&image);
        }
    }
    list.len = kept;
    if (rc != UD_OK) {
        ud_image_list_done(&list);
        return rc;
    }
    if (kept > 1) {
        qsort(list.items, kept, sizeof *list.items, newest_first);
    }
    *ret = list;
    return UD_OK;
}

enum ud_code ud_prepared_limit(struct ud_engine *engine, size_t most, struct ud_error *err)
{
    struct ud_image_list list = {0};
    UD_TRY(ud_prepared_list(engine, &list, err));
    enum ud_code rc = UD_OK;
    size_t named = 0;
    for (size_t i = 0; i < list.len && rc == UD_OK; i++) {
        const struct ud_image *image = &list.items[i];
        named += image->tags.len > 0;
        if (image->tags.len > 0 && named <= most) {
            continue;
        }
        rc = ud_image_remove(engine, ud_prepared_name(image), 0, err);
        if (rc == UD_ERR_BUSY || rc == UD_ERR_NOT_FOUND) {
            rc = UD_OK; /* another build uses it, or was faster */
        }
    }
    ud_image_list_done(&list);
    return rc;
}
