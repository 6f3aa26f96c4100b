#include "transport/config_source.h"

#include <stdlib.h>

#include "util/mem.h"
#include "util/utf16.h"

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

/* In UTF-8, which a file of an editor or shell of Windows need not be. */
static enum ud_code config_source_to_utf8(const char *path, struct ud_buf *text,
                                          struct ud_error *err)
{
    struct ud_buf utf8;
    if (!ud_utf16_is(text->data, text->len)) {
        return UD_OK;
    }
    ud_buf_init(&utf8, text->max);
    if (!ud_utf16_decode(text->data, text->len, &utf8)) {
        ud_buf_done(&utf8);
        return ud_fail(err, UD_ERR_USAGE,
                       "Save the file as UTF-8 (in PowerShell: Set-Content -Encoding utf8).",
                       "%s is UTF-16, and damaged", path);
    }
    ud_buf_done(text);
    *text = utf8;
    return UD_OK;
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
        rc = config_source_to_utf8(path, ret, err);
    }
    if (rc == UD_OK) {
        rc = ud_buf_check(ret, path, err);
    }
    free(path);
    free(dir);
    return rc;
}
