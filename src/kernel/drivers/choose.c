/* From what is wanted to modules and options. */
#include <stdlib.h>
#include <string.h>

#include "drivers/groups.h"
#include "drivers/image.h"
#include "drivers/ksolve.h"
#include "drivers/paths.h"
#include "drivers/tree.h"
#include "kernel/modlist/module_name.h"
#include "text/scan.h"
#include "util/mem.h"
#include "util/str.h"

/* Names that a message proposes. */
enum { SIMILAR_MAX = 6 };

struct choosing {
    const struct ud_drivers *drivers;
    const struct ud_config *running;
    const struct ud_config_edits *given;
    struct ud_kernel_image image;
    struct ud_strv options; /* that are wanted, with those that are surely to be had */
    struct ud_strv modules; /* "dir/name" of what is wanted */
    struct ud_driver_choice *choice;
};

static bool choose_in_image(void *ctx, const char *option, bool module, char **ret_why)
{
    return ud_image_is_changed(ctx, option, module, ret_why);
}

static enum ud_code choose_solve(struct choosing *choosing, const struct ud_strv *options,
                                 bool with_defaults, struct ud_ksolution *ret, struct ud_error *err)
{
    const struct ud_ksolve solve = {
        .tree = &choosing->drivers->options,
        .running = choosing->running,
        .given = choosing->given,
        .in_image = choose_in_image,
        .ctx = &choosing->image,
        .with_defaults = with_defaults,
    };
    return ud_ksolve_run(&solve, options, ret, err);
}

/* Whether it can be had together with all that was chosen before. */
static enum ud_code choose_try(struct choosing *choosing, const char *option, struct ud_error *err)
{
    struct ud_ksolution solution = {0};
    struct ud_strv options = {0};
    for (size_t i = 0; i < choosing->options.len; i++) {
        ud_strv_add(&options, choosing->options.items[i]);
    }
    ud_strv_add(&options, option);
    enum ud_code rc = choose_solve(choosing, &options, false, &solution, err);
    ud_ksolution_done(&solution);
    ud_strv_done(&options);
    return rc;
}

static const char *choose_text(const struct choosing *choosing, uint32_t number)
{
    return ud_made_text(&choosing->drivers->makefiles, number);
}

/* An option that the sources have for this architecture, and that a module can be made by. */
static bool choose_is_tristate(const struct choosing *choosing, const char *option)
{
    const struct ud_ktree *tree = &choosing->drivers->options;
    uint32_t symbol = ud_ktree_find(tree, option);
    return symbol != UD_KTREE_END && tree->symbols[symbol].type == UD_KTYPE_TRISTATE;
}

static void choose_take(struct choosing *choosing, const struct ud_made *made)
{
    if (!ud_strv_has(&choosing->options, choose_text(choosing, made->option))) {
        ud_strv_add(&choosing->options, choose_text(choosing, made->option));
    }
    ud_strv_addf(&choosing->modules, "%s/%s", choose_text(choosing, made->dir),
                 choose_text(choosing, made->name));
}

static void choose_add_similar(const struct choosing *choosing, const char *name,
                               struct ud_strv *similar)
{
    const struct ud_makefiles *makefiles = &choosing->drivers->makefiles;
    for (size_t i = 0; i < makefiles->len && similar->len < SIMILAR_MAX; i++) {
        const struct ud_made *made = &makefiles->items[i];
        const char *other = choose_text(choosing, made->name);
        if (made->kind == UD_MADE_OBJECT && strlen(name) > 2 && strstr(other, name) != NULL &&
            choose_is_tristate(choosing, choose_text(choosing, made->option)) &&
            !ud_strv_has(similar, other)) {
            ud_strv_add(similar, other);
        }
    }
}

static enum ud_code choose_refuse_name(const struct choosing *choosing, const char *name,
                                       struct ud_error *err)
{
    struct ud_strv similar = {0};
    choose_add_similar(choosing, name, &similar);
    char *names = ud_strv_join(&similar, ", ");
    enum ud_code rc =
        ud_fail(err, UD_ERR_USAGE,
                "Name modules as the sources' Makefiles do, or serial, storage, hid, net, can, "
                "audio or video.",
                similar.len > 0 ? "no module of these sources is named %s; names like it: %s"
                                : "no module of these sources is named %s%s",
                name, names);
    free(names);
    ud_strv_done(&similar);
    return rc;
}

/* A module by name. One can be made by several options: the first that can be had counts. */
static enum ud_code choose_name(struct choosing *choosing, const char *name, struct ud_error *err)
{
    const struct ud_makefiles *makefiles = &choosing->drivers->makefiles;
    const struct ud_made *made;
    struct ud_error why = {0};
    size_t at = 0;
    enum ud_code rc = UD_ERR_NOT_FOUND;
    while (rc != UD_OK && (made = ud_makefiles_module(makefiles, name, &at)) != NULL) {
        const char *option = choose_text(choosing, made->option);
        struct ud_error this_why = {0};
        if (!choose_is_tristate(choosing, option)) {
            continue;
        }
        enum ud_code tried = choose_try(choosing, option, &this_why);
        if (tried == UD_OK) {
            choose_take(choosing, made);
        }
        if (tried == UD_OK || rc == UD_ERR_NOT_FOUND) {
            rc = tried;
            why = this_why;
        }
    }
    if (rc == UD_ERR_NOT_FOUND) {
        return choose_refuse_name(choosing, name, err);
    }
    if (rc != UD_OK) {
        ud_error_prefix(&why, "%s", name);
        return ud_error_pass(err, &why);
    }
    return UD_OK;
}

/* A member of a group: what cannot be had is left out. */
static void choose_member(struct choosing *choosing, const char *name, struct ud_error *ret_why)
{
    struct ud_error why = {0};
    if (choose_name(choosing, name, &why) != UD_OK) {
        ud_strv_add(&choosing->choice->left_out, why.message);
        *ret_why = why;
    }
}

static bool choose_is_below(const char *dir, const char *top)
{
    const size_t n = strlen(top);
    return strncmp(dir, top, n) == 0 && (dir[n] == '\0' || dir[n] == '/');
}

static void choose_dir(struct choosing *choosing, const char *dir, struct ud_error *ret_why)
{
    const struct ud_makefiles *makefiles = &choosing->drivers->makefiles;
    struct ud_strv names = {0};
    for (size_t i = 0; i < makefiles->len; i++) {
        const struct ud_made *made = &makefiles->items[i];
        if (made->kind == UD_MADE_OBJECT &&
            choose_is_below(choose_text(choosing, made->dir), dir) &&
            choose_is_tristate(choosing, choose_text(choosing, made->option))) {
            ud_strv_add(&names, choose_text(choosing, made->name));
        }
    }
    ud_strv_sort_unique(&names);
    for (size_t i = 0; i < names.len; i++) {
        choose_member(choosing, names.items[i], ret_why);
    }
    ud_strv_done(&names);
}

static enum ud_code choose_group(struct choosing *choosing, const struct ud_driver_group *group,
                                 struct ud_error *err)
{
    const size_t before = choosing->modules.len;
    struct ud_error why = {0};
    for (size_t i = 0; i < sizeof group->names / sizeof *group->names; i++) {
        if (group->names[i] != NULL) {
            choose_member(choosing, group->names[i], &why);
        }
    }
    for (size_t i = 0; i < sizeof group->dirs / sizeof *group->dirs; i++) {
        if (group->dirs[i] != NULL) {
            choose_dir(choosing, group->dirs[i], &why);
        }
    }
    if (choosing->modules.len > before) {
        return UD_OK;
    }
    ud_error_prefix(&why, "of %s none can be had", group->name);
    return ud_error_pass(err, &why);
}

/* Adds the names of the modules that the source file is part of. */
static void choose_modules_of(const struct choosing *choosing, const char *dir, const char *object,
                              int depth, struct ud_strv *ret)
{
    enum { DEPTH_MAX = 4 };
    const struct ud_made *made;
    size_t at = 0;
    while ((made = ud_makefiles_of_object(&choosing->drivers->makefiles, dir, object, &at)) !=
           NULL) {
        if (made->kind == UD_MADE_OBJECT) {
            ud_strv_add(ret, object);
        } else if (depth < DEPTH_MAX) {
            choose_modules_of(choosing, dir, choose_text(choosing, made->whole), depth + 1, ret);
        }
    }
}

static enum ud_code choose_device(struct choosing *choosing, const char *text, struct ud_error *err)
{
    struct ud_device device;
    struct ud_strv sources = {0};
    struct ud_strv names = {0};
    size_t skipped = 0;
    struct ud_error why = {0};
    UD_TRY(ud_device_parse(text, &device, err));
    ud_devices_find(choosing->drivers->devices, &device, &sources, &skipped);
    for (size_t i = 0; i < sources.len; i++) {
        char *dir = ud_path_dir(sources.items[i]);
        const char *file = sources.items[i] + strlen(dir) + 1;
        char *object = ud_strndup(file, strlen(file) - strlen(".c"));
        choose_modules_of(choosing, dir, object, 0, &names);
        free(object);
        free(dir);
    }
    ud_strv_sort_unique(&names);
    const size_t before = choosing->modules.len;
    for (size_t i = 0; i < names.len; i++) {
        choose_member(choosing, names.items[i], &why);
    }
    enum ud_code rc = UD_OK;
    if (names.len == 0) {
        rc = ud_fail(err, UD_ERR_USAGE,
                     "If the device is driven by its class, give that too (0403:6001:ff0000), or "
                     "name the driver with --with.",
                     "no driver of these sources names the device %s", text);
    } else if (choosing->modules.len == before) {
        ud_error_prefix(&why, "for the device %s", text);
        rc = ud_error_pass(err, &why);
    }
    ud_strv_done(&names);
    ud_strv_done(&sources);
    return rc;
}

/* ---- what it comes to ---- */

static void choose_add_module(struct choosing *choosing, const struct ud_made *made)
{
    struct ud_driver_choice *choice = choosing->choice;
    const char *dir = choose_text(choosing, made->dir);
    const char *name = choose_text(choosing, made->name);
    for (size_t i = 0; i < choice->len; i++) {
        if (ud_module_name_equal(choice->items[i].name, name)) {
            return;
        }
    }
    char *place = ud_strf("%s/%s", dir, name);
    choice->items = ud_realloc(choice->items, choice->len + 1, sizeof *choice->items);
    choice->items[choice->len++] = (struct ud_driver){
        .name = ud_strdup(name),
        .dir = ud_strdup(dir),
        .option = ud_strdup(choose_text(choosing, made->option)),
        .wanted = ud_strv_has(&choosing->modules, place),
        .kbuild = ud_strv_has(&choosing->drivers->makefiles.own_kbuild, dir),
    };
    free(place);
}

static bool choose_is_on(const struct choosing *choosing, const char *option)
{
    return strcmp(option, "y") == 0 || ud_config_on(choosing->running, option) ||
           ud_config_edits_get(&choosing->choice->edits, option) != NULL ||
           (choosing->given != NULL && ud_config_edits_get(choosing->given, option) != NULL);
}

/* Whether make goes into the directory with the options that are chosen. */
static bool choose_reaches(const struct choosing *choosing, const char *dir)
{
    struct ud_strv levels = {0};
    bool reached = true;
    ud_makefiles_dir_options(&choosing->drivers->makefiles, dir, &levels);
    for (size_t i = 0; i < levels.len && reached; i++) {
        struct ud_slice options = ud_slice_of(levels.items[i]);
        struct ud_slice word;
        bool any = false;
        while (!any && ud_scan_word(&options, &word)) {
            char *option = ud_strndup(word.ptr, word.len);
            any = choose_is_on(choosing, option);
            free(option);
        }
        reached = any;
    }
    ud_strv_done(&levels);
    return reached;
}

/* An object may be named where it is made for something else. */
static bool choose_is_made(const struct choosing *choosing, const struct ud_made *made)
{
    const bool holds = made->condition == UD_NAMES_NONE ||
                       choose_is_on(choosing, choose_text(choosing, made->condition)) ==
                           (made->when != UD_MADE_IF_OFF);
    return holds && choose_reaches(choosing, choose_text(choosing, made->dir));
}

static void choose_add_modules(struct choosing *choosing, const char *option)
{
    const struct ud_made *made;
    size_t at = 0;
    while ((made = ud_makefiles_of_option(&choosing->drivers->makefiles, option, &at)) != NULL) {
        if (made->kind == UD_MADE_OBJECT && choose_is_tristate(choosing, option) &&
            choose_is_made(choosing, made)) {
            choose_add_module(choosing, made);
        }
    }
}

static int choose_compare(const void *a, const void *b)
{
    const struct ud_driver *x = a;
    const struct ud_driver *y = b;
    int order = strcmp(x->dir, y->dir);
    return order != 0 ? order : strcmp(x->name, y->name);
}

static enum ud_code choose_conclude(struct choosing *choosing, struct ud_error *err)
{
    struct ud_driver_choice *choice = choosing->choice;
    struct ud_ksolution solution = {0};
    UD_TRY(choose_solve(choosing, &choosing->options, true, &solution, err));
    choice->edits = solution.edits;
    for (size_t i = 0; i < choosing->options.len; i++) {
        choose_add_modules(choosing, choosing->options.items[i]);
    }
    for (size_t i = 0; i < choice->edits.len; i++) {
        if (strcmp(choice->edits.items[i].value, "m") == 0) {
            choose_add_modules(choosing, choice->edits.items[i].name);
        }
    }
    for (size_t i = 0; i < solution.used.len; i++) {
        choose_add_modules(choosing, solution.used.items[i]);
    }
    ud_strv_done(&solution.used);
    if (choice->len > 1) {
        qsort(choice->items, choice->len, sizeof *choice->items, choose_compare);
    }
    ud_strv_sort_unique(&choice->left_out);
    ud_image_harmless(&choosing->image, &choice->harmless);
    return UD_OK;
}

static enum ud_code choose_all(struct choosing *choosing, const struct ud_driver_wish *wish,
                               struct ud_error *err)
{
    for (size_t i = 0; i < wish->names.len; i++) {
        const struct ud_driver_group *group = ud_driver_group_find(wish->names.items[i]);
        UD_TRY(group != NULL ? choose_group(choosing, group, err)
                             : choose_name(choosing, wish->names.items[i], err));
    }
    for (size_t i = 0; i < wish->devices.len; i++) {
        struct ud_error why = {0};
        enum ud_code rc = choose_device(choosing, wish->devices.items[i], &why);
        if (rc != UD_OK && !wish->devices_may_lack) {
            return ud_error_pass(err, &why);
        }
        if (rc != UD_OK) {
            ud_strv_add(&choosing->choice->unserved, why.message);
        }
    }
    return choose_conclude(choosing, err);
}

enum ud_code ud_drivers_choose(const struct ud_drivers *drivers, const struct ud_driver_wish *wish,
                               const struct ud_config *running, const struct ud_config_edits *given,
                               struct ud_driver_choice *ret, struct ud_error *err)
{
    struct ud_driver_choice choice = {0};
    struct choosing choosing = {
        .drivers = drivers,
        .running = running,
        .given = given,
        .image = {&drivers->options, &drivers->makefiles, &drivers->mentions, running},
        .choice = &choice,
    };
    enum ud_code rc = choose_all(&choosing, wish, err);
    ud_strv_done(&choosing.options);
    ud_strv_done(&choosing.modules);
    if (rc != UD_OK) {
        ud_driver_choice_done(&choice);
        return rc;
    }
    *ret = choice;
    return UD_OK;
}

void ud_driver_choice_done(struct ud_driver_choice *choice)
{
    for (size_t i = 0; i < choice->len; i++) {
        free(choice->items[i].name);
        free(choice->items[i].dir);
        free(choice->items[i].option);
    }
    free(choice->items);
    ud_config_edits_done(&choice->edits);
    ud_strv_done(&choice->harmless);
    ud_strv_done(&choice->left_out);
    ud_strv_done(&choice->unserved);
    *choice = (struct ud_driver_choice){0};
}
