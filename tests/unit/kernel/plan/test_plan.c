#include "kernel/plan/plan.h"

#include <stdlib.h>

#include "check.h"
#include "lab.h"
#include "util/mem.h"

static const char linuxkit[] = "CONFIG_MODULES=y\nCONFIG_MODVERSIONS=y\nCONFIG_USB_SUPPORT=y\n"
                               "CONFIG_USB=y\nCONFIG_USB_COMMON=y\nCONFIG_USB_PCI=y\n"
                               "CONFIG_GENERIC_ALLOCATOR=y\nCONFIG_NLS=y\n";

static struct ud_facts facts_of(const char *release, const char *config)
{
    struct ud_facts facts = {.modules_supported = true};
    assert_ok(ud_release_parse(release, NULL, NULL, &facts.release, NULL));
    if (config != NULL) {
        assert_ok(ud_config_parse(config, strlen(config), &facts.config, NULL));
        facts.has_config = true;
    }
    return facts;
}

static void add_loaded(struct ud_facts *facts, const char *text)
{
    assert_ok(ud_loaded_parse(text, strlen(text), &facts->loaded, NULL));
}

static void add_deps(struct ud_facts *facts, const char *text)
{
    assert_ok(ud_deps_parse(text, strlen(text), &facts->deps, NULL));
}

static struct ud_plan make(const struct ud_facts *facts, const struct ud_plan_options *options)
{
    struct ud_plan plan;
    struct ud_error err = {0};
    if (ud_plan_make(facts, options, &plan, &err) != UD_OK) {
        fail_msg("%s", err.message);
    }
    return plan;
}

static void assert_origins(const struct ud_plan *plan, const char *expected)
{
    struct ud_strv list = {0};
    for (int i = 0; i < UD_PLAN_MODULE_COUNT; i++) {
        ud_strv_add(&list, ud_origin_name(plan->items[i].origin));
        assert_non_null(plan->items[i].reason);
    }
    char *text = ud_strv_join(&list, ", ");
    assert_string_equal(text, expected);
    free(text);
    ud_strv_done(&list);
}

static void assert_edits(const struct ud_plan *plan, const char *expected)
{
    struct ud_strv list = {0};
    for (size_t i = 0; i < plan->edits.len; i++) {
        ud_strv_addf(&list, "%s=%s", plan->edits.items[i].name, plan->edits.items[i].value);
    }
    char *text = ud_strv_join(&list, " ");
    assert_string_equal(text, expected);
    free(text);
    ud_strv_done(&list);
}

static void assert_dirs(const struct ud_plan *plan, const char *expected)
{
    char *text = ud_strv_join(&plan->usb_dirs, " ");
    assert_string_equal(text, expected);
    free(text);
}

static void a_kernel_without_usb_gets_all_of_it(void **state)
{
    (void)state;
    struct ud_facts facts =
        facts_of("6.1.0-56-cloud-amd64", "CONFIG_MODULES=y\nCONFIG_MODVERSIONS=y\nCONFIG_NLS=y\n"
                                         "CONFIG_GENERIC_ALLOCATOR=y\n# CONFIG_USB_SUPPORT is not "
                                         "set\n");
    struct ud_plan plan = make(&facts, NULL);
    assert_origins(&plan, "built in, built in, to build, to build, to build, to build");
    assert_edits(&plan, "USB_SUPPORT=y USB_COMMON=m USB=m USB_PCI=n USBIP_CORE=m "
                        "USBIP_VHCI_HCD=m USBIP_VHCI_HC_PORTS=8 USBIP_VHCI_NR_HCS=1");
    assert_dirs(&plan, "common core usbip");
    assert_true(plan.modversions);
    assert_false(plan.nothing_to_build);
    ud_plan_done(&plan);
    ud_plan_done(&plan);
    ud_facts_done(&facts);
}

static void a_minimal_kernel_gets_the_libraries_too(void **state)
{
    (void)state;
    struct ud_facts facts = facts_of("6.12.1", "CONFIG_MODULES=y\n");
    struct ud_plan_options options = {.ports = 15, .controllers = 2};
    struct ud_plan plan = make(&facts, &options);
    assert_origins(&plan, "to build, to build, to build, to build, to build, to build");
    assert_string_equal(ud_config_edits_get(&plan.edits, "USBIP_VHCI_HC_PORTS"), "15");
    assert_string_equal(ud_config_edits_get(&plan.edits, "USBIP_VHCI_NR_HCS"), "2");
    assert_false(plan.modversions);
    ud_plan_done(&plan);
    ud_facts_done(&facts);
}

static void a_full_distribution_kernel_has_everything(void **state)
{
    (void)state;
    struct ud_facts facts =
        facts_of("6.1.0-56-amd64", "CONFIG_MODULES=y\nCONFIG_USB=m\nCONFIG_USB_COMMON=m\n"
                                   "CONFIG_USBIP_CORE=m\nCONFIG_USBIP_VHCI_HCD=m\nCONFIG_NLS=y\n"
                                   "CONFIG_GENERIC_ALLOCATOR=y\n");
    add_deps(&facts, "kernel/drivers/usb/common/usb-common.ko:\n"
                     "kernel/drivers/usb/core/usbcore.ko:\n"
                     "kernel/drivers/usb/usbip/usbip-core.ko:\n"
                     "kernel/drivers/usb/usbip/vhci-hcd.ko:\n");
    struct ud_plan plan = make(&facts, NULL);
    assert_origins(&plan, "built in, built in, own file, own file, own file, own file");
    assert_string_equal(plan.items[UD_PLAN_VHCI_HCD].path, "kernel/drivers/usb/usbip/vhci-hcd.ko");
    assert_true(plan.nothing_to_build);
    assert_edits(&plan, "");
    ud_plan_done(&plan);
    ud_facts_done(&facts);
}

static void linuxkit_without_usbip_gets_usbip_alone(void **state)
{
    (void)state;
    struct ud_facts facts = facts_of("5.10.104-linuxkit", linuxkit);
    struct ud_plan plan = make(&facts, NULL);
    assert_origins(&plan, "built in, built in, built in, built in, to build, to build");
    assert_edits(&plan, "USBIP_CORE=m USBIP_VHCI_HCD=m USBIP_VHCI_HC_PORTS=8 "
                        "USBIP_VHCI_NR_HCS=1");
    assert_dirs(&plan, "usbip");
    ud_plan_done(&plan);
    ud_facts_done(&facts);
}

static void linuxkit_with_usbip_uses_its_own_or_builds_unchanged(void **state)
{
    (void)state;
    char *config = ud_strf("%sCONFIG_USBIP_CORE=m\nCONFIG_USBIP_VHCI_HCD=m\n"
                           "CONFIG_USBIP_VHCI_HC_PORTS=8\nCONFIG_USBIP_VHCI_NR_HCS=1\n",
                           linuxkit);
    struct ud_facts facts = facts_of("6.12.59-linuxkit", config);
    struct ud_plan plan = make(&facts, NULL);
    assert_origins(&plan, "built in, built in, built in, built in, to build, to build");
    assert_edits(&plan, "");
    ud_plan_done(&plan);
    add_deps(&facts, "kernel/drivers/usb/usbip/usbip-core.ko:\n"
                     "kernel/drivers/usb/usbip/vhci-hcd.ko:\n");
    plan = make(&facts, NULL);
    assert_true(plan.nothing_to_build);
    ud_plan_done(&plan);
    plan = make(&facts, &(struct ud_plan_options){.ignore_own = true, .ports = 12});
    assert_origins(&plan, "built in, built in, built in, built in, to build, to build");
    assert_edits(&plan, "USBIP_VHCI_HC_PORTS=12");
    ud_plan_done(&plan);
    ud_facts_done(&facts);
    free(config);
}

static void the_servers_modules_are_not_built(void **state)
{
    (void)state;
    char *config = ud_strf("%sCONFIG_USBIP_CORE=m\nCONFIG_USBIP_VHCI_HCD=m\n"
                           "CONFIG_USBIP_VHCI_HC_PORTS=8\nCONFIG_USBIP_VHCI_NR_HCS=1\n"
                           "CONFIG_USBIP_HOST=m\nCONFIG_USBIP_VUDC=m\n",
                           linuxkit);
    struct ud_facts facts = facts_of("6.1.0-56-amd64", config);
    struct ud_plan plan = make(&facts, NULL);
    assert_edits(&plan, "USBIP_HOST=n USBIP_VUDC=n");
    ud_plan_done(&plan);
    ud_facts_done(&facts);
    free(config);
}

static void wsl_has_it_built_in(void **state)
{
    (void)state;
    char *config = ud_strf("%sCONFIG_USBIP_CORE=y\nCONFIG_USBIP_VHCI_HCD=y\n", linuxkit);
    struct ud_facts facts = facts_of("5.15.133.1-microsoft-standard-WSL2", config);
    struct ud_plan plan = make(&facts, NULL);
    assert_origins(&plan, "built in, built in, built in, built in, built in, built in");
    assert_true(plan.nothing_to_build);
    ud_plan_done(&plan);
    ud_facts_done(&facts);
    free(config);
}

static void what_we_loaded_ourselves_is_still_to_build(void **state)
{
    (void)state;
    struct ud_facts facts = facts_of("5.10.104-linuxkit", linuxkit);
    add_loaded(&facts, "vhci_hcd 1 0 - Live 0\nusbip_core 1 1 vhci_hcd, Live 0\n");
    facts.vhci_present = true;
    struct ud_plan plan = make(&facts, NULL);
    assert_origins(&plan, "built in, built in, built in, built in, to build, to build");
    assert_true(plan.items[UD_PLAN_VHCI_HCD].loaded);
    assert_false(plan.items[UD_PLAN_USBCORE].loaded);
    ud_plan_done(&plan);
    ud_facts_done(&facts);
}

static void without_a_configuration_only_a_complete_kernel_is_served(void **state)
{
    struct ud_plan plan;
    struct ud_error err = {0};
    (void)state;
    struct ud_facts facts = facts_of("6.6.1-other", NULL);
    assert_int_equal(ud_plan_make(&facts, NULL, &plan, &err), UD_ERR_FACTS);
    assert_has(err.message, "configuration");
    add_loaded(&facts, "vhci_hcd 1 0 - Live 0\nusbip_core 1 1 vhci_hcd, Live 0\n"
                       "usbcore 1 1 vhci_hcd, Live 0\nusb_common 1 1 usbcore, Live 0\n");
    plan = make(&facts, NULL);
    assert_origins(&plan, "not needed, not needed, loaded, loaded, loaded, loaded");
    assert_true(plan.nothing_to_build);
    ud_plan_done(&plan);
    ud_facts_done(&facts);
    facts = facts_of("6.6.1-other", NULL);
    facts.vhci_present = true;
    ud_strv_add(&facts.builtin, "usbcore");
    ud_strv_add(&facts.builtin, "usb_common");
    plan = make(&facts, NULL);
    assert_true(plan.nothing_to_build);
    ud_plan_done(&plan);
    ud_facts_done(&facts);
}

static void kernels_that_nothing_fits_are_refused(void **state)
{
    struct ud_plan plan;
    struct ud_error err = {0};
    (void)state;
    struct ud_facts facts = facts_of("6.1.1", "# CONFIG_MODULES is not set\nCONFIG_SMP=y\n");
    assert_int_equal(ud_plan_make(&facts, NULL, &plan, &err), UD_ERR_FACTS);
    assert_has(err.message, "CONFIG_MODULES");
    ud_facts_done(&facts);
    facts = facts_of("5.15.1-linuxkit", "CONFIG_MODULES=y\nCONFIG_GCC_PLUGIN_RANDSTRUCT=y\n");
    assert_ok(ud_plan_make(&facts, NULL, &plan, &err));
    assert_string_equal(plan.randomized, "GCC_PLUGIN_RANDSTRUCT"); /* wants a seed */
    ud_plan_done(&plan);
    ud_facts_done(&facts);
    facts = facts_of("6.1.1", "CONFIG_MODULES=y\n");
    assert_int_equal(ud_plan_make(&facts, &(struct ud_plan_options){.ports = 16}, &plan, &err),
                     UD_ERR_USAGE);
    assert_int_equal(
        ud_plan_make(&facts, &(struct ud_plan_options){.controllers = 129}, &plan, &err),
        UD_ERR_USAGE);
    ud_facts_done(&facts);
}

static void wishes_are_added_and_win(void **state)
{
    struct ud_config_edits extra = {0};
    (void)state;
    ud_config_edits_set(&extra, "USBIP_VHCI_HC_PORTS", "4");
    ud_config_edits_set(&extra, "USB_SERIAL", "m");
    struct ud_facts facts = facts_of("5.10.104-linuxkit", linuxkit);
    struct ud_plan plan = make(&facts, &(struct ud_plan_options){.extra = &extra});
    assert_edits(&plan, "USBIP_CORE=m USBIP_VHCI_HCD=m USBIP_VHCI_HC_PORTS=4 "
                        "USBIP_VHCI_NR_HCS=1 USB_SERIAL=m");
    assert_dirs(&plan, "usbip");
    ud_plan_done(&plan);
    ud_facts_done(&facts);
    ud_config_edits_done(&extra);
}

static void decides_for_real_configurations(void **state)
{
    struct lab_file file = {0};
    struct ud_error err = {0};
    (void)state;
    if (!lab_load("config", "-cloud-amd64", &file)) {
        skip();
    }
    struct ud_facts facts = {.modules_supported = true, .has_config = true};
    assert_ok(ud_config_parse((char *)file.data, file.len, &facts.config, &err));
    struct ud_plan plan = make(&facts, NULL);
    assert_origins(&plan, "built in, built in, to build, to build, to build, to build");
    assert_true(plan.modversions);
    ud_plan_done(&plan);
    ud_facts_done(&facts);
    lab_file_done(&file);
}

static void what_is_there_shows_without_a_configuration(void **state)
{
    (void)state;
    struct ud_facts facts = facts_of("6.12.1", NULL);
    struct ud_plan plan;
    add_deps(&facts,
             "kernel/usb/usbcore.ko: kernel/usb/usb-common.ko\nkernel/usb/usb-common.ko:\n");
    ud_plan_look(&facts, &plan);
    assert_origins(&plan, "not needed, not needed, own file, own file, to build, to build");
    assert_string_equal(plan.items[UD_PLAN_VHCI_HCD].reason, "the system shows none");
    assert_false(plan.nothing_to_build);
    assert_int_equal(plan.edits.len, 0);
    ud_plan_done(&plan);
    ud_facts_done(&facts);
}

static void what_built_in_code_uses_is_built_in(void **state)
{
    (void)state;
    struct ud_facts facts = facts_of("6.12.1", NULL);
    struct ud_plan plan;
    ud_strv_add(&facts.builtin, "usbcore");
    ud_plan_look(&facts, &plan);
    assert_origins(&plan, "not needed, not needed, built in, built in, to build, to build");
    ud_plan_done(&plan);
    facts.vhci_present = true;
    ud_plan_look(&facts, &plan);
    assert_origins(&plan, "not needed, not needed, built in, built in, built in, built in");
    assert_true(plan.nothing_to_build);
    ud_plan_done(&plan);
    ud_facts_done(&facts);
}

static const struct ud_plan_driver *driver_of(const struct ud_plan *plan, const char *name)
{
    for (size_t i = 0; i < plan->driver_count; i++) {
        if (strcmp(plan->drivers[i].name, name) == 0) {
            return &plan->drivers[i];
        }
    }
    return NULL;
}

static void drivers_come_from_where_they_are(void **state)
{
    static char built_in[] = "HID\0hid", own[] = "SCSI\0scsi_mod",
                lacking[] = "USB_STORAGE\0usb-storage", new[] = "USB_UAS\0uas",
                base[] = "USB\0usbcore", dir[] = "drivers/x";
    static char *const all[] = {built_in, own, lacking, new, base};
    struct ud_facts facts =
        facts_of("6.12.5-linuxkit", "CONFIG_MODULES=y\nCONFIG_USB=y\n"
                                    "CONFIG_USB_COMMON=y\nCONFIG_USBIP_CORE=y\n"
                                    "CONFIG_USBIP_VHCI_HCD=y\nCONFIG_HID=y\n"
                                    "CONFIG_SCSI=m\nCONFIG_USB_STORAGE=m\n"
                                    "CONFIG_GENERIC_ALLOCATOR=y\nCONFIG_NLS=y\n");
    struct ud_driver items[COUNT(all)];
    const struct ud_driver_choice choice = {.items = items, .len = COUNT(all)};
    const struct ud_driver_choice first_two = {.items = items, .len = 2};
    const struct ud_plan_options options = {.drivers = true};
    (void)state;
    add_deps(&facts, "kernel/drivers/scsi/scsi_mod.ko.xz:\n");
    for (size_t i = 0; i < COUNT(all); i++) {
        items[i] = (struct ud_driver){
            .name = all[i] + strlen(all[i]) + 1, .dir = dir, .option = all[i], .wanted = i == 3};
    }
    struct ud_plan plan = make(&facts, &options);
    assert_false(plan.nothing_to_build); /* as long as it is not known */
    assert_int_equal(plan.edits.len, 0);
    ud_plan_add_drivers(&facts, &choice, &plan);
    assert_int_equal(plan.driver_count, 4);
    assert_null(driver_of(&plan, "usbcore")); /* decided already */
    assert_int_equal(driver_of(&plan, "hid")->item.origin, UD_ORIGIN_BUILTIN);
    assert_int_equal(driver_of(&plan, "scsi_mod")->item.origin, UD_ORIGIN_OWN_FILE);
    assert_string_equal(driver_of(&plan, "scsi_mod")->item.path,
                        "kernel/drivers/scsi/scsi_mod.ko.xz");
    assert_int_equal(driver_of(&plan, "usb-storage")->item.origin, UD_ORIGIN_BUILD);
    assert_has(driver_of(&plan, "usb-storage")->item.reason, "needs it");
    assert_int_equal(driver_of(&plan, "uas")->item.origin, UD_ORIGIN_BUILD);
    assert_string_equal(driver_of(&plan, "uas")->item.reason, "asked for");
    assert_false(plan.nothing_to_build);
    ud_plan_done(&plan);
    plan = make(&facts, &options);
    ud_plan_add_drivers(&facts, &first_two, &plan);
    assert_true(plan.nothing_to_build);
    ud_plan_done(&plan);
    ud_facts_done(&facts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_kernel_without_usb_gets_all_of_it),
        cmocka_unit_test(a_minimal_kernel_gets_the_libraries_too),
        cmocka_unit_test(a_full_distribution_kernel_has_everything),
        cmocka_unit_test(linuxkit_without_usbip_gets_usbip_alone),
        cmocka_unit_test(linuxkit_with_usbip_uses_its_own_or_builds_unchanged),
        cmocka_unit_test(the_servers_modules_are_not_built),
        cmocka_unit_test(wsl_has_it_built_in),
        cmocka_unit_test(what_we_loaded_ourselves_is_still_to_build),
        cmocka_unit_test(without_a_configuration_only_a_complete_kernel_is_served),
        cmocka_unit_test(kernels_that_nothing_fits_are_refused),
        cmocka_unit_test(wishes_are_added_and_win),
        cmocka_unit_test(decides_for_real_configurations),
        cmocka_unit_test(what_is_there_shows_without_a_configuration),
        cmocka_unit_test(what_built_in_code_uses_is_built_in),
        cmocka_unit_test(drivers_come_from_where_they_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
