#include "kernel/drivers/drivers.h"

#include <stdlib.h>

#include "check.h"
#include "drivers/image.h"
#include "drivers/tree.h"
#include "util/mem.h"

/* A kernel of a few files, in the style of the real one. */
static const struct {
    const char *path, *text;
} tree[] = {
    {"Kconfig", "source \"drivers/Kconfig\"\n"},
    {"drivers/Kconfig",
     "config USB_SUPPORT\n\tbool \"USB\"\n"
     "config TTY\n\tbool \"Terminals\"\n"
     "config LEDS\n\tbool \"Lights\"\n"
     "config BUFFER\n\tbool\n"
     "config LIBCRC\n\ttristate\n"
     "if USB_SUPPORT\n"
     "config USB\n\ttristate \"USB host\"\n"
     "source \"drivers/usb/serial/Kconfig\"\n"
     "endif\n"
     "config SOUND\n\ttristate \"Sound\"\n"
     "config SND_USB\n\tbool \"USB sound\"\n\tdepends on SOUND && USB\n"
     "config SND_TIMES\n\tint \"Times\"\n\tdepends on SOUND\n"
     "config SND_USB_AUDIO\n\ttristate \"x\"\n\tdepends on SND_USB\n"
     "config VIDEO\n\ttristate \"Video\"\n\tdepends on USB\n\tselect BUFFER\n"
     "config PHY\n\ttristate \"x\"\nconfig HV\n\ttristate \"x\"\n"
     "config BUS\n\ttristate \"x\"\nconfig MORE\n\ttristate \"x\"\n\tdepends on BUS\n"
     "config SCSI\n\ttristate \"SCSI\"\n"
     "config SCSI_LOG\n\tbool \"x\"\n\tdepends on SCSI\n"
     "config SCSI_PARTS\n\tbool \"x\"\n\tdepends on SCSI\n"},
    {"drivers/usb/serial/Kconfig",
     "menuconfig USB_SERIAL\n\ttristate \"Serial\"\n\tdepends on USB && TTY\n"
     "if USB_SERIAL\n"
     "config USB_SERIAL_CONSOLE\n\tbool \"Console\"\n\tdepends on USB_SERIAL=y\n"
     "config USB_SERIAL_FAST\n\tbool \"Fast\"\n"
     "config USB_SERIAL_LIT\n\tbool \"Lit\"\n"
     "config USB_SERIAL_ONE\n\ttristate \"One\"\n\tselect LIBCRC\n"
     "config USB_SERIAL_TWO\n\ttristate \"Two\"\n\tdepends on LEDS\n"
     "endif\n"},
    {"drivers/Makefile", "obj-$(CONFIG_USB_SUPPORT) += usb/\nobj-$(CONFIG_BUFFER) += buffer/\n"
                         "obj-$(CONFIG_LEDS) += leds.o\nobj-y += scsi/ other/ phy/\n"},
    {"drivers/phy/Makefile", "ifdef CONFIG_PHY\nobj-y += stubs.o\nelse\n"
                             "obj-$(CONFIG_BUS) += bus.o\nendif\nobj-$(CONFIG_PHY) += phy.o\n"
                             "obj-$(subst m,y,$(CONFIG_HV)) += hv.o\n"
                             "obj-$(CONFIG_MORE) += more.o\n"},
    {"drivers/buffer/Makefile", "obj-y := buffer.o\n"},
    {"drivers/scsi/Makefile", "obj-$(CONFIG_SCSI) += scsi_mod.o\nscsi_mod-y := scsi.o\n"
                              "scsi_mod-$(CONFIG_SCSI_PARTS) += parts.o\n"},
    {"drivers/other/Makefile",
     "ifdef CONFIG_NONE\nobj-$(CONFIG_LIBCRC) += crc_for_other.o\nendif\n"},
    {"drivers/usb/Makefile", "obj-$(CONFIG_USB) += core/ serial/\n"},
    {"drivers/usb/core/Makefile", "obj-$(CONFIG_USB) += usbcore.o\nusbcore-y := usb.o\n"},
    {"drivers/usb/serial/Makefile",
     "obj-$(CONFIG_USB_SERIAL) += usbserial.o\nusbserial-y := core.o\n"
     "usbserial-$(CONFIG_USB_SERIAL_FAST) += fast.o\n"
     "obj-$(CONFIG_USB_SERIAL_ONE) += one-serial.o\nobj-$(CONFIG_USB_SERIAL_TWO) += two.o\n"
     "ccflags-y += -I $(srctree)/drivers/scsi\nusbserial-y += parts/more.o\n"},
    {"drivers/Makefile.other", "obj-m += never.o\n"},
    {"lib/Kbuild", "obj-$(CONFIG_LIBCRC) += libcrc.o\n"},
    {"sound/Makefile", "obj-$(CONFIG_SOUND) += soundcore.o usb/\n"},
    {"sound/usb/Makefile", "obj-$(CONFIG_SND_USB_AUDIO) += snd-usb-audio.o\n"
                           "snd-usb-audio-objs := card.o\n"},
    {"drivers/video/Makefile", "obj-$(CONFIG_VIDEO) += video.o\n"},
    {"drivers/usb/serial/one-serial.c",
     "#include \"../host/host.h\"\n#include \"near.h\"\n"
     "#define VID 0x1111\nstatic const struct usb_device_id ids[] = {\n"
     "\t{ .idVendor = VID, .idProduct = 0x2222 }, { }\n};\nMODULE_DEVICE_TABLE(usb, ids);\n"},
    {"drivers/usb/serial/two.c",
     "struct usb_device_id ids[] = { { .idVendor = 0x1111, .idProduct = 0x3333 } };\n"
     "MODULE_DEVICE_TABLE(usb, ids);\n"},
    {"sound/usb/card.c",
     "struct usb_device_id ids[] = { { .bInterfaceClass = 1, .bInterfaceSubClass = 1 } };\n"
     "MODULE_DEVICE_TABLE(usb, ids);\n"},
    {"drivers/usb/host/host.c", "#include \"../../lib/deep.h\"\n"},
    {"drivers/scsi/scsi.c", "#ifdef CONFIG_SCSI_LOG\nint log;\n#endif\nint x = MY_CONFIG_TTY;\n"},
    {"include/linux/serial.h", "#if IS_ENABLED(CONFIG_USB_SERIAL_LIT)\n#endif\n"},
    {"include/linux/scsi.h", "#ifdef CONFIG_SCSI_LOG_MODULE\n#endif\n"},
};

static struct ud_drivers *read_tree(void)
{
    struct ud_error err = {0};
    struct ud_drivers *drivers = ud_drivers_new("x86", true);
    for (size_t i = 0; i < COUNT(tree); i++) {
        if (ud_drivers_wants(drivers, tree[i].path)) {
            ud_drivers_add(drivers, tree[i].path, tree[i].text, strlen(tree[i].text));
        }
    }
    assert_ok(ud_drivers_read(drivers, &err));
    return drivers;
}

static const char without_usb[] = "CONFIG_TTY=y\nCONFIG_SCSI=m\n";
static const char with_usb[] = "CONFIG_TTY=y\nCONFIG_SCSI=m\nCONFIG_USB_SUPPORT=y\nCONFIG_USB=y\n";

struct chosen {
    struct ud_drivers *drivers;
    struct ud_config running;
    struct ud_driver_choice choice;
    struct ud_error err;
    enum ud_code code;
    char *text; /* "[*]dir/name(OPTION)", * if wanted, sorted */
};

static void choose(const char *running, const char *names, const char *device, struct chosen *ret)
{
    struct ud_driver_wish wish = {0};
    struct ud_strv list = {0};
    *ret = (struct chosen){.drivers = read_tree()};
    assert_ok(ud_config_parse(running, strlen(running), &ret->running, NULL));
    if (names != NULL) {
        assert_ok(ud_driver_wish_add(&wish, names, NULL));
    }
    if (device != NULL) {
        assert_ok(ud_driver_wish_add_device(&wish, device, NULL));
    }
    assert_false(ud_driver_wish_is_empty(&wish));
    ret->code =
        ud_drivers_choose(ret->drivers, &wish, &ret->running, NULL, &ret->choice, &ret->err);
    for (size_t i = 0; i < ret->choice.len; i++) {
        const struct ud_driver *driver = &ret->choice.items[i];
        ud_strv_addf(&list, "%s%s/%s(%s)", driver->wanted ? "*" : "", driver->dir, driver->name,
                     driver->option);
    }
    ret->text = ud_strv_join(&list, " ");
    ud_strv_done(&list);
    ud_driver_wish_done(&wish);
}

static void chosen_done(struct chosen *chosen)
{
    free(chosen->text);
    ud_driver_choice_done(&chosen->choice);
    ud_config_done(&chosen->running);
    ud_drivers_free(chosen->drivers);
}

static void assert_chosen(const char *running, const char *names, const char *device,
                          const char *expected)
{
    struct chosen chosen;
    choose(running, names, device, &chosen);
    if (chosen.code != UD_OK) {
        fail_msg("%s", chosen.err.message);
    }
    assert_string_equal(chosen.text, expected);
    chosen_done(&chosen);
}

static void a_name_brings_what_it_builds_upon(void **state)
{
    (void)state;
    assert_chosen(with_usb, "one_serial", NULL,
                  "*drivers/usb/serial/one-serial(USB_SERIAL_ONE) "
                  "drivers/usb/serial/usbserial(USB_SERIAL) lib/libcrc(LIBCRC)");
    assert_chosen(without_usb, "one-serial", NULL,
                  "drivers/usb/core/usbcore(USB) *drivers/usb/serial/one-serial(USB_SERIAL_ONE) "
                  "drivers/usb/serial/usbserial(USB_SERIAL) lib/libcrc(LIBCRC)");
    assert_chosen(with_usb, "snd-usb-audio,scsi_mod", NULL,
                  "*drivers/scsi/scsi_mod(SCSI) sound/soundcore(SOUND) "
                  "*sound/usb/snd-usb-audio(SND_USB_AUDIO)");
}

static void directories_with_a_kbuild_are_told(void **state)
{
    struct chosen chosen;
    (void)state;
    choose(with_usb, "one_serial", NULL, &chosen);
    assert_ok(chosen.code);
    assert_int_equal(chosen.choice.len, 3);
    assert_false(chosen.choice.items[0].kbuild);
    assert_true(chosen.choice.items[2].kbuild); /* lib */
    chosen_done(&chosen);
}

static void a_group_leaves_out_what_cannot_be_had(void **state)
{
    struct chosen chosen;
    (void)state;
    choose(with_usb, "serial", NULL, &chosen);
    assert_ok(chosen.code);
    assert_string_equal(chosen.text, "*drivers/usb/serial/one-serial(USB_SERIAL_ONE) "
                                     "*drivers/usb/serial/usbserial(USB_SERIAL) "
                                     "lib/libcrc(LIBCRC)");
    assert_int_equal(chosen.choice.left_out.len, 2);
    assert_has(chosen.choice.left_out.items[0], "cdc_acm");
    assert_has(chosen.choice.left_out.items[1], "CONFIG_USB_SERIAL_TWO needs CONFIG_LEDS");
    chosen_done(&chosen);
    choose(with_usb, "video", NULL, &chosen);
    assert_int_equal(chosen.code, UD_ERR_USAGE);
    assert_has(chosen.err.message, "of video none can be had");
    chosen_done(&chosen);
}

static void a_device_finds_its_drivers(void **state)
{
    struct chosen chosen;
    (void)state;
    assert_chosen(with_usb, NULL, "1111:2222",
                  "*drivers/usb/serial/one-serial(USB_SERIAL_ONE) "
                  "drivers/usb/serial/usbserial(USB_SERIAL) lib/libcrc(LIBCRC)");
    assert_chosen(with_usb, NULL, "9999:0001:010100",
                  "sound/soundcore(SOUND) *sound/usb/snd-usb-audio(SND_USB_AUDIO)");
    choose(with_usb, NULL, "9999:0001", &chosen);
    assert_int_equal(chosen.code, UD_ERR_USAGE);
    assert_has(chosen.err.message, "no driver of these sources names the device 9999:0001");
    chosen_done(&chosen);
    choose(with_usb, NULL, "1111:3333", &chosen);
    assert_int_equal(chosen.code, UD_ERR_CONFIG);
    assert_has(chosen.err.message, "for the device 1111:3333: two: ");
    assert_has(chosen.err.message, "drivers/leds.o would be part of that kernel's image");
    chosen_done(&chosen);
}

static void devices_may_lack_a_driver(void **state)
{
    struct ud_driver_wish wish = {.devices_may_lack = true};
    struct ud_config running;
    struct ud_driver_choice choice = {0};
    struct ud_drivers *drivers = read_tree();
    (void)state;
    assert_ok(ud_config_parse(with_usb, strlen(with_usb), &running, NULL));
    assert_ok(ud_driver_wish_add_device(&wish, "9999:0001", NULL));
    assert_ok(ud_driver_wish_add_device(&wish, "1111:3333", NULL));
    assert_ok(ud_drivers_choose(drivers, &wish, &running, NULL, &choice, NULL));
    assert_int_equal(choice.len, 0);
    assert_int_equal(choice.edits.len, 0);
    assert_int_equal(choice.unserved.len, 2);
    assert_has(choice.unserved.items[0], "names the device 9999:0001");
    assert_has(choice.unserved.items[1], "for the device 1111:3333: two: ");
    ud_driver_choice_done(&choice);
    assert_ok(ud_driver_wish_add_device(&wish, "1111:2222", NULL));
    assert_ok(ud_drivers_choose(drivers, &wish, &running, NULL, &choice, NULL));
    assert_int_equal(choice.len, 3);
    assert_int_equal(choice.unserved.len, 2);
    ud_driver_choice_done(&choice);
    ud_driver_wish_done(&wish);
    ud_config_done(&running);
    ud_drivers_free(drivers);
}

static void names_that_are_none_are_refused(void **state)
{
    struct chosen chosen;
    struct ud_driver_wish wish = {0};
    struct ud_error err = {0};
    (void)state;
    choose(with_usb, "serial_", NULL, &chosen);
    assert_int_equal(chosen.code, UD_ERR_USAGE);
    assert_has(chosen.err.message, "no module of these sources is named serial_");
    chosen_done(&chosen);
    choose(with_usb, "usbser", NULL, &chosen);
    assert_has(chosen.err.message, "names like it: usbserial");
    chosen_done(&chosen);
    choose(with_usb, "video", NULL, &chosen);
    chosen_done(&chosen);
    assert_int_equal(ud_driver_wish_add(&wish, "a,,b", &err), UD_ERR_USAGE);
    assert_int_equal(ud_driver_wish_add(&wish, "", &err), UD_ERR_USAGE);
    assert_int_equal(ud_driver_wish_add(&wish, "../x", &err), UD_ERR_USAGE);
    assert_int_equal(ud_driver_wish_add_device(&wish, "nothing", &err), UD_ERR_USAGE);
    ud_driver_wish_done(&wish);
}

static bool changes(const char *running, const char *option, bool module, char **ret_why)
{
    struct ud_drivers *drivers = read_tree();
    struct ud_config config;
    assert_ok(ud_config_parse(running, strlen(running), &config, NULL));
    const struct ud_kernel_image image = {&drivers->options, &drivers->makefiles,
                                          &drivers->mentions, &config};
    bool result = ud_image_is_changed(&image, option, module, ret_why);
    ud_config_done(&config);
    ud_drivers_free(drivers);
    return result;
}

static void assert_changes(const char *running, const char *option, const char *part)
{
    char *why = NULL;
    assert_true(changes(running, option, false, &why));
    assert_has(why, part);
    free(why);
}

static void assert_harmless(const char *running, const char *option)
{
    char *why = NULL;
    if (changes(running, option, false, &why)) {
        fail_msg("%s: %s", option, why);
    }
}

static void options_of_the_image_are_told_from_those_of_modules(void **state)
{
    static const char serial[] = "CONFIG_USB_SUPPORT=y\nCONFIG_USB=y\nCONFIG_USB_SERIAL=m\n";
    (void)state;
    assert_changes(with_usb, "LEDS", "drivers/leds.o would be part of that kernel's image");
    assert_changes(with_usb, "BUFFER", "drivers/buffer/buffer.o would be part of");
    assert_harmless(with_usb, "SND_USB");
    assert_harmless(with_usb, "USB_SERIAL_FAST"); /* part of a module that is new */
    assert_changes(serial, "USB_SERIAL_FAST", "part of usbserial.o, which that kernel has");
    assert_harmless(with_usb, "USB_SERIAL_LIT"); /* a header that only new code heeds */
    assert_changes(serial, "USB_SERIAL_LIT", "include/linux/serial.h asks for it");
    assert_changes(with_usb, "SCSI_LOG", "drivers/scsi/scsi.c, which that kernel was compiled");
    assert_changes(with_usb, "SCSI_PARTS", "drivers/scsi/parts.o would be part of scsi_mod.o");
    assert_harmless("CONFIG_TTY=y\n", "SCSI_LOG");
}

static void modules_can_bring_what_is_built_in(void **state)
{
    char *why = NULL;
    (void)state;
    assert_true(changes(with_usb, "PHY", true, &why));
    assert_string_equal(why, "drivers/phy/stubs.o would be part of that kernel's image");
    free(why);
    assert_true(changes(with_usb, "HV", true, &why));
    assert_string_equal(why, "drivers/phy/hv.o would be part of that kernel's image");
    free(why);
    assert_false(changes(with_usb, "USB_SERIAL", true, &why));
    assert_chosen(with_usb, "bus", NULL, "*drivers/phy/bus(BUS)");
    assert_chosen("CONFIG_PHY=y\nCONFIG_BUS=m\n", "more", NULL, "*drivers/phy/more(MORE)");
}

static void harmless_options_are_listed(void **state)
{
    struct chosen chosen;
    (void)state;
    choose(with_usb, "snd-usb-audio", NULL, &chosen);
    assert_ok(chosen.code);
    char *text = ud_strv_join(&chosen.choice.harmless, " ");
    assert_string_equal(text,
                        "SND_TIMES SND_USB USB_SERIAL_CONSOLE USB_SERIAL_FAST USB_SERIAL_LIT");
    free(text);
    chosen_done(&chosen);
}

static void directories_follow_includes(void **state)
{
    struct ud_drivers *drivers = read_tree();
    struct ud_strv dirs = {0};
    (void)state;
    ud_drivers_dirs(drivers, "drivers/usb/serial", &dirs);
    ud_drivers_dirs(drivers, "drivers/usb/serial", &dirs);
    ud_strv_sort_unique(&dirs);
    char *text = ud_strv_join(&dirs, " ");
    assert_string_equal(text, "drivers/lib drivers/scsi drivers/usb/host drivers/usb/serial "
                              "drivers/usb/serial/parts");
    free(text);
    ud_strv_done(&dirs);
    ud_drivers_free(drivers);
}

static void only_sources_of_this_architecture_are_wanted(void **state)
{
    struct ud_drivers *drivers = ud_drivers_new("x86", false);
    (void)state;
    assert_true(ud_drivers_wants(drivers, "arch/x86/kernel/a.c"));
    assert_true(ud_drivers_wants(drivers, "drivers/usb/Makefile"));
    assert_true(ud_drivers_wants(drivers, "arch/arm/Kconfig.debug"));
    assert_false(ud_drivers_wants(drivers, "arch/arm/kernel/a.c"));
    assert_false(ud_drivers_wants(drivers, "arch/x86_other/a.c"));
    assert_false(ud_drivers_wants(drivers, "Documentation/x.c"));
    assert_false(ud_drivers_wants(drivers, "drivers/usb/README"));
    ud_drivers_free(drivers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_brings_what_it_builds_upon),
        cmocka_unit_test(directories_with_a_kbuild_are_told),
        cmocka_unit_test(a_group_leaves_out_what_cannot_be_had),
        cmocka_unit_test(a_device_finds_its_drivers),
        cmocka_unit_test(devices_may_lack_a_driver),
        cmocka_unit_test(names_that_are_none_are_refused),
        cmocka_unit_test(options_of_the_image_are_told_from_those_of_modules),
        cmocka_unit_test(modules_can_bring_what_is_built_in),
        cmocka_unit_test(harmless_options_are_listed),
        cmocka_unit_test(directories_follow_includes),
        cmocka_unit_test(only_sources_of_this_architecture_are_wanted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
