#include "proto/installed.h"

#include <stdlib.h>
#include <string.h>

#include "proto/check.h"
#include "proto/ops.h"
#include "util/mem.h"
#include "util/str.h"

#define RELEASE "release "
#define VERSION "version "
#define MODULE "module "

void ud_installed_kernel_done(struct ud_installed_kernel *kernel)
{
    free(kernel->release);
    free(kernel->version);
    ud_strv_done(&kernel->modules);
    *kernel = (struct ud_installed_kernel){0};
}

bool ud_installed_kernel_is(const struct ud_installed_kernel *kernel, const char *release,
                            const char *version)
{
    return strcmp(kernel->release, release) == 0 && strcmp(kernel->version, version) == 0;
}

void ud_installed_kernel_write(const struct ud_installed_kernel *kernel, struct ud_buf *out)
{
    ud_buf_addf(out, RELEASE "%s\n" VERSION "%s\n", kernel->release, kernel->version);
    for (size_t i = 0; i < kernel->modules.len; i++) {
        ud_buf_addf(out, MODULE "%s\n", kernel->modules.items[i]);
    }
}

/* What follows the word in the line, in new memory; NULL if the line begins otherwise. A byte that
 * ends a text is no part of one. */
static char *installed_value(struct ud_slice line, const char *word)
{
    const size_t len = strlen(word);
    if (!ud_slice_starts(line, word) || memchr(line.ptr, '\0', line.len) != NULL) {
        return NULL;
    }
    return ud_strndup(line.ptr + len, line.len - len);
}

static bool installed_take_module(struct ud_installed_kernel *kernel, struct ud_slice line)
{
    char *name = installed_value(line, MODULE);
    const bool sound = name != NULL && ud_check_module_name(name) &&
                       kernel->modules.len < UD_OPS_MODULES_MAX &&
                       !ud_strv_has(&kernel->modules, name);
    if (sound) {
        ud_strv_add(&kernel->modules, name);
    }
    free(name);
    return sound;
}

static bool installed_take_lines(struct ud_slice rest, struct ud_installed_kernel *kernel)
{
    struct ud_slice line;
    if (ud_str_next_line(&rest, &line)) {
        kernel->release = installed_value(line, RELEASE);
    }
    if (ud_str_next_line(&rest, &line)) {
        kernel->version = installed_value(line, VERSION);
    }
    if (kernel->release == NULL || !ud_check_release(kernel->release) || kernel->version == NULL ||
        kernel->version[0] == '\0' || strlen(kernel->version) > UD_INSTALLED_VERSION_MAX ||
        ud_str_has_control(kernel->version)) {
        return false;
    }
    while (ud_str_next_line(&rest, &line)) {
        if (!installed_take_module(kernel, line)) {
            return false;
        }
    }
    return kernel->modules.len > 0;
}

enum ud_code ud_installed_kernel_read(const char *text, size_t len, struct ud_installed_kernel *ret,
                                      struct ud_error *err)
{
    struct ud_installed_kernel kernel = {0};
    *ret = kernel;
    if (len > UD_INSTALLED_TEXT_MAX ||
        !installed_take_lines((struct ud_slice){text, len}, &kernel)) {
        ud_installed_kernel_done(&kernel);
        return ud_fail(err, UD_ERR_UNFIT, "Run `usbipd-desktop install` again.",
                       "the installation's list of modules for a kernel makes no sense");
    }
    *ret = kernel;
    return UD_OK;
}
