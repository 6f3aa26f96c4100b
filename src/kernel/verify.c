#include "kernel/verify.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/elf.h"
#include "kernel/vermagic.h"
#include "util/buf.h"
#include "util/mem.h"
#include "verify_parts.h"

static const char rebuild[] = "Build the modules again for the kernel that runs now.";
static const char other_layout[] =
    "Build with the kernel's own sources, configuration, compiler and pahole.";

void ud_findings_add(struct ud_findings *findings, enum ud_severity severity,
                     const struct ud_module *module, const char *remedy, const char *fmt, ...)
{
    char text[1024];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    findings->items = ud_realloc(findings->items, findings->len + 1, sizeof *findings->items);
    findings->items[findings->len++] = (struct ud_finding){
        .severity = severity,
        .module = ud_strdup(module->name),
        .text = ud_strdup(text),
        .remedy = remedy,
    };
}

void ud_findings_done(struct ud_findings *findings)
{
    if (findings == NULL) {
        return;
    }
    for (size_t i = 0; i < findings->len; i++) {
        free(findings->items[i].module);
        free(findings->items[i].text);
    }
    free(findings->items);
    *findings = (struct ud_findings){0};
}

const char *ud_severity_name(enum ud_severity severity)
{
    switch (severity) {
    case UD_FINDING_NOTE:
        return "note";
    case UD_FINDING_WARNING:
        return "warning";
    default:
        return "error";
    }
}

bool ud_verify_modversions(const struct ud_verify_input *input)
{
    for (size_t i = 0; i < input->stock_count; i++) {
        if (input->stock[i]->has_versions) {
            return true;
        }
    }
    return input->facts->has_config && ud_config_is(&input->facts->config, "MODVERSIONS", 'y');
}

static void check_machine(const struct ud_verify_input *input, const struct ud_module *module,
                          struct ud_findings *findings)
{
    char machine[24];
    ud_elf_machine_name(module->machine, machine, sizeof machine);
    if (input->facts->machine != NULL && strcmp(machine, input->facts->machine) != 0) {
        ud_findings_add(findings, UD_FINDING_ERROR, module, rebuild, "it is for %s, the VM is %s",
                        machine, input->facts->machine);
    }
}

static void check_name(const struct ud_module *module, const char *expected,
                       struct ud_findings *findings)
{
    if (expected != NULL && !ud_module_name_equal(module->name, expected)) {
        ud_findings_add(findings, UD_FINDING_ERROR, module, rebuild,
                        "it calls itself %s, but %s was expected", module->name, expected);
    }
}

/* What vermagic must be: that of a stock module, or what the configuration
 * implies; false when neither is known. */
static bool kernel_vermagic(const struct ud_verify_input *input, struct ud_vermagic *ret)
{
    const struct ud_facts *facts = input->facts;
    if (input->stock_count > 0) {
        ud_vermagic_parse(input->stock[0]->vermagic, ret);
        return true;
    }
    if (facts->has_config && facts->machine != NULL) {
        ud_vermagic_expected(facts->release.text, facts->machine, &facts->config, ret);
        return true;
    }
    return false;
}

static void check_release(const struct ud_verify_input *input, const struct ud_module *module,
                          const struct ud_vermagic *mine, struct ud_findings *findings)
{
    /* With CRCs the kernel does not look at the release: it is compared here. */
    if (strcmp(mine->release, input->facts->release.text) != 0) {
        ud_findings_add(findings, UD_FINDING_ERROR, module, rebuild,
                        "it is for kernel %.80s, but %s runs", mine->release,
                        input->facts->release.text);
    }
}

static void check_vermagic(const struct ud_verify_input *input, const struct ud_module *module,
                           struct ud_findings *findings)
{
    struct ud_vermagic mine;
    struct ud_vermagic kernel = {0};
    struct ud_buf why;
    ud_buf_init(&why, 1024);
    ud_vermagic_parse(module->vermagic, &mine);
    check_release(input, module, &mine, findings);
    if (!kernel_vermagic(input, &kernel)) {
        ud_findings_add(findings, UD_FINDING_NOTE, module, NULL,
                        "its vermagic could not be compared: neither the kernel's configuration "
                        "nor one of its own modules is known");
    } else if (strcmp(mine.release, kernel.release) == 0 &&
               !ud_vermagic_same(&mine, &kernel, &why)) {
        ud_findings_add(findings, UD_FINDING_ERROR, module, other_layout,
                        "its vermagic is not the kernel's: %s", why.data);
    }
    ud_vermagic_done(&mine);
    ud_vermagic_done(&kernel);
    ud_buf_done(&why);
}

/* struct module as the kernel's own modules have it. The kernel itself compares
 * nothing of it unless CRCs are there. */
static void check_layout(const struct ud_verify_input *input, const struct ud_module *module,
                         struct ud_findings *findings)
{
    for (size_t i = 0; i < input->stock_count; i++) {
        const struct ud_module *stock = input->stock[i];
        bool init = module->has_init && stock->has_init;
        bool exit = module->has_exit && stock->has_exit;
        if (stock->struct_size != module->struct_size) {
            ud_findings_add(findings, UD_FINDING_ERROR, module, other_layout,
                            "its struct module has %" PRIu64 " bytes, that of the kernel's own %s "
                            "has %" PRIu64,
                            module->struct_size, stock->name, stock->struct_size);
            return;
        }
        if ((init && module->init_offset != stock->init_offset) ||
            (exit && module->exit_offset != stock->exit_offset)) {
            ud_findings_add(findings, UD_FINDING_ERROR, module, other_layout,
                            "its struct module has other offsets than that of the kernel's own %s",
                            stock->name);
            return;
        }
    }
}

static enum ud_code first_error(const struct ud_findings *findings, struct ud_error *err)
{
    for (size_t i = 0; i < findings->len; i++) {
        const struct ud_finding *item = &findings->items[i];
        if (item->severity == UD_FINDING_ERROR) {
            return ud_fail(err, UD_ERR_UNFIT, item->remedy, "module %s does not fit the kernel: %s",
                           item->module, item->text);
        }
    }
    return UD_OK;
}

enum ud_code ud_verify_modules(const struct ud_verify_input *input, struct ud_findings *ret,
                               struct ud_error *err)
{
    *ret = (struct ud_findings){0};
    for (size_t i = 0; i < input->count; i++) {
        const struct ud_module *module = input->modules[i];
        check_machine(input, module, ret);
        check_name(module, input->names != NULL ? input->names[i] : NULL, ret);
        check_vermagic(input, module, ret);
        check_layout(input, module, ret);
        ud_verify_imports(input, module, ret);
    }
    return first_error(ret, err);
}
