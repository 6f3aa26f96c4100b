#include "engine/sweep.h"

#include <string.h>

#include "app/engine/roles.h"
#include "docker/containers/container.h"
#include "platform/host.h"
#include "util/patience.h"

void ud_sweep(const struct ud_app *app, struct ud_engine *engine)
{
    struct ud_container_list list = {0};
    struct ud_error why = {0};
    if (ud_container_list(engine, UD_LABEL_OURS, &list, &why) != UD_OK) {
        ud_report_message(app->report, UD_REPORT_DEBUG, "no sweeping: %s", why.message);
        return;
    }
    const uint64_t now = (uint64_t)ud_host_wall_time();
    const uint64_t longest_run = UD_PATIENCE_SWEEP_S;
    for (size_t i = 0; i < list.len; i++) {
        const struct ud_container *container = &list.items[i];
        bool ours = ud_role_is_container_name(container->name) &&
                    strcmp(container->name, UD_VHCLI_CONTAINER) != 0;
        if (ours && container->created < now && now - container->created > longest_run) {
            ud_report_message(app->report, UD_REPORT_NOTE,
                              "removing %s, left by a run that was killed", container->name);
            ud_container_cleanup(engine, container->name);
        }
    }
    ud_container_list_done(&list);
}
