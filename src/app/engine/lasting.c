#include "engine/lasting.h"

#include <string.h>

#include "docker/engine/labels.h"

static bool lasting_is_ours(const struct ud_container *container, const struct ud_role_info *info)
{
    const char *ours = ud_labels_get(&container->labels, UD_LABEL_OURS);
    const char *role = ud_labels_get(&container->labels, UD_LABEL_ROLE);
    return ours != NULL && strcmp(ours, "1") == 0 && role != NULL && strcmp(role, info->name) == 0;
}

enum ud_code ud_lasting_find(struct ud_engine *engine, enum ud_role role, struct ud_container *ret,
                             struct ud_error *err)
{
    const struct ud_role_info *info = ud_role_info(role);
    struct ud_container found = {0};
    UD_TRY(ud_container_find(engine, info->lasting, &found, err));
    if (found.id == NULL || lasting_is_ours(&found, info)) {
        *ret = found;
        return UD_OK;
    }
    ud_container_done(&found);
    (void)ud_fail(err, UD_ERR_BUSY, NULL,
                  "the engine has a container %s that is not this program's: it lacks the label %s",
                  info->lasting, UD_LABEL_OURS);
    ud_error_remedy(err,
                    "Give it another name with `docker rename %s NAME`, or remove it if you do not "
                    "need it.",
                    info->lasting);
    return UD_ERR_BUSY;
}
