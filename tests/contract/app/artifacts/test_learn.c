/* A kernel that shows its configuration nowhere: what `build` was told of it serves the
 * commands after it, for just that kernel. */
#include "artifacts/learn.h"

#include <stdlib.h>
#include <string.h>

#include "../../../unit/platform/tempdir.h"
#include "../helper_answer.h"
#include "app/artifacts/manifest.h"
#include "engine_fixture.h"

#define COUNT(items) (sizeof(items) / sizeof(items)[0])
#define GIVEN "CONFIG_MODULES=y\nCONFIG_USB=m\n"

struct trial {
    struct engine_fixture f;
    struct ud_buf answers[2];
    struct script_rule rules[16];
    char *dir;
    struct ud_facts facts;
    struct ud_error err;
};

/* shown: what the VM shows, or NULL; then it is looked at from inside too. */
static void trial_init(struct trial *t, const char *shown)
{
    const struct script_rule always[] = {ENGINE_RULES(ENGINE_INFO(""))};
    *t = (struct trial){.dir = tempdir_new()};
    memcpy(t->rules, always, sizeof always);
    for (size_t i = 0; i < COUNT(t->answers); i++) {
        answer_begin_probe(&t->answers[i]);
        if (shown != NULL) {
            answer_text(&t->answers[i], UD_BLOB_CONFIG_PREFIX "/boot/config-6.1.0", shown);
        }
        answer_text(&t->answers[i], UD_BLOB_MODULES_DEP, "kernel/usbcore.ko:\n");
        answer_end(&t->answers[i], UD_OK, "");
        t->rules[COUNT(always) + i] = (struct script_rule)ENGINE_RUN(t->answers[i]);
    }
    engine_fixture_init(&t->f, t->rules, COUNT(always) + COUNT(t->answers), true);
}

static void trial_done(struct trial *t)
{
    for (size_t i = 0; i < COUNT(t->answers); i++) {
        ud_buf_done(&t->answers[i]);
    }
    ud_facts_done(&t->facts);
    engine_fixture_done(&t->f);
    tempdir_free(t->dir);
}

static void put(const struct trial *t, const char *name, const char *text)
{
    struct ud_error err = {0};
    char *path = ud_fs_join(t->dir, name);
    if (ud_fs_write_atomic(path, text, strlen(text), &err) != UD_OK) {
        fail_msg("%s", err.message);
    }
    free(path);
}

static void put_manifest(const struct trial *t, const char *version, const char *config)
{
    struct ud_manifest_module module = {.name = (char[]){"vhci-hcd"},
                                        .file = (char[]){"vhci-hcd.ko"}};
    char *version_copy = ud_strdup(version);
    char *config_copy = ud_strdup(config);
    const struct ud_manifest manifest = {.release = (char[]){"6.1.0"},
                                         .kernel_version = version_copy,
                                         .machine = (char[]){"x86_64"},
                                         .config = config_copy,
                                         .modules = &module,
                                         .module_count = 1};
    char *json = ud_manifest_to_json(&manifest);
    put(t, "manifest.json", json);
    free(json);
    free(version_copy);
    free(config_copy);
}

static void learn(struct trial *t, const char *config_file)
{
    const struct ud_app app = {.report = &t->f.report};
    if (ud_learn_kernel(&app, t->f.engine, config_file, t->dir, &t->facts, &t->err) != UD_OK) {
        fail_msg("%s", t->err.message);
    }
}

static void the_manifest_tells_what_the_vm_does_not(void **state)
{
    static struct trial t;
    (void)state;
    trial_init(&t, NULL);
    put_manifest(&t, "#1 SMP", GIVEN);
    learn(&t, NULL);
    assert_true(t.facts.has_config);
    assert_true(ud_config_is(&t.facts.config, "USB", 'm'));
    assert_non_null(strstr(t.facts.config_origin, "manifest.json"));
    trial_done(&t);
}

static void what_the_vm_shows_goes_before_it(void **state)
{
    static struct trial t;
    (void)state;
    trial_init(&t, "CONFIG_USB=y\n");
    put_manifest(&t, "#1 SMP", GIVEN);
    learn(&t, NULL);
    assert_true(ud_config_is(&t.facts.config, "USB", 'y'));
    trial_done(&t);
}

static void a_file_of_the_users_goes_before_both(void **state)
{
    static struct trial t;
    (void)state;
    trial_init(&t, NULL);
    put_manifest(&t, "#1 SMP", GIVEN);
    put(&t, "config", "CONFIG_USB=y\nCONFIG_NLS=y\n");
    char *path = ud_fs_join(t.dir, "config");
    learn(&t, path);
    assert_true(ud_config_is(&t.facts.config, "NLS", 'y'));
    assert_string_equal(t.facts.config_origin, path);
    free(path);
    trial_done(&t);
}

static void that_of_another_build_of_the_release_is_not_taken(void **state)
{
    static struct trial t;
    (void)state;
    trial_init(&t, NULL);
    put_manifest(&t, "#2 SMP", GIVEN);
    learn(&t, NULL);
    assert_false(t.facts.has_config);
    trial_done(&t);
}

static void artifacts_that_are_missing_or_damaged_are_no_error(void **state)
{
    static const char *const damaged[] = {NULL, "", "{", "{\"schema\":1}"};
    (void)state;
    for (size_t i = 0; i < COUNT(damaged); i++) {
        static struct trial t;
        trial_init(&t, NULL);
        if (damaged[i] != NULL) {
            put(&t, "manifest.json", damaged[i]);
        }
        learn(&t, NULL);
        assert_false(t.facts.has_config);
        trial_done(&t);
    }
    static struct trial t;
    trial_init(&t, NULL);
    put_manifest(&t, "#1 SMP", "no configuration\n");
    learn(&t, NULL);
    assert_false(t.facts.has_config);
    trial_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_manifest_tells_what_the_vm_does_not),
        cmocka_unit_test(what_the_vm_shows_goes_before_it),
        cmocka_unit_test(a_file_of_the_users_goes_before_both),
        cmocka_unit_test(that_of_another_build_of_the_release_is_not_taken),
        cmocka_unit_test(artifacts_that_are_missing_or_damaged_are_no_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
