#include "engine/temp_image.h"

#include "docker/images/image.h"
#include "engine/docker_config.h"

enum ud_code ud_temp_image_ensure(const struct ud_app *app, struct ud_engine *engine,
                                  const char *reference, bool *ret_pulled, struct ud_error *err)
{
    return ud_temp_image_ensure_for(app, engine, reference, NULL, ret_pulled, err);
}

enum ud_code ud_temp_image_ensure_for(const struct ud_app *app, struct ud_engine *engine,
                                      const char *reference, const char *platform, bool *ret_pulled,
                                      struct ud_error *err)
{
    bool exists = false;
    *ret_pulled = false;
    UD_TRY(ud_image_exists(engine, reference, &exists, err));
    if (exists) {
        return UD_OK;
    }
    struct ud_docker_config config;
    ud_docker_config_init(&config);
    ud_report_step(app->report, "Pulling %s", reference);
    /* Set before the pull: an interrupted one may have got through. */
    *ret_pulled = true;
    enum ud_code rc = ud_image_pull(engine, reference, platform, &config.source, err);
    if (rc == UD_OK) {
        ud_report_step_end(app->report, NULL);
    }
    ud_docker_config_done(&config);
    return rc;
}

void ud_temp_image_remove(struct ud_engine *engine, const char *reference)
{
    struct ud_error why = {0};
    enum ud_code rc = ud_image_remove(engine, reference, 0, &why);
    if (rc != UD_OK && rc != UD_ERR_NOT_FOUND) {
        ud_report_message(ud_engine_report(engine), UD_REPORT_WARN, "%s is left: %s", reference,
                          why.message);
    }
}
