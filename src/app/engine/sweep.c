#include "engine/sweep.h"

#include <string.h>

#include "app/engine/roles.h"
#include "docker/engine/labels.h"
#include "engine/claim.h"
#include "engine/temp_image.h"

static bool sweep_undoes(const struct ud_container *container)
{
    const char *role = ud_labels_get(&container->labels, UD_LABEL_ROLE);
    for (int i = 0; role != NULL && i < UD_ROLE_COUNT; i++) {
        if (strcmp(role, ud_role_info((enum ud_role)i)->name) == 0) {
            return ud_role_info((enum ud_role)i)->undoes;
        }
    }
    return false;
}

void ud_sweep_container(struct ud_engine *engine, const struct ud_container *container)
{
    if (container->running && sweep_undoes(container)) {
        ud_container_stop_and_cleanup(engine, container->name);
    } else {
        ud_container_cleanup(engine, container->name);
    }
}

static void sweep_containers(const struct ud_app *app, struct ud_claims *claims)
{
    struct ud_container_list list = {0};
    struct ud_error why = {0};
    if (ud_container_list(claims->engine, UD_LABEL_OURS, &list, &why) != UD_OK) {
        ud_report_message(app->report, UD_REPORT_DEBUG, "no sweeping: %s", why.message);
        return;
    }
    for (size_t i = 0; i < list.len; i++) {
        const struct ud_container *container = &list.items[i];
        bool ours =
            ud_role_is_container_name(container->name) && !ud_role_is_lasting_name(container->name);
        if (ours && ud_claims_of_container(claims, container) == UD_CLAIM_NONE) {
            ud_report_message(app->report, UD_REPORT_NOTE,
                              "removing %s, left by a run that was killed", container->name);
            ud_sweep_container(claims->engine, container);
        }
    }
    ud_container_list_done(&list);
}

/* After the containers, which use them. */
static void sweep_images(const struct ud_app *app, struct ud_claims *claims)
{
    struct ud_temp_image_list list = {0};
    struct ud_error why = {0};
    if (ud_temp_image_list(claims, &list, &why) != UD_OK) {
        ud_report_message(app->report, UD_REPORT_DEBUG, "no sweeping: %s", why.message);
    }
    for (size_t i = 0; i < list.len; i++) {
        const char *name = list.items[i].name;
        if (list.items[i].claim == UD_CLAIM_NONE && ud_temp_image_remove(claims->engine, name)) {
            ud_report_message(app->report, UD_REPORT_NOTE,
                              "removed %s, left by a run that was killed", name);
        }
    }
    ud_temp_image_list_done(&list);
}

void ud_sweep(const struct ud_app *app, struct ud_engine *engine)
{
    struct ud_claims claims = {.engine = engine};
    sweep_containers(app, &claims);
    sweep_images(app, &claims);
}
