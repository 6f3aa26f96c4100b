/* The builder's tools, and what kbuild is told of them. */
#include "build/steps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/config/autoconf.h"
#include "util/mem.h"

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

static bool config_of_autoconf(const struct ud_build *build)
{
    const struct ud_facts *facts = &build->result->facts;
    return ud_autoconf_is_made(facts->config_text, facts->config_len);
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
        .unnamed_off = config_of_autoconf(build),
    };
}

/* Each round forces off what kconfig switched on by itself; more than this
 * would mean that it switches on something new each time. */
enum { ROUNDS_MAX = 6 };

static enum ud_code fetch_config(struct ud_build *build, struct ud_config *ret,
                                 struct ud_error *err)
{
    struct ud_buf text;
    ud_buf_init(&text, UD_CONFIG_TEXT_MAX);
    enum ud_code rc = ud_build_container_get(&build->container, ".config", &text, err);
    if (rc == UD_OK) {
        rc = ud_config_parse(text.data, text.len, ret, err);
    }
    ud_buf_done(&text);
    return rc;
}

/* What moved, in the tree as it is configured. */
static enum ud_code config_classify(struct ud_build *build, struct ud_drift *ret_drift,
                                    struct ud_error *err)
{
    struct ud_config after = {0};
    UD_TRY(fetch_config(build, &after, err));
    if (config_of_autoconf(build)) {
        ud_autoconf_learn(&build->result->facts.config, &after);
    }
    ud_drift_classify(&build->result->facts.config, &after, &build->edits, &build->usb_symbols,
                      ret_drift);
    free(build->compiler);
    build->compiler = ud_config_string(&after, "CC_VERSION_TEXT");
    ud_config_done(&after);
    return UD_OK;
}

/* One round: apply the edits, let kbuild resolve, classify what moved. */
static enum ud_code config_resolve(struct ud_build *build, struct ud_drift *ret_drift,
                                   struct ud_error *err)
{
    const struct ud_facts *facts = &build->result->facts;
    size_t len = 0;
    char *text = ud_config_apply(facts->config_text, facts->config_len, &build->edits, &len);
    if (config_of_autoconf(build)) {
        char *asked = ud_autoconf_ask(text, len, &len);
        free(text);
        text = asked;
    }
    enum ud_code rc = ud_build_container_put(&build->container, ".config", text, len, err);
    free(text);
    if (rc == UD_OK) {
        rc = ud_build_make(build, UD_KBUILD_RESOLVE, err);
    }
    return rc == UD_OK ? config_classify(build, ret_drift, err) : rc;
}

static void report_drift(const struct ud_build *build, const struct ud_drift *drift)
{
    struct ud_buf line;
    ud_buf_init(&line, 4096);
    for (size_t i = 0; i < drift->len; i++) {
        ud_buf_clear(&line);
        ud_drift_describe(&drift->items[i], &line);
        ud_report_message(build->app->report, UD_REPORT_DETAIL, "%s", line.data);
    }
    ud_buf_done(&line);
}

/* Before anything that another compiler causes: options that differ, or a flag that it does not
 * know. */
static void tell_compilers(const struct ud_build *build)
{
    const struct ud_facts *facts = &build->result->facts;
    struct ud_compiler kernels = {0};
    struct ud_compiler builders = {0};
    if (build->compiler == NULL ||
        ud_compiler_of_config(&facts->config, facts->config_text, &kernels, NULL) != UD_OK ||
        ud_compiler_parse(build->compiler, &builders, NULL) != UD_OK) {
        return; /* one of them does not say what it is */
    }
    if (kernels.kind != builders.kind || kernels.major != builders.major) {
        ud_report_message(build->app->report, UD_REPORT_WARN,
                          "the kernel was built by %s, and the builder has %s: with another "
                          "compiler modules may not build, or not fit. --builder names an image "
                          "with the same one",
                          kernels.text, builders.text);
    }
}

/* What USB support switches on in nearly every kernel. To force it off at once saves
 * a round; where it would stay off anyway, it makes no difference. */
static void force_off_known(struct ud_build *build)
{
    static const char *const known[] = {"USB_HID", "USB_NET_DRIVERS"};
    if (build->edits.len == 0) {
        return; /* the configuration stays as it is */
    }
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (!ud_config_on(&build->result->facts.config, known[i]) &&
            ud_config_edits_get(&build->edits, known[i]) == NULL) {
            ud_config_edits_set(&build->edits, known[i], "n");
        }
    }
}

/* Resolves until nothing is left to force off, or says why it cannot be. */
static enum ud_code config_settle(struct ud_build *build, struct ud_error *err)
{
    for (int round = 0; round < ROUNDS_MAX; round++) {
        struct ud_drift drift = {0};
        struct ud_strv force_off = {0};
        enum ud_code rc = config_resolve(build, &drift, err);
        if (rc == UD_OK && round == 0) {
            tell_compilers(build);
        }
        if (rc == UD_OK) {
            report_drift(build, &drift);
            rc = ud_drift_verdict(&drift, &force_off, err);
        }
        for (size_t i = 0; i < force_off.len; i++) {
            ud_config_edits_set(&build->edits, force_off.items[i], "n");
        }
        bool settled = rc == UD_OK && force_off.len == 0;
        ud_strv_done(&force_off);
        if (settled) {
            build->result->drift = drift;
            return UD_OK;
        }
        ud_drift_done(&drift);
        UD_TRY(rc);
    }
    return ud_fail(err, UD_ERR_CONFIG, "Report this with the output of -v.",
                   "the configuration does not settle in %d rounds", ROUNDS_MAX);
}

/* Modules that nobody asked for have been forced off before this tree was kept. */
enum ud_code ud_build_reconfigure(struct ud_build *build, struct ud_error *err)
{
    struct ud_strv force_off = {0};
    UD_TRY(ud_build_find_compiler(build, err));
    ud_build_fill_kbuild(build);
    UD_TRY(config_classify(build, &build->result->drift, err));
    tell_compilers(build);
    report_drift(build, &build->result->drift);
    enum ud_code rc = ud_drift_verdict(&build->result->drift, &force_off, err);
    ud_strv_done(&force_off);
    return rc;
}

enum ud_code ud_build_configure(struct ud_build *build, struct ud_error *err)
{
    ud_report_step(build->app->report, "Resolving the configuration");
    UD_TRY(ud_build_find_compiler(build, err));
    ud_build_fill_kbuild(build);
    force_off_known(build);
    UD_TRY(config_settle(build, err));
    ud_report_step_end(build->app->report,
                       "%zu options differ from the running kernel's, none "
                       "that matters to it",
                       build->result->drift.len);
    return UD_OK;
}
