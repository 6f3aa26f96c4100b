#include "vm/helper_image.h"

#include <stdlib.h>

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

enum { IMAGE_TAR_MAX = 4 << 20 };

#define HELPER_REPO "usbipd-desktop/helper"

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
static enum ud_code write_root(const struct ud_helper_binary *binary, struct ud_buf *buf,
                               struct ud_error *err)
{
    static const char *const dirs[] = {"boot", "dev", "etc",    "lib",           "lib/modules",
                                       "proc", "sys", "usbipd", "usbipd/modules"};
    struct ud_tarwrite *tar = ud_tarwrite_new(buf);
    enum ud_code rc = UD_OK;
    for (size_t i = 0; i < sizeof dirs / sizeof *dirs && rc == UD_OK; i++) {
        rc = ud_tarwrite_dir(tar, dirs[i], 0755, err);
    }
    if (rc == UD_OK) {
        rc = ud_tarwrite_file(tar, UD_OPS_HELPER + 1, 0755, binary->data, binary->size, err);
    }
    /* A file to mount the VM's os-release on. */
    if (rc == UD_OK) {
        rc = ud_tarwrite_file(tar, UD_OPS_OS_RELEASE + 1, 0644, "", 0, err);
    }
    if (rc == UD_OK) {
        rc = ud_tarwrite_finish(tar, err);
    }
    ud_tarwrite_free(tar);
    return rc;
}

static enum ud_code import_helper(struct ud_engine *engine, const struct ud_helper_binary *binary,
                                  const char *tag, struct ud_error *err)
{
    struct ud_buf tar;
    struct ud_bytes bytes;
    ud_buf_init(&tar, IMAGE_TAR_MAX);
    enum ud_code rc = write_root(binary, &tar, err);
    if (rc == UD_OK) {
        struct ud_image_import import = {
            .repo = HELPER_REPO,
            .tag = tag,
            .message = "usbipd-desktop's helper",
            .tar = ud_bytes_source(&bytes, &tar),
        };
        char *ours = ud_labels_change(UD_LABEL_OURS "=1");
        char *role = ud_labels_change(UD_LABEL_ROLE "=helper");
        ud_strv_add(&import.changes, ours);
        ud_strv_add(&import.changes, role);
        ud_strv_add(&import.changes, "ENTRYPOINT [\"" UD_OPS_HELPER "\"]");
        rc = ud_image_import(engine, &import, NULL, err);
        ud_strv_done(&import.changes);
        free(ours);
        free(role);
    }
    ud_buf_done(&tar);
    return rc;
}

static enum ud_code ensure_for(const struct ud_app *app, struct ud_engine *engine,
                               const char *goarch, char **ret_reference, struct ud_error *err)
{
    const struct ud_helper_binary *binary = NULL;
    UD_TRY(ud_helper_binary_for(goarch, &binary, err));
    char hex[UD_DIGEST_HEX_SIZE];
    ud_digest_of(binary->data, binary->size, hex);
    char *tag = ud_strf("%s-%s-%.12s", UD_VERSION, goarch, hex);
    char *reference = ud_strf("%s:%s", HELPER_REPO, tag);
    bool exists = false;
    enum ud_code rc = ud_image_exists(engine, reference, &exists, err);
    if (rc == UD_OK && !exists) {
        ud_report_message(app->report, UD_REPORT_DETAIL, "importing the helper image %s",
                          reference);
        rc = import_helper(engine, binary, tag, err);
    }
    free(tag);
    if (rc == UD_OK) {
        *ret_reference = reference;
    } else {
        free(reference);
    }
    return rc;
}

enum ud_code ud_helper_image_ensure(const struct ud_app *app, struct ud_engine *engine,
                                    char **ret_reference, struct ud_error *err)
{
    struct ud_engine_info info = {0};
    UD_TRY(ud_engine_info(engine, &info, err));
    enum ud_code rc = ensure_for(app, engine, info.arch, ret_reference, err);
    ud_engine_info_done(&info);
    return rc;
}
