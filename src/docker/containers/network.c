#include "docker/containers/network.h"

#include "engine/call.h"

enum ud_code ud_network_exists(struct ud_engine *engine, const char *name, bool *ret,
                               struct ud_error *err)
{
    struct ud_buf path;
    ud_call_path(&path, engine, "/networks/", name, "");
    struct ud_error why = {0};
    cJSON *root = NULL;
    enum ud_code rc = ud_call_get(engine, path.data, "cannot ask for the networks", &root, &why);
    cJSON_Delete(root);
    ud_buf_done(&path);
    if (rc != UD_OK && rc != UD_ERR_NOT_FOUND) {
        return ud_error_pass(err, &why);
    }
    *ret = rc == UD_OK;
    return UD_OK;
}
