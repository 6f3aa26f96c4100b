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
    const char *unseen;  /* why the folder of the modules is seen by the VM only */
    bool empty;          /* there is no such folder */
    const char *release; /* then, of the kernel */
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
    *t = (struct trial){
        .home = state_home_new(), .unseen = t->unseen, .empty = t->empty, .release = t->release};
    if (t->empty) {
        answer_begin(&t->answer);
        ud_record_add_fact(&t->answer, UD_FACT_RELEASE, t->release);
        ud_record_add_fact(&t->answer, UD_FACT_VERSION, "#1 SMP");
        ud_record_add_fact(&t->answer, UD_FACT_MACHINE, "x86_64");
        ud_record_add_fact(&t->answer, UD_FACT_MODULES_SUPPORTED, "1");
    } else {
        answer_begin_probe(&t->answer);
    }
    answer_text(&t->answer, UD_BLOB_CONFIG_PREFIX "/proc/config.gz", "CONFIG_MODULES=y\n");
    if (t->unseen != NULL) {
        ud_record_add_fact(&t->answer, UD_FACT_MODULES_UNSEEN, t->unseen);
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
        t = (struct trial){.empty = true, .release = "6.1.0"};
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
        assert_non_null(strstr(t.f.notes, "the VM has no module of its own"));
        assert_null(strstr(t.f.warnings, "vhdx"));
        assert_true(t.facts.has_config);
        trial_done(&t);
    }
}

/* Its modules are in a disk that WSL mounts. */
static void a_wsl_without_its_disk_of_modules_is_told(void **state)
{
    static const struct {
        const char *release;
        bool told;
    } cases[] = {{"6.18.35.2-microsoft-standard-WSL2", true},
                 {"6.6.87.2-microsoft-standard-WSL2", true},
                 {"5.15.167.4-microsoft-standard-WSL2", false}};
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        static struct trial t;
        struct ud_error err = {0};
        t = (struct trial){.empty = true, .release = cases[i].release};
        if (probe(&t, NULL, 0, 0, &err) != UD_OK) {
            fail_msg("%s", err.message);
        }
        assert_true((strstr(t.f.warnings, "wsl --shutdown") != NULL) == cases[i].told);
        trial_done(&t);
    }
}

static void what_only_the_vm_sees_is_looked_at_inside_it(void **state)
{
    static const struct {
        const char *unseen;
        const char *note;
        const char *warning; /* once it cannot be seen inside either */
    } cases[] = {
        {UD_MODULES_LINKED, "a link that leads elsewhere in the VM", "modloop"},
        {UD_MODULES_DENIED, "a security policy of the VM (SELinux) keeps unprivileged", ""},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        static struct trial t;
        struct ud_error err = {0};
        t = (struct trial){.unseen = cases[i].unseen};
        if (probe(&t, NULL, 0, 0, &err) != UD_OK) {
            fail_msg("%s", err.message);
        }
        /* Relabelling the VM's files for a container would keep the VM from starting again. */
        assert_null(strstr(engine_created(t.f.script, 0), "Relabel"));
        assert_null(strstr(engine_created(t.f.script, 0), ":z"));
        assert_non_null(strstr(engine_created(t.f.script, 1), "\"Privileged\":true"));
        assert_non_null(strstr(t.f.notes, cases[i].note));
        assert_non_null(strstr(t.f.warnings, cases[i].warning));
        trial_done(&t);
    }
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
        cmocka_unit_test(what_only_the_vm_sees_is_looked_at_inside_it),
        cmocka_unit_test(a_wsl_without_its_disk_of_modules_is_told),
        cmocka_unit_test(another_refusal_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
