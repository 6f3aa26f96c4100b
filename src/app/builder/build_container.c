#include "builder/build_container.h"

#include <stdlib.h>
#include <string.h>

#include "bundle/helpers.h"
#include "bundle/tar/tarwrite.h"
#include "docker/containers/container.h"
#include "proto/ops.h"
#include "util/mem.h"
#include "util/patience.h"
#include "vm/helper_image.h"

enum { LINE_MAX_BYTES = 4096, UPLOAD_MAX = 4 << 20 };

static enum ud_code write_base(struct ud_tarwrite *tar, const struct ud_helper_binary *helper,
                               struct ud_error *err)
{
    UD_TRY(ud_tarwrite_dir(tar, UD_OPS_DIR + 1, 0755, err));
    UD_TRY(ud_tarwrite_file(tar, UD_OPS_HELPER + 1, 0755, helper->data, helper->size, err));
    ud_tarwrite_set_owner(tar, UD_BUILD_CONTAINER_UID, UD_BUILD_CONTAINER_UID);
    UD_TRY(ud_tarwrite_dir(tar, UD_BUILD_CONTAINER_TREE_IN_TAR, 0755, err));
    return ud_tarwrite_finish(tar, err);
}

static enum ud_code put_base(struct ud_build_container *container, const char *goarch,
                             struct ud_error *err)
{
    const struct ud_helper_binary *helper = NULL;
    UD_TRY(ud_helper_binary_for(goarch, &helper, err));
    struct ud_buf buf;
    ud_buf_init(&buf, UPLOAD_MAX);
    struct ud_tarwrite *tar = ud_tarwrite_new(&buf);
    enum ud_code rc = write_base(tar, helper, err);
    if (rc == UD_OK) {
        rc = ud_build_container_put_tar(container, &buf, err);
    }
    ud_tarwrite_free(tar);
    ud_buf_done(&buf);
    return rc;
}

enum ud_code ud_build_container_open(const struct ud_app *app, struct ud_engine *engine,
                                     enum ud_role role,
                                     const struct ud_build_container_image *image,
                                     struct ud_build_container *ret, struct ud_error *err)
{
    *ret = (struct ud_build_container){.app = app, .engine = engine};
    ud_buf_init(&ret->log, 2 * UD_BUILD_CONTAINER_LOG_KEEP);
    ud_buf_init(&ret->line, LINE_MAX_BYTES);
    ret->name = ud_role_container_name(role);
    struct ud_container_spec spec = {0};
    ud_role_fill(role, ret->name, image->id, &spec);
    spec.platform = image->platform;
    ud_strv_add(&spec.entrypoint, UD_OPS_HELPER);
    ud_strv_add(&spec.cmd, UD_OP_HOLD);
    ud_strv_addf(&spec.cmd, "%d", UD_PATIENCE_BUILD_S);
    const bool downloads = strcmp(spec.network_mode, "bridge") == 0;
    enum ud_code rc = ud_role_choose_network(engine, &spec, err);
    if (rc == UD_OK && downloads) {
        const bool own_network = strcmp(spec.network_mode, "bridge") == 0;
        rc = ud_web_access_find(app, engine, own_network, &ret->web, err);
    }
    if (rc == UD_OK) {
        rc = ud_container_create(engine, &spec, err);
    }
    ud_container_spec_done(&spec);
    if (rc == UD_OK) {
        rc = put_base(ret, image->goarch, err);
    }
    return rc == UD_OK ? ud_build_container_bring_web(ret, err) : rc;
}

enum ud_code ud_build_container_start(struct ud_build_container *container, struct ud_error *err)
{
    return ud_container_start(container->engine, container->name, err);
}

void ud_build_container_close(struct ud_build_container *container)
{
    if (container->name != NULL) {
        ud_container_cleanup(container->engine, container->name);
    }
    free(container->name);
    ud_web_access_done(&container->web);
    ud_buf_done(&container->log);
    ud_buf_done(&container->line);
    *container = (struct ud_build_container){0};
}
