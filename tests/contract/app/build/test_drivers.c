/* Drivers that are wanted: found in the sources, planned, and sent with what they need. */
#include <stdlib.h>
#include <string.h>

#include "engine_fixture.h"

#include "build/steps.h"
#include "platform/fs.h"
#include "util/mem.h"
#include "util/str.h"

#define COUNT(rules) (sizeof(rules) / sizeof(rules)[0])

static const char top[] = "test-drivers-tree";

static const struct {
    const char *path, *text;
} tree[] = {
    {"Kconfig", "source \"drivers/Kconfig\"\n"},
    {"Makefile", "VERSION = 6\n"},
    {"drivers/Kconfig", "config USB\n\ttristate \"USB\"\nconfig HID\n\ttristate \"HID\"\n"
                        "config USB_ONE\n\ttristate \"One\"\n\tdepends on USB && HID\n"
                        "config USB_ONE_MORE\n\tbool \"More\"\n\tdepends on USB_ONE\n"
                        "config LIGHT\n\tbool \"x\"\n"
                        "config USB_DARK\n\ttristate \"x\"\n\tdepends on LIGHT\n"},
    {"drivers/Makefile", "obj-$(CONFIG_LIGHT) += light.o\nobj-y += usb/ hid/\n"},
    {"drivers/usb/Makefile", "obj-y += serial/\n"},
    {"drivers/usb/serial/Makefile", "obj-$(CONFIG_USB_ONE) += one.o\n"
                                    "obj-$(CONFIG_USB_DARK) += dark.o\n"},
    {"drivers/usb/serial/one.c", "#include \"../../shared/one.h\"\n"
                                 "struct usb_device_id t[] = { { .idVendor = 0x1111, .idProduct = "
                                 "0x2222 } };\nMODULE_DEVICE_TABLE(usb, t);\n"},
    {"drivers/shared/one.h", "#define SHARED 1\n"},
    {"drivers/hid/Makefile", "obj-$(CONFIG_HID) += hid.o\n"},
    {"drivers/hid/hid.c", "int hid;\n"},
    {"drivers/other/other.c", "int other;\n"},
    {"include/scsi/scsi.h", "#define SCSI 1\n"},
};

struct fixture {
    struct engine_fixture engine;
    struct ud_app app;
    struct ud_build_options options;
    struct ud_build_result result;
    struct ud_build build;
};

static void write_tree(void)
{
    for (size_t i = 0; i < COUNT(tree); i++) {
        char *path = ud_fs_join(top, tree[i].path);
        char *dir = ud_strndup(path, strlen(path) - strlen(strrchr(tree[i].path, '/') != NULL
                                                               ? strrchr(tree[i].path, '/')
                                                               : tree[i].path));
        assert_int_equal(ud_fs_mkdirs(dir, NULL), UD_OK);
        assert_int_equal(ud_fs_write_atomic(path, tree[i].text, strlen(tree[i].text), NULL), UD_OK);
        free(dir);
        free(path);
    }
}

static void set_up(struct fixture *f, const char *with, const char *device, const char *config)
{
    static const struct script_rule rules[] = {
        PONG,
        {.method = "POST", .path = "/containers/create", .status = 201, .body = "{\"Id\":\"c\"}"},
        {.method = "PUT", .path = "/archive", .body = "", .forever = true},
        {.method = "DELETE", .path = "/containers/", .status = 204, .body = "", .forever = true},
    };
    struct ud_plan_options options = {.drivers = true};
    *f = (struct fixture){0};
    write_tree();
    engine_fixture_init(&f->engine, rules, COUNT(rules), true);
    f->app.report = &f->engine.report;
    f->build = (struct ud_build){
        .app = &f->app, .options = &f->options, .result = &f->result, .vm = {f->engine.engine}};
    f->build.builder_image.image = (char *)"builder:1";
    f->build.builder_image.goarch = (char *)"amd64";
    f->build.sources.path = (char *)top;
    f->result.facts.machine = (char *)"x86_64";
    f->result.facts.modules_supported = true;
    f->result.facts.has_config = true;
    assert_int_equal(ud_config_parse(config, strlen(config), &f->result.facts.config, NULL), UD_OK);
    if (with != NULL) {
        ud_strv_add(&f->options.with, with);
    }
    if (device != NULL) {
        ud_strv_add(&f->options.devices, device);
    }
    assert_int_equal(ud_plan_make(&f->result.facts, &options, &f->result.plan, NULL), UD_OK);
    assert_int_equal(ud_build_read_wish(&f->build, NULL), UD_OK);
}

static void tear_down(struct fixture *f)
{
    ud_build_container_close(&f->build.container);
    ud_strv_done(&f->build.usb_symbols);
    ud_strv_done(&f->build.driver_dirs);
    ud_drivers_free(f->build.drivers);
    ud_driver_wish_done(&f->build.wanted);
    ud_config_edits_done(&f->build.edits);
    ud_strv_done(&f->options.with);
    ud_strv_done(&f->options.devices);
    ud_plan_done(&f->result.plan);
    ud_config_done(&f->result.facts.config);
    free(f->result.wanted);
    engine_fixture_done(&f->engine);
    assert_int_equal(ud_fs_remove_tree(top, NULL), UD_OK);
}

#define HAS_USBIP                                                                                  \
    "CONFIG_MODULES=y\nCONFIG_USB=y\nCONFIG_USB_COMMON=y\nCONFIG_USBIP_CORE=y\n"                   \
    "CONFIG_USBIP_VHCI_HCD=y\nCONFIG_GENERIC_ALLOCATOR=y\nCONFIG_NLS=y\n"

static void find(struct fixture *f)
{
    struct ud_error err = {0};
    if (ud_build_find_drivers(&f->build, &err) != UD_OK) {
        fail_msg("%s", err.message);
    }
}

static bool has_part(const struct script_request *request, const char *part)
{
    const size_t n = strlen(part);
    for (size_t i = 0; i + n <= request->body_len; i++) {
        if (memcmp(request->body + i, part, n) == 0) {
            return true;
        }
    }
    return false;
}

/* The last one: the first makes the directory that it goes to. */
static const struct script_request *sent_tar(struct fixture *f)
{
    for (size_t i = scripted_engine_count(f->engine.script); i > 0; i--) {
        const struct script_request *request = scripted_engine_request(f->engine.script, i - 1);
        if (strcmp(request->method, "PUT") == 0) {
            return request;
        }
    }
    fail_msg("nothing was sent");
    return NULL;
}

static void a_driver_is_planned_and_sent_with_what_it_needs(void **state)
{
    struct fixture f;
    struct ud_error err = {0};
    (void)state;
    set_up(&f, "one", NULL, HAS_USBIP);
    find(&f);
    assert_string_equal(f.result.wanted, "one");
    assert_false(f.result.nothing_to_do);
    assert_string_equal(ud_config_edits_get(&f.build.edits, "USB_ONE"), "m");
    assert_string_equal(ud_config_edits_get(&f.build.edits, "HID"), "m");
    assert_int_equal(f.build.edits.len, 2);
    assert_true(ud_strv_has(&f.build.usb_symbols, "USB_ONE_MORE")); /* only new code asks for it */
    assert_int_equal(f.result.plan.driver_count, 2);
    assert_string_equal(f.result.plan.drivers[0].name, "hid");
    assert_false(f.result.plan.drivers[0].wanted);
    assert_string_equal(f.result.plan.drivers[1].name, "one");
    assert_int_equal(f.result.plan.drivers[1].item.origin, UD_ORIGIN_BUILD);
    assert_int_equal(ud_build_open_shop(&f.build, &err), UD_OK);
    assert_int_equal(ud_build_send_sources(&f.build, &err), UD_OK);
    const struct script_request *tar = sent_tar(&f);
    assert_true(has_part(tar, "drivers/usb/serial/one.c"));
    assert_true(has_part(tar, "drivers/usb/serial/Makefile"));
    assert_true(has_part(tar, "drivers/shared/one.h"));
    assert_true(has_part(tar, "drivers/hid/hid.c"));
    assert_true(has_part(tar, "include/scsi/scsi.h"));
    assert_false(has_part(tar, "drivers/other/other.c"));
    tear_down(&f);
}

static void without_a_wish_nothing_is_read(void **state)
{
    struct fixture f;
    struct ud_error err = {0};
    (void)state;
    set_up(&f, NULL, NULL, HAS_USBIP);
    find(&f);
    assert_null(f.build.drivers);
    assert_null(f.result.wanted);
    assert_int_equal(f.result.plan.driver_count, 0);
    assert_int_equal(ud_build_open_shop(&f.build, &err), UD_OK);
    assert_int_equal(ud_build_send_sources(&f.build, &err), UD_OK);
    const struct script_request *tar = sent_tar(&f);
    assert_true(has_part(tar, "drivers/Kconfig"));
    assert_false(has_part(tar, "drivers/hid/hid.c"));
    assert_false(has_part(tar, "include/scsi/scsi.h"));
    tear_down(&f);
}

static void a_driver_that_the_kernel_has_leaves_nothing_to_do(void **state)
{
    struct fixture f;
    (void)state;
    set_up(&f, NULL, "1111:2222", HAS_USBIP "CONFIG_HID=y\nCONFIG_USB_ONE=y\n");
    find(&f);
    assert_true(f.result.nothing_to_do);
    assert_int_equal(f.build.edits.len, 0);
    assert_int_equal(f.result.plan.driver_count, 1);
    assert_int_equal(f.result.plan.drivers[0].item.origin, UD_ORIGIN_BUILTIN);
    tear_down(&f);
}

static void what_cannot_be_had_ends_the_build(void **state)
{
    struct fixture f;
    struct ud_error err = {0};
    (void)state;
    set_up(&f, "dark", NULL, HAS_USBIP);
    assert_int_equal(ud_build_find_drivers(&f.build, &err), UD_ERR_CONFIG);
    assert_non_null(strstr(err.message, "dark: "));
    assert_non_null(strstr(err.message, "CONFIG_USB_DARK needs CONFIG_LIGHT"));
    assert_non_null(strstr(err.message, "drivers/light.o would be part of that kernel's image"));
    tear_down(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_driver_is_planned_and_sent_with_what_it_needs),
        cmocka_unit_test(without_a_wish_nothing_is_read),
        cmocka_unit_test(a_driver_that_the_kernel_has_leaves_nothing_to_do),
        cmocka_unit_test(what_cannot_be_had_ends_the_build),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
