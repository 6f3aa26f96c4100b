/* Changes to the sources: what the VM names, what a folder holds, and which are not used. */
#include <stdlib.h>
#include <string.h>

#include "engine_fixture.h"

#include "build/steps.h"
#include "helper_answer.h"
#include "platform/fs.h"
#include "platform/host.h"
#include "proto/ops.h"
#include "util/mem.h"

#define COUNT(items) (sizeof(items) / sizeof(items)[0])
#define CHANGE "--- a/drivers/usb/core/hub.c\n+++ b/drivers/usb/core/hub.c\n@@ -1 +1 @@\n-a\n+b\n"

struct run {
    struct engine_fixture engine;
    struct ud_app app;
    struct ud_build_options options;
    struct ud_build_result result;
    struct ud_build build;
};

/* A build of a LinuxKit kernel by kernel.org's sources, whose VM answers so. */
static void begin(struct run *r, const struct ud_buf *answer)
{
    const struct script_rule always[] = {ENGINE_RULES(ENGINE_INFO(""))};
    struct script_rule rules[COUNT(always) + 1];
    *r = (struct run){0};
    memcpy(rules, always, sizeof always);
    rules[COUNT(always)] = (struct script_rule)ENGINE_RUN(*answer);
    engine_fixture_init(&r->engine, rules, COUNT(rules), true);
    r->app.report = &r->engine.report;
    r->build = (struct ud_build){.app = &r->app, .options = &r->options, .result = &r->result};
    r->build.vm.engine = r->engine.engine;
    r->build.builder_image.engine = r->engine.engine;
    r->build.builder_image.goarch = ud_strdup("amd64");
    r->build.builder_image.image = ud_strdup("usbipd-desktop/builder:0");
    r->build.sources.unpatched = true;
    assert_int_equal(
        ud_release_parse("6.12.76-linuxkit", "#1 SMP", NULL, &r->result.facts.release, NULL),
        UD_OK);
}

static void end(struct run *r)
{
    ud_patches_done(&r->build.patches);
    ud_strv_done(&r->build.patched_files);
    ud_builder_image_done(&r->build.builder_image);
    engine_fixture_done(&r->engine);
}

static void find(struct run *r, const char *version, enum ud_code code)
{
    struct ud_buf answer;
    struct ud_error err = {0};
    answer_begin(&answer);
    if (version != NULL) {
        answer_file(&answer, UD_OPS_PATCHES_VERSION, version, strlen(version));
    }
    answer_file(&answer, UD_OPS_PATCHES_DIR "/0001-hub.patch", CHANGE, strlen(CHANGE));
    answer_end(&answer, code, "no");
    begin(r, &answer);
    assert_int_equal(ud_build_find_patches(&r->build, &err), UD_OK);
    ud_buf_done(&answer);
}

static void the_vms_patches_are_used(void **state)
{
    static const char *const versions[] = {NULL, "6.12.76\n", "v6.12.76", "6.12.76-linuxkit"};
    (void)state;
    for (size_t i = 0; i < COUNT(versions); i++) {
        struct run r;
        find(&r, versions[i], UD_OK);
        assert_int_equal(r.build.patches.len, 1);
        assert_string_equal(r.build.patches.items[0].name, "0001-hub.patch");
        assert_string_equal(r.build.patches.origin, "/src/patches in the VM");
        assert_string_equal(r.build.patched_files.items[0], "drivers/usb/core/hub.c");
        assert_true(ud_strv_has(&r.build.builder_image.builder.packages, "patch"));
        assert_string_not_equal(r.build.builder_image.image, "usbipd-desktop/builder:0");
        end(&r);
    }
}

static void those_of_another_version_are_not(void **state)
{
    static const char *const versions[] = {"6.12.72", "6.12.7", "6.12.760", "", "6.12.76.1"};
    (void)state;
    for (size_t i = 0; i < COUNT(versions); i++) {
        struct run r;
        find(&r, versions[i], UD_OK);
        assert_int_equal(r.build.patches.len, 0);
        end(&r);
    }
}

/* The structs are compared at the end in any case. */
static void a_vm_that_cannot_be_asked_ends_no_build(void **state)
{
    struct run r;
    (void)state;
    find(&r, NULL, UD_ERR_DENIED);
    assert_int_equal(r.build.patches.len, 0);
    end(&r);
}

/* Sources that have the changes, or of which nobody says that they lack any, are left alone. */
static void other_sources_get_none(void **state)
{
    const struct ud_buf none = {0};
    struct run r;
    (void)state;
    begin(&r, &none);
    r.build.sources.unpatched = false;
    ud_patches_add(&r.build.patches, "of-an-image.patch", CHANGE, strlen(CHANGE));
    assert_int_equal(ud_build_find_patches(&r.build, NULL), UD_OK);
    assert_int_equal(r.build.patches.len, 0);
    assert_int_equal(scripted_engine_seen(r.engine.script, "POST", "/attach?"), 0);
    end(&r);
}

static void write_to(const char *dir, const char *name, const char *text)
{
    char *path = ud_fs_join(dir, name);
    assert_int_equal(ud_fs_write_atomic(path, text, strlen(text), NULL), UD_OK);
    free(path);
}

static void a_folder_is_read_by_name(void **state)
{
    const struct ud_buf none = {0};
    struct run r;
    struct ud_error err = {0};
    char *temp = ud_host_temp_dir();
    char *base = ud_fs_join(temp, "ud-patches");
    char *dir = ud_fs_temp_sibling(base);
    (void)state;
    assert_int_equal(ud_fs_mkdirs(dir, NULL), UD_OK);
    begin(&r, &none);
    r.build.sources.unpatched = false;
    r.options.patches = dir;
    assert_int_equal(ud_build_read_patches(&r.build, &err), UD_ERR_NOT_FOUND);
    assert_non_null(strstr(err.message, "holds no file *.patch"));
    write_to(dir, "b.patch", CHANGE);
    write_to(dir, "a.patch", CHANGE);
    write_to(dir, "README", "words");
    assert_int_equal(ud_build_read_patches(&r.build, &err), UD_OK);
    assert_int_equal(r.build.patches.len, 2);
    assert_string_equal(r.build.patches.items[0].name, "a.patch");
    assert_int_equal(ud_build_find_patches(&r.build, &err), UD_OK);
    assert_int_equal(r.build.patched_files.len, 1);
    end(&r);
    assert_int_equal(ud_fs_remove_tree(dir, &err), UD_OK);
    free(dir);
    free(base);
    free(temp);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_vms_patches_are_used),
        cmocka_unit_test(those_of_another_version_are_not),
        cmocka_unit_test(a_vm_that_cannot_be_asked_ends_no_build),
        cmocka_unit_test(other_sources_get_none),
        cmocka_unit_test(a_folder_is_read_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
