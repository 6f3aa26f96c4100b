/* A VM without the folders that are looked into: the engine refuses to mount what is not there, and
 * makes no folder in the VM. */
#include <stdlib.h>
#include <string.h>

#include "engine_fixture.h"

#include "../helper_answer.h"
#include "state_home.h"
#include "vm/probe.h"

#define COUNT(items) (sizeof(items) / sizeof(items)[0])

struct trial {
    bool linked; /* the folder of the modules is a link to what only the VM sees */
    struct engine_fixture f;
    struct ud_buf answer;
    struct script_rule rules[32];
    struct ud_facts facts;
    char *home;
};

/* refusals in the order of the containers that are created, each with its status. */
static enum ud_code probe(struct trial *t, const char *const *refusals, size_t count, int status,
                          struct ud_error *err)
{
    const struct script_rule always[] = {ENGINE_RULES(ENGINE_INFO(""))};
    size_t n = 0;
    *t = (struct trial){.home = state_home_new(), .linked = t->linked};
    answer_begin_probe(&t->answer);
    answer_text(&t->answer, UD_BLOB_CONFIG_PREFIX "/proc/config.gz", "CONFIG_MODULES=y\n");
    if (t->linked) {
        ud_record_add_fact(&t->answer, UD_FACT_MODULES_LINK, "/lib/modules/6.1.0");
    }
    answer_end(&t->answer, UD_OK, "");
    for (size_t i = 0; i < count; i++) {
        t->rules[n++] = (struct script_rule){
            .method = "POST", .path = "/containers/create", .status = status, .body = refusals[i]};
    }
    t->rules[n++] = (struct script_rule)ENGINE_RUN(t->answer);
    t->rules[n++] = (struct script_rule)ENGINE_RUN(t->answer);
    memcpy(t->rules + n, always, sizeof always);
    engine_fixture_init(&t->f, t->rules, n + COUNT(always), true);
    const struct ud_app app = {.report = &t->f.report};
    return ud_probe(&app, t->f.engine, &t->facts, err);
}

static void trial_done(struct trial *t)
{
    ud_facts_done(&t->facts);
    ud_buf_done(&t->answer);
    engine_fixture_done(&t->f);
    state_home_free(t->home);
}

#define DOCKER(path)                                                                               \
    "{\"message\":\"invalid mount config for type \\\"bind\\\": bind source path does not "        \
    "exist: " path "\"}"
#define PODMAN(path) "{\"message\":\"statfs " path ": no such file or directory\"}"

static void what_is_not_there_is_left_out(void **state)
{
    static const struct {
        const char *refusals[2];
        int status;
    } engines[] = {
        {{DOCKER("/boot"), DOCKER("/lib/modules")}, 400},
        {{PODMAN("/boot"), PODMAN("/lib/modules")}, 500},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(engines); i++) {
        static struct trial t;
        struct ud_error err = {0};
        if (probe(&t, engines[i].refusals, 2, engines[i].status, &err) != UD_OK) {
            fail_msg("%s", err.message);
        }
        /* Mounts, of which an engine makes no source; Binds would be made. */
        const char *first = engine_created(t.f.script, 0);
        assert_non_null(strstr(first, "\"Source\":\"/boot\""));
        assert_non_null(strstr(first, "\"Source\":\"/lib/modules\""));
        assert_null(strstr(first, "\"Binds\""));
        const char *third = engine_created(t.f.script, 2);
        assert_null(strstr(third, "\"Source\":\"/boot\""));
        assert_null(strstr(third, "\"Source\":\"/lib/modules\""));
        /* Then the VM is looked at from inside: it may have its modules elsewhere. */
        assert_non_null(strstr(engine_created(t.f.script, 3), "\"Privileged\":true"));
        assert_non_null(strstr(t.f.notes, "does not show the VM's /lib/modules"));
        assert_true(t.facts.has_config);
        trial_done(&t);
    }
}

static void a_link_out_of_the_folder_is_followed_inside_the_vm(void **state)
{
    static struct trial t = {.linked = true};
    struct ud_error err = {0};
    (void)state;
    if (probe(&t, NULL, 0, 0, &err) != UD_OK) {
        fail_msg("%s", err.message);
    }
    assert_non_null(strstr(engine_created(t.f.script, 1), "\"Privileged\":true"));
    assert_non_null(strstr(t.f.notes, "a link that leads elsewhere in the VM"));
    /* It leads nowhere there either. */
    assert_non_null(strstr(t.f.warnings, "a link that leads nowhere"));
    assert_non_null(strstr(t.f.warnings, "modloop"));
    trial_done(&t);
}

static void another_refusal_is_an_error(void **state)
{
    static const char *const refusals[] = {"{\"message\":\"no such runtime\"}"};
    static struct trial t;
    struct ud_error err = {0};
    (void)state;
    assert_int_equal(probe(&t, refusals, 1, 400, &err), UD_ERR_ENGINE);
    assert_non_null(strstr(err.message, "no such runtime"));
    trial_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_there_is_left_out),
        cmocka_unit_test(a_link_out_of_the_folder_is_followed_inside_the_vm),
        cmocka_unit_test(another_refusal_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
