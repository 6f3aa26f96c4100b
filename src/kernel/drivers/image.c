#include "drivers/image.h"

#include <stdlib.h>
#include <string.h>

#include "drivers/paths.h"
#include "util/mem.h"

/* Objects of objects, directories in directories, options of options. */
enum { DEPTH_MAX = 5 };

static const char *image_text(const struct ud_kernel_image *image, uint32_t number)
{
    return ud_made_text(image->makefiles, number);
}

/* Whether what stands under this option is compiled for the running kernel. */
static bool image_is_on(const struct ud_kernel_image *image, const char *option)
{
    return strcmp(option, "y") == 0 || ud_config_on(image->running, option);
}

/* Whether the condition around a line holds in the running kernel's build. */
static bool image_holds(const struct ud_kernel_image *image, const struct ud_made *made)
{
    if (made->condition == UD_NAMES_NONE) {
        return true;
    }
    const char *option = image_text(image, made->condition);
    return made->when == UD_MADE_IF_OFF ? !ud_config_on(image->running, option)
           : made->when == UD_MADE_IF_Y ? ud_config_is(image->running, option, 'y')
                                        : ud_config_on(image->running, option);
}

/* Whether make went into the directory for the image: on each level. */
static bool image_reaches(const struct ud_kernel_image *image, const char *dir)
{
    struct ud_strv levels = {0};
    bool reached = true;
    ud_makefiles_dir_options(image->makefiles, dir, &levels);
    for (size_t i = 0; i < levels.len && reached; i++) {
        bool any = false;
        for (char *option = levels.items[i]; option[0] != '\0' && !any;) {
            const size_t n = strcspn(option, " ");
            const bool last = option[n] == '\0';
            option[n] = '\0';
            any = strcmp(option, "y") == 0 || ud_config_is(image->running, option, 'y');
            option += last ? n : n + 1;
        }
        reached = any;
    }
    ud_strv_done(&levels);
    return reached;
}

/* Whether the object dir/name.o is compiled for the running kernel; *ret_known: the
 * Makefiles name it. */
static bool image_has_object(const struct ud_kernel_image *image, const char *dir, const char *name,
                             int depth, bool *ret_known)
{
    const struct ud_made *made;
    size_t at = 0;
    while ((made = ud_makefiles_of_object(image->makefiles, dir, name, &at)) != NULL) {
        const char *option = image_text(image, made->option);
        *ret_known = true;
        if (!image_is_on(image, option) || !image_holds(image, made)) {
            continue;
        }
        if (made->kind == UD_MADE_OBJECT
                ? strcmp(option, "y") != 0 || image_reaches(image, dir)
                : depth < DEPTH_MAX && image_has_object(image, dir, image_text(image, made->whole),
                                                        depth + 1, ret_known)) {
            return true;
        }
    }
    return false;
}

static char *image_part_clause(const struct ud_kernel_image *image, const struct ud_made *made)
{
    const char *dir = image_text(image, made->dir);
    const char *name = image_text(image, made->name);
    return made->kind == UD_MADE_PART
               ? ud_strf("%s/%s.o would be part of %s.o, which that kernel has without it", dir,
                         name, image_text(image, made->whole))
               : ud_strf("%s/%s.o would be part of that kernel's image", dir, name);
}

/* Whether what this line makes goes into the image, or a module that is there. */
static bool image_takes(const struct ud_kernel_image *image, const struct ud_made *made)
{
    bool known = false;
    return made->kind == UD_MADE_OBJECT ||
           (made->kind == UD_MADE_PART &&
            image_has_object(image, image_text(image, made->dir), image_text(image, made->whole), 0,
                             &known));
}

/* In a directory that make goes into because of the option: what is always made there. */
static const struct ud_made *image_always_in(const struct ud_kernel_image *image, uint32_t dir,
                                             int depth)
{
    const struct ud_made *made;
    size_t at = 0;
    while ((made = ud_makefiles_of_option(image->makefiles, "y", &at)) != NULL) {
        if (made->dir != dir) {
            continue;
        }
        if (made->kind == UD_MADE_OBJECT) {
            return made;
        }
        if (made->kind == UD_MADE_DIR && depth < DEPTH_MAX) {
            const struct ud_made *below = image_always_in(image, made->name, depth + 1);
            if (below != NULL) {
                return below;
            }
        }
    }
    return NULL;
}

/* Whether a line that counts once the option is on makes more of the image. module: it
 * becomes m, else y. */
static bool image_by_conditions(const struct ud_kernel_image *image, const char *option,
                                bool module, char **ret_why)
{
    const uint32_t number = ud_names_find(&image->makefiles->names, ud_slice_of(option));
    for (size_t i = 0; i < image->makefiles->len && number != UD_NAMES_NONE; i++) {
        const struct ud_made *made = &image->makefiles->items[i];
        const bool counts = made->condition == number && (made->when == UD_MADE_IF_ON ||
                                                          (made->when == UD_MADE_IF_Y && !module));
        if (counts && made->kind != UD_MADE_DIR &&
            image_is_on(image, image_text(image, made->option)) &&
            (made->kind != UD_MADE_OBJECT || image_reaches(image, image_text(image, made->dir))) &&
            image_takes(image, made)) {
            *ret_why = image_part_clause(image, made);
            return true;
        }
    }
    return false;
}

/* A module may bring objects that are always built in. */
static bool image_by_module(const struct ud_kernel_image *image, const char *option, char **ret_why)
{
    const struct ud_made *made;
    size_t at = 0;
    while ((made = ud_makefiles_of_option(image->makefiles, option, &at)) != NULL) {
        if (made->built_in && made->kind == UD_MADE_OBJECT) {
            *ret_why = image_part_clause(image, made);
            return true;
        }
    }
    return image_by_conditions(image, option, true, ret_why);
}

static bool image_by_makefiles(const struct ud_kernel_image *image, const char *option,
                               char **ret_why)
{
    const struct ud_made *made;
    size_t at = 0;
    while ((made = ud_makefiles_of_option(image->makefiles, option, &at)) != NULL) {
        const struct ud_made *always =
            made->kind == UD_MADE_DIR ? image_always_in(image, made->name, 0) : NULL;
        if (always != NULL || image_takes(image, made)) {
            *ret_why = image_part_clause(image, always != NULL ? always : made);
            return true;
        }
    }
    return image_by_conditions(image, option, false, ret_why);
}

/* Whether it builds upon something that can be a module and is off. */
static bool image_is_of_module(const struct ud_kernel_image *image, uint32_t expr, int depth)
{
    const struct ud_kexpr *e = &image->tree->exprs.items[expr];
    if (e->op == UD_KEXPR_AND) {
        return image_is_of_module(image, e->a, depth) || image_is_of_module(image, e->b, depth);
    }
    if (e->op != UD_KEXPR_SYMBOL ||
        ud_config_on(image->running, ud_names_text(&image->tree->names, e->a))) {
        return false;
    }
    const struct ud_ksymbol *symbol = &image->tree->symbols[e->a];
    if (symbol->type == UD_KTYPE_TRISTATE) {
        return true;
    }
    return depth < DEPTH_MAX && symbol->first_entry != UD_KTREE_END &&
           image_is_of_module(image, image->tree->entries[symbol->first_entry].depends, depth + 1);
}

static bool image_is_part_of_new(const struct ud_kernel_image *image, const char *option)
{
    uint32_t symbol = ud_ktree_find(image->tree, option);
    if (symbol == UD_KTREE_END) {
        return false;
    }
    for (uint32_t i = image->tree->symbols[symbol].first_entry; i != UD_KTREE_END;
         i = image->tree->entries[i].next) {
        if (!image_is_of_module(image, image->tree->entries[i].depends, 0)) {
            return false;
        }
    }
    return true;
}

/* A source of the image, or one that anything may include. */
static bool image_has_file(const struct ud_kernel_image *image, const char *path, bool is_new,
                           char **ret_why)
{
    char *dir = ud_path_dir(path);
    const char *dot = strrchr(path, '.');
    const bool header = dot != NULL && strcmp(dot, ".h") == 0;
    const size_t start = dir[0] != '\0' ? strlen(dir) + 1 : 0;
    char *name = ud_strndup(path + start, strlen(path + start) - (dot != NULL ? strlen(dot) : 0));
    bool known = false;
    bool compiled = !header && image_has_object(image, dir, name, 0, &known);
    free(name);
    free(dir);
    if (compiled) {
        *ret_why = ud_strf("%s, which that kernel was compiled with, asks for it", path);
        return true;
    }
    if (known || is_new) {
        return false;
    }
    *ret_why = ud_strf("%s asks for it, which other code may share", path);
    return true;
}

bool ud_image_is_changed(const struct ud_kernel_image *image, const char *option, bool module,
                         char **ret_why)
{
    size_t at = 0;
    const char *path;
    if (module) {
        return image_by_module(image, option, ret_why);
    }
    if (image_by_makefiles(image, option, ret_why)) {
        return true;
    }
    const bool is_new = image_is_part_of_new(image, option);
    while ((path = ud_mentions_next(image->mentions, option, &at)) != NULL) {
        if (image_has_file(image, path, is_new, ret_why)) {
            return true;
        }
    }
    return false;
}

void ud_image_harmless(const struct ud_kernel_image *image, struct ud_strv *ret)
{
    for (uint32_t i = 0; i < image->tree->symbol_count; i++) {
        const char *option = ud_names_text(&image->tree->names, i);
        const enum ud_ktype type = image->tree->symbols[i].type;
        char *why = NULL;
        if ((type == UD_KTYPE_BOOL || type == UD_KTYPE_OTHER) &&
            !ud_config_on(image->running, option) && image_is_part_of_new(image, option) &&
            (type == UD_KTYPE_OTHER || !ud_image_is_changed(image, option, false, &why))) {
            ud_strv_add(ret, option);
        }
        free(why);
    }
    ud_strv_sort_unique(ret);
}
