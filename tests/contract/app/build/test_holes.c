/* Sources that lack the fixes of known holes: told, noted, and refused for those who want. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine_fixture.h"

#include "build/steps.h"
#include "bundle/tar/tarwrite.h"
#include "usbip/holes.h"

#define COUNT(rules) (sizeof(rules) / sizeof(rules)[0])
#define STAT "X-Docker-Container-Path-Stat: e30=\r\n"
#define PACK_HEAD "static void usbip_pack_ret_submit(void)\n{\n"
#define PACK_CHECK "\tif (rpdu->number_of_packets > urb->number_of_packets)\n"
#define PACK_TAIL "\turb->number_of_packets = rpdu->number_of_packets;\n}\n"
#define STATUS_HEAD "static ssize_t status_show_vhci(int pdev_nr, char *out)\n{\n"
#define STATUS_CHECK "\tif (!hcd)\n"
#define STATUS_TAIL "\tvhci_hcd = hcd_to_vhci_hcd(hcd);\n}\n"

struct run {
    struct engine_fixture engine;
    struct ud_app app;
    struct ud_build_options options;
    struct ud_build_result result;
    struct ud_build build;
    struct ud_buf files[UD_USBIP_HOLE_COUNT];
};

static void pack(struct ud_buf *tar, const char *name, const char *text)
{
    ud_buf_init(tar, 65536);
    struct ud_tarwrite *writer = ud_tarwrite_new(tar);
    assert_int_equal(ud_tarwrite_file(writer, name, 0644, text, strlen(text), NULL), UD_OK);
    assert_int_equal(ud_tarwrite_finish(writer, NULL), UD_OK);
    ud_tarwrite_free(writer);
}

/* Looks into sources with these two files. */
static enum ud_code look(struct run *r, const char *common, const char *sysfs, bool fail,
                         struct ud_error *err)
{
    *r = (struct run){0};
    pack(&r->files[0], "usbip_common.c", common);
    pack(&r->files[1], "vhci_sysfs.c", sysfs);
    const struct script_rule rules[] = {PONG,
                                        {.method = "GET",
                                         .path = "usbip_common.c",
                                         .type = "application/x-tar",
                                         .headers = STAT,
                                         .body = r->files[0].data,
                                         .body_len = r->files[0].len},
                                        {.method = "GET",
                                         .path = "vhci_sysfs.c",
                                         .type = "application/x-tar",
                                         .headers = STAT,
                                         .body = r->files[1].data,
                                         .body_len = r->files[1].len}};
    engine_fixture_init(&r->engine, rules, COUNT(rules), true);
    r->app.report = &r->engine.report;
    r->options.fail_on_known_holes = fail;
    (void)strcpy(r->result.facts.release.text, "6.1.9");
    r->build = (struct ud_build){.app = &r->app, .options = &r->options, .result = &r->result};
    r->build.container.engine = r->engine.engine;
    r->build.container.name = (char *)"c";
    r->result.plan.items[UD_PLAN_USBIP_CORE].origin = UD_ORIGIN_BUILD;
    r->result.plan.items[UD_PLAN_VHCI_HCD].origin = UD_ORIGIN_BUILD;
    return ud_build_look_for_holes(&r->build, err);
}

static void done(struct run *r)
{
    ud_strv_done(&r->build.holes);
    engine_fixture_done(&r->engine);
    ud_buf_done(&r->files[0]);
    ud_buf_done(&r->files[1]);
}

static bool noted_as_fixed(struct run *r)
{
    struct ud_built built[] = {{.name = "usbip-core"}, {.name = "vhci-hcd"}};
    r->build.built = built;
    r->build.built_count = 2;
    ud_build_note_fix(&r->build);
    r->build.built_count = 0;
    assert_false(built[1].overflow_fixed);
    return built[0].overflow_fixed;
}

static void sources_with_the_fixes_have_no_hole(void **state)
{
    struct run r;
    struct ud_error err = {0};
    (void)state;
    assert_int_equal(
        look(&r, PACK_HEAD PACK_CHECK PACK_TAIL, STATUS_HEAD STATUS_CHECK STATUS_TAIL, true, &err),
        UD_OK);
    assert_int_equal(r.build.holes.len, 0);
    assert_true(noted_as_fixed(&r));
    done(&r);
}

static void sources_without_them_are_built_all_the_same(void **state)
{
    struct run r;
    struct ud_error err = {0};
    (void)state;
    assert_int_equal(look(&r, PACK_HEAD PACK_TAIL, STATUS_HEAD STATUS_TAIL, false, &err), UD_OK);
    assert_int_equal(r.build.holes.len, 2);
    assert_string_equal(r.build.holes.items[0], "CVE-2026-31607");
    assert_false(noted_as_fixed(&r));
    done(&r);
}

static void sources_without_them_are_refused_if_that_is_wanted(void **state)
{
    struct run r;
    struct ud_error err = {0};
    (void)state;
    assert_int_equal(look(&r, PACK_HEAD PACK_CHECK PACK_TAIL, STATUS_HEAD STATUS_TAIL, true, &err),
                     UD_ERR_SOURCE);
    assert_non_null(strstr(err.message, "--fail-on-known-holes is given: CVE-2026-97484"));
    assert_non_null(strstr(err.remedy, "--source"));
    assert_true(noted_as_fixed(&r));
    done(&r);
}

/* The kernel's own files are not judged: they are not compiled. */
static void what_is_not_built_is_not_looked_into(void **state)
{
    struct run r = {.build = {.app = &r.app, .options = &r.options, .result = &r.result}};
    struct ud_error err = {0};
    (void)state;
    r.options.fail_on_known_holes = true;
    assert_int_equal(ud_build_look_for_holes(&r.build, &err), UD_OK);
    assert_int_equal(r.build.holes.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sources_with_the_fixes_have_no_hole),
        cmocka_unit_test(sources_without_them_are_built_all_the_same),
        cmocka_unit_test(sources_without_them_are_refused_if_that_is_wanted),
        cmocka_unit_test(what_is_not_built_is_not_looked_into),
    };
    return cmocka_run_group_tests_name("app.build.holes", tests, NULL, NULL);
}
