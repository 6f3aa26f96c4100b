#include "drivers/makefiles.h"

#include <stdlib.h>

#include "check.h"

static void add(struct ud_makefiles *makefiles, const char *path, const char *text)
{
    ud_makefiles_add(makefiles, path, text, strlen(text));
}

/* A small tree in the style of a kernel's. */
static void fill(struct ud_makefiles *makefiles)
{
    ud_makefiles_init(makefiles);
    add(makefiles, "drivers/Makefile",
        "# comment\nobj-$(CONFIG_USB_SUPPORT)\t+= usb/\nobj-y += media/\n"
        "obj-$(subst m,y,$(CONFIG_HV))\t+= hv/\n");
    add(makefiles, "drivers/usb/Makefile",
        "obj-$(CONFIG_USB_SERIAL) += serial/\nobj-$(CONFIG_USB_STORE)+= storage/\n"
        "obj-$(CONFIG_USB)\t\t+= storage/\n");
    add(makefiles, "drivers/usb/serial/Makefile",
        "obj-$(CONFIG_USB_SERIAL)\t+= usb_serial.o # the core\n"
        "usb_serial-y := core.o \\\n\tbus.o\n"
        "usb_serial-$(CONFIG_USB_SERIAL_CONSOLE) += console.o\n"
        "obj-$(CONFIG_USB_SERIAL_A) += a-one.o a-two.o $(others)\n"
        "a-one-objs := parts/x.o\n"
        "ccflags-y := -I$(srctree)/drivers/scsi -I $(src)/../host -I$(objtree)/$(src)\n"
        "ifeq ($(CONFIG_NEVER),y)\n  obj-$(CONFIG_USB_SERIAL_B) += b.o\nelse\n"
        "obj-$(CONFIG_USB_SERIAL_C) += c.o\nendif\n"
        "ifneq ($(CONFIG_SOME),)\nobj-m += always.o\nelse\nobj-m += without_some.o\nendif\n");
    add(makefiles, "lib/Kbuild", "lib-$(CONFIG_LIB) += l.o\r\nobj-y += core.o\r\n");
    ud_makefiles_sort(makefiles);
}

static void assert_module(const struct ud_makefiles *makefiles, const char *name, const char *dir,
                          const char *option)
{
    size_t at = 0;
    const struct ud_made *made = ud_makefiles_module(makefiles, name, &at);
    assert_non_null(made);
    assert_string_equal(ud_made_text(makefiles, made->dir), dir);
    assert_string_equal(ud_made_text(makefiles, made->option), option);
    assert_null(ud_makefiles_module(makefiles, name, &at));
}

static void modules_are_found_by_either_sign(void **state)
{
    struct ud_makefiles makefiles;
    size_t at = 0;
    (void)state;
    fill(&makefiles);
    assert_module(&makefiles, "usb_serial", "drivers/usb/serial", "USB_SERIAL");
    assert_module(&makefiles, "usb-serial", "drivers/usb/serial", "USB_SERIAL");
    assert_module(&makefiles, "a_two", "drivers/usb/serial", "USB_SERIAL_A");
    assert_module(&makefiles, "always", "drivers/usb/serial", "m");
    assert_null(ud_makefiles_module(&makefiles, "core", &at)); /* a part, or built in */
    assert_int_equal(makefiles.skipped, 1);                    /* $(others) */
    ud_makefiles_done(&makefiles);
}

static void parts_know_their_whole(void **state)
{
    struct ud_makefiles makefiles;
    size_t at = 0;
    (void)state;
    fill(&makefiles);
    const struct ud_made *made =
        ud_makefiles_of_object(&makefiles, "drivers/usb/serial", "console", &at);
    assert_non_null(made);
    assert_int_equal(made->kind, UD_MADE_PART);
    assert_string_equal(ud_made_text(&makefiles, made->whole), "usb_serial");
    assert_string_equal(ud_made_text(&makefiles, made->option), "USB_SERIAL_CONSOLE");
    at = 0;
    made = ud_makefiles_of_object(&makefiles, "drivers/usb/serial", "bus", &at);
    assert_non_null(made); /* of a line that goes on */
    assert_false(made->built_in);
    assert_string_equal(ud_made_text(&makefiles, made->option), "y");
    at = 0;
    assert_null(ud_makefiles_of_object(&makefiles, "drivers/usb", "console", &at));
    ud_makefiles_done(&makefiles);
}

static void conditions_are_known_where_they_ask_for_an_option(void **state)
{
    struct ud_makefiles makefiles;
    size_t at = 0;
    (void)state;
    fill(&makefiles);
    const struct ud_made *made = ud_makefiles_module(&makefiles, "b", &at);
    assert_string_equal(ud_made_text(&makefiles, made->condition), "NEVER");
    at = 0;
    assert_int_equal(made->when, UD_MADE_IF_Y);
    made = ud_makefiles_module(&makefiles, "c", &at); /* behind else */
    assert_int_equal(made->condition, UD_NAMES_NONE);
    at = 0;
    made = ud_makefiles_module(&makefiles, "always", &at);
    assert_string_equal(ud_made_text(&makefiles, made->condition), "SOME");
    assert_int_equal(made->when, UD_MADE_IF_ON);
    at = 0;
    made = ud_makefiles_module(&makefiles, "without_some", &at);
    assert_string_equal(ud_made_text(&makefiles, made->condition), "SOME");
    assert_int_equal(made->when, UD_MADE_IF_OFF);
    at = 0;
    made = ud_makefiles_of_option(&makefiles, "HV", &at);
    assert_true(made->built_in);
    ud_makefiles_done(&makefiles);
}

static void assert_levels(const struct ud_makefiles *makefiles, const char *dir,
                          const char *expected)
{
    struct ud_strv levels = {0};
    ud_makefiles_dir_options(makefiles, dir, &levels);
    char *text = ud_strv_join(&levels, ", ");
    assert_string_equal(text, expected);
    free(text);
    ud_strv_done(&levels);
}

static void directories_have_the_options_of_those_above(void **state)
{
    struct ud_makefiles makefiles;
    (void)state;
    fill(&makefiles);
    assert_levels(&makefiles, "drivers/usb/serial", "y, USB_SUPPORT, USB_SERIAL");
    assert_levels(&makefiles, "drivers/usb/storage", "y, USB_SUPPORT, USB USB_STORE");
    assert_levels(&makefiles, "drivers/media", "y, y");
    assert_levels(&makefiles, "drivers/hv", "y, HV");
    assert_levels(&makefiles, "unknown", "y");
    ud_makefiles_done(&makefiles);
}

static void other_directories_are_found_in_flags(void **state)
{
    static const char *const expected[] = {"drivers/usb/serial drivers/usb/serial/parts",
                                           "drivers/usb/serial drivers/scsi",
                                           "drivers/usb/serial drivers/usb/host"};
    struct ud_makefiles makefiles;
    (void)state;
    fill(&makefiles);
    assert_int_equal(makefiles.includes.len, COUNT(expected));
    for (size_t i = 0; i < COUNT(expected); i++) {
        assert_string_equal(makefiles.includes.items[i], expected[i]);
    }
    assert_int_equal(makefiles.own_kbuild.len, 1);
    assert_string_equal(makefiles.own_kbuild.items[0], "lib");
    ud_makefiles_done(&makefiles);
}

static void only_makefiles_are_wanted(void **state)
{
    (void)state;
    assert_true(ud_makefiles_wants("Makefile"));
    assert_true(ud_makefiles_wants("drivers/usb/Kbuild"));
    assert_false(ud_makefiles_wants("drivers/usb/Makefile.lib"));
    assert_false(ud_makefiles_wants("drivers/usb/Kconfig"));
}

static void damaged_text_is_no_crash(void **state)
{
    static const char *const texts[] = {"",
                                        "obj-$(CONFIG_",
                                        "obj-$(CONFIG_X) +=",
                                        "-y := a.o",
                                        "= /",
                                        "endif\nendif",
                                        "obj-y += .o / \\",
                                        "obj-y+=",
                                        "ifeq",
                                        "-I",
                                        "x-y := -I -I$(src",
                                        "\\",
                                        "else",
                                        "ifeq ($(CONFIG_A),y",
                                        "obj-m := /\n"};
    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct ud_makefiles makefiles;
        size_t at = 0;
        ud_makefiles_init(&makefiles);
        add(&makefiles, "a/Makefile", texts[i]);
        ud_makefiles_sort(&makefiles);
        assert_null(ud_makefiles_module(&makefiles, "none", &at));
        ud_makefiles_done(&makefiles);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(modules_are_found_by_either_sign),
        cmocka_unit_test(parts_know_their_whole),
        cmocka_unit_test(conditions_are_known_where_they_ask_for_an_option),
        cmocka_unit_test(directories_have_the_options_of_those_above),
        cmocka_unit_test(other_directories_are_found_in_flags),
        cmocka_unit_test(only_makefiles_are_wanted),
        cmocka_unit_test(damaged_text_is_no_crash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
