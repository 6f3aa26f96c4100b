/* `build` replaces only what `build` wrote, and says so before it fetches anything. */
#include <stdlib.h>
#include <string.h>

#include "engine_fixture.h"
#include "state_home.h"

#include "../../unit/platform/tempdir.h"
#include "app/artifacts/manifest.h"
#include "app/build/build.h"
#include "artifacts/dist_place.h"
#include "build/steps.h"
#include "helper_answer.h"
#include "util/mem.h"

#define COUNT(items) (sizeof(items) / sizeof(items)[0])

static struct ud_error err;

static void put(const char *dir, const char *name, const char *text)
{
    char *path = ud_fs_join(dir, name);
    char *parent = ud_fs_dirname(path);
    assert_int_equal(ud_fs_mkdirs(parent, &err), UD_OK);
    assert_int_equal(ud_fs_write_atomic(path, text, strlen(text), &err), UD_OK);
    free(parent);
    free(path);
}

static bool is_there(const char *dir, const char *name)
{
    char *path = ud_fs_join(dir, name);
    bool is = ud_fs_kind(path) != UD_FS_NONE;
    free(path);
    return is;
}

/* As a build leaves it: its modules, and the manifest that names them. */
static void put_build(const char *dir)
{
    char name[] = "tiny";
    char file[] = "tiny.ko";
    char empty[] = "";
    struct ud_manifest_module module = {.name = name,
                                        .file = file,
                                        .sha256 = empty,
                                        .build_id = empty,
                                        .vermagic = empty,
                                        .depends = empty};
    const struct ud_manifest manifest = {.modules = &module, .module_count = 1};
    char *json = ud_manifest_to_json(&manifest);
    put(dir, "manifest.json", json);
    put(dir, "tiny.ko", "built");
    free(json);
}

static void expect_refused(const char *dir, const char *says)
{
    err = (struct ud_error){0};
    if (ud_dist_place_check(dir, &err) != UD_ERR_USAGE || strstr(err.message, says) == NULL ||
        strstr(err.message, dir) == NULL || strstr(err.remedy, "--output") == NULL) {
        fail_msg("%s: %s", says, err.message);
    }
}

static void what_build_wrote_may_be_replaced(void **state)
{
    (void)state;
    char *dir = tempdir_new();
    char *missing = ud_fs_join(dir, "missing");
    char *built = ud_fs_join(dir, "built");
    put_build(built);
    assert_int_equal(ud_dist_place_check(missing, &err), UD_OK);
    assert_int_equal(ud_dist_place_check(built, &err), UD_OK);
    put(dir, "empty/x", "");
    char *empty = ud_fs_join(dir, "empty");
    char *x = ud_fs_join(empty, "x");
    assert_int_equal(ud_fs_remove_tree(x, &err), UD_OK);
    assert_int_equal(ud_dist_place_check(empty, &err), UD_OK);
    free(x);
    free(empty);
    free(built);
    free(missing);
    tempdir_free(dir);
}

static void what_build_did_not_write_may_not(void **state)
{
    (void)state;
    static const char *const foreign[] = {"notes.txt", "other.ko", "kernel/drivers/disk.ko",
                                          "modules.dep"};
    for (size_t i = 0; i < COUNT(foreign); i++) {
        char *dir = tempdir_new();
        put_build(dir);
        put(dir, foreign[i], "mine");
        char *name = ud_strndup(foreign[i], strcspn(foreign[i], "/"));
        expect_refused(dir, name);
        free(name);
        tempdir_free(dir);
    }
}

static void modules_without_a_manifest_of_ours_may_not(void **state)
{
    (void)state;
    static const char *const manifests[] = {NULL, "", "{}", "{\"schema\":2}", "[1,2"};
    for (size_t i = 0; i < COUNT(manifests); i++) {
        char *dir = tempdir_new();
        put(dir, "tiny.ko", "mine");
        if (manifests[i] != NULL) {
            put(dir, "manifest.json", manifests[i]);
        }
        expect_refused(dir, manifests[i] != NULL ? "manifest.json" : "tiny.ko");
        tempdir_free(dir);
    }
}

static void a_directory_with_the_name_of_a_module_may_not(void **state)
{
    (void)state;
    char *dir = tempdir_new();
    char *module = ud_fs_join(dir, "tiny.ko");
    put_build(dir);
    assert_int_equal(ud_fs_remove_tree(module, &err), UD_OK);
    put(dir, "tiny.ko/deep", "mine");
    expect_refused(dir, "tiny.ko");
    free(module);
    tempdir_free(dir);
}

static void a_file_in_its_place_may_not(void **state)
{
    (void)state;
    char *dir = tempdir_new();
    put(dir, "6.1.0", "mine");
    char *file = ud_fs_join(dir, "6.1.0");
    expect_refused(file, "it is a file");
    free(file);
    tempdir_free(dir);
}

/* A kernel 6.1.0 that lacks USB/IP, and --output. */
static enum ud_code build_into(const char *output, size_t *ret_downloads)
{
    struct ud_buf probe;
    struct engine_fixture f;
    struct ud_build_result result = {0};
    answer_begin_probe(&probe);
    answer_text(&probe, UD_BLOB_CONFIG_PREFIX "/boot/config-6.1.0",
                "CONFIG_MODULES=y\nCONFIG_NET=y\nCONFIG_USB=y\n");
    answer_text(&probe, UD_BLOB_MODULES_DEP, "kernel/x.ko:\n");
    answer_end(&probe, UD_OK, "");
    const struct script_rule rules[] = {ENGINE_RUN(probe), ENGINE_RULES(ENGINE_INFO(""))};
    char *home = state_home_new();
    engine_fixture_init(&f, rules, COUNT(rules), false);
    const struct ud_app app = {.report = &f.report};
    const struct ud_build_options options = {.vm = {.host = scripted_engine_endpoint(f.script)},
                                             .source = "/no/such/source.tar.xz",
                                             .output = output};
    err = (struct ud_error){0};
    enum ud_code rc = ud_app_build(&app, &options, &result, &err);
    *ret_downloads = scripted_engine_seen(f.script, "POST", "fromImage");
    ud_build_result_done(&result);
    engine_fixture_done(&f);
    ud_buf_done(&probe);
    state_home_free(home);
    return rc;
}

/* `build --output /lib/modules`, on the machine whose kernel it is. */
static void the_modules_of_a_system_are_not_replaced(void **state)
{
    (void)state;
    size_t downloads = 0;
    char *dir = tempdir_new();
    put(dir, "6.1.0/kernel/drivers/disk.ko", "the system's");
    put(dir, "6.1.0/modules.dep", "kernel/drivers/disk.ko:");
    assert_int_equal(build_into(dir, &downloads), UD_ERR_USAGE);
    assert_non_null(strstr(err.message, "it holds kernel"));
    assert_int_equal(downloads, 0);
    assert_true(is_there(dir, "6.1.0/kernel/drivers/disk.ko"));
    tempdir_free(dir);
}

/* Then the next thing that is wrong is told. */
static void an_empty_place_is_no_error(void **state)
{
    (void)state;
    size_t downloads = 0;
    char *dir = tempdir_new();
    assert_int_not_equal(build_into(dir, &downloads), UD_OK);
    assert_null(strstr(err.message, "is not replaced"));
    tempdir_free(dir);
}

static struct ud_build_options write_options;
static struct ud_build_result write_result;

/* Writing alone, for what has come there while the build went on. */
static enum ud_code write_into(const char *output)
{
    static const struct ud_app app;
    struct ud_build build = {.app = &app, .options = &write_options, .result = &write_result};
    write_options = (struct ud_build_options){.output = output};
    write_result = (struct ud_build_result){0};
    strcpy(write_result.facts.release.text, "6.1.0");
    build.cache.inputs[0] = '\0';
    err = (struct ud_error){0};
    enum ud_code rc = ud_build_write(&build, &err);
    ud_build_result_done(&write_result);
    return rc;
}

static void what_came_meanwhile_is_not_replaced(void **state)
{
    (void)state;
    char *dir = tempdir_new();
    put(dir, "6.1.0/notes.txt", "mine");
    assert_int_equal(write_into(dir), UD_ERR_USAGE);
    assert_true(is_there(dir, "6.1.0/notes.txt"));
    struct ud_strv names = {0};
    assert_int_equal(ud_fs_list(dir, &names, &err), UD_OK);
    assert_int_equal(names.len, 1); /* and nothing half-written beside it */
    ud_strv_done(&names);
    tempdir_free(dir);
}

static void a_build_replaces_a_build(void **state)
{
    (void)state;
    char *dir = tempdir_new();
    char *place = ud_fs_join(dir, "6.1.0");
    put_build(place);
    if (write_into(dir) != UD_OK) {
        fail_msg("%s", err.message);
    }
    assert_false(is_there(place, "tiny.ko"));
    assert_true(is_there(place, "manifest.json"));
    free(place);
    tempdir_free(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_build_wrote_may_be_replaced),
        cmocka_unit_test(what_build_did_not_write_may_not),
        cmocka_unit_test(modules_without_a_manifest_of_ours_may_not),
        cmocka_unit_test(a_directory_with_the_name_of_a_module_may_not),
        cmocka_unit_test(a_file_in_its_place_may_not),
        cmocka_unit_test(the_modules_of_a_system_are_not_replaced),
        cmocka_unit_test(an_empty_place_is_no_error),
        cmocka_unit_test(what_came_meanwhile_is_not_replaced),
        cmocka_unit_test(a_build_replaces_a_build),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
