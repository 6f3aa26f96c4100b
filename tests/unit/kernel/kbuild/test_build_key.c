#include "kernel/kbuild/build_key.h"

#include "check.h"

#include <stdlib.h>

/* A build's inputs, of which each test changes one. */
struct inputs {
    struct ud_facts facts;
    struct ud_plan plan;
    struct ud_config_edits edits;
    struct ud_kbuild_options kbuild;
    struct ud_build_key key;
};

static void fill(struct inputs *in)
{
    *in = (struct inputs){0};
    (void)strcpy(in->facts.release.text, "6.1.0-56-cloud-amd64");
    in->facts.version = (char *)"#1 SMP Debian 6.1.192-1";
    in->facts.machine = (char *)"x86_64";
    ud_config_edits_set(&in->edits, "USB", "m");
    ud_strv_add(&in->plan.usb_dirs, "core");
    in->kbuild = (struct ud_kbuild_options){.release = "6.1.0-56-cloud-amd64",
                                            .machine = "x86_64",
                                            .cc = "gcc-12",
                                            .jobs = 2,
                                            .has_symvers = true};
    in->key = (struct ud_build_key){.program = "1.0",
                                    .source_sha256 = "aa",
                                    .selection = "some",
                                    .builder = "builder:1",
                                    .config_sha256 = "bb",
                                    .symvers_sha256 = "cc",
                                    .facts = &in->facts,
                                    .plan = &in->plan,
                                    .edits = &in->edits,
                                    .kbuild = &in->kbuild};
}

static char *text_of(struct inputs *in)
{
    struct ud_buf text;
    ud_buf_init(&text, 1 << 20);
    ud_build_key_text(&in->key, &text);
    assert_false(text.overflow);
    char *result = ud_buf_take(&text, NULL);
    ud_buf_done(&text);
    ud_config_edits_done(&in->edits);
    ud_strv_done(&in->plan.usb_dirs);
    return result;
}

static char *plain(void)
{
    struct inputs in;
    fill(&in);
    return text_of(&in);
}

/* Whether the text is the one of the unchanged inputs. */
static bool is_plain(struct inputs *in)
{
    char *a = plain();
    char *b = text_of(in);
    bool same = strcmp(a, b) == 0;
    free(a);
    free(b);
    return same;
}

static void the_same_inputs_have_the_same_key(void **state)
{
    (void)state;
    struct inputs in;
    fill(&in);
    in.kbuild.jobs = 64;
    assert_true(is_plain(&in));
}

#define EXPECT_OTHER(change)                                                                       \
    do {                                                                                           \
        struct inputs in;                                                                          \
        fill(&in);                                                                                 \
        change;                                                                                    \
        if (is_plain(&in)) {                                                                       \
            fail_msg("%s", #change);                                                               \
        }                                                                                          \
    } while (0)

static void each_input_counts(void **state)
{
    (void)state;
    EXPECT_OTHER(in.key.program = "1.1");
    EXPECT_OTHER(in.key.source_sha256 = "ab");
    EXPECT_OTHER(in.key.selection = "whole");
    EXPECT_OTHER(in.key.builder = "builder:2");
    EXPECT_OTHER(in.key.config_sha256 = "bc");
    EXPECT_OTHER(in.key.symvers_sha256 = "");
    EXPECT_OTHER(in.key.layout_seed = "01");
    EXPECT_OTHER(in.key.patches_sha256 = "dd");
    EXPECT_OTHER((void)strcpy(in.facts.release.text, "6.1.0-57-cloud-amd64"));
    EXPECT_OTHER(in.facts.build_id = (char *)"aa11");
    EXPECT_OTHER(in.facts.version = (char *)"#2 SMP Debian 6.1.192-1");
    EXPECT_OTHER(in.facts.machine = (char *)"aarch64");
    EXPECT_OTHER(in.plan.items[UD_PLAN_USBCORE].origin = UD_ORIGIN_BUILD);
    EXPECT_OTHER(ud_strv_add(&in.plan.usb_dirs, "serial"));
    EXPECT_OTHER(ud_config_edits_set(&in.edits, "USB", "y"));
    EXPECT_OTHER(ud_config_edits_set(&in.edits, "USB_SERIAL", "m"));
    EXPECT_OTHER(in.kbuild.cc = "gcc-13");
    EXPECT_OTHER(in.kbuild.debug_info = true);
    EXPECT_OTHER(in.kbuild.has_symvers = false);
}

/* No value can pass for the end of one and the beginning of another. */
static void values_do_not_run_into_each_other(void **state)
{
    (void)state;
    struct inputs one;
    struct inputs two;
    fill(&one);
    fill(&two);
    one.key.config_sha256 = "b\nsymvers 1:c";
    one.key.symvers_sha256 = "";
    two.key.config_sha256 = "b";
    two.key.symvers_sha256 = "c\nsymvers 0:";
    char *a = text_of(&one);
    char *b = text_of(&two);
    assert_string_not_equal(a, b);
    free(a);
    free(b);
}

static void drivers_that_are_wanted_are_part_of_it(void **state)
{
    static char path[] = "kernel/drivers/scsi/scsi_mod.ko";
    struct ud_dep dep = {.path = path};
    struct ud_driver_wish wish = {0};
    struct inputs in;
    (void)state;
    char *text = plain();
    fill(&in);
    in.key.wish = &wish; /* nothing is wanted: as if there were none */
    in.facts.deps = (struct ud_deps){.items = &dep, .len = 1};
    char *empty = text_of(&in);
    assert_string_equal(text, empty);
    assert_ok(ud_driver_wish_add(&wish, "ftdi_sio,hid", NULL));
    assert_ok(ud_driver_wish_add_device(&wish, "0403:6001", NULL));
    fill(&in);
    in.key.wish = &wish;
    in.facts.deps = (struct ud_deps){.items = &dep, .len = 1};
    char *wanting = text_of(&in);
    assert_has(wanting, "with 8:ftdi_sio\nwith 3:hid\nfor 9:0403:6001\n");
    assert_has(wanting, "own file 31:kernel/drivers/scsi/scsi_mod.ko\n");
    ud_driver_wish_done(&wish);
    free(text);
    free(empty);
    free(wanting);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_inputs_have_the_same_key),
        cmocka_unit_test(each_input_counts),
        cmocka_unit_test(values_do_not_run_into_each_other),
        cmocka_unit_test(drivers_that_are_wanted_are_part_of_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
