#include "vm/helper_image.h"

#include <stdlib.h>
#include <string.h>

#include "app/engine/roles.h"
#include "bundle/bytes/digest.h"
#include "bundle/helpers.h"
#include "bundle/tar/tarwrite.h"
#include "docker/engine/labels.h"
#include "docker/images/image.h"
#include "proto/ops.h"
#include "transport/stream.h"
#include "ud_version.h"
#include "util/buf.h"
#include "util/mem.h"
#include "util/str.h"

enum { IMAGE_TAR_MAX = 4 << 20 };

#define HELPER_REPO "usbipd-desktop/helper"
#define HELPER_ROLE "helper"

enum ud_code ud_helper_binary_for(const char *goarch, const struct ud_helper_binary **ret,
                                  struct ud_error *err)
{
    const struct ud_helper_binary *binary = ud_helper_for_arch(goarch);
    if (binary == NULL) {
        return ud_fail(err, UD_ERR_FACTS, "Use an engine on amd64 or arm64.",
                       "the engine runs on %s, for which there is no helper",
                       goarch[0] != '\0' ? goarch : "an unknown architecture");
    }
    *ret = binary;
    return UD_OK;
}

/* The directories are where the engine will mount or unpack something: the
 * root is read-only in the probe, so they have to be there before. */
enum ud_code ud_helper_image_root(const struct ud_helper_binary *binary, struct ud_tarwrite *tar,
                                  struct ud_error *err)
{
    static const char *const dirs[] = {"boot", "dev", "etc",    "lib",           "lib/modules",
                                       "proc", "sys", "usbipd", "usbipd/modules"};
    for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++) {
        UD_TRY(ud_tarwrite_dir(tar, dirs[i], 0755, err));
    }
    UD_TRY(ud_tarwrite_file(tar, UD_OPS_HELPER + 1, 0755, binary->data, binary->size, err));
    /* A file to mount the VM's os-release on. */
    return ud_tarwrite_file(tar, UD_OPS_OS_RELEASE + 1, 0644, "", 0, err);
}

static enum ud_code write_tar(const struct ud_helper_binary *binary, struct ud_buf *buf,
                              struct ud_error *err)
{
    struct ud_tarwrite *tar = ud_tarwrite_new(buf);
    enum ud_code rc = ud_helper_image_root(binary, tar, err);
    if (rc == UD_OK) {
        rc = ud_tarwrite_finish(tar, err);
    }
    ud_tarwrite_free(tar);
    return rc;
}

/* What is wanted: the tar that is all of the image, and its digest. */
struct helper_image {
    const struct ud_app *app;
    struct ud_engine *engine;
    char *tag;
    char *reference;
    struct ud_buf tar;
    char hex[UD_DIGEST_HEX_SIZE];
};

static enum ud_code import_helper(const struct helper_image *helper, char **ret_id,
                                  struct ud_error *err)
{
    struct ud_bytes bytes;
    struct ud_image_import import = {
        .repo = HELPER_REPO,
        .tag = helper->tag,
        .message = "usbipd-desktop's helper",
        .tar = ud_bytes_source(&bytes, &helper->tar),
    };
    ud_labels_add_change(&import.changes, UD_LABEL_OURS, "1");
    ud_labels_add_change(&import.changes, UD_LABEL_ROLE, HELPER_ROLE);
    ud_labels_add_change(&import.changes, UD_LABEL_INPUTS, helper->hex);
    ud_strv_add(&import.changes, "ENTRYPOINT [\"" UD_OPS_HELPER "\"]");
    enum ud_code rc = ud_image_import(helper->engine, &import, ret_id, err);
    ud_strv_done(&import.changes);
    return rc;
}

static bool helper_label_is(const struct ud_image *image, const char *key, const char *value)
{
    const char *is = ud_labels_get(&image->labels, key);
    return is != NULL && strcmp(is, value) == 0;
}

/* By its content and not by its name, which anybody can give: containers of it are
 * privileged and see all of the VM. Engines name the digest of each layer's tar as they
 * got it, and import makes one layer. Where an engine names none, the label has to do. */
static bool is_right_helper(const struct helper_image *helper, const struct ud_image *image)
{
    if (image->layers.len == 0) {
        return helper_label_is(image, UD_LABEL_INPUTS, helper->hex);
    }
    const char *digest = image->layers.items[0];
    return image->layers.len == 1 && ud_str_starts(digest, "sha256:") &&
           strcmp(digest + strlen("sha256:"), helper->hex) == 0;
}

/* The import took its name: one of ours has no use any more; another's stays, by its id. */
static void helper_image_replaced(const struct helper_image *helper, const struct ud_image *old)
{
    struct ud_error why = {0};
    if (old->tags.len > 1) {
        return;
    }
    if (!helper_label_is(old, UD_LABEL_OURS, "1") ||
        !helper_label_is(old, UD_LABEL_ROLE, HELPER_ROLE)) {
        ud_report_message(helper->app->report, UD_REPORT_WARN,
                          "the image %s was not this program's and was not used: it is left "
                          "without a name, as %s",
                          helper->reference, old->id);
        return;
    }
    if (ud_image_remove(helper->engine, old->id, 0, &why) != UD_OK) {
        ud_report_message(helper->app->report, UD_REPORT_DETAIL,
                          "the helper image before it "
                          "stays: %s",
                          why.message);
    }
}

static enum ud_code ensure_for(const struct helper_image *helper, char **ret_id,
                               struct ud_error *err)
{
    struct ud_image old = {0};
    char *id = NULL;
    UD_TRY(ud_image_find(helper->engine, helper->reference, &old, err));
    if (old.id != NULL && is_right_helper(helper, &old)) {
        *ret_id = ud_strdup(old.id);
        ud_image_done(&old);
        return UD_OK;
    }
    ud_report_message(helper->app->report, UD_REPORT_DETAIL, "importing the helper image %s",
                      helper->reference);
    enum ud_code rc = import_helper(helper, &id, err);
    if (rc == UD_OK && old.id != NULL && strcmp(old.id, id) != 0) {
        helper_image_replaced(helper, &old);
    }
    ud_image_done(&old);
    if (rc == UD_OK) {
        *ret_id = id;
    }
    return rc;
}

static enum ud_code helper_image_begin(struct helper_image *helper, const char *goarch,
                                       struct ud_error *err)
{
    const struct ud_helper_binary *binary = NULL;
    char hex[UD_DIGEST_HEX_SIZE];
    UD_TRY(ud_helper_binary_for(goarch, &binary, err));
    UD_TRY(write_tar(binary, &helper->tar, err));
    UD_TRY(ud_buf_check(&helper->tar, "the helper image", err));
    ud_digest_of(helper->tar.data, helper->tar.len, helper->hex);
    ud_digest_of(binary->data, binary->size, hex);
    helper->tag = ud_strf("%s-%s-%.12s", UD_VERSION, goarch, hex);
    helper->reference = ud_strf("%s:%s", HELPER_REPO, helper->tag);
    return UD_OK;
}

enum ud_code ud_helper_image_ensure(const struct ud_app *app, struct ud_engine *engine,
                                    char **ret_id, struct ud_error *err)
{
    struct ud_engine_info info = {0};
    struct helper_image helper = {.app = app, .engine = engine};
    UD_TRY(ud_engine_info(engine, &info, err));
    ud_buf_init(&helper.tar, IMAGE_TAR_MAX);
    enum ud_code rc = helper_image_begin(&helper, info.arch, err);
    if (rc == UD_OK) {
        rc = ensure_for(&helper, ret_id, err);
    }
    free(helper.reference);
    free(helper.tag);
    ud_buf_done(&helper.tar);
    ud_engine_info_done(&info);
    return rc;
}
