#include "transport/config_source.h"

#include <stdlib.h>

#include "util/mem.h"

const char *ud_config_env(const struct ud_config_source *source, const char *name)
{
    const char *value = source->getenv != NULL ? source->getenv(source->ctx, name) : NULL;
    return value != NULL && value[0] != '\0' ? value : NULL;
}

char *ud_config_dir(const struct ud_config_source *source)
{
    const char *dir = ud_config_env(source, "DOCKER_CONFIG");
    if (dir != NULL) {
        return ud_strdup(dir);
    }
    return source->home != NULL ? ud_strf("%s/.docker", source->home) : NULL;
}

enum ud_code ud_config_read(const struct ud_config_source *source, const char *name,
                            struct ud_buf *ret, struct ud_error *err)
{
    char *dir = ud_config_dir(source);
    if (dir == NULL || source->read_file == NULL) {
        free(dir);
        return UD_OK;
    }
    char *path = ud_strf("%s/%s", dir, name);
    struct ud_error why = {0};
    enum ud_code rc = source->read_file(source->ctx, path, ret, &why);
    if (rc == UD_ERR_NOT_FOUND) {
        rc = UD_OK;
    } else if (rc != UD_OK) {
        rc = ud_error_pass(err, &why);
    }
    if (rc == UD_OK) {
        rc = ud_buf_check(ret, path, err);
    }
    free(path);
    free(dir);
    return rc;
}
