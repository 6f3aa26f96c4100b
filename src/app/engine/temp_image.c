/* How a pulled image is known to be ours to remove.
 *
 * The name that was pulled, "debian:12", proves nothing: another run may have found it
 * and be about to use it, and the user may have pulled it meanwhile, which changes nothing
 * that could be seen later when it is the same image. So the image gets a name of this
 * run's own, "usbipd-desktop/pulled:<run>-<random>", and if "debian:12" was not there
 * before it is taken away again at once. Whoever wants the image gives it a name himself:
 * another run its own, `docker pull` the usual one. At the end only our own name is
 * removed, without force; the engine removes the image with its last name and keeps it
 * for a container that uses it. Of two runs the later one to end thus removes it.
 *
 * An image that was there before is held by such a name, too, since whoever brought it may
 * remove it while it is in use here; unless it has no name at all: with ours it would lose
 * its last.
 *
 * Between the pull and taking the usual name away lie two short calls. Another run that
 * finds that name then misses it when it comes to use it, and asks for it once more. A user
 * who pulls the same in these very seconds has to do so again, which downloads nothing. */
#include "engine/temp_image.h"

#include <stdlib.h>
#include <string.h>

#include "docker/engine/engine_time.h"
#include "docker/images/image.h"
#include "docker/images/reference.h"
#include "engine/docker_config.h"
#include "engine/run_mark.h"
#include "platform/host.h"
#include "util/mem.h"
#include "util/str.h"

enum { HEX_BYTES = 4 };

static enum ud_code temp_image_pull(const struct ud_app *app, struct ud_engine *engine,
                                    const char *reference, const char *platform,
                                    struct ud_error *err)
{
    struct ud_docker_config config;
    ud_docker_config_init(&config);
    ud_report_step(app->report, "Pulling %s", reference);
    enum ud_code rc = ud_image_pull(engine, reference, platform, &config.source, err);
    if (rc == UD_OK) {
        ud_report_step_end(app->report, NULL);
    }
    ud_docker_config_done(&config);
    return rc;
}

static enum ud_code temp_image_hold(struct ud_engine *engine, struct ud_temp_image *image,
                                    struct ud_error *err)
{
    unsigned char random[HEX_BYTES];
    char hex[2 * HEX_BYTES + 1];
    ud_host_random(random, sizeof random);
    ud_str_hex(random, sizeof random, hex);
    char *tag = ud_strf("%s-%s", ud_run_mark_id(), hex);
    image->name = ud_strf("%s:%s", UD_TEMP_IMAGE_REPO, tag);
    enum ud_code rc = ud_image_tag(engine, image->id, UD_TEMP_IMAGE_REPO, tag, err);
    free(tag);
    return rc;
}

/* Takes the usual name away that a pull of this run gave. */
static void temp_image_drop(struct ud_engine *engine, const char *reference)
{
    struct ud_error why = {0};
    enum ud_code rc = ud_image_remove(engine, reference, 0, &why);
    if (rc != UD_OK && rc != UD_ERR_NOT_FOUND) {
        ud_report_message(ud_engine_report(engine), UD_REPORT_WARN, "%s is left: %s", reference,
                          why.message);
    }
}

/* Whether a pull that failed so may have got through all the same: its answer was not
 * read to the end. Otherwise the engine said that it failed, and gave no name. */
static bool pull_may_be_through(enum ud_code rc)
{
    return rc == UD_ERR_INTERRUPTED || rc == UD_ERR_UNREACHABLE || rc == UD_ERR_PROTOCOL;
}

static enum ud_code temp_image_pulled(const struct ud_app *app, struct ud_engine *engine,
                                      const char *reference, const char *platform,
                                      struct ud_temp_image *image, bool *ret_gone,
                                      struct ud_error *err)
{
    struct ud_image found = {0};
    enum ud_code rc = temp_image_pull(app, engine, reference, platform, err);
    if (rc != UD_OK) {
        if (pull_may_be_through(rc)) {
            temp_image_drop(engine, reference);
        }
        return rc;
    }
    rc = ud_image_inspect(engine, reference, &found, err);
    if (rc == UD_OK) {
        image->id = ud_strdup(found.id);
        rc = temp_image_hold(engine, image, err);
    }
    *ret_gone = rc == UD_ERR_NOT_FOUND;
    temp_image_drop(engine, reference);
    ud_image_done(&found);
    return rc;
}

/* *ret_gone: it was there, and another took its name away. */
static enum ud_code temp_image_try(const struct ud_app *app, struct ud_engine *engine,
                                   const char *reference, const char *platform,
                                   struct ud_temp_image *image, bool *ret_gone,
                                   struct ud_error *err)
{
    struct ud_image found = {0};
    UD_TRY(ud_image_find(engine, reference, &found, err));
    if (found.id == NULL) {
        return temp_image_pulled(app, engine, reference, platform, image, ret_gone, err);
    }
    enum ud_code rc = UD_OK;
    image->id = ud_strdup(found.id);
    if (found.tags.len > 0 || found.digests.len > 0) {
        rc = temp_image_hold(engine, image, err);
    }
    *ret_gone = rc == UD_ERR_NOT_FOUND;
    ud_image_done(&found);
    return rc;
}

enum ud_code ud_temp_image_ensure(const struct ud_app *app, struct ud_engine *engine,
                                  const char *reference, const char *platform,
                                  struct ud_temp_image *ret, struct ud_error *err)
{
    struct ud_error why = {0};
    bool gone = false;
    enum ud_code rc = temp_image_try(app, engine, reference, platform, ret, &gone, &why);
    if (gone) {
        why = (struct ud_error){0};
        ud_temp_image_release(engine, ret);
        rc = temp_image_try(app, engine, reference, platform, ret, &gone, &why);
    }
    return rc == UD_OK ? UD_OK : ud_error_pass(err, &why);
}

bool ud_temp_image_remove(struct ud_engine *engine, const char *name)
{
    struct ud_error why = {0};
    enum ud_code rc = ud_image_remove(engine, name, 0, &why);
    if (rc == UD_OK || rc == UD_ERR_NOT_FOUND) {
        return true;
    }
    ud_report_message(ud_engine_report(engine),
                      rc == UD_ERR_BUSY ? UD_REPORT_DETAIL : UD_REPORT_WARN, "%s is left: %s", name,
                      why.message);
    return false;
}

void ud_temp_image_release(struct ud_engine *engine, struct ud_temp_image *image)
{
    if (image->name != NULL && !ud_temp_image_remove(engine, image->name)) {
        ud_run_mark_keep(); /* the next run tries again */
    }
    free(image->name);
    free(image->id);
    *image = (struct ud_temp_image){0};
}

/* The run's id in "usbipd-desktop/pulled:<run>-<random>", in new memory; NULL if it is not
 * such a name. Some engines put their own host's name before. */
static char *temp_image_run_of(const char *name)
{
    const char *run = ud_reference_tag_in(name, UD_TEMP_IMAGE_REPO);
    return run != NULL ? ud_strndup(run, strcspn(run, "-")) : NULL;
}

/* Since when it has its name, by the engine's clock; 0 unknown. */
static int64_t temp_image_since(struct ud_engine *engine, const char *name)
{
    struct ud_image image = {0};
    int64_t since = 0;
    if (ud_image_find(engine, name, &image, NULL) == UD_OK && image.id != NULL) {
        since = ud_engine_time_parse(image.tagged);
    }
    ud_image_done(&image);
    return since;
}

/* Adds it if it is such a name. */
static void temp_image_judge(struct ud_claims *claims, const char *name,
                             struct ud_temp_image_list *list)
{
    char *run = temp_image_run_of(name);
    if (run == NULL) {
        return;
    }
    bool unknown = ud_run_mark_life(run) == UD_RUN_UNKNOWN;
    const int64_t since = unknown ? temp_image_since(claims->engine, name) : 0;
    list->items = ud_realloc(list->items, list->len + 1, sizeof *list->items);
    list->items[list->len].name = ud_strdup(name);
    list->items[list->len++].claim = ud_claims_of(claims, run, since);
    free(run);
}

enum ud_code ud_temp_image_list(struct ud_claims *claims, struct ud_temp_image_list *ret,
                                struct ud_error *err)
{
    struct ud_image_list images = {0};
    struct ud_temp_image_list list = {0};
    UD_TRY(ud_image_list_named(claims->engine, UD_TEMP_IMAGE_REPO, &images, err));
    for (size_t i = 0; i < images.len; i++) {
        for (size_t k = 0; k < images.items[i].tags.len; k++) {
            temp_image_judge(claims, images.items[i].tags.items[k], &list);
        }
    }
    ud_image_list_done(&images);
    *ret = list;
    return UD_OK;
}

void ud_temp_image_list_done(struct ud_temp_image_list *list)
{
    for (size_t i = 0; i < list->len; i++) {
        free(list->items[i].name);
    }
    free(list->items);
    *list = (struct ud_temp_image_list){0};
}
