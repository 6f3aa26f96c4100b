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

/* The name says all that went into the image. */
static char *image_for(const struct ud_builder *builder, const char *goarch)
{
    char hex[UD_DIGEST_HEX_SIZE];
    char *packages = ud_strv_join(&builder->packages, " ");
    char *key = ud_strf("%s|%s|%s|%s", RECIPE, builder->image, goarch, packages);
    ud_digest_of(key, strlen(key), hex);
    char *image = ud_strf("%s:%.16s", BUILDER_REPO, hex);
    free(key);
    free(packages);
    return image;
}

enum ud_code ud_toolchain_choose(struct ud_engine *engine, const char *user_image,
                                 const struct ud_facts *facts, struct ud_toolchain *ret,
                                 struct ud_error *err)
{
    struct ud_engine_info info = {0};
    struct ud_compiler compiler = {0};
    struct ud_toolchain toolchain = {.engine = engine};
    UD_TRY(ud_engine_info(engine, &info, err));
    enum ud_code rc = ud_compiler_of_config(&facts->config, facts->config_text, &compiler, err);
    if (rc == UD_OK) {
        rc = ud_builder_choose(&compiler, &facts->config, facts->machine, uname_machine(info.arch),
                               user_image, &toolchain.builder, err);
    }
    if (rc == UD_OK) {
        toolchain.goarch = ud_strdup(info.arch);
        toolchain.cpus = info.cpus;
        toolchain.image =
            user_image != NULL ? ud_strdup(user_image) : image_for(&toolchain.builder, info.arch);
        if (user_image == NULL) {
            ud_builder_env(&toolchain.builder, &toolchain.env);
        }
        *ret = toolchain;
    }
    ud_engine_info_done(&info);
    return rc;
}

static enum ud_code install_packages(struct ud_workshop *shop, const struct ud_builder *builder,
                                     struct ud_error *err)
{
    struct ud_strv *steps = NULL;
    size_t count = 0;
    struct ud_strv env = {0};
    enum ud_code rc = UD_OK;
    ud_builder_steps(builder, &steps, &count);
    ud_builder_env(builder, &env);
    for (size_t i = 0; i < count && rc == UD_OK; i++) {
        const struct ud_workshop_command command = {.argv = &steps[i], .env = &env};
        rc = ud_workshop_run(shop, &command, err);
    }
    ud_strv_done(&env);
    ud_builder_steps_free(steps, count);
    return rc;
}

static void add_label(struct ud_strv *changes, const char *key, const char *value)
{
    char *label = ud_strf("%s=%s", key, value);
    char *change = ud_labels_change(label);
    ud_strv_add(changes, change);
    free(change);
    free(label);
}

/* The engine notes when an image was given a name: giving it the one that it has notes
 * that it was used, where `builder list` finds it. Nothing depends on it. */
static void note_use(const struct ud_toolchain *toolchain)
{
    struct ud_error why = {0};
    const char *tag = strchr(toolchain->image, ':') + 1;
    if (ud_image_tag(toolchain->engine, toolchain->image, BUILDER_REPO, tag, &why) != UD_OK) {
        ud_report_message(ud_engine_report(toolchain->engine), UD_REPORT_DEBUG, "%s", why.message);
    }
}

static enum ud_code commit(const struct ud_workshop *shop, const struct ud_toolchain *toolchain,
                           struct ud_error *err)
{
    const char *tag = strchr(toolchain->image, ':') + 1;
    struct ud_image_commit commit = {
        .container = shop->name,
        .repo = BUILDER_REPO,
        .tag = tag,
        .comment = UD_TOOLCHAIN_MADE_BY,
    };
    add_label(&commit.changes, UD_LABEL_ROLE, "builder");
    add_label(&commit.changes, UD_LABEL_BASE, toolchain->builder.image);
    add_label(&commit.changes, UD_LABEL_COMPILER, toolchain->builder.cc);
    enum ud_code rc = ud_image_commit(toolchain->engine, &commit, NULL, err);
    ud_strv_done(&commit.changes);
    return rc;
}

static enum ud_code provision(const struct ud_app *app, const struct ud_toolchain *toolchain,
                              struct ud_error *err)
{
    struct ud_workshop shop;
    ud_report_step(app->report, "Installing compiler and tools into %s", toolchain->builder.image);
    enum ud_code rc = ud_workshop_open(app, toolchain->engine, UD_ROLE_TOOLCHAIN,
                                       toolchain->builder.image, toolchain->goarch, &shop, err);
    if (rc == UD_OK) {
        rc = ud_workshop_start(&shop, err);
    }
    if (rc == UD_OK) {
        rc = install_packages(&shop, &toolchain->builder, err);
    }
    if (rc == UD_OK) {
        ud_report_activity(app->report, "keeping it as an image");
        rc = commit(&shop, toolchain, err);
    }
    ud_workshop_close(&shop);
    if (rc == UD_OK) {
        ud_report_step_end(app->report, "%s", toolchain->image);
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

static enum ud_code ensure_ours(const struct ud_app *app, const struct ud_toolchain *toolchain,
                                struct ud_error *err)
{
    bool exists = false;
    bool pulled = false;
    UD_TRY(ud_image_exists(toolchain->engine, toolchain->image, &exists, err));
    if (exists) {
        note_use(toolchain);
        return UD_OK;
    }
    enum ud_code rc =
        ud_pulled_ensure(app, toolchain->engine, toolchain->builder.image, &pulled, err);
    if (rc == UD_OK) {
        rc = provision(app, toolchain, err);
    }
    if (pulled) {
        ud_pulled_remove(toolchain->engine, toolchain->builder.image);
    }
    return rc;
}

enum ud_code ud_toolchain_check(const struct ud_toolchain *toolchain, struct ud_error *err)
{
    bool exists = false;
    UD_TRY(ud_image_exists(toolchain->engine, toolchain->image, &exists, err));
    return exists ? UD_OK : not_here(toolchain->image, err);
}

enum ud_code ud_toolchain_ensure(const struct ud_app *app, struct ud_toolchain *toolchain,
                                 const char *user_image, struct ud_error *err)
{
    if (toolchain->id != NULL) {
        return UD_OK;
    }
    if (user_image != NULL) {
        UD_TRY(ud_pulled_ensure(app, toolchain->engine, user_image, &toolchain->pulled, err));
    } else {
        UD_TRY(ensure_ours(app, toolchain, err));
    }
    struct ud_image image = {0};
    UD_TRY(ud_image_inspect(toolchain->engine, toolchain->image, &image, err));
    toolchain->id = ud_strdup(image.id);
    ud_image_done(&image);
    return UD_OK;
}

void ud_toolchain_done(struct ud_toolchain *toolchain)
{
    if (toolchain->pulled) {
        ud_pulled_remove(toolchain->engine, toolchain->image);
    }
    free(toolchain->image);
    free(toolchain->id);
    free(toolchain->goarch);
    ud_strv_done(&toolchain->env);
    ud_builder_done(&toolchain->builder);
    *toolchain = (struct ud_toolchain){0};
}
