/* What the VM's package manager is configured with: asked for once in a run, brought as often as it
 * is wanted. */
#include <string.h>

#include "engine_fixture.h"
#include "helper_answer.h"
#include "state_home.h"

#include "sources/package_fetcher.h"

#define COUNT(items) (sizeof(items) / sizeof(items)[0])
#define LIST "deb http://mirror.example/debian bookworm main\n"

struct trial {
    char *home;
    struct engine_fixture f;
    struct ud_app app;
    struct ud_package_vm vm;
};

static void begin(struct trial *t, const struct ud_buf *answer)
{
    const struct script_rule always[] = {
        ENGINE_RULES(ENGINE_INFO("")),
        {.method = "GET", .path = "/networks/bridge", .body = "{}", .forever = true},
        {.method = "HEAD", .path = "/archive", .status = 404, .forever = true},
    };
    struct script_rule rules[COUNT(always) + 1];
    *t = (struct trial){.home = state_home_new()};
    memcpy(rules, always, sizeof always);
    rules[COUNT(always)] = (struct script_rule)ENGINE_RUN(*answer);
    engine_fixture_init(&t->f, rules, COUNT(rules), true);
    t->app.report = &t->f.report;
    t->vm.engine = t->f.engine;
}

static void end(struct trial *t)
{
    ud_package_vm_done(&t->vm);
    engine_fixture_done(&t->f);
    state_home_free(t->home);
}

/* Into a container of its own. */
static enum ud_code bring(struct trial *t, enum ud_package_tool tool)
{
    const struct ud_build_container_image image = {.id = "base", .goarch = "amd64"};
    struct ud_package_fetcher fetcher = {.app = &t->app, .vm = &t->vm, .tool = tool};
    struct ud_error err = {0};
    assert_int_equal(ud_build_container_open(&t->app, t->f.engine, UD_ROLE_PACKAGES, &image,
                                             &fetcher.container, &err),
                     UD_OK);
    const enum ud_code rc = ud_package_bring_vms(&fetcher, &err);
    assert_int_equal(fetcher.env.len, rc == UD_OK ? 1 : 0);
    ud_package_fetcher_close(&fetcher);
    return rc;
}

static void the_vm_is_asked_once(void **state)
{
    struct ud_buf answer;
    struct trial t;
    (void)state;
    answer_begin(&answer);
    answer_file(&answer, "/etc/apt/sources.list", LIST, strlen(LIST));
    answer_end(&answer, UD_OK, "");
    begin(&t, &answer);
    assert_int_equal(bring(&t, UD_PACKAGE_APT), UD_OK);
    assert_int_equal(bring(&t, UD_PACKAGE_APT), UD_OK);
    assert_int_equal(bring(&t, UD_PACKAGE_DNF), UD_ERR_NOT_FOUND);
    assert_int_equal(scripted_engine_seen(t.f.script, "POST", "/attach?"), 1);
    assert_non_null(strstr(t.f.notes, "/etc/apt/sources.list"));
    end(&t);
    ud_buf_done(&answer);
}

static void nobody_is_asked_without_a_vm(void **state)
{
    const struct ud_buf none = {0};
    struct trial t;
    (void)state;
    begin(&t, &none);
    t.vm.engine = NULL;
    assert_int_equal(bring(&t, UD_PACKAGE_APT), UD_ERR_NOT_FOUND);
    assert_int_equal(scripted_engine_seen(t.f.script, "POST", "/attach?"), 0);
    end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_vm_is_asked_once),
        cmocka_unit_test(nobody_is_asked_without_a_vm),
    };
    return cmocka_run_group_tests_name("app.sources.package_vm", tests, NULL, NULL);
}
