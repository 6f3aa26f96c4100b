#include "docker/containers/volume.h"

#include <stdlib.h>
#include <string.h>

#include "engine/call.h"
#include "engine/json.h"
#include "util/mem.h"
#include "util/patience.h"

enum ud_code ud_volume_list(struct ud_engine *engine, const char *label, struct ud_strv *ret_names,
                            struct ud_error *err)
{
    struct ud_buf path;
    ud_call_path(&path, engine, "/volumes", NULL, "");
    ud_call_label_filter(&path, label);
    cJSON *root = NULL;
    enum ud_code rc = ud_call_get(engine, path.data, "cannot list the volumes", &root, err);
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, ud_json_get(root, "Volumes"))
    {
        if (ud_json_text(item, "Name")[0] != '\0') {
            ud_strv_add(ret_names, ud_json_text(item, "Name"));
        }
    }
    cJSON_Delete(root);
    ud_buf_done(&path);
    return rc;
}

enum ud_code ud_volume_remove(struct ud_engine *engine, const char *name, struct ud_error *err)
{
    struct ud_buf path;
    ud_call_path(&path, engine, "/volumes/", name, "");
    char *what = ud_strf("cannot remove the volume %s", name);
    struct ud_http_request request = {
        .method = "DELETE",
        .url = path.data,
        .timeout_ms = UD_PATIENCE_READ_MS,
        .shield = UD_HTTP_CLEANUP,
    };
    enum ud_code rc = ud_call_done(engine, &request, what, err);
    free(what);
    ud_buf_done(&path);
    return rc;
}
