/* Modules out of the distribution's packages, in place of a build: those that were made with the
 * running kernel, with the signatures of its maker. Nothing is compiled. */
#include <stdlib.h>
#include <string.h>

#include "artifacts/dist.h"
#include "build/steps.h"
#include "bundle/bytes/digest.h"
#include "bundle/package/package.h"
#include "bundle/tar/decompress.h"
#include "kernel/drivers/packaged.h"
#include "kernel/modlist/module_name.h"
#include "kernel/verify/signing.h"
#include "sources/packages.h"
#include "sources/routes_of.h"
#include "ud_version.h"
#include "util/mem.h"

enum { KEY_MAX = 1 << 20 };

/* A module that was read, unpacked: it need not be read again to be taken. */
struct packaged_kept {
    char *name;
    char *path;
    const char *package; /* as it was asked for */
    struct ud_buf bytes;
};

struct packaged {
    struct ud_build *build;
    const struct ud_route *route;
    struct ud_packages packages;
    struct ud_packaged modules; /* what is in the packages that were read so far */
    struct ud_strv base;        /* names of the plan's own modules that are taken */
    struct ud_strv reading;     /* names of those to be read in this pass */
    size_t package;             /* that is being read */
    struct packaged_kept *kept; /* not for devices, where all modules are read */
    size_t kept_count;
    struct ud_driver_choice choice;
};

/* ---- whether it can be ---- */

/* What the user asks for that only a build gives; NULL: nothing. */
static const char *packaged_only_built(const struct ud_build *build)
{
    const struct ud_build_options *o = build->options;
    const struct {
        bool given;
        const char *option;
    } options[] = {
        {o->source != NULL, "--source"},   {o->kernel_image != NULL, "--kernel-image"},
        {o->symvers != NULL, "--symvers"}, {o->randstruct_seed != NULL, "--randstruct-seed"},
        {o->builder != NULL, "--builder"}, {o->platform != NULL, "--platform"},
        {o->patches != NULL, "--patches"}, {o->sign_key != NULL, "--sign-key"},
        {o->sets.len > 0, "--set"},        {o->fragments.len > 0, "--config-fragment"},
        {o->ports != 0, "--ports"},        {o->controllers != 0, "--controllers"},
        {o->whole_tree, "--whole-tree"},   {o->allow_missing_crcs, "--allow-missing-crcs"},
    };
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        if (options[i].given) {
            return options[i].option;
        }
    }
    return NULL;
}

/* A module that the distribution did not make is in no package: known before any is fetched. */
static enum ud_code packaged_check_config(struct packaged *p, struct ud_error *err)
{
    const struct ud_build_result *result = p->build->result;
    const enum ud_plan_module unmade = ud_plan_unmade(&result->plan, &result->facts.config);
    if (unmade != UD_PLAN_MODULE_COUNT) {
        return ud_fail(err, UD_ERR_NOT_FOUND, NULL,
                       "this kernel was built without %s (CONFIG_%s is not m)",
                       ud_plan_module_name(unmade), ud_plan_module_option(unmade));
    }
    for (int i = 0; i < UD_PLAN_MODULE_COUNT; i++) {
        if (result->plan.items[i].origin == UD_ORIGIN_BUILD) {
            ud_strv_add(&p->base, ud_plan_module_name((enum ud_plan_module)i));
        }
    }
    return UD_OK;
}

static enum ud_code packaged_check(struct packaged *p, struct ud_error *err)
{
    const char *option = packaged_only_built(p->build);
    if (option != NULL) {
        return ud_fail(err, UD_ERR_USAGE, NULL, "%s is for modules that are built", option);
    }
    if (p->route == NULL) {
        return ud_fail(err, UD_ERR_NOT_FOUND, NULL, "no packages with modules are known for %s",
                       ud_flavor_name(p->build->result->facts.release.flavor));
    }
    if (p->route->unusable != NULL) {
        return ud_fail(err, UD_ERR_NOT_FOUND, NULL, "%s", p->route->unusable);
    }
    return packaged_check_config(p, err);
}

/* ---- what is in them ---- */

/* Whether a module is read as soon as it is seen: then fewer passes are needed. */
static bool packaged_at_once(const struct packaged *p, const struct ud_packaged_module *module)
{
    struct ud_packaged one = {(struct ud_packaged_module *)module, 1, 1};
    const struct ud_facts *facts = &p->build->result->facts;
    const struct ud_packaged_own own = {&facts->deps, &facts->builtin};
    struct ud_strv names = {0};
    ud_packaged_unread(&one, &p->build->wanted, &p->base, &own, &names);
    const bool wanted = names.len > 0;
    ud_strv_done(&names);
    return wanted;
}

static bool packaged_wants(void *ctx, const char *path)
{
    struct packaged *p = ctx;
    if (!ud_packaged_is_module(path, p->build->result->facts.release.text)) {
        return false;
    }
    struct ud_packaged_module *module = ud_packaged_add(&p->modules, path);
    if (module != NULL) {
        module->package = p->package;
        return packaged_at_once(p, module);
    }
    char *name = ud_module_name_of_path(path);
    module = ud_packaged_find(&p->modules, name);
    const bool wanted = module->package == p->package && strcmp(module->path, path) == 0 &&
                        ud_strv_has(&p->reading, module->name);
    free(name);
    return wanted;
}

static enum ud_code packaged_unpack(const char *path, const struct ud_buf *data, struct ud_buf *ret,
                                    struct ud_error *err)
{
    ud_buf_init(ret, UD_MODULE_FILE_MAX);
    enum ud_code rc = ud_decompress(path, data->data, data->len, ret, err);
    if (rc != UD_OK) {
        ud_buf_done(ret);
    }
    return rc;
}

/* Takes bytes over. */
static void packaged_keep(struct packaged *p, const struct ud_packaged_module *module,
                          struct ud_buf *bytes)
{
    p->kept = ud_realloc(p->kept, p->kept_count + 1, sizeof *p->kept);
    p->kept[p->kept_count++] =
        (struct packaged_kept){.name = ud_strdup(module->name),
                               .path = ud_strdup(module->path),
                               .package = p->packages.items[p->package].asked,
                               .bytes = *bytes};
}

/* What a module says of itself. */
static enum ud_code packaged_read(void *ctx, const char *path, struct ud_buf *data,
                                  struct ud_error *err)
{
    struct packaged *p = ctx;
    struct ud_buf bytes;
    struct ud_module parsed;
    char *name = ud_module_name_of_path(path);
    struct ud_packaged_module *module = ud_packaged_find(&p->modules, name);
    free(name);
    UD_TRY(packaged_unpack(path, data, &bytes, err));
    enum ud_code rc = ud_module_parse(bytes.data, bytes.len, path, &parsed, err);
    if (rc == UD_OK) {
        module->read = true;
        ud_strv_done(&module->depends);
        module->depends = parsed.depends;
        parsed.depends = (struct ud_strv){0};
        ud_module_aliases(bytes.data, bytes.len, &module->aliases);
        ud_module_done(&parsed);
    }
    if (rc == UD_OK && p->build->wanted.devices.len == 0) {
        packaged_keep(p, module, &bytes);
    } else {
        ud_buf_done(&bytes);
    }
    return rc;
}

static enum ud_code packaged_pass(struct packaged *p, size_t from,
                                  enum ud_code (*file)(void *, const char *, struct ud_buf *,
                                                       struct ud_error *),
                                  struct ud_error *err)
{
    const struct ud_package_options options = {
        .wants = packaged_wants, .file = file, .ctx = p, .max_file = UD_MODULE_FILE_MAX};
    for (p->package = from; p->package < p->packages.len; p->package++) {
        UD_TRY(ud_packages_read(&p->packages.items[p->package], &options, err));
    }
    return UD_OK;
}

/* Reads the newest package, and then whatever turns out to be needed. */
static enum ud_code packaged_learn(struct packaged *p, struct ud_error *err)
{
    const struct ud_facts *facts = &p->build->result->facts;
    const struct ud_packaged_own own = {&facts->deps, &facts->builtin};
    UD_TRY(packaged_pass(p, p->packages.len - 1, packaged_read, err));
    for (;;) {
        ud_strv_done(&p->reading);
        ud_packaged_unread(&p->modules, &p->build->wanted, &p->base, &own, &p->reading);
        if (p->reading.len == 0) {
            return UD_OK;
        }
        UD_TRY(packaged_pass(p, 0, packaged_read, err));
    }
}

/* Of a group each package may have some. */
static bool packaged_wants_group(const struct packaged *p)
{
    const struct ud_strv *names = &p->build->wanted.names;
    for (size_t i = 0; i < names->len; i++) {
        if (ud_driver_is_group(names->items[i])) {
            return true;
        }
    }
    return false;
}

/* Fetches packages until all that is wanted is in them, or is the VM's own. */
static enum ud_code packaged_choose(struct packaged *p, struct ud_error *err)
{
    const struct ud_facts *facts = &p->build->result->facts;
    const struct ud_packaged_own own = {&facts->deps, &facts->builtin};
    const bool all = packaged_wants_group(p);
    bool more = true;
    for (;;) {
        struct ud_error missing = {0};
        enum ud_code rc = ud_packaged_choose(&p->modules, &p->build->wanted, &p->base, &own,
                                             &p->choice, &missing);
        const bool whole = rc == UD_OK && p->choice.unserved.len == 0 && !all;
        if (whole || !more) {
            return rc == UD_OK ? UD_OK : ud_error_pass(err, &missing);
        }
        ud_driver_choice_done(&p->choice);
        UD_TRY(ud_packages_next(&p->packages, &more, err));
        if (more) {
            UD_TRY(packaged_learn(p, err));
        }
    }
}

/* ---- taking them ---- */

/* Takes bytes over, whatever it returns. */
static enum ud_code packaged_add(struct packaged *p, const char *name, const char *path,
                                 const char *package, const struct ud_buf *bytes,
                                 struct ud_error *err)
{
    struct ud_build *build = p->build;
    struct ud_built *built = &build->built[build->built_count++];
    *built = (struct ud_built){.driver = !ud_strv_has(&p->base, name), .bytes = *bytes};
    /* They live as long as the build. */
    ud_strv_add(&build->packaged_texts, name);
    built->name = build->packaged_texts.items[build->packaged_texts.len - 1];
    ud_strv_add(&build->packaged_texts, package);
    built->package = build->packaged_texts.items[build->packaged_texts.len - 1];
    return ud_module_parse(built->bytes.data, built->bytes.len, path, &built->module, err);
}

static enum ud_code packaged_take(void *ctx, const char *path, struct ud_buf *data,
                                  struct ud_error *err)
{
    struct packaged *p = ctx;
    struct ud_buf bytes;
    char *name = ud_module_name_of_path(path);
    const struct ud_packaged_module *module = ud_packaged_find(&p->modules, name);
    free(name);
    UD_TRY(packaged_unpack(path, data, &bytes, err));
    return packaged_add(p, module->name, path, p->packages.items[p->package].asked, &bytes, err);
}

/* Those of reading that are in memory; they leave it. */
static enum ud_code packaged_take_kept(struct packaged *p, struct ud_error *err)
{
    struct ud_strv missing = {0};
    enum ud_code rc = UD_OK;
    for (size_t i = 0; i < p->reading.len && rc == UD_OK; i++) {
        const char *name = p->reading.items[i];
        size_t k = 0;
        while (k < p->kept_count && strcmp(p->kept[k].name, name) != 0) {
            k++;
        }
        if (k == p->kept_count) {
            ud_strv_add(&missing, name);
            continue;
        }
        struct packaged_kept *kept = &p->kept[k];
        rc = packaged_add(p, name, kept->path, kept->package, &kept->bytes, err);
        ud_buf_init(&kept->bytes, 0);
    }
    ud_strv_done(&p->reading);
    p->reading = missing;
    return rc;
}

/* Those that the plan wants, under the names that the plan has for them. */
static void packaged_list(struct packaged *p)
{
    const struct ud_plan *plan = &p->build->result->plan;
    ud_strv_done(&p->reading);
    for (size_t i = 0; i < p->base.len; i++) {
        ud_strv_add(&p->reading, p->base.items[i]);
    }
    for (size_t i = 0; i < plan->driver_count; i++) {
        if (plan->drivers[i].item.origin == UD_ORIGIN_BUILD) {
            ud_strv_add(&p->reading, plan->drivers[i].name);
        }
    }
}

/* What the signatures tell that CRCs do not: most distributions sign each build with a key that
 * only this build has. */
static enum ud_code packaged_check_build(struct packaged *p, struct ud_error *err)
{
    struct ud_build *build = p->build;
    UD_TRY(ud_build_conclude_modules(build, err));
    for (size_t i = 0; i < build->built_count; i++) {
        UD_TRY(ud_signing_check_same(&build->built[i].module, build->evidence.stock_list,
                                     build->evidence.stock_count, err));
    }
    return UD_OK;
}

static enum ud_code packaged_take_all(struct packaged *p, struct ud_error *err)
{
    struct ud_build *build = p->build;
    ud_plan_add_drivers(&build->result->facts, &p->choice, &build->result->plan);
    packaged_list(p);
    build->result->nothing_to_do = p->reading.len == 0;
    if (build->result->nothing_to_do) {
        return UD_OK;
    }
    const size_t count = p->reading.len;
    build->built = ud_alloc(count, sizeof *build->built);
    UD_TRY(packaged_take_kept(p, err));
    if (p->reading.len > 0) {
        UD_TRY(packaged_pass(p, 0, packaged_take, err));
    }
    if (build->built_count != count) {
        return ud_fail(err, UD_ERR_SOURCE, "Run it again.",
                       "the packages changed while they were read");
    }
    ud_report_step_end(build->app->report, "%zu modules", build->built_count);
    return packaged_check_build(p, err);
}

/* ---- the whole ---- */

/* All that the modules depend on: by it a next run knows that nothing is to do. */
static void packaged_identify(struct packaged *p)
{
    struct ud_build *build = p->build;
    const struct ud_facts *facts = &build->result->facts;
    struct ud_buf text;
    ud_buf_init(&text, KEY_MAX);
    ud_buf_addf(&text, "packages\n%s\n%s\n%s\n%s\n%s\n%s\n", UD_VERSION, facts->release.text,
                facts->version != NULL ? facts->version : "",
                facts->build_id != NULL ? facts->build_id : "", p->route->image, p->route->what);
    ud_buf_add(&text, facts->config_text, facts->config_len);
    for (size_t i = 0; i < p->base.len; i++) {
        ud_buf_addf(&text, "\n%s", p->base.items[i]);
    }
    ud_buf_addf(&text, "\n%s\n", build->result->wanted != NULL ? build->result->wanted : "");
    if (!text.overflow && !build->options->no_cache) {
        ud_digest_of(text.data, text.len, build->cache.inputs);
    }
    ud_buf_done(&text);
}

static void packaged_tell(struct packaged *p)
{
    struct ud_build_result *result = p->build->result;
    for (size_t i = 0; i < p->choice.unserved.len; i++) {
        ud_report_message(p->build->app->report, UD_REPORT_NOTE, "%s", p->choice.unserved.items[i]);
    }
    result->source = ud_strdup(p->route->what);
    result->builder = ud_strdup(p->route->image);
    result->packaged = true;
}

static enum ud_code packaged_run(struct packaged *p, struct ud_error *err)
{
    struct ud_build *build = p->build;
    bool unchanged = false;
    UD_TRY(packaged_check(p, err));
    build->packaged = true;
    if (build->options->dry_run) {
        packaged_tell(p);
        return UD_OK;
    }
    packaged_identify(p);
    UD_TRY(ud_build_is_unchanged(build, &unchanged, err));
    if (unchanged) {
        packaged_tell(p);
        return UD_OK;
    }
    UD_TRY(ud_build_check_output(build, err));
    UD_TRY(packaged_choose(p, err));
    ud_report_step(build->app->report, "Taking the modules out of the packages");
    UD_TRY(packaged_take_all(p, err));
    packaged_tell(p);
    return UD_OK;
}

/* What was decided for packages is decided again for a build. */
static enum ud_code packaged_give_up(struct packaged *p, const struct ud_error *why,
                                     struct ud_error *err)
{
    struct ud_build *build = p->build;
    ud_report_step_fail(build->app->report);
    ud_report_message(build->app->report, build->packaged ? UD_REPORT_NOTE : UD_REPORT_DETAIL,
                      "not out of packages: %s", why->message);
    if (!build->packaged) {
        return UD_OK;
    }
    build->packaged = false;
    build->cache.inputs[0] = '\0';
    ud_build_forget(build);
    ud_plan_done(&build->result->plan);
    return ud_build_plan(build, err);
}

/* Modules that were built and are still in place are kept up by building. */
static bool packaged_was_built(const struct ud_build *build)
{
    struct ud_dist dist = {0};
    struct ud_error why = {0};
    char *dir = ud_build_output_dir(build);
    const bool built = ud_dist_read(dir, &dist, &why) == UD_OK &&
                       dist.manifest.inputs_sha256 != NULL &&
                       strcmp(dist.manifest.origin, UD_MANIFEST_PACKAGE) != 0;
    ud_dist_done(&dist);
    free(dir);
    return built;
}

enum ud_code ud_build_take_packaged(struct ud_build *build, struct ud_error *err)
{
    const struct ud_build_options *options = build->options;
    struct ud_routes routes = {0};
    struct ud_error why = {0};
    if (options->origin == UD_BUILD_ORIGIN_BUILD ||
        (options->origin == UD_BUILD_ORIGIN_AUTO && packaged_was_built(build))) {
        return UD_OK;
    }
    ud_routes_of_kernel(&build->result->facts, NULL, options->offline, &routes);
    struct packaged p = {.build = build, .route = ud_routes_modules(&routes)};
    p.packages = (struct ud_packages){
        .app = build->app,
        .engine = ud_build_engine(build),
        .vm = &build->package_vm,
        .facts = &build->result->facts,
        .route = p.route,
        .offline = options->offline,
        .keep = !options->no_cache,
    };
    enum ud_code rc = packaged_run(&p, &why);
    if (rc == UD_ERR_INTERRUPTED || (rc != UD_OK && options->origin == UD_BUILD_ORIGIN_PACKAGE)) {
        rc = ud_error_pass(err, &why);
    } else if (rc != UD_OK) {
        rc = packaged_give_up(&p, &why, err);
    }
    for (size_t i = 0; i < p.kept_count; i++) {
        free(p.kept[i].name);
        free(p.kept[i].path);
        ud_buf_done(&p.kept[i].bytes);
    }
    free(p.kept);
    ud_packages_done(&p.packages);
    ud_packaged_done(&p.modules);
    ud_driver_choice_done(&p.choice);
    ud_strv_done(&p.base);
    ud_strv_done(&p.reading);
    ud_routes_done(&routes);
    return rc;
}
