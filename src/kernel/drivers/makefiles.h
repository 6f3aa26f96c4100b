/* What the Makefiles of a tree say: which module is made where, and under which options. */
#ifndef KERNEL_DRIVERS_MAKEFILES_H
#define KERNEL_DRIVERS_MAKEFILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "drivers/names.h"
#include "util/strv.h"

enum ud_made_kind {
    UD_MADE_OBJECT, /* obj-$(CONFIG_X) += name.o */
    UD_MADE_DIR,    /* obj-$(CONFIG_X) += name/ */
    UD_MADE_PART    /* whole-$(CONFIG_X) += name.o, whole-objs := name.o */
};

/* When a line under a condition counts. */
enum ud_made_when {
    UD_MADE_ANYHOW, /* there is none, or it asks for something else */
    UD_MADE_IF_ON,  /* ifdef CONFIG_X, ifneq ($(CONFIG_X),) */
    UD_MADE_IF_Y,   /* ifeq ($(CONFIG_X),y) */
    UD_MADE_IF_OFF  /* ifndef CONFIG_X, or behind the `else` of one that asks if it is on */
};

/* One word of such a line. Texts have numbers in names. */
struct ud_made {
    enum ud_made_kind kind;
    uint32_t dir;    /* where the Makefile is, without `/` at the end */
    uint32_t name;   /* without ".o"; DIR: the whole path of the directory */
    uint32_t option; /* X, or "y" or "m" if it is always made */
    uint32_t whole;  /* PART: of what */
    enum ud_made_when when;
    uint32_t condition; /* the X of when, of the innermost condition; NONE: anyhow */
    bool built_in;      /* $(subst m,y,$(CONFIG_X)): m makes no module of it */
};

struct ud_makefiles {
    struct ud_names names;
    struct ud_made *items;
    uint32_t *by_option, *by_name; /* once ud_makefiles_sort was called */
    size_t len, cap;
    size_t skipped;            /* words that cannot be understood */
    struct ud_strv own_kbuild; /* directories that have a file Kbuild */
    struct ud_strv includes;   /* "dir other-dir": what -I names, and where parts are */
};

void ud_makefiles_init(struct ud_makefiles *makefiles);
void ud_makefiles_done(struct ud_makefiles *makefiles);

/* Whether a file of this path is one: "…/Makefile" or "…/Kbuild". */
bool ud_makefiles_wants(const char *path);

/* Reads one. Lines under a condition count whether it holds or not. */
void ud_makefiles_add(struct ud_makefiles *makefiles, const char *path, const char *text,
                      size_t len);

/* To be called after the last one, before anything is looked up. */
void ud_makefiles_sort(struct ud_makefiles *makefiles);

/* What makes the module of that name, with `-` equal to `_`: the next from *at on, which is
 * 0 at first. NULL: none is left. */
const struct ud_made *ud_makefiles_module(const struct ud_makefiles *makefiles, const char *module,
                                          size_t *at);

/* What stands under an option, of any kind, in the same way. */
const struct ud_made *ud_makefiles_of_option(const struct ud_makefiles *makefiles,
                                             const char *option, size_t *at);

/* What is said of the object dir/name.o, in the same way. */
const struct ud_made *ud_makefiles_of_object(const struct ud_makefiles *makefiles, const char *dir,
                                             const char *name, size_t *at);

/* Adds a text for each directory from the top down to dir: the options, with blanks
 * between, of which one must be on for make to go into it; "y" if it always does. */
void ud_makefiles_dir_options(const struct ud_makefiles *makefiles, const char *dir,
                              struct ud_strv *ret);

static inline const char *ud_made_text(const struct ud_makefiles *makefiles, uint32_t number)
{
    return ud_names_text(&makefiles->names, number);
}

#endif
