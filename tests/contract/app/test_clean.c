/* What `clean` removes, and what it leaves and says so. */
#include <stdlib.h>
#include <string.h>

#include "engine_fixture.h"
#include "state_home.h"

#include "app/clean.h"
#include "platform/fs.h"
#include "platform/host.h"
#include "platform/lock_file.h"
#include "set_variable.h"
#include "util/mem.h"

#define COUNT(items) (sizeof(items) / sizeof(items)[0])
#define ALIVE "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define DEAD "dddddddddddddddddddddddddddddddd"
#define STRANGE "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"
#define CONTAINER(name, state, run)                                                                \
    "{\"Id\":\"1\",\"Names\":[\"/usbipd-desktop-" name "\"],\"State\":\"" state                    \
    "\",\"Created\":1795168000,\"Labels\":{\"io.github.usbipd-desktop.run\":\"" run "\"}}"
#define BUILDER                                                                                    \
    "{\"Id\":\"sha256:b\",\"RepoTags\":[\"usbipd-desktop/builder:1\"],"                            \
    "\"Labels\":{\"io.github.usbipd-desktop.role\":\"builder\"}}"

#define OF_LIVE CONTAINER("build-00000000000a", "running", ALIVE)
#define OF_DEAD CONTAINER("build-00000000000d", "running", DEAD)
#define STRANGE_RUNS CONTAINER("build-00000000000e", "running", STRANGE)
#define STRANGE_CREATED CONTAINER("build-00000000001e", "created", STRANGE)
#define STRANGE_ENDED CONTAINER("build-00000000002e", "exited", STRANGE)
#define THE_USERS CONTAINER("mine", "exited", DEAD)
#define CLIENT CONTAINER("vhcli", "running", STRANGE)

static const char containers[] = "[" OF_LIVE "," OF_DEAD "," STRANGE_RUNS "," STRANGE_CREATED
                                 "," STRANGE_ENDED "," THE_USERS "," CLIENT "]";

static const char pulled[] = "[{\"Id\":\"sha256:p\",\"RepoTags\":["
                             "\"usbipd-desktop/pulled:" ALIVE "-01234567\","
                             "\"usbipd-desktop/pulled:" DEAD "-01234567\"]}]";

struct trial {
    char *home;
    struct ud_lock_file *alive;
    struct engine_fixture f;
    struct ud_inventory found;
    struct ud_error err;
};

static void trial_init(struct trial *t, const struct script_rule *rules, size_t count)
{
    struct ud_lock_file *dead = NULL;
    *t = (struct trial){.home = state_home_new()};
    char *path = state_home_run_file(ALIVE);
    assert_int_equal(ud_lock_file_take(path, &t->alive, &t->err), UD_OK);
    free(path);
    path = state_home_run_file(DEAD);
    assert_int_equal(ud_lock_file_take(path, &dead, &t->err), UD_OK);
    ud_lock_file_free(dead);
    free(path);
    set_variable("XDG_CACHE_HOME", t->home);
    engine_fixture_init(&t->f, rules, count, false);
}

static void trial_done(struct trial *t)
{
    ud_inventory_done(&t->found);
    engine_fixture_done(&t->f);
    ud_lock_file_free(t->alive);
    state_home_free(t->home);
}

static enum ud_code clean(struct trial *t, bool dry_run, bool downloads)
{
    const struct ud_app app = {.report = &t->f.report};
    const struct ud_clean_options options = {.vm = {.host = scripted_engine_endpoint(t->f.script)},
                                             .dry_run = dry_run,
                                             .downloads = downloads};
    return ud_app_clean(&app, &options, &t->found, &t->err);
}

static const struct ud_inventory_item *item(const struct trial *t, const char *name)
{
    for (size_t i = 0; i < t->found.count; i++) {
        if (strstr(t->found.items[i].name, name) != NULL) {
            return &t->found.items[i];
        }
    }
    fail_msg("%s is not listed", name);
    return NULL;
}

static void expect_kept(const struct trial *t, const char *name, const char *why)
{
    const struct ud_inventory_item *is = item(t, name);
    assert_false(is->removed);
    assert_non_null(is->kept);
    assert_non_null(strstr(is->kept, why));
    assert_int_equal(scripted_engine_seen(t->f.script, "DELETE", name), 0);
}

static void expect_removed(const struct trial *t, const char *name)
{
    assert_true(item(t, name)->removed);
    assert_null(item(t, name)->kept);
    assert_int_equal(scripted_engine_seen(t->f.script, "DELETE", name), 1);
}

#define RULES(images_)                                                                             \
    PONG, {.method = "GET", .path = "/containers/json", .body = containers},                       \
        {.method = "GET", .path = "/images/json", .body = (images_)},                              \
        {.method = "GET", .path = "/images/json", .body = pulled},                                 \
        {.method = "GET", .path = "/volumes", .body = "{\"Volumes\":[]}"},                         \
        {.method = "GET", .path = "/info", .body = "{\"SystemTime\":\"2026-11-20T10:00:00Z\"}"},   \
    {                                                                                              \
        .method = "DELETE", .path = "/containers/", .status = 204, .forever = true                 \
    }

static void what_others_need_stays_and_the_rest_goes(void **state)
{
    (void)state;
    struct trial t;
    const struct script_rule rules[] = {
        RULES("[" BUILDER "]"),
        {.method = "DELETE", .path = "/images/", .body = "[]", .forever = true}};
    trial_init(&t, rules, COUNT(rules));
    if (clean(&t, false, false) != UD_OK) {
        fail_msg("%s", t.err.message);
    }
    assert_int_equal(t.found.count, 9);
    expect_kept(&t, "build-00000000000a", "a run that is under way");
    expect_removed(&t, "build-00000000000d");
    expect_kept(&t, "build-00000000000e", "another machine");
    expect_kept(&t, "build-00000000001e", "another machine");
    expect_removed(&t, "build-00000000002e");
    expect_removed(&t, "usbipd-desktop-vhcli");
    expect_removed(&t, "usbipd-desktop/builder");
    expect_kept(&t, ALIVE "-01234567", "a run that is under way");
    expect_removed(&t, DEAD "-01234567");
    /* Nothing is taken from a container by force. */
    assert_int_equal(scripted_engine_seen(t.f.script, "DELETE", "force=1&noprune"), 0);
    trial_done(&t);
}

static void a_dry_run_says_the_same_and_removes_nothing(void **state)
{
    (void)state;
    struct trial t;
    const struct script_rule rules[] = {RULES("[" BUILDER "]")};
    trial_init(&t, rules, COUNT(rules));
    assert_int_equal(clean(&t, true, false), UD_OK);
    assert_int_equal(t.found.count, 9);
    expect_kept(&t, "build-00000000000a", "a run that is under way");
    expect_kept(&t, "build-00000000000e", "another machine");
    assert_null(item(&t, "build-00000000000d")->kept);
    assert_null(item(&t, "usbipd-desktop/builder")->kept);
    assert_int_equal(scripted_engine_seen(t.f.script, "DELETE", ""), 0);
    trial_done(&t);
}

/* The image of a container that stays: no failure, as that is not. */
static void an_image_that_a_kept_container_uses_stays(void **state)
{
    (void)state;
    struct trial t;
    const struct script_rule rules[] = {
        RULES("[" BUILDER "]"),
        {.method = "DELETE",
         .path = "/images/usbipd-desktop/builder",
         .status = 409,
         .body = "{\"message\":\"image is being used by running container\"}"},
        {.method = "DELETE", .path = "/images/", .body = "[]", .forever = true}};
    trial_init(&t, rules, COUNT(rules));
    assert_int_equal(clean(&t, false, false), UD_OK);
    assert_false(item(&t, "usbipd-desktop/builder")->removed);
    assert_non_null(strstr(item(&t, "usbipd-desktop/builder")->kept, "uses it"));
    trial_done(&t);
}

#define INSTALLED_LABELS                                                                           \
    "\"Labels\":{\"io.github.usbipd-desktop.role\":\"installed\","                                 \
    "\"io.github.usbipd-desktop.inputs\":\"12ab\"}"

/* With its container it is installed; without it the image is of no use. What somebody made on top
 * of it has its labels. */
static void what_is_installed_stays_as_long_as_its_container(void **state)
{
    (void)state;
    static const char *const containers_of[] = {"[" CONTAINER("installed", "exited", DEAD) "]",
                                                "[]"};
    for (size_t i = 0; i < COUNT(containers_of); i++) {
        struct trial t;
        const struct script_rule rules[] = {
            PONG,
            {.method = "GET", .path = "/containers/json", .body = containers_of[i]},
            {.method = "GET",
             .path = "/images/json",
             .body = "[{\"Id\":\"sha256:i\",\"RepoTags\":[\"usbipd-desktop/"
                     "installed:12ab\"]," INSTALLED_LABELS
                     "},{\"Id\":\"sha256:u\",\"RepoTags\":[\"mine:1\"]," INSTALLED_LABELS "}]",
             .forever = true},
            {.method = "GET",
             .path = "/images/sha256:i/json",
             .body = "{\"Id\":\"sha256:i\",\"RootFS\":{\"Layers\":[\"sha256:12ab\"]},"
                     "\"Config\":{" INSTALLED_LABELS "}}",
             .forever = true},
            {.method = "GET",
             .path = "/images/sha256:u/json",
             .body = "{\"Id\":\"sha256:u\",\"RootFS\":{\"Layers\":[\"sha256:12ab\",\"sha256:34\"]},"
                     "\"Config\":{" INSTALLED_LABELS "}}",
             .forever = true},
            {.method = "GET", .path = "/volumes", .body = "{\"Volumes\":[]}"},
            {.method = "DELETE", .path = "/images/", .body = "[]", .forever = true}};
        trial_init(&t, rules, COUNT(rules));
        if (clean(&t, false, false) != UD_OK) {
            fail_msg("%s", t.err.message);
        }
        if (i == 0) {
            expect_kept(&t, "usbipd-desktop-installed", "usbipd-desktop uninstall");
            expect_kept(&t, "usbipd-desktop/installed:12ab", "usbipd-desktop uninstall");
        } else {
            expect_removed(&t, "usbipd-desktop/installed:12ab");
        }
        assert_int_equal(scripted_engine_seen(t.f.script, "DELETE", "mine"), 0);
        trial_done(&t);
    }
}

static void a_file_that_may_be_being_written_stays_while_another_run_is_alive(void **state)
{
    (void)state;
    struct trial t;
    const struct script_rule rules[] = {
        RULES("[]"),
        PONG,
        {.method = "DELETE", .path = "/", .body = "[]", .forever = true},
        {.method = "GET", .path = "/containers/json", .body = "[]", .forever = true},
        {.method = "GET", .path = "/images/json", .body = "[]", .forever = true},
        {.method = "GET", .path = "/volumes", .body = "{}", .forever = true}};
    trial_init(&t, rules, COUNT(rules));
    char *cache = ud_host_cache_dir();
    char *dir = ud_fs_join(cache, "sources");
    char *temp = ud_fs_join(dir, ".unverified-x.tar.0123456789abcdef.tmp");
    assert_int_equal(ud_fs_mkdirs(dir, &t.err), UD_OK);
    assert_int_equal(ud_fs_write_atomic(temp, "part", 4, &t.err), UD_OK);
    assert_int_equal(clean(&t, false, true), UD_OK);
    assert_int_equal(ud_fs_kind(temp), UD_FS_FILE);
    assert_non_null(strstr(item(&t, "unverified-x")->kept, "being written"));
    ud_inventory_done(&t.found);
    ud_lock_file_free(t.alive);
    t.alive = NULL;
    assert_int_equal(clean(&t, false, true), UD_OK);
    assert_int_equal(ud_fs_kind(temp), UD_FS_NONE);
    free(temp);
    free(dir);
    free(cache);
    trial_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_others_need_stays_and_the_rest_goes),
        cmocka_unit_test(a_dry_run_says_the_same_and_removes_nothing),
        cmocka_unit_test(an_image_that_a_kept_container_uses_stays),
        cmocka_unit_test(what_is_installed_stays_as_long_as_its_container),
        cmocka_unit_test(a_file_that_may_be_being_written_stays_while_another_run_is_alive),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
