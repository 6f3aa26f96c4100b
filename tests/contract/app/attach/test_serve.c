/* Drivers for an attached device, of the VM and of the artifacts, in rounds: what is asked, what is
 * inserted, and what becomes of what cannot be. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../unit/platform/tempdir.h"
#include "../helper_answer.h"
#include "app/artifacts/manifest.h"
#include "app/attach/attach.h"
#include "engine_fixture.h"

#define COUNT(items) (sizeof(items) / sizeof(items)[0])
#define SERVER "10.0.2.2"
#define STICK "usb:v46F4p0001d0000dc00dsc00dp00ic08isc06ip50in00"
#define DISK "scsi:t-0x00"

enum { RUNS_MAX = 24 };

struct trial {
    struct engine_fixture f;
    struct ud_buf answers[RUNS_MAX];
    size_t runs;
    struct script_rule rules[48];
    char *dir; /* of artifacts */
    struct ud_error err;
};

static void trial_init(struct trial *t)
{
    *t = (struct trial){.dir = tempdir_new()};
}

/* All runs that were prepared took place. */
static void trial_done(struct trial *t)
{
    assert_int_equal(scripted_engine_seen(t->f.script, "POST", "/containers/create"), t->runs);
    for (size_t i = 0; i < t->runs; i++) {
        ud_buf_done(&t->answers[i]);
    }
    engine_fixture_done(&t->f);
    tempdir_free(t->dir);
}

static void expect_created(struct trial *t, size_t n, const char *part)
{
    for (size_t i = 0; i < scripted_engine_count(t->f.script); i++) {
        const struct script_request *request = scripted_engine_request(t->f.script, i);
        if (strstr(request->target, "/containers/create") != NULL && n-- == 0) {
            if (strstr(request->body, part) == NULL) {
                fail_msg("not %s in: %s", part, request->body);
            }
            return;
        }
    }
    fail_msg("there is no such container");
}

/* ---- answers ---- */

static struct ud_buf *begin(struct trial *t)
{
    struct ud_buf *answer = &t->answers[t->runs++];
    answer_begin(answer);
    return answer;
}

/* A stick on port 0; child is what its driver found and nobody serves, or NULL. */
static void answer_device(struct trial *t, const char *driver, const char *child)
{
    struct ud_buf *answer = begin(t);
    struct ud_device_report report = {0};
    struct ud_buf text;
    struct ud_reported_device *device = ud_device_report_add(&report, 0);
    (void)snprintf(device->busid, sizeof device->busid, "1-1");
    struct ud_report_interface *interface = ud_reported_add_interface(device);
    (void)snprintf(interface->modalias, sizeof interface->modalias, STICK);
    (void)snprintf(interface->driver, sizeof interface->driver, "%s", driver);
    if (child != NULL) {
        assert_true(ud_reported_add_child(device, child));
    }
    ud_buf_init(&text, UD_REPORT_SIZE_MAX);
    ud_device_report_write(&report, &text);
    ud_record_add_fact(answer, UD_FACT_SERVER, SERVER);
    ud_record_add_blob(answer, UD_BLOB_DEVICES, text.data, text.len);
    answer_end(answer, UD_OK, "");
    ud_buf_done(&text);
    ud_device_report_done(&report);
}

/* The VM has USB/IP, and nothing is attached. */
static void answer_look(struct trial *t)
{
    struct ud_buf *answer = begin(t);
    ud_record_add_fact(answer, UD_FACT_VHCI_DRIVER, "1");
    answer_text(answer, UD_BLOB_DEVICES, "");
    answer_end(answer, UD_OK, "");
}

static void put_module(struct ud_buf *answer, const char *module, const char *state)
{
    char key[64];
    ud_record_add_fact(answer, UD_FACT_ALIAS_PREFIX "0", module);
    (void)snprintf(key, sizeof key, UD_FACT_MODULE_PREFIX "%s", module);
    ud_record_add_fact(answer, key, state);
}

/* One module of the VM, or NULL. */
static void answer_aliases(struct trial *t, const char *module, const char *state)
{
    struct ud_buf *answer = begin(t);
    if (module != NULL) {
        put_module(answer, module, state);
    }
    answer_end(answer, UD_OK, "");
}

static void answer_probe(struct trial *t)
{
    struct ud_buf *answer = &t->answers[t->runs++];
    answer_begin_probe(answer);
    answer_text(answer, UD_BLOB_CONFIG_PREFIX "/boot/config-6.1.0", "CONFIG_MODULES=y\n");
    answer_text(answer, UD_BLOB_MODULES_DEP,
                "kernel/usb-storage.ko:\nkernel/uas.ko:\nkernel/sd_mod.ko:\n");
    answer_end(answer, UD_OK, "");
}

/* What inserting the VM's own file takes: once a look at the kernel, then the file, and that. */
static void answer_insert(struct trial *t, const char *name, enum ud_verdict verdict)
{
    char path[128];
    const bool failed = verdict == UD_VERDICT_FAILED;
    struct ud_buf *answer = begin(t);
    (void)snprintf(path, sizeof path, "/lib/modules/6.1.0/kernel/%s.ko", name);
    answer_file(answer, path, "one", 3);
    answer_end(answer, UD_OK, "");
    answer = begin(t);
    ud_record_add_result(answer, name, verdict, failed ? 8 : 0, "");
    answer_end(answer, failed ? UD_ERR_REFUSED : UD_OK, failed ? "refused" : "");
}

/* Artifacts with a driver for the stick, which is no module at all. */
static void put_artifacts_with(struct trial *t, const char *release, const char *fixed_build_id)
{
    struct ud_manifest_module module = {
        .name = ud_strdup("usb-storage"), .file = ud_strdup("usb-storage.ko"), .size = 3};
    char *nothing = ud_strdup("");
    struct ud_error err = {0};
    module.sha256 = module.vermagic = module.depends = nothing;
    module.build_id = ud_strdup(fixed_build_id != NULL ? fixed_build_id : "");
    module.overflow_fixed = fixed_build_id != NULL;
    ud_strv_add(&module.aliases, "usb:v*p*d*dc*dsc*dp*ic08isc06ip50in*");
    struct ud_manifest manifest = {.schema = UD_MANIFEST_SCHEMA};
    char **const texts[] = {
        &manifest.tool_version,  &manifest.created,        &manifest.kernel_version,
        &manifest.machine,       &manifest.config_source,  &manifest.config_sha256,
        &manifest.source_name,   &manifest.source_sha256,  &manifest.symvers_sha256,
        &manifest.builder_image, &manifest.builder_id,     &manifest.compiler,
        &manifest.signer_key_id, &manifest.signer_subject, &manifest.signature_hash,
        &manifest.inputs_sha256, &manifest.config};
    for (size_t i = 0; i < COUNT(texts); i++) {
        *texts[i] = nothing;
    }
    manifest.release = (char *)(uintptr_t)release;
    manifest.modules = &module;
    manifest.module_count = 1;
    char *json = ud_manifest_to_json(&manifest);
    char *path = ud_fs_join(t->dir, "manifest.json");
    assert_int_equal(ud_fs_write_atomic(path, json, strlen(json), &err), UD_OK);
    free(path);
    free(json);
    path = ud_fs_join(t->dir, "usb-storage.ko");
    assert_int_equal(ud_fs_write_atomic(path, "one", 3, &err), UD_OK);
    free(path);
    free(nothing);
    free(module.name);
    free(module.file);
    free(module.build_id);
    ud_strv_done(&module.aliases);
}

static void put_artifacts(struct trial *t, const char *release)
{
    put_artifacts_with(t, release, NULL);
}

static void rules_fill(struct trial *t)
{
    const struct script_rule always[] = {ENGINE_RULES(ENGINE_INFO(""))};
    memcpy(t->rules, always, sizeof always);
    for (size_t i = 0; i < t->runs; i++) {
        t->rules[COUNT(always) + i] = (struct script_rule)ENGINE_RUN(t->answers[i]);
    }
    engine_fixture_init(&t->f, t->rules, COUNT(always) + t->runs, false);
}

static void attach(struct trial *t, struct ud_attached *ret)
{
    rules_fill(t);
    const struct ud_app app = {.report = &t->f.report};
    const struct ud_attach_options options = {
        .vm = {.host = scripted_engine_endpoint(t->f.script)},
        .remote = SERVER,
        .busid = "1-1",
        .input = t->dir,
    };
    if (ud_app_attach(&app, &options, ret, &t->err) != UD_OK) {
        fail_msg("%s", t->err.message);
    }
}

/* ---- tests ---- */

static void what_a_driver_finds_gets_its_own(void **state)
{
    struct trial t;
    struct ud_attached attached = {0};
    (void)state;
    trial_init(&t);
    answer_device(&t, "", NULL);
    answer_aliases(&t, "usb-storage", UD_MODULE_IS_ABSENT);
    answer_probe(&t);
    answer_insert(&t, "usb-storage", UD_VERDICT_INSERTED);
    answer_device(&t, "usb-storage", DISK);
    answer_aliases(&t, "sd_mod", UD_MODULE_IS_ABSENT);
    answer_insert(&t, "sd_mod", UD_VERDICT_INSERTED);
    answer_device(&t, "usb-storage", NULL);
    attach(&t, &attached);
    assert_int_equal(attached.loaded.len, 2);
    assert_string_equal(attached.loaded.items[1], "sd_mod");
    assert_int_equal(attached.missing.len, 0);
    assert_int_equal(attached.children.len, 0);
    expect_created(&t, 1, "\"aliases\",\"--enter\",\"" STICK "\"]");
    expect_created(&t, 5, "\"settle\",\"0\"]");
    expect_created(&t, 6, "\"aliases\",\"--enter\",\"" DISK "\"]");
    expect_created(&t, 8, "\"insert\",\"sd_mod\"]");
    ud_attached_done(&attached);
    trial_done(&t);
}

/* Nothing is asked twice, nor inserted that is there. */
static void what_stays_without_a_driver_is_told(void **state)
{
    struct trial t;
    struct ud_attached attached = {0};
    (void)state;
    trial_init(&t);
    answer_device(&t, "usb-storage", DISK);
    answer_aliases(&t, "sd_mod", UD_MODULE_IS_LOADED);
    attach(&t, &attached);
    assert_int_equal(attached.loaded.len, 0);
    assert_int_equal(attached.missing.len, 0);
    assert_int_equal(attached.children.len, 1);
    assert_string_equal(attached.children.items[0], DISK);
    ud_attached_done(&attached);
    trial_done(&t);
}

/* A VM in which each driver finds more, and an alias is never satisfied. */
static void rounds_have_an_end(void **state)
{
    struct trial t;
    struct ud_attached attached = {0};
    (void)state;
    trial_init(&t);
    answer_device(&t, "usb-storage", "scsi:t-0x00");
    for (int i = 1; i <= 4; i++) {
        char child[16];
        (void)snprintf(child, sizeof child, "scsi:t-0x%02x", (unsigned)i);
        answer_aliases(&t, "sd_mod", UD_MODULE_IS_ABSENT);
        if (i == 1) {
            answer_probe(&t);
        }
        answer_insert(&t, "sd_mod", UD_VERDICT_INSERTED);
        answer_device(&t, "usb-storage", child);
    }
    attach(&t, &attached);
    assert_int_equal(attached.loaded.len, 4);
    assert_string_equal(attached.children.items[0], "scsi:t-0x04");
    ud_attached_done(&attached);
    trial_done(&t);
}

static void one_that_is_refused_does_not_keep_out_another(void **state)
{
    struct trial t;
    struct ud_attached attached = {0};
    (void)state;
    trial_init(&t);
    answer_device(&t, "", NULL);
    struct ud_buf *answer = begin(&t);
    put_module(answer, "uas", UD_MODULE_IS_ABSENT);
    put_module(answer, "usb-storage", UD_MODULE_IS_ABSENT);
    answer_end(answer, UD_OK, "");
    answer_probe(&t);
    answer = begin(&t);
    answer_file(answer, "/lib/modules/6.1.0/kernel/uas.ko", "one", 3);
    answer_file(answer, "/lib/modules/6.1.0/kernel/usb-storage.ko", "two", 3);
    answer_end(answer, UD_OK, "");
    answer = begin(&t);
    ud_record_add_result(answer, "uas", UD_VERDICT_FAILED, 8, "");
    answer_end(answer, UD_ERR_REFUSED, "refused");
    answer_insert(&t, "uas", UD_VERDICT_FAILED);
    answer_insert(&t, "usb-storage", UD_VERDICT_INSERTED);
    answer_device(&t, "usb-storage", NULL);
    attach(&t, &attached);
    assert_int_equal(attached.loaded.len, 1);
    assert_string_equal(attached.loaded.items[0], "usb-storage");
    assert_non_null(strstr(t.f.warnings, "the driver uas is not inserted: the kernel refused"));
    assert_int_equal(attached.missing.len, 0);
    ud_attached_done(&attached);
    trial_done(&t);
}

/* What the artifacts have is asked for and checked as load does; that they do not fit is no
 * failure of attach. */
static void artifacts_that_do_not_fit_leave_the_device_attached(void **state)
{
    struct trial t;
    struct ud_attached attached = {0};
    (void)state;
    trial_init(&t);
    put_artifacts(&t, "6.1.0");
    answer_device(&t, "", NULL);
    answer_aliases(&t, NULL, NULL);
    answer_probe(&t);
    attach(&t, &attached);
    assert_int_equal(attached.loaded.len, 0);
    assert_int_equal(attached.missing.len, 1);
    expect_created(&t, 1, "\"" STICK "\",\"--\",\"usb-storage\"]");
    assert_non_null(strstr(t.f.warnings, "the driver usb-storage is not inserted: "));
    ud_attached_done(&attached);
    trial_done(&t);
}

static void artifacts_of_another_kernel_do_not_count(void **state)
{
    struct trial t;
    struct ud_attached attached = {0};
    (void)state;
    trial_init(&t);
    put_artifacts(&t, "6.2.0");
    answer_device(&t, "", NULL);
    answer_aliases(&t, NULL, NULL);
    attach(&t, &attached);
    assert_int_equal(attached.missing.len, 1);
    expect_created(&t, 1, "\"" STICK "\"]");
    ud_attached_done(&attached);
    trial_done(&t);
}

static void the_vms_own_file_goes_before_artifacts(void **state)
{
    struct trial t;
    struct ud_attached attached = {0};
    (void)state;
    trial_init(&t);
    put_artifacts(&t, "6.1.0");
    answer_device(&t, "", NULL);
    answer_aliases(&t, "uas", UD_MODULE_IS_ABSENT);
    answer_probe(&t);
    answer_insert(&t, "uas", UD_VERDICT_INSERTED);
    answer_device(&t, "uas", NULL);
    attach(&t, &attached);
    assert_int_equal(attached.loaded.len, 1);
    assert_int_equal(attached.missing.len, 0);
    ud_attached_done(&attached);
    trial_done(&t);
}

/* The helper is told which module that is; it knows whether that one is loaded. */
static void artifacts_of_mended_sources_need_no_guard(void **state)
{
    static const struct {
        const char *release;
        bool told;
    } artifacts[] = {{"6.1.0", true}, {"6.1.1", false}};
    (void)state;
    for (size_t i = 0; i < COUNT(artifacts); i++) {
        struct trial t;
        struct ud_attached attached = {0};
        trial_init(&t);
        put_artifacts_with(&t, artifacts[i].release, "00ff12");
        answer_device(&t, "usb-storage", NULL);
        attach(&t, &attached);
        expect_created(&t, 0,
                       artifacts[i].told ? "\"--guard-unfixed\",\"--fixed\",\"00ff12\",\"1-1\""
                                         : "\"--guard-unfixed\",\"1-1\"");
        ud_attached_done(&attached);
        trial_done(&t);
    }
}

/* ---- the use case drivers ---- */

static void drivers_tell_where_each_module_is(void **state)
{
    struct trial t;
    struct ud_drivers_told told = {0};
    struct ud_strv devices = {0};
    (void)state;
    trial_init(&t);
    put_artifacts(&t, "6.1.0");
    answer_look(&t);
    struct ud_buf *answer = begin(&t);
    put_module(answer, "uas", UD_MODULE_IS_ABSENT);
    put_module(answer, "some_core", UD_MODULE_IS_BUILTIN);
    ud_record_add_fact(answer, UD_FACT_MODULE_PREFIX "usb-storage", UD_MODULE_IS_ABSENT);
    answer_end(answer, UD_OK, "");
    ud_strv_add(&devices, "46f4:0001:080650");
    ud_strv_add(&devices, "1234:abcd");
    rules_fill(&t);
    const struct ud_app app = {.report = &t.f.report};
    const struct ud_drivers_options options = {
        .vm.host = scripted_engine_endpoint(t.f.script), .input = t.dir, .devices = devices};
    if (ud_app_drivers(&app, &options, &told, &t.err) != UD_OK) {
        fail_msg("%s", t.err.message);
    }
    assert_int_equal(told.count, 2);
    const struct ud_driver_wanted *wanted = &told.devices[0].wanted[0];
    assert_string_equal(wanted->modalias, STICK);
    assert_false(wanted->is_open);
    assert_int_equal(wanted->found.count, 3);
    assert_int_equal(wanted->found.items[0].place, UD_DRIVER_IN_VM);
    assert_int_equal(wanted->found.items[1].place, UD_DRIVER_BUILTIN);
    assert_string_equal(wanted->found.items[2].module, "usb-storage");
    assert_int_equal(wanted->found.items[2].place, UD_DRIVER_IN_DIST);
    assert_int_equal(ud_found_drivers_place(&wanted->found), UD_DRIVER_BUILTIN);
    assert_true(told.devices[1].wanted[0].is_open);
    assert_int_equal(told.devices[1].wanted[0].found.count, 0);
    ud_drivers_told_done(&told);
    ud_strv_done(&devices);
    trial_done(&t);
}

static void what_is_no_device_is_not_asked_for(void **state)
{
    struct trial t;
    struct ud_drivers_told told = {0};
    struct ud_strv devices = {0};
    (void)state;
    trial_init(&t);
    ud_strv_add(&devices, "ftdi_sio");
    rules_fill(&t);
    const struct ud_app app = {.report = &t.f.report};
    const struct ud_drivers_options options = {.vm.host = scripted_engine_endpoint(t.f.script),
                                               .devices = devices};
    assert_int_equal(ud_app_drivers(&app, &options, &told, &t.err), UD_ERR_USAGE);
    ud_strv_done(&devices);
    trial_done(&t);
}

static void each_modalias_has_an_option_of_build(void **state)
{
    static const char *const rows[][2] = {
        {"usb:v0403p6001d0400dc00dsc00dp00icFFiscFFipFFin00", "--for 0403:6001"},
        {"usb:v0403p6001d0000dc00dsc00dp00ic00isc00ip00in00", "--for 0403:6001"},
        {STICK, "--for 46f4:0001:080650"},
        {DISK, "--with storage"},
        {"hid:b0003g0001v00000627p00000001", "--with hid"},
        {"input:b0003v0627p0001e0001-e0,1,k71,ram4", "--with hid"},
        {"mdio:0000", NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char *option = ud_driver_build_option(rows[i][0]);
        if (rows[i][1] == NULL) {
            assert_null(option);
        } else {
            assert_string_equal(option, rows[i][1]);
        }
        free(option);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_driver_finds_gets_its_own),
        cmocka_unit_test(what_stays_without_a_driver_is_told),
        cmocka_unit_test(rounds_have_an_end),
        cmocka_unit_test(one_that_is_refused_does_not_keep_out_another),
        cmocka_unit_test(artifacts_that_do_not_fit_leave_the_device_attached),
        cmocka_unit_test(artifacts_of_another_kernel_do_not_count),
        cmocka_unit_test(the_vms_own_file_goes_before_artifacts),
        cmocka_unit_test(artifacts_of_mended_sources_need_no_guard),
        cmocka_unit_test(drivers_tell_where_each_module_is),
        cmocka_unit_test(what_is_no_device_is_not_asked_for),
        cmocka_unit_test(each_modalias_has_an_option_of_build),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
