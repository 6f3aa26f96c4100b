#include "kernel/verify.h"

#include <stdio.h>

#include "check.h"
#include "lab.h"
#include "made_module.h"

#define VERMAGIC "6.1.1 SMP mod_unload modversions "

/* A kernel, its symbols, and one module that fits; tests then spoil a part. */
struct scene {
    struct ud_facts facts;
    struct ud_symvers symvers;
    struct ud_module module, other, stock;
    const struct ud_module *modules[2], *stocks[1];
    const char *names[2];
    struct ud_verify_input input;
};

static void set_up(struct scene *s)
{
    static const char config[] = "CONFIG_SMP=y\nCONFIG_MODULE_UNLOAD=y\nCONFIG_MODVERSIONS=y\n";
    static const char symvers[] = "0x11\tmodule_layout\tvmlinux\tEXPORT_SYMBOL\n"
                                  "0x22\tkmalloc\tvmlinux\tEXPORT_SYMBOL\n";
    *s = (struct scene){.facts = {.has_config = true, .modules_supported = true}};
    assert_ok(ud_release_parse("6.1.1", NULL, NULL, &s->facts.release, NULL));
    assert_ok(ud_config_parse(config, strlen(config), &s->facts.config, NULL));
    assert_ok(ud_symvers_parse(symvers, strlen(symvers), "x", &s->symvers, NULL));
    s->facts.machine = ud_strdup("x86_64");
    s->module = made_module("vhci_hcd", VERMAGIC);
    s->other = made_module("usbip_core", VERMAGIC);
    s->stock = made_module("stock", VERMAGIC);
    made_symbol(&s->module.imports, "module_layout", 0x11);
    made_symbol(&s->module.imports, "kmalloc", 0x22);
    made_symbol(&s->module.imports, "usbip_recv", 0x33);
    made_symbol(&s->other.imports, "module_layout", 0x11);
    made_symbol(&s->other.exports, "usbip_recv", 0x33);
    s->module.has_versions = s->other.has_versions = s->stock.has_versions = true;
    s->modules[0] = &s->module;
    s->modules[1] = &s->other;
    s->names[0] = "vhci-hcd";
    s->names[1] = "usbip-core";
    s->stocks[0] = &s->stock;
    s->input = (struct ud_verify_input){.facts = &s->facts,
                                        .modules = s->modules,
                                        .count = 2,
                                        .names = s->names,
                                        .symvers = &s->symvers};
}

static void tear_down(struct scene *s)
{
    ud_facts_done(&s->facts);
    ud_symvers_done(&s->symvers);
    ud_module_done(&s->module);
    ud_module_done(&s->other);
    ud_module_done(&s->stock);
}

/* Verifies and expects this error, or none for NULL. */
static void expect(const struct scene *s, const char *part)
{
    struct ud_findings findings;
    struct ud_error err = {0};
    enum ud_code rc = ud_verify_modules(&s->input, &findings, &err);
    if (part == NULL && rc != UD_OK) {
        fail_msg("%s", err.message);
    }
    if (part != NULL) {
        assert_int_equal(rc, UD_ERR_UNFIT);
        assert_has(err.message, part);
    }
    ud_findings_done(&findings);
}

static void expect_finding(const struct scene *s, const char *severity, const char *part)
{
    struct ud_findings findings;
    struct ud_error err = {0};
    bool found = false;
    enum ud_code rc = ud_verify_modules(&s->input, &findings, &err);
    assert_int_equal(rc == UD_OK, strcmp(severity, "error") != 0);
    for (size_t i = 0; i < findings.len; i++) {
        found = found || (strstr(findings.items[i].text, part) != NULL &&
                          strcmp(ud_severity_name(findings.items[i].severity), severity) == 0);
    }
    assert_true(found);
    ud_findings_done(&findings);
}

static void modules_that_fit_pass(void **state)
{
    struct scene s;
    (void)state;
    set_up(&s);
    expect(&s, NULL);
    s.input.stock = s.stocks;
    s.input.stock_count = 1;
    expect(&s, NULL);
    tear_down(&s);
}

static void identity_is_compared(void **state)
{
    struct scene s;
    (void)state;
    set_up(&s);
    s.module.machine = UD_EM_AARCH64;
    expect(&s, "it is for aarch64, the VM is x86_64");
    s.module.machine = UD_EM_X86_64;
    s.names[0] = "usbcore";
    expect(&s, "calls itself vhci_hcd");
    s.names[0] = "vhci_hcd";
    free(s.module.vermagic);
    s.module.vermagic = ud_strdup("6.1.2 SMP mod_unload modversions ");
    expect(&s, "for kernel 6.1.2, but 6.1.1 runs");
    free(s.module.vermagic);
    s.module.vermagic = ud_strdup("6.1.1 SMP preempt mod_unload modversions ");
    expect(&s, "has preempt");
    tear_down(&s);
}

static void crcs_are_compared(void **state)
{
    struct scene s;
    (void)state;
    set_up(&s);
    s.symvers.items[0].crc = 0x99;
    expect(&s, "other CRCs for kmalloc");
    s.symvers.items[0].crc = 0x22;
    s.other.exports.items[0].crc = 0x99;
    expect(&s, "other CRCs for usbip_recv");
    s.other.exports.items[0].crc = 0x33;
    made_symbol(&s.module.imports, "absent_function", 0x44);
    expect(&s, "exports absent_function");
    s.module.imports.items[0].weak = true;
    expect(&s, NULL);
    tear_down(&s);
}

static void missing_crcs_are_an_error_unless_accepted(void **state)
{
    struct scene s;
    (void)state;
    set_up(&s);
    s.module.imports.items[0].has_crc = false;
    expect(&s, "it has none for kmalloc");
    s.input.allow_no_crcs = true;
    expect(&s, NULL);
    expect_finding(&s, "warning", "it has none for kmalloc");
    tear_down(&s);
}

static void witnesses_stand_in_for_symvers(void **state)
{
    struct scene s;
    (void)state;
    set_up(&s);
    s.input.symvers = NULL;
    expect(&s, NULL);
    expect_finding(&s, "note", "kmalloc");
    s.input.stock = s.stocks;
    s.input.stock_count = 1;
    made_symbol(&s.stock.imports, "module_layout", 0x77);
    expect(&s, "other CRCs for module_layout");
    tear_down(&s);
}

static void the_layout_of_struct_module_is_compared(void **state)
{
    struct scene s;
    (void)state;
    set_up(&s);
    s.input.stock = s.stocks;
    s.input.stock_count = 1;
    s.stock.struct_size = 0x3c0;
    expect(&s, "struct module has 896 bytes");
    s.stock.struct_size = 0x380;
    s.stock.init_offset = 0x140;
    expect(&s, "other offsets");
    tear_down(&s);
}

/* The modules of a kernel are right for it, and wrong for another. */
static void judges_real_modules(void **state)
{
    struct lab_file file = {0};
    struct ud_module module;
    struct ud_facts facts = {.modules_supported = true, .machine = ud_strdup("x86_64")};
    const struct ud_module *modules[] = {&module};
    const char *names[] = {"usbip-core"};
    struct ud_error err = {0};
    struct ud_findings findings;
    (void)state;
    if (!lab_load("usbip-core.ko", "", &file)) {
        ud_facts_done(&facts);
        skip();
    }
    assert_ok(ud_module_parse(file.data, file.len, "usbip-core", &module, NULL));
    char *release = ud_strndup(module.vermagic, strcspn(module.vermagic, " "));
    assert_ok(ud_release_parse(release, NULL, NULL, &facts.release, NULL));
    struct ud_verify_input input = {.facts = &facts,
                                    .modules = modules,
                                    .count = 1,
                                    .names = names,
                                    .stock = modules,
                                    .stock_count = 1};
    assert_ok(ud_verify_modules(&input, &findings, &err));
    ud_findings_done(&findings);
    assert_ok(ud_release_parse("6.6.6", NULL, NULL, &facts.release, NULL));
    assert_int_equal(ud_verify_modules(&input, &findings, &err), UD_ERR_UNFIT);
    ud_findings_done(&findings);
    free(release);
    ud_module_done(&module);
    ud_facts_done(&facts);
    lab_file_done(&file);
}

/* One kernel's module against that kernel's Module.symvers and configuration,
 * and another flavor's module against them. */
static void tells_a_kernels_own_module_from_anothers(void **state)
{
    struct lab_file own_file, foreign_file, symvers_file, config_file;
    struct ud_module own, foreign;
    struct ud_symvers symvers;
    struct ud_facts facts = {.modules_supported = true, .has_config = true};
    struct ud_findings findings;
    struct ud_error err = {0};
    (void)state;
    if (!lab_load("config", "-cloud-amd64", &config_file)) {
        skip();
    }
    assert_true(lab_load("virtio_blk.ko", "", &own_file));
    assert_true(lab_load("usbip-core.ko", "", &foreign_file));
    assert_true(lab_load("Module.symvers", "", &symvers_file));
    assert_ok(ud_module_parse(own_file.data, own_file.len, "own", &own, NULL));
    assert_ok(ud_module_parse(foreign_file.data, foreign_file.len, "foreign", &foreign, NULL));
    assert_ok(ud_symvers_parse((char *)symvers_file.data, symvers_file.len, "x", &symvers, NULL));
    assert_ok(ud_config_parse((char *)config_file.data, config_file.len, &facts.config, NULL));
    const char *release = strstr(config_file.path, "config-") + strlen("config-");
    assert_ok(ud_release_parse(release, NULL, NULL, &facts.release, NULL));
    facts.machine = ud_strdup("x86_64");
    struct ud_verify_input input = {.facts = &facts, .count = 1, .symvers = &symvers};
    input.modules = (const struct ud_module *[]){&own};
    if (ud_verify_modules(&input, &findings, &err) != UD_OK) {
        fail_msg("%s", err.message);
    }
    ud_findings_done(&findings);
    input.modules = (const struct ud_module *[]){&foreign};
    assert_int_equal(ud_verify_modules(&input, &findings, &err), UD_ERR_UNFIT);
    assert_true(findings.len >= 2);
    ud_findings_done(&findings);
    ud_module_done(&own);
    ud_module_done(&foreign);
    ud_symvers_done(&symvers);
    ud_facts_done(&facts);
    lab_file_done(&own_file);
    lab_file_done(&foreign_file);
    lab_file_done(&symvers_file);
    lab_file_done(&config_file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(modules_that_fit_pass),
        cmocka_unit_test(identity_is_compared),
        cmocka_unit_test(crcs_are_compared),
        cmocka_unit_test(missing_crcs_are_an_error_unless_accepted),
        cmocka_unit_test(witnesses_stand_in_for_symvers),
        cmocka_unit_test(the_layout_of_struct_module_is_compared),
        cmocka_unit_test(judges_real_modules),
        cmocka_unit_test(tells_a_kernels_own_module_from_anothers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
