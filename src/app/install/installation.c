/* What is installed, for whoever only looks. */
#include "app/install/install.h"

#include <stdlib.h>
#include <string.h>

#include "app/engine/roles.h"
#include "docker/engine/labels.h"
#include "engine/lasting.h"
#include "install/said.h"
#include "util/mem.h"

void ud_installation_done(struct ud_installation *installation)
{
    free(installation->state);
    free(installation->health);
    free(installation->said);
    ud_strv_done(&installation->kernels);
    *installation = (struct ud_installation){0};
}

static void installation_list_kernels(const char *label, struct ud_strv *ret)
{
    for (const char *word = label; *word != '\0'; word += strspn(word, " ")) {
        const size_t len = strcspn(word, " ");
        ud_strv_addn(ret, word, len);
        word += len;
    }
}

/* Asked anew: the health check has run a minute ago, and a power cut damages what engines have
 * logged. An engine that cannot run it tells the rest all the same. */
static enum ud_code installation_check(struct ud_engine *engine,
                                       const struct ud_container *container,
                                       struct ud_installation *installation, struct ud_error *err)
{
    struct ud_install_said said = {0};
    struct ud_error why = {0};
    if (!container->running) {
        installation->said = ud_strdup("");
        return UD_OK;
    }
    enum ud_code rc = ud_install_said_now(engine, container->id, &said, &why);
    if (rc == UD_ERR_INTERRUPTED) {
        return ud_error_pass(err, &why);
    }
    installation->works = rc == UD_OK && said.ready;
    installation->said = ud_strdup(rc == UD_OK ? said.last : why.message);
    ud_install_said_done(&said);
    return UD_OK;
}

static enum ud_code installation_fill(struct ud_engine *engine,
                                      const struct ud_container *container,
                                      struct ud_installation *ret, struct ud_error *err)
{
    const char *kernels = ud_labels_get(&container->labels, UD_LABEL_KERNELS);
    ret->present = true;
    ret->running = container->running;
    ret->state = ud_strdup(container->state);
    ret->health = ud_strdup(container->health);
    installation_list_kernels(kernels != NULL ? kernels : "", &ret->kernels);
    return installation_check(engine, container, ret, err);
}

enum ud_code ud_installation_look(struct ud_engine *engine, struct ud_installation *ret,
                                  struct ud_error *err)
{
    struct ud_container container = {0};
    struct ud_error why = {0};
    *ret = (struct ud_installation){0};
    enum ud_code rc = ud_lasting_find(engine, UD_ROLE_INSTALLED, &container, &why);
    if (rc == UD_ERR_BUSY) {
        return UD_OK;
    }
    if (rc != UD_OK) {
        return ud_error_pass(err, &why);
    }
    if (container.id != NULL) {
        rc = installation_fill(engine, &container, ret, err);
    }
    ud_container_done(&container);
    return rc;
}
