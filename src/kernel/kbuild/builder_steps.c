#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/kbuild/compiler.h"
#include "util/mem.h"
#include "util/str.h"

static void builder_steps_add_words(struct ud_strv *argv, const char *const *words)
{
    for (; *words != NULL; words++) {
        ud_strv_add(argv, *words);
    }
}

void ud_builder_steps(const struct ud_builder *builder, struct ud_strv **ret_steps,
                      size_t *ret_count)
{
    /* By itself it ends well when it could fetch nothing. */
    static const char *const apt_update[] = {
        "apt-get", "update", "-q", "-o", "APT::Update::Error-Mode=any", NULL};
    static const char *const apt_install[] = {
        "apt-get", "install", "-y", "-q", "--no-install-recommends", NULL};
    static const char *const apk_add[] = {"apk", "add", "--no-cache", NULL};
    bool apt = builder->manager == UD_PM_APT;
    size_t count = apt ? 2 : 1;
    struct ud_strv *steps = ud_alloc(count, sizeof *steps);
    struct ud_strv *install = &steps[count - 1];
    if (apt) {
        builder_steps_add_words(&steps[0], apt_update);
    }
    builder_steps_add_words(install, apt ? apt_install : apk_add);
    for (size_t i = 0; i < builder->packages.len; i++) {
        ud_strv_add(install, builder->packages.items[i]);
    }
    *ret_steps = steps;
    *ret_count = count;
}

void ud_builder_steps_free(struct ud_strv *steps, size_t count)
{
    for (size_t i = 0; steps != NULL && i < count; i++) {
        ud_strv_done(&steps[i]);
    }
    free(steps);
}

void ud_builder_env(const struct ud_builder *builder, struct ud_strv *ret)
{
    ud_strv_add(ret, "LC_ALL=C");
    if (builder->manager == UD_PM_APT) {
        ud_strv_add(ret, "DEBIAN_FRONTEND=noninteractive");
    }
    /* LLVM=1 wants ld.lld, llvm-nm and others without a version in their names. */
    char llvm[64] = "";
    if (ud_str_starts(builder->cc, "clang-")) {
        (void)snprintf(llvm, sizeof llvm,
                       "/usr/lib/llvm%s%s/bin:", builder->manager == UD_PM_APT ? "-" : "",
                       builder->cc + strlen("clang-"));
    }
    ud_strv_addf(ret, "PATH=%s/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", llvm);
}
