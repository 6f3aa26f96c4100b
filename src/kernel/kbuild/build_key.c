#include "kernel/kbuild/build_key.h"

#include <string.h>

/* Raise it when a build does something else with the same inputs, so that what was
 * made the old way is not taken for new. */
#define RECIPE "3"

/* With its length: no value can look like the end of one and another line. */
static void build_key_add(struct ud_buf *out, const char *name, const char *value)
{
    const char *text = value != NULL ? value : "";
    ud_buf_addf(out, "%s %zu:%s\n", name, strlen(text), text);
}

static void add_steps(struct ud_buf *out, const struct ud_kbuild_options *options)
{
    static const enum ud_kbuild_target targets[] = {UD_KBUILD_RESOLVE, UD_KBUILD_PREPARE,
                                                    UD_KBUILD_MODULES};
    struct ud_kbuild_options one_job = *options;
    one_job.jobs = 1;
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        struct ud_kbuild_step step = {0};
        ud_kbuild_step_make(targets[i], &one_job, &step);
        for (size_t k = 0; k < step.argv.len; k++) {
            build_key_add(out, k == 0 ? "command" : "argument", step.argv.items[k]);
        }
        ud_kbuild_step_done(&step);
    }
}

static void add_plan(struct ud_buf *out, const struct ud_plan *plan)
{
    struct ud_kbuild_files files = {0};
    for (int i = 0; i < UD_PLAN_MODULE_COUNT; i++) {
        build_key_add(out, ud_plan_module_name((enum ud_plan_module)i),
                      ud_origin_name(plan->items[i].origin));
    }
    ud_kbuild_files_make(plan, &files);
    for (size_t i = 0; i < files.len; i++) {
        build_key_add(out, "file", files.items[i].path);
        build_key_add(out, "text", files.items[i].text);
    }
    ud_kbuild_files_done(&files);
}

/* Which drivers these come to is decided by the sources, and by what files the system has. */
static void build_key_add_wish(struct ud_buf *out, const struct ud_build_key *key)
{
    if (key->wish == NULL || ud_driver_wish_is_empty(key->wish)) {
        return;
    }
    for (size_t i = 0; i < key->wish->names.len; i++) {
        build_key_add(out, "with", key->wish->names.items[i]);
    }
    for (size_t i = 0; i < key->wish->devices.len; i++) {
        build_key_add(out, "for", key->wish->devices.items[i]);
    }
    for (size_t i = 0; i < key->facts->deps.len; i++) {
        build_key_add(out, "own file", key->facts->deps.items[i].path);
    }
}

void ud_build_key_text(const struct ud_build_key *key, struct ud_buf *out)
{
    build_key_add(out, "recipe", RECIPE);
    build_key_add(out, "program", key->program);
    build_key_add(out, "release", key->facts->release.text);
    build_key_add(out, "version", key->facts->version);
    build_key_add(out, "kernel build id", key->facts->build_id);
    build_key_add(out, "machine", key->facts->machine);
    build_key_add(out, "config", key->config_sha256);
    build_key_add(out, "symvers", key->symvers_sha256);
    build_key_add(out, "layout seed", key->layout_seed);
    build_key_add(out, "source", key->source_sha256);
    if (key->patches_sha256 != NULL && key->patches_sha256[0] != '\0') {
        build_key_add(out, "patches", key->patches_sha256);
    }
    build_key_add(out, "selection", key->selection);
    build_key_add(out, "builder", key->builder);
    for (size_t i = 0; i < key->edits->len; i++) {
        build_key_add(out, key->edits->items[i].name, key->edits->items[i].value);
    }
    build_key_add_wish(out, key);
    add_plan(out, key->plan);
    add_steps(out, key->kbuild);
}
