#include "kernel/verify/verify.h"

#include <stdio.h>

#include "check.h"
#include "lab.h"
#include "made_btf.h"
#include "made_module.h"

#define BASE_CONFIG "CONFIG_MODULES=y\nCONFIG_SMP=y\nCONFIG_MODULE_UNLOAD=y\nCONFIG_MODVERSIONS=y\n"
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
    static const char symvers[] = "0x11\tmodule_layout\tvmlinux\tEXPORT_SYMBOL\n"
                                  "0x22\tkmalloc\tvmlinux\tEXPORT_SYMBOL\n";
    *s = (struct scene){.facts = {.has_config = true, .modules_supported = true}};
    assert_ok(ud_release_parse("6.1.1", NULL, NULL, &s->facts.release, NULL));
    assert_ok(ud_config_parse(BASE_CONFIG, strlen(BASE_CONFIG), &s->facts.config, NULL));
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

/* Verifies and expects this error of this check, or none for NULL. */
static void expect_of(const struct scene *s, const char *check, const char *part)
{
    struct ud_findings findings = {0};
    struct ud_error err = {0};
    ud_verify_modules(&s->input, &findings);
    enum ud_code rc = ud_findings_first_error(&findings, &err);
    if (part == NULL && rc != UD_OK) {
        fail_msg("%s", err.message);
    }
    if (part != NULL) {
        assert_int_equal(rc, UD_ERR_UNFIT);
        assert_has(err.message, part);
        assert_true(err.remedy[0] != '\0');
    }
    for (size_t i = 0; i < findings.len; i++) {
        bool is_bad = ud_verify_check_verdict(&findings.checks[i]) == UD_FOUND_ERROR;
        if (is_bad != (part != NULL && strcmp(findings.checks[i].name, check) == 0)) {
            fail_msg("%s: %s", findings.checks[i].name, is_bad ? "an error" : "no error");
        }
        assert_true(findings.checks[i].compared[0] != '\0');
    }
    ud_findings_done(&findings);
}

static void expect_ok(const struct scene *s)
{
    expect_of(s, "", NULL);
}

/* A finding of this check, verdict and text. */
static void expect_finding(const struct scene *s, const char *check, const char *verdict,
                           const char *part)
{
    struct ud_findings findings = {0};
    bool found = false;
    ud_verify_modules(&s->input, &findings);
    for (size_t i = 0; i < findings.len; i++) {
        const struct ud_verify_check *c = &findings.checks[i];
        for (size_t k = 0; k < c->len && strcmp(c->name, check) == 0; k++) {
            found = found || (strstr(c->items[k].text, part) != NULL &&
                              strcmp(ud_found_name(c->items[k].verdict), verdict) == 0);
        }
    }
    assert_true(found);
    ud_findings_done(&findings);
}

/* What the check says that it compared. */
static void expect_compared(const struct scene *s, const char *check, const char *part)
{
    struct ud_findings findings = {0};
    ud_verify_modules(&s->input, &findings);
    for (size_t i = 0; i < findings.len; i++) {
        if (strcmp(findings.checks[i].name, check) == 0) {
            assert_has(findings.checks[i].compared, part);
        }
    }
    ud_findings_done(&findings);
}

static void set_config(struct scene *s, const char *text)
{
    ud_config_done(&s->facts.config);
    assert_ok(ud_config_parse(text, strlen(text), &s->facts.config, NULL));
}

static void set_vermagic(struct ud_module *module, const char *text)
{
    free(module->vermagic);
    module->vermagic = ud_strdup(text);
}

static void use_stock(struct scene *s)
{
    s->input.stock = s->stocks;
    s->input.stock_count = 1;
}

static void modules_that_fit_pass(void **state)
{
    struct scene s;
    (void)state;
    set_up(&s);
    expect_ok(&s);
    use_stock(&s);
    expect_ok(&s);
    s.input.inserting = true;
    expect_ok(&s);
    tear_down(&s);
}

static void identity_is_compared(void **state)
{
    struct scene s;
    (void)state;
    set_up(&s);
    s.module.machine = UD_EM_AARCH64;
    expect_of(&s, "machine", "it is for aarch64, the VM is x86_64");
    s.module.machine = UD_EM_X86_64;
    s.names[0] = "usbcore";
    expect_of(&s, "name", "calls itself vhci_hcd");
    s.names[0] = "vhci_hcd";
    set_vermagic(&s.module, "6.1.2 SMP mod_unload modversions ");
    expect_of(&s, "release", "for kernel 6.1.2, but 6.1.1 runs");
    tear_down(&s);
}

static void every_flag_of_vermagic_that_differs_is_named(void **state)
{
    struct scene s;
    (void)state;
    set_up(&s);
    set_vermagic(&s.module, "6.1.1 SMP preempt mod_unload modversions ");
    expect_of(&s, "vermagic", "it has preempt, which the kernel has not");
    set_vermagic(&s.module, "6.1.1 preempt preempt_rt modversions ");
    use_stock(&s);
    expect_of(&s, "vermagic",
              "it lacks SMP and mod_unload, which the kernel has, and it has preempt and "
              "preempt_rt, which the kernel has not");
    s.facts.has_config = false;
    expect_of(&s, "vermagic", "it lacks SMP");
    s.input.stock_count = 0;
    expect_finding(&s, "vermagic", "unknown", "Neither the kernel's configuration");
    tear_down(&s);
}

#define HALF(x) x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x
#define RANDSTRUCT_A "RANDSTRUCT_" HALF("a") HALF("a")
#define RANDSTRUCT_B "RANDSTRUCT_" HALF("b") HALF("b")

/* Modules that were made with a foreign Module.symvers agree with it. */
static void the_kernels_own_modules_know_better_than_a_list(void **state)
{
    struct scene s;
    struct ud_error err = {0};
    (void)state;
    set_up(&s);
    use_stock(&s);
    made_symbol(&s.stock.imports, "module_layout", 0x11);
    made_symbol(&s.stock.imports, "kmalloc", 0x22);
    expect_ok(&s);
    assert_int_equal(ud_verify_symvers(&s.symvers, "x", s.stocks, 1, "give another", &err), UD_OK);
    for (size_t i = 0; i < s.stock.imports.len; i++) {
        if (strcmp(s.stock.imports.items[i].name, "kmalloc") == 0) {
            s.stock.imports.items[i].crc = 0x99;
        }
    }
    expect_of(&s, "crcs", "the kernel has other CRCs for kmalloc");
    assert_int_equal(ud_verify_symvers(&s.symvers, "x", s.stocks, 1, "give another", &err),
                     UD_ERR_UNFIT);
    assert_string_equal(err.message, "x is of another build of the kernel: 1 of 2 CRCs differ from "
                                     "those in the VM's own modules (kmalloc)");
    assert_string_equal(err.remedy, "give another");
    assert_int_equal(ud_verify_symvers(&s.symvers, "x", NULL, 0, "", &err), UD_OK);
    tear_down(&s);
}

/* The seed is not in the configuration: only another module can show its hash. */
static void a_random_layout_is_proven_by_a_stock_module_alone(void **state)
{
    static const char config[] = "CONFIG_SMP=y\nCONFIG_MODULE_UNLOAD=y\nCONFIG_MODVERSIONS=y\n"
                                 "CONFIG_RANDSTRUCT_FULL=y\n";
    struct scene s;
    (void)state;
    set_up(&s);
    set_config(&s, config);
    expect_of(&s, "randstruct", "nothing proves");
    use_stock(&s);
    expect_of(&s, "randstruct", "nothing proves");
    set_vermagic(&s.stock, VERMAGIC RANDSTRUCT_A);
    set_vermagic(&s.module, VERMAGIC RANDSTRUCT_A);
    set_vermagic(&s.other, VERMAGIC RANDSTRUCT_A);
    expect_ok(&s);
    expect_compared(&s, "randstruct", "with that of stock");
    set_vermagic(&s.module, VERMAGIC RANDSTRUCT_B);
    expect_finding(&s, "randstruct", "error", "laid out by a random seed");
    expect_finding(&s, "vermagic", "error", "lacks " RANDSTRUCT_A);
    s.input.stock_count = 0; /* by the files and the configuration alone */
    s.input.by_facts = true;
    expect_ok(&s);
    expect_finding(&s, "randstruct", "unknown", "were not asked");
    tear_down(&s);
}

static void crcs_are_compared(void **state)
{
    struct scene s;
    (void)state;
    set_up(&s);
    s.symvers.items[0].crc = 0x99;
    expect_of(&s, "crcs", "other CRCs for kmalloc");
    s.symvers.items[0].crc = 0x22;
    s.other.exports.items[0].crc = 0x99;
    expect_of(&s, "crcs", "other CRCs for usbip_recv");
    s.other.exports.items[0].crc = 0x33;
    s.symvers.items[1].crc = 0x99;
    expect_of(&s, "module_layout", "other CRCs for module_layout");
    tear_down(&s);
}

static void missing_crcs_are_an_error_unless_accepted(void **state)
{
    struct scene s;
    (void)state;
    set_up(&s);
    s.module.imports.items[0].has_crc = false;
    expect_of(&s, "crcs", "it has none for kmalloc");
    s.input.allow_no_crcs = true;
    expect_ok(&s);
    expect_finding(&s, "crcs", "warning", "it has none for kmalloc");
    tear_down(&s);
}

static void stripped_modules_are_told_from_those_of_a_kernel_without_crcs(void **state)
{
    struct scene s;
    (void)state;
    set_up(&s);
    s.module.has_versions = false;
    expect_of(&s, "modversions", "the kernel compares CRCs, and it has none");
    s.input.allow_no_crcs = true;
    expect_finding(&s, "modversions", "warning", "it has none");
    s.input.allow_no_crcs = false;
    s.facts.has_config = false;
    expect_finding(&s, "modversions", "unknown", "whether the kernel compares them");
    s.facts.has_config = true;
    set_config(&s, "CONFIG_SMP=y\nCONFIG_MODULE_UNLOAD=y\n");
    set_vermagic(&s.module, "6.1.1 SMP mod_unload ");
    set_vermagic(&s.other, "6.1.1 SMP mod_unload ");
    expect_ok(&s);
    expect_compared(&s, "modversions", "no CONFIG_MODVERSIONS");
    expect_compared(&s, "crcs", "compares no CRCs");
    tear_down(&s);
}

static void witnesses_stand_in_for_symvers(void **state)
{
    struct scene s;
    (void)state;
    set_up(&s);
    s.input.symvers = NULL;
    expect_ok(&s);
    expect_finding(&s, "crcs", "unknown", "kmalloc");
    expect_finding(&s, "imports", "unknown", "kmalloc");
    use_stock(&s);
    made_symbol(&s.stock.imports, "module_layout", 0x77);
    expect_of(&s, "module_layout", "other CRCs for module_layout");
    tear_down(&s);
}

static void the_layout_of_struct_module_is_compared(void **state)
{
    struct scene s;
    (void)state;
    set_up(&s);
    expect_finding(&s, "struct-module", "unknown", "neither a module of its own nor");
    use_stock(&s);
    s.stock.struct_size = 0x3c0;
    expect_of(&s, "struct-module", "has 896 bytes, that of the VM's own stock has 960");
    s.stock.struct_size = 0x380;
    s.stock.init_offset = 0x140;
    expect_of(&s, "struct-module", "has init at 312, that of the VM's own stock at 320");
    tear_down(&s);
}

static void the_layout_is_compared_with_the_kernels_btf(void **state)
{
    struct ud_module_layout btf = {0x380, true, true, 0x138, 0x300};
    struct scene s;
    (void)state;
    set_up(&s);
    s.input.btf = &btf;
    expect_ok(&s);
    expect_compared(&s, "struct-module", "the kernel's BTF (896 bytes, init at 312, exit at 768)");
    s.module.has_exit = true;
    s.module.exit_offset = 0x308;
    expect_of(&s, "struct-module", "has exit at 776, that of the kernel's BTF at 768");
    btf.has_exit = false;
    expect_ok(&s);
    btf.size = 0x340;
    expect_of(&s, "struct-module", "has 896 bytes, that of the kernel's BTF has 832");
    tear_down(&s);
}

/* Only a kernel that reads the types of modules refuses those of another build. */
static void types_of_another_build_are_told(void **state)
{
    struct made_btf kernel;
    struct made_btf module;
    struct scene s;
    (void)state;
    set_up(&s);
    expect_compared(&s, "btf", "bring no types");
    made_btf_init(&kernel);
    made_btf_type(&kernel, "", 13, 0, 0);
    made_btf_finish(&kernel);
    made_btf_init_split(&module, &kernel);
    made_btf_type(&module, "vhci_start", 12, 0, 1);
    made_btf_finish(&module);
    s.module.btf = ud_memdup(module.whole.data, module.whole.len);
    s.module.btf_len = module.whole.len;
    set_config(&s, BASE_CONFIG "CONFIG_DEBUG_INFO_BTF_MODULES=y\n");
    expect_finding(&s, "btf", "unknown", "does not show the kernel's BTF");
    s.input.types = &kernel.whole;
    expect_ok(&s);
    kernel.whole.data[24 + 7] = 10; /* what was a prototype */
    expect_of(&s, "btf", "its types (section .BTF) are not of this kernel's build: no function");
    set_config(&s, BASE_CONFIG "CONFIG_DEBUG_INFO_BTF_MODULES=y\n"
                               "CONFIG_MODULE_ALLOW_BTF_MISMATCH=y\n");
    expect_finding(&s, "btf", "warning", "not of this kernel's build");
    set_config(&s, BASE_CONFIG);
    expect_compared(&s, "btf", "passes over");
    tear_down(&s);
    made_btf_done(&kernel);
    made_btf_done(&module);
}

/* Each module once, however many witnesses say the same. */
static void a_layout_that_differs_is_said_once_of_each_module(void **state)
{
    const struct ud_module_layout btf = {0x3c0, false, false, 0, 0};
    struct ud_findings findings = {0};
    struct scene s;
    size_t count = 0;
    (void)state;
    set_up(&s);
    use_stock(&s);
    s.stock.struct_size = 0x3c0;
    s.input.btf = &btf;
    ud_verify_modules(&s.input, &findings);
    for (size_t i = 0; i < findings.len; i++) {
        if (strcmp(findings.checks[i].name, "struct-module") == 0) {
            count = findings.checks[i].len;
        }
    }
    assert_int_equal(count, 2);
    ud_findings_done(&findings);
    tear_down(&s);
}

/* Only a build has compiled any: a folder's verdict is not to be unknown for the want of it. */
static void other_structs_are_compared_where_they_were_compiled(void **state)
{
    struct ud_layouts layouts = {0};
    struct ud_layouts_verdict verdict = {
        .structs = {{.state = UD_LAYOUT_EQUAL, .name = "kset", .members = 1},
                    {.state = UD_LAYOUT_UNSEEN, .name = "page"},
                    {.state = UD_LAYOUT_EQUAL, .name = "device", .members = 3}},
        .count = 3};
    struct scene s;
    (void)state;
    set_up(&s);
    expect_compared(&s, "struct-layouts", "only `build` knows");
    s.input.layouts = &layouts;
    expect_finding(&s, "struct-layouts", "unknown", "do not define");
    layouts.known = 3;
    expect_finding(&s, "struct-layouts", "unknown", "does not show the kernel's BTF");
    s.input.layouts_verdict = &verdict;
    expect_ok(&s);
    expect_compared(&s, "struct-layouts", "sizes of 2 structs and offsets of 4 members");
    verdict.structs[2] = (struct ud_layout_verdict){
        .state = UD_LAYOUT_DIFFERS, .name = "device", .ours = 752, .theirs = 744};
    expect_of(&s, "struct-layouts",
              "struct device was compiled with 752 bytes, that of the kernel "
              "has 744");
    verdict.structs[2].member = "power";
    expect_of(&s, "struct-layouts",
              "struct device was compiled with power at 752, that of the "
              "kernel has it at 744");
    verdict = (struct ud_layouts_verdict){.count = 3};
    expect_finding(&s, "struct-layouts", "unknown", "has none of the structs");
    tear_down(&s);
}

/* kmalloc is asked for, usbip_recv is in the set. */
static void imports_are_looked_up_in_the_kernel(void **state)
{
    struct ud_strv absent = {0};
    struct ud_strv names = {0};
    struct scene s;
    (void)state;
    set_up(&s);
    ud_verify_list_imports(&s.input, &names);
    char *asked = ud_strv_join(&names, " ");
    assert_string_equal(asked, "kmalloc module_layout");
    s.input.symvers = NULL;
    s.input.absent = &absent;
    expect_finding(&s, "crcs", "unknown", "kmalloc");
    expect_ok(&s);
    ud_strv_add(&absent, "kmalloc");
    expect_finding(&s, "imports", "unknown", "perhaps data: kmalloc");
    s.module.imports.items[0].called = true;
    expect_of(&s, "imports", "neither the kernel nor another module exports kmalloc");
    s.module.imports.items[0].called = false;
    set_config(&s, "CONFIG_SMP=y\nCONFIG_MODULE_UNLOAD=y\nCONFIG_MODVERSIONS=y\n"
                   "CONFIG_KALLSYMS_ALL=y\n");
    expect_of(&s, "imports", "exports kmalloc");
    s.module.imports.items[0].weak = true;
    expect_ok(&s);
    ud_strv_done(&absent);
    ud_strv_done(&names);
    free(asked);
    tear_down(&s);
}

static void a_symbol_that_symvers_lacks_is_missing(void **state)
{
    struct scene s;
    (void)state;
    set_up(&s);
    made_symbol(&s.module.imports, "absent_function", 0x44);
    expect_of(&s, "imports", "exports absent_function");
    tear_down(&s);
}

static void what_is_trimmed_cannot_be_told(void **state)
{
    struct ud_strv absent = {0};
    struct scene s;
    (void)state;
    set_up(&s);
    set_config(&s, "CONFIG_SMP=y\nCONFIG_MODULE_UNLOAD=y\nCONFIG_MODVERSIONS=y\n"
                   "CONFIG_TRIM_UNUSED_KSYMS=y\n");
    s.input.symvers = NULL;
    s.input.absent = &absent;
    expect_finding(&s, "imports", "unknown", "(CONFIG_TRIM_UNUSED_KSYMS): kmalloc");
    tear_down(&s);
}

static void a_kernel_that_takes_none_is_said_where_they_are_inserted(void **state)
{
    struct ud_findings findings = {0};
    struct ud_error err = {0};
    struct scene s;
    (void)state;
    set_up(&s);
    s.facts.modules_disabled = true;
    expect_ok(&s);
    s.input.inserting = true;
    ud_verify_modules(&s.input, &findings);
    assert_int_equal(ud_findings_first_error(&findings, &err), UD_ERR_FACTS);
    assert_has(err.message, "switched off until the next boot");
    assert_string_equal(findings.checks[0].name, "loading");
    ud_findings_done(&findings);
    tear_down(&s);
}

/* Only those that are signed already, or are not going to be. */
static void unsigned_modules_do_not_fit_a_kernel_that_wants_signatures(void **state)
{
    struct ud_findings findings = {0};
    struct ud_error err = {0};
    struct scene s;
    (void)state;
    set_up(&s);
    s.facts.sig_enforce = true;
    expect_ok(&s);
    s.input.signer_id = "";
    ud_verify_modules(&s.input, &findings);
    assert_int_equal(ud_findings_first_error(&findings, &err), UD_ERR_UNFIT);
    assert_has(err.message, "vhci_hcd is not signed");
    ud_findings_done(&findings);
    tear_down(&s);
}

static void modules_that_are_there_already_are_told(void **state)
{
    static const char list[] = "vhci_hcd 16384 0 - Live 0x0\n";
    struct scene s;
    (void)state;
    set_up(&s);
    s.input.inserting = true;
    assert_ok(ud_loaded_parse(list, strlen(list), &s.facts.loaded, NULL));
    expect_finding(&s, "loaded", "unknown", "nothing says which build");
    free(s.module.build_id);
    s.module.build_id = ud_strdup("abcd");
    s.facts.loaded.items[0].build_id = ud_strdup("abcd");
    expect_ok(&s);
    expect_compared(&s, "loaded", "1 of 2 loaded");
    s.facts.loaded.items[0].build_id[0] = 'f';
    expect_finding(&s, "loaded", "warning",
                   "another build of it is loaded (fbcd, this one is abcd)");
    ud_strv_add(&s.facts.builtin, "usbip_core");
    expect_of(&s, "loaded", "usbip_core does not fit the kernel: the kernel has it built in");
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
    struct ud_findings findings = {0};
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
    ud_verify_modules(&input, &findings);
    assert_ok(ud_findings_first_error(&findings, &err));
    ud_findings_done(&findings);
    assert_ok(ud_release_parse("6.6.6", NULL, NULL, &facts.release, NULL));
    ud_verify_modules(&input, &findings);
    assert_int_equal(ud_findings_first_error(&findings, &err), UD_ERR_UNFIT);
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
    struct ud_findings findings = {0};
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
    ud_verify_modules(&input, &findings);
    if (ud_findings_first_error(&findings, &err) != UD_OK) {
        fail_msg("%s", err.message);
    }
    ud_findings_done(&findings);
    input.modules = (const struct ud_module *[]){&foreign};
    ud_verify_modules(&input, &findings);
    assert_int_equal(ud_findings_first_error(&findings, &err), UD_ERR_UNFIT);
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
        cmocka_unit_test(every_flag_of_vermagic_that_differs_is_named),
        cmocka_unit_test(the_kernels_own_modules_know_better_than_a_list),
        cmocka_unit_test(a_random_layout_is_proven_by_a_stock_module_alone),
        cmocka_unit_test(crcs_are_compared),
        cmocka_unit_test(missing_crcs_are_an_error_unless_accepted),
        cmocka_unit_test(stripped_modules_are_told_from_those_of_a_kernel_without_crcs),
        cmocka_unit_test(witnesses_stand_in_for_symvers),
        cmocka_unit_test(the_layout_of_struct_module_is_compared),
        cmocka_unit_test(other_structs_are_compared_where_they_were_compiled),
        cmocka_unit_test(the_layout_is_compared_with_the_kernels_btf),
        cmocka_unit_test(types_of_another_build_are_told),
        cmocka_unit_test(a_layout_that_differs_is_said_once_of_each_module),
        cmocka_unit_test(imports_are_looked_up_in_the_kernel),
        cmocka_unit_test(a_symbol_that_symvers_lacks_is_missing),
        cmocka_unit_test(what_is_trimmed_cannot_be_told),
        cmocka_unit_test(a_kernel_that_takes_none_is_said_where_they_are_inserted),
        cmocka_unit_test(unsigned_modules_do_not_fit_a_kernel_that_wants_signatures),
        cmocka_unit_test(modules_that_are_there_already_are_told),
        cmocka_unit_test(judges_real_modules),
        cmocka_unit_test(tells_a_kernels_own_module_from_anothers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
