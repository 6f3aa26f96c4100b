#include "install/image.h"

#include <stdlib.h>
#include <string.h>

#include "app/engine/roles.h"
#include "bundle/helpers.h"
#include "bundle/tar/tarwrite.h"
#include "docker/engine/labels.h"
#include "docker/images/reference.h"
#include "proto/ops.h"
#include "transport/stream.h"
#include "util/mem.h"
#include "util/str.h"
#include "vm/helper_image.h"

enum { TAR_MAX = 272 << 20, TAG_HEX = 12 };

#define SHA256 "sha256:"

void ud_install_image_done(struct ud_install_image *image)
{
    ud_buf_done(&image->tar);
    free(image->tag);
    free(image->name);
    *image = (struct ud_install_image){0};
}

static enum ud_code image_write(const struct ud_install_set *set, const char *arch,
                                struct ud_tarwrite *tar, struct ud_error *err)
{
    const struct ud_helper_binary *binary = NULL;
    UD_TRY(ud_helper_binary_for(arch, &binary, err));
    UD_TRY(ud_helper_image_root(binary, tar, err));
    UD_TRY(ud_install_set_write(set, tar, err));
    return ud_tarwrite_finish(tar, err);
}

enum ud_code ud_install_image_pack(const struct ud_install_set *set, const char *arch,
                                   struct ud_install_image *ret, struct ud_error *err)
{
    ud_buf_init(&ret->tar, TAR_MAX);
    struct ud_tarwrite *tar = ud_tarwrite_new(&ret->tar);
    enum ud_code rc = image_write(set, arch, tar, err);
    ud_tarwrite_free(tar);
    UD_TRY(rc);
    ud_digest_of(ret->tar.data, ret->tar.len, ret->inputs);
    ret->tag = ud_strf("%.*s", TAG_HEX, ret->inputs);
    ret->name = ud_strf("%s:%s", UD_INSTALL_REPO, ret->tag);
    return UD_OK;
}

static enum ud_code image_import(struct ud_engine *engine, const struct ud_install_image *image,
                                 const struct ud_install_set *set, char **ret_id,
                                 struct ud_error *err)
{
    struct ud_bytes bytes;
    struct ud_image_import import = {
        .repo = UD_INSTALL_REPO,
        .tag = image->tag,
        .message = "usbipd-desktop install",
        .tar = ud_bytes_source(&bytes, &image->tar),
    };
    char *build_ids = ud_install_set_build_ids(set);
    ud_labels_add_change(&import.changes, UD_LABEL_OURS, "1");
    ud_labels_add_change(&import.changes, UD_LABEL_ROLE, ud_role_info(UD_ROLE_INSTALLED)->name);
    ud_labels_add_change(&import.changes, UD_LABEL_INPUTS, image->inputs);
    ud_labels_add_change(&import.changes, UD_LABEL_BUILD_IDS, build_ids);
    ud_strv_add(&import.changes, "ENTRYPOINT [\"" UD_OPS_HELPER "\",\"" UD_OP_INSTALLED "\"]");
    enum ud_code rc = ud_image_import(engine, &import, ret_id, err);
    ud_strv_done(&import.changes);
    free(build_ids);
    return rc;
}

static bool image_has_layer(const struct ud_image *image, const char *hex)
{
    return image->layers.len == 1 && ud_str_starts(image->layers.items[0], SHA256) &&
           strcmp(image->layers.items[0] + strlen(SHA256), hex) == 0;
}

/* Known by its content, as the helper image is: a container of it is privileged. */
enum ud_code ud_install_image_ensure(struct ud_engine *engine, const struct ud_install_image *image,
                                     const struct ud_install_set *set, char **ret_id,
                                     bool *ret_made, struct ud_error *err)
{
    struct ud_image old = {0};
    UD_TRY(ud_image_find(engine, image->name, &old, err));
    *ret_made = old.id == NULL || !image_has_layer(&old, image->inputs);
    if (!*ret_made) {
        *ret_id = ud_strdup(old.id);
    }
    ud_image_done(&old);
    return *ret_made ? image_import(engine, image, set, ret_id, err) : UD_OK;
}

static bool image_is_named(const struct ud_image *image)
{
    for (size_t i = 0; i < image->tags.len; i++) {
        if (ud_reference_tag_in(image->tags.items[i], UD_INSTALL_REPO) != NULL) {
            return true;
        }
    }
    return false;
}

bool ud_install_image_is_ours(const struct ud_image *image)
{
    const char *inputs = ud_labels_get(&image->labels, UD_LABEL_INPUTS);
    return image->layers.len == 0 ? image_is_named(image)
                                  : inputs != NULL && image_has_layer(image, inputs);
}

/* Without force, so that it stays where somebody uses it. */
static enum ud_code image_remove(struct ud_engine *engine, const char *reference,
                                 struct ud_error *err)
{
    struct ud_error why = {0};
    enum ud_code rc = ud_image_remove(engine, reference, 0, &why);
    if (rc == UD_ERR_BUSY) {
        ud_report_message(ud_engine_report(engine), UD_REPORT_NOTE, "the image %s stays: %s",
                          reference, why.message);
    }
    return rc == UD_OK || rc == UD_ERR_BUSY || rc == UD_ERR_NOT_FOUND ? UD_OK
                                                                      : ud_error_pass(err, &why);
}

/* By our own names if it has one: another name is somebody's who wants it. */
static enum ud_code image_remove_one(struct ud_engine *engine, const char *id, struct ud_error *err)
{
    struct ud_image image = {0};
    enum ud_code rc = ud_image_find(engine, id, &image, err);
    if (rc == UD_OK && image.id != NULL && ud_install_image_is_ours(&image)) {
        if (image.tags.len == 0) {
            rc = image_remove(engine, id, err);
        }
        for (size_t i = 0; i < image.tags.len && rc == UD_OK; i++) {
            if (ud_reference_tag_in(image.tags.items[i], UD_INSTALL_REPO) != NULL) {
                rc = image_remove(engine, image.tags.items[i], err);
            }
        }
    }
    ud_image_done(&image);
    return rc;
}

enum ud_code ud_install_images_remove(struct ud_engine *engine, const char *keep,
                                      struct ud_error *err)
{
    struct ud_image_list list = {0};
    char *label = ud_strf("%s=%s", UD_LABEL_ROLE, ud_role_info(UD_ROLE_INSTALLED)->name);
    enum ud_code rc = ud_image_list(engine, label, &list, err);
    for (size_t i = 0; i < list.len && rc == UD_OK; i++) {
        if (keep == NULL || strcmp(list.items[i].id, keep) != 0) {
            rc = image_remove_one(engine, list.items[i].id, err);
        }
    }
    ud_image_list_done(&list);
    free(label);
    return rc;
}
