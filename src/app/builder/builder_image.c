#include "builder/builder_image.h"

#include <stdlib.h>
#include <string.h>

#include "app/engine/roles.h"
#include "builder/build_container.h"
#include "bundle/bytes/digest.h"
#include "docker/engine/labels.h"
#include "docker/images/image.h"
#include "engine/temp_image.h"
#include "util/buf.h"
#include "util/mem.h"

#define BUILDER_REPO "usbipd-desktop/builder"

/* Raise it when the way of making a builder image changes, so that images made
 * the old way are not taken for new ones. */
#define RECIPE "2"

static const char *uname_machine(const char *goarch)
{
    return strcmp(goarch, "arm64") == 0 ? "aarch64" : "x86_64";
}

/* Of the programs in the image: "arm64". */
static const char *image_arch(const struct ud_builder_image *builder_image)
{
    const char *platform = builder_image->wish.platform;
    return platform != NULL ? strchr(platform, '/') + 1 : builder_image->goarch;
}

/* The name says all that went into the image. */
static char *image_for(const struct ud_builder_image *builder_image)
{
    char hex[UD_DIGEST_HEX_SIZE];
    const struct ud_builder *builder = &builder_image->builder;
    char *packages = ud_strv_join(&builder->packages, " ");
    char *key = ud_strf("%s|%s|%s|%s", RECIPE, builder->image, image_arch(builder_image), packages);
    ud_digest_of(key, strlen(key), hex);
    char *image = ud_strf("%s:%.16s", BUILDER_REPO, hex);
    free(key);
    free(packages);
    return image;
}

enum ud_code ud_builder_image_choose(struct ud_engine *engine, const struct ud_builder_wish *wish,
                                     const struct ud_facts *facts, struct ud_builder_image *ret,
                                     struct ud_error *err)
{
    struct ud_engine_info info = {0};
    struct ud_compiler compiler = {0};
    struct ud_builder_image builder_image = {.engine = engine, .wish = *wish};
    UD_TRY(ud_engine_info(engine, &info, err));
    builder_image.goarch = ud_strdup(info.arch);
    builder_image.cpus = info.cpus;
    ud_engine_info_done(&info);
    enum ud_code rc = ud_compiler_of_config(&facts->config, facts->config_text, &compiler, err);
    if (rc == UD_OK) {
        rc = ud_builder_choose(&compiler, &facts->config, facts->machine,
                               uname_machine(image_arch(&builder_image)), wish->image,
                               &builder_image.builder, err);
    }
    if (rc != UD_OK) {
        free(builder_image.goarch);
        return rc;
    }
    if (wish->image != NULL) {
        builder_image.image = ud_strdup(wish->image);
    } else {
        builder_image.image = image_for(&builder_image);
        ud_builder_env(&builder_image.builder, &builder_image.env);
    }
    *ret = builder_image;
    return UD_OK;
}

void ud_builder_image_want_patch(struct ud_builder_image *builder_image)
{
    if (builder_image->wish.image != NULL) {
        return;
    }
    ud_strv_add(&builder_image->builder.packages, "patch");
    ud_strv_sort_unique(&builder_image->builder.packages);
    free(builder_image->image);
    builder_image->image = image_for(builder_image);
    free(builder_image->id); /* of the other one */
    builder_image->id = NULL;
}

static enum ud_code install_packages(struct ud_build_container *container,
                                     const struct ud_builder *builder, struct ud_error *err)
{
    struct ud_strv *steps = NULL;
    size_t count = 0;
    struct ud_strv env = {0};
    enum ud_code rc = UD_OK;
    ud_builder_steps(builder, &steps, &count);
    ud_builder_env(builder, &env);
    for (size_t i = 0; i < count && rc == UD_OK; i++) {
        const struct ud_build_container_command command = {.argv = &steps[i], .env = &env};
        rc = ud_build_container_run(container, &command, err);
    }
    ud_strv_done(&env);
    ud_builder_steps_free(steps, count);
    return rc;
}

/* The engine notes when an image was given a name: giving it the one that it has notes
 * that it was used, where `builder list` finds it. Nothing depends on it. */
static void note_use(const struct ud_builder_image *builder_image)
{
    struct ud_error why = {0};
    const char *tag = strchr(builder_image->image, ':') + 1;
    if (ud_image_tag(builder_image->engine, builder_image->image, BUILDER_REPO, tag, &why) !=
        UD_OK) {
        ud_report_message(ud_engine_report(builder_image->engine), UD_REPORT_DEBUG, "%s",
                          why.message);
    }
}

static enum ud_code builder_image_commit(const struct ud_build_container *container,
                                         const struct ud_builder_image *builder_image,
                                         struct ud_error *err)
{
    const char *tag = strchr(builder_image->image, ':') + 1;
    struct ud_image_commit commit = {
        .container = container->name,
        .repo = BUILDER_REPO,
        .tag = tag,
        .comment = UD_BUILDER_IMAGE_MADE_BY,
    };
    ud_labels_add_change(&commit.changes, UD_LABEL_ROLE, "builder");
    ud_labels_add_change(&commit.changes, UD_LABEL_BASE, builder_image->builder.image);
    ud_labels_add_change(&commit.changes, UD_LABEL_COMPILER, builder_image->builder.cc);
    ud_labels_add_change(&commit.changes, UD_LABEL_RUN, "none"); /* the container's goes */
    enum ud_code rc = ud_image_commit(builder_image->engine, &commit, NULL, err);
    ud_strv_done(&commit.changes);
    return rc;
}

static enum ud_code builder_image_provision(const struct ud_app *app,
                                            const struct ud_builder_image *builder_image,
                                            const char *base, struct ud_error *err)
{
    struct ud_build_container container;
    const struct ud_build_container_image image = {
        .id = base, .platform = builder_image->wish.platform, .goarch = builder_image->goarch};
    ud_report_step(app->report, "Installing compiler and tools into %s",
                   builder_image->builder.image);
    enum ud_code rc = ud_build_container_open(app, builder_image->engine, UD_ROLE_TOOLCHAIN, &image,
                                              &container, err);
    if (rc == UD_OK) {
        rc = ud_build_container_start(&container, err);
    }
    if (rc == UD_OK) {
        rc = install_packages(&container, &builder_image->builder, err);
    }
    if (rc == UD_OK) {
        ud_report_activity(app->report, "keeping it as an image");
        rc = ud_build_container_forget_web(&container, err);
    }
    if (rc == UD_OK) {
        rc = builder_image_commit(&container, builder_image, err);
    }
    ud_build_container_close(&container);
    if (rc == UD_OK) {
        ud_report_step_end(app->report, "%s", builder_image->image);
    }
    return rc;
}

static enum ud_code not_here(const char *image, struct ud_error *err)
{
    return ud_fail(
        err, UD_ERR_NOT_FOUND,
        "Run `usbipd-desktop builder make` for the same engines while there is a network: "
        "the image is kept. Or name an "
        "image that the engine has with --builder.",
        "the engine does not have the image %s, and --offline pulls nothing", image);
}

static enum ud_code ensure_ours(const struct ud_app *app,
                                const struct ud_builder_image *builder_image, struct ud_error *err)
{
    bool exists = false;
    struct ud_temp_image base = {0};
    UD_TRY(ud_image_exists(builder_image->engine, builder_image->image, &exists, err));
    if (exists) {
        note_use(builder_image);
        return UD_OK;
    }
    enum ud_code rc = ud_temp_image_ensure(app, builder_image->engine, builder_image->builder.image,
                                           builder_image->wish.platform, &base, err);
    if (rc == UD_OK) {
        rc = builder_image_provision(app, builder_image, base.id, err);
    }
    ud_temp_image_release(builder_image->engine, &base);
    return rc;
}

enum ud_code ud_builder_image_check(const struct ud_builder_image *builder_image,
                                    struct ud_error *err)
{
    bool exists = false;
    UD_TRY(ud_image_exists(builder_image->engine, builder_image->image, &exists, err));
    return exists ? UD_OK : not_here(builder_image->image, err);
}

enum ud_code ud_builder_image_ensure(const struct ud_app *app,
                                     struct ud_builder_image *builder_image, struct ud_error *err)
{
    const struct ud_builder_wish *wish = &builder_image->wish;
    if (builder_image->id != NULL) {
        return UD_OK;
    }
    if (wish->image != NULL) {
        UD_TRY(ud_temp_image_ensure(app, builder_image->engine, wish->image, wish->platform,
                                    &builder_image->held, err));
        builder_image->id = ud_strdup(builder_image->held.id);
        return UD_OK;
    }
    UD_TRY(ensure_ours(app, builder_image, err));
    struct ud_image image = {0};
    UD_TRY(ud_image_inspect(builder_image->engine, builder_image->image, &image, err));
    builder_image->id = ud_strdup(image.id);
    ud_image_done(&image);
    return UD_OK;
}

void ud_builder_image_done(struct ud_builder_image *builder_image)
{
    ud_temp_image_release(builder_image->engine, &builder_image->held);
    free(builder_image->image);
    free(builder_image->id);
    free(builder_image->goarch);
    ud_strv_done(&builder_image->env);
    ud_builder_done(&builder_image->builder);
    *builder_image = (struct ud_builder_image){0};
}
