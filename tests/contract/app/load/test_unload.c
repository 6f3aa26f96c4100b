/* Whose modules are in the kernel, and which of them unload takes out. */
#include <stdlib.h>
#include <string.h>

#include "engine_fixture.h"

#include "../helper_answer.h"
#include "app/load/load.h"
#include "state_home.h"
#include "util/mem.h"

#define COUNT(items) (sizeof(items) / sizeof(items)[0])
#define CORE_ID "0011223344556677889900112233445566778899"
#define VHCI_ID "aa11223344556677889900112233445566778899"
#define USB_ID "bb11223344556677889900112233445566778899"
#define DRIVER_ID "cc11223344556677889900112233445566778899"
#define CONFIG "CONFIG_MODULES=y\nCONFIG_MODULE_UNLOAD=y\n"

/* An image of the VirtualHere client's that has this vhci-hcd, another usbip-core, and drivers; and
 * one for another kernel, which says that it has this usbip-core. */
#define IMAGES                                                                                     \
    "[{\"Id\":\"sha256:1\",\"RepoTags\":[\"vhcli:latest\"],\"Labels\":{"                           \
    "\"io.github.usbipd-desktop.release\":\"6.1.0\","                                              \
    "\"io.github.usbipd-desktop.build-ids\":\"usbcore=" USB_ID " usbip-core=" VHCI_ID              \
    " vhci-hcd=" VHCI_ID " usbserial=" DRIVER_ID " ftdi_sio=" DRIVER_ID "\"}},"                    \
    "{\"Id\":\"sha256:2\",\"Labels\":{\"io.github.usbipd-desktop.release\":\"6.1.1\","             \
    "\"io.github.usbipd-desktop.build-ids\":\"usbip-core=" CORE_ID "\"}}]"

/* The last loaded first. */
#define DRIVERS "\"ftdi_sio:" DRIVER_ID "\",\"usbserial:" DRIVER_ID "\""

struct trial {
    struct engine_fixture f;
    struct ud_buf probe, removal;
    struct script_rule rules[32];
    struct ud_load_result result;
    struct ud_error err;
    char *home;
};

static void trial_run(struct trial *t, bool all, bool own_files)
{
    const struct script_rule always[] = {ENGINE_RULES(ENGINE_INFO(""))};
    size_t n = 0;
    *t = (struct trial){.home = state_home_new()};
    answer_begin_probe(&t->probe);
    answer_text(&t->probe, UD_BLOB_CONFIG_PREFIX "/proc/config.gz", CONFIG);
    answer_text(&t->probe, UD_BLOB_PROC_MODULES,
                "vhci_hcd 1 0 - Live 0x0\nusbip_core 1 1 vhci_hcd, Live 0x0\n"
                "usbcore 1 1 vhci_hcd, Live 0x0\nusbserial 1 1 ftdi_sio, Live 0x0\n"
                "ftdi_sio 1 0 - Live 0x0\n");
    if (own_files) {
        answer_text(&t->probe, UD_BLOB_MODULES_DEP, "kernel/usbcore.ko:\nkernel/usbip-core.ko:\n");
    }
    ud_record_add_fact(&t->probe, UD_FACT_BUILD_ID_PREFIX "vhci_hcd", VHCI_ID);
    ud_record_add_fact(&t->probe, UD_FACT_BUILD_ID_PREFIX "usbip_core", CORE_ID);
    ud_record_add_fact(&t->probe, UD_FACT_BUILD_ID_PREFIX "usbcore", own_files ? USB_ID : CORE_ID);
    ud_record_add_fact(&t->probe, UD_FACT_BUILD_ID_PREFIX "usbserial", DRIVER_ID);
    ud_record_add_fact(&t->probe, UD_FACT_BUILD_ID_PREFIX "ftdi_sio", DRIVER_ID);
    answer_end(&t->probe, UD_OK, "");
    answer_begin(&t->removal);
    ud_record_add_result(&t->removal, "vhci-hcd", UD_VERDICT_REMOVED, 0, "");
    answer_end(&t->removal, UD_OK, "");
    t->rules[n++] = (struct script_rule)ENGINE_RUN(t->probe);
    t->rules[n++] = (struct script_rule)ENGINE_RUN(t->removal);
    t->rules[n++] = (struct script_rule){
        .method = "GET", .path = "/images/json", .body = IMAGES, .forever = true};
    memcpy(t->rules + n, always, sizeof always);
    engine_fixture_init(&t->f, t->rules, n + COUNT(always), false);
    const struct ud_app app = {.report = &t->f.report};
    const struct ud_load_options options = {.vm = {.host = scripted_engine_endpoint(t->f.script)},
                                            .input = "/none/of/them",
                                            .native = true,
                                            .all = all};
    if (ud_app_unload(&app, &options, &t->result, &t->err) != UD_OK) {
        fail_msg("%s", t->err.message);
    }
}

static void trial_done(struct trial *t)
{
    ud_load_result_done(&t->result);
    ud_buf_done(&t->probe);
    ud_buf_done(&t->removal);
    engine_fixture_done(&t->f);
    state_home_free(t->home);
}

static void assert_told(const struct trial *t, const char *name, const char *verdict,
                        const char *origin)
{
    for (size_t i = 0; i < t->result.module_count; i++) {
        const struct ud_module_outcome *outcome = &t->result.modules[i];
        if (strcmp(outcome->name, name) == 0) {
            assert_string_equal(outcome->verdict, verdict);
            assert_string_equal(outcome->origin, origin);
            return;
        }
    }
    fail_msg("nothing is told of %s", name);
}

static void what_an_image_of_ours_inserted_goes(void **state)
{
    static struct trial t;
    (void)state;
    trial_run(&t, false, false);
    assert_told(&t, "vhci-hcd", "removed", "of an image of usbipd-desktop");
    assert_told(&t, "usbip-core", "foreign", "of unknown origin");
    assert_told(&t, "usbcore", "foreign", "of unknown origin");
    assert_non_null(
        strstr(engine_created(t.f.script, 1), "\"remove\"," DRIVERS ",\"vhci-hcd:" VHCI_ID "\"]"));
    trial_done(&t);
}

static void with_all_also_what_the_vm_has_no_file_of(void **state)
{
    static struct trial t;
    (void)state;
    trial_run(&t, true, false);
    assert_non_null(strstr(engine_created(t.f.script, 1),
                           DRIVERS ",\"vhci-hcd:" VHCI_ID "\",\"usbip-core\",\"usbcore\"]"));
    trial_done(&t);
}

static void the_vms_own_usbcore_stays(void **state)
{
    static struct trial t;
    (void)state;
    trial_run(&t, true, true);
    assert_non_null(
        strstr(engine_created(t.f.script, 1), DRIVERS ",\"vhci-hcd:" VHCI_ID "\",\"usbip-core\"]"));
    trial_done(&t);
    trial_run(&t, false, true);
    assert_told(&t, "usbip-core", "foreign", "the VM's own file");
    trial_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_an_image_of_ours_inserted_goes),
        cmocka_unit_test(with_all_also_what_the_vm_has_no_file_of),
        cmocka_unit_test(the_vms_own_usbcore_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
