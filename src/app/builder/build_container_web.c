/* The authorities that a container trusts when it downloads. */
#include "builder/build_container.h"

#include "bundle/tar/tarwrite.h"
#include "docker/containers/archive.h"
#include "transport/authorities.h"

/* Where Debian's and Alpine's kin have them. */
#define OWN_AUTHORITIES "/etc/ssl/certs/ca-certificates.crt"

enum { WEB_FILE_MAX = 2 * UD_AUTHORITIES_MAX, WEB_TAR_MAX = 4 * UD_AUTHORITIES_MAX + (1 << 20) };

/* An image without any is usual. */
static enum ud_code web_read_own(struct ud_build_container *container, struct ud_buf *ret,
                                 struct ud_error *err)
{
    struct ud_archive_stat stat = {0};
    enum ud_code rc =
        ud_archive_stat(container->engine, container->name, OWN_AUTHORITIES, &stat, err);
    if (rc == UD_ERR_NOT_FOUND) {
        return UD_OK;
    }
    if (rc == UD_OK) {
        const char *path = stat.link != NULL ? stat.link : OWN_AUTHORITIES;
        rc = ud_build_container_get(container, path, ret, err);
    }
    ud_archive_stat_done(&stat);
    return rc;
}

enum ud_code ud_build_container_bring_web(struct ud_build_container *container,
                                          struct ud_error *err)
{
    if (container->web.authorities.len == 0) {
        return UD_OK;
    }
    struct ud_buf own;
    struct ud_buf packed;
    ud_buf_init(&own, WEB_FILE_MAX);
    ud_buf_init(&packed, WEB_TAR_MAX);
    struct ud_tarwrite *tar = ud_tarwrite_new(&packed);
    enum ud_code rc = web_read_own(container, &own, err);
    if (rc == UD_OK) {
        rc = ud_web_access_pack(&container->web, &own, tar, err);
    }
    if (rc == UD_OK) {
        rc = ud_tarwrite_finish(tar, err);
    }
    if (rc == UD_OK) {
        rc = ud_build_container_put_tar(container, &packed, err);
    }
    ud_tarwrite_free(tar);
    ud_buf_done(&packed);
    ud_buf_done(&own);
    return rc;
}

enum ud_code ud_build_container_forget_web(struct ud_build_container *container,
                                           struct ud_error *err)
{
    if (container->web.authorities.len == 0) {
        return UD_OK;
    }
    struct ud_strv argv = {0};
    ud_strv_add(&argv, "rm");
    ud_strv_add(&argv, "-rf");
    ud_strv_add(&argv, UD_WEB_ACCESS_DIR);
    const struct ud_build_container_command command = {.argv = &argv};
    enum ud_code rc = ud_build_container_run(container, &command, err);
    ud_strv_done(&argv);
    return rc;
}
