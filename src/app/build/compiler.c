/* The builder's tools, and what kbuild is told of them. */
#include <stdio.h>
#include <string.h>

#include "build/steps.h"

static enum ud_code is_there(struct ud_build *build, const char *program, bool *ret,
                             struct ud_error *err)
{
    struct ud_strv argv = {0};
    int exit_code = 0;
    ud_strv_add(&argv, program);
    ud_strv_add(&argv, "--version");
    const struct ud_build_container_command command = {.argv = &argv};
    enum ud_code rc = ud_build_container_try(&build->container, &command, &exit_code, err);
    *ret = exit_code == 0;
    ud_strv_done(&argv);
    return rc;
}

static enum ud_code compiler_want(struct ud_build *build, const char *program, struct ud_error *err)
{
    bool there = false;
    UD_TRY(is_there(build, program, &there, err));
    return there ? UD_OK
                 : ud_fail(err, UD_ERR_BUILD,
                           "Leave out --builder, so that an image with all of the tools is made, "
                           "or name one that has them.",
                           "the image %s has no %s", build->builder_image.image, program);
}

enum ud_code ud_build_find_compiler(struct ud_build *build, struct ud_error *err)
{
    struct ud_builder *builder = &build->builder_image.builder;
    char plain[sizeof builder->cc];
    bool there = false;
    UD_TRY(is_there(build, builder->cc, &there, err));
    (void)snprintf(plain, sizeof plain, "%s%s", builder->cross_prefix,
                   strstr(builder->cc, "clang") != NULL ? "clang" : "gcc");
    if (!there) {
        UD_TRY(compiler_want(build, plain, err));
        ud_report_message(build->app->report, UD_REPORT_NOTE, "the builder has no %s: using %s",
                          builder->cc, plain);
        (void)snprintf(builder->cc, sizeof builder->cc, "%s", plain);
    }
    /* An image of ours was made with it. */
    return build->options->builder != NULL ? compiler_want(build, "make", err) : UD_OK;
}

/* What kbuild assumes of clang is "0" before Linux 5.15, and "1" since. */
static const char *assembler_of_clang(const struct ud_config *config)
{
    if (!ud_config_is(config, "CC_IS_CLANG", 'y')) {
        return NULL;
    }
    return ud_config_is(config, "AS_IS_LLVM", 'y')  ? "1"
           : ud_config_is(config, "AS_IS_GNU", 'y') ? "0"
                                                    : NULL;
}

void ud_build_fill_kbuild(struct ud_build *build)
{
    const struct ud_facts *facts = &build->result->facts;
    const struct ud_builder *builder = &build->builder_image.builder;
    build->kbuild = (struct ud_kbuild_options){
        .release = facts->release.text,
        .machine = facts->machine,
        .cc = builder->cc,
        /* A kernel of clang and GNU's linker was made with CC=clang alone. */
        .clang =
            strstr(builder->cc, "clang") != NULL && !ud_config_is(&facts->config, "LD_IS_BFD", 'y'),
        .ias = assembler_of_clang(&facts->config),
        .cross_prefix = builder->cross_prefix[0] != '\0' ? builder->cross_prefix : NULL,
        .jobs = build->options->jobs != 0 ? build->options->jobs : build->builder_image.cpus,
        .has_symvers = build->symvers_text.len > 0,
        .debug_info = build->result->plan.debug_info,
    };
}
