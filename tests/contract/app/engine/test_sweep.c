/* Which containers and pulled images a run removes before it begins: what a killed run
 * left, at once and whatever the clocks show, and nothing that anybody may need. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine_fixture.h"
#include "state_home.h"

#include "engine/run_mark.h"
#include "engine/sweep.h"
#include "platform/fs.h"
#include "platform/host.h"
#include "platform/lock_file.h"
#include "util/mem.h"

#define COUNT(items) (sizeof(items) / sizeof(items)[0])
#define ALIVE "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define DEAD "dddddddddddddddddddddddddddddddd"
#define STRANGE "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"
#define ENGINE_NOW 1795168800 /* 2026-11-20T10:00:00Z */
#define HOUR 3600

struct engine_clock {
    const char *now; /* what /info says; NULL: it does not answer */
    int64_t seconds;
};

static const struct engine_clock steady = {"\"2026-11-20T10:00:00.5Z\"", ENGINE_NOW};

/* One container and what is to become of it. */
struct found {
    const char *name;
    const char *run; /* label; NULL: there is none */
    const char *state;
    int64_t age; /* by the engine's clock, seconds */
    bool goes;
};

#define BUILD "usbipd-desktop-build-0123456789ab"

static char *list_of(const struct found *found, int64_t engine_now)
{
    char *label = found->run != NULL
                      ? ud_strf(",\"io.github.usbipd-desktop.run\":\"%s\"", found->run)
                      : ud_strdup("");
    char *json = ud_strf("[{\"Id\":\"1\",\"Names\":[\"/%s\"],\"State\":\"%s\",\"Created\":%lld,"
                         "\"Labels\":{\"io.github.usbipd-desktop\":\"1\","
                         "\"io.github.usbipd-desktop.role\":\"build\"%s}}]",
                         found->name, found->state, (long long)(engine_now - found->age), label);
    free(label);
    return json;
}

/* Sweeps an engine that has just that container. */
static void sweep_one(const struct found *found, const struct engine_clock *clock)
{
    struct engine_fixture f;
    char *list = list_of(found, clock->seconds);
    char *info = ud_strf("{\"OSType\":\"linux\",\"SystemTime\":%s}",
                         clock->now != NULL ? clock->now : "\"\"");
    const struct script_rule rules[] = {
        PONG,
        {.method = "GET", .path = "/containers/json", .body = list},
        {.method = "GET", .path = "/images/json", .body = "[]"},
        {.method = "GET", .path = "/info", .body = info, .forever = true},
        {.method = "POST", .path = "/stop", .status = 204, .forever = true},
        {.method = "DELETE", .path = "/containers/", .status = 204, .forever = true}};
    engine_fixture_init(&f, rules, COUNT(rules), true);
    const struct ud_app app = {.report = &f.report};
    ud_sweep(&app, f.engine);
    size_t removed = scripted_engine_seen(f.script, "DELETE", found->name);
    size_t all = scripted_engine_seen(f.script, "DELETE", "");
    if (removed != (found->goes ? 1 : 0) || all != removed) {
        fail_msg("%s of run %s, %s for %lld s: %s", found->name,
                 found->run != NULL ? found->run : "-", found->state, (long long)found->age,
                 removed > 0 ? "removed" : "left");
    }
    engine_fixture_done(&f);
    free(info);
    free(list);
}

static void sweep_each(const struct found *found, size_t count, const struct engine_clock *clock)
{
    for (size_t i = 0; i < count; i++) {
        sweep_one(&found[i], clock);
    }
}

/* A home in which one run is alive, whose lock this process holds, and one was killed. */
struct home {
    char *dir;
    struct ud_lock_file *alive;
};

static void home_init(struct home *home)
{
    struct ud_error err = {0};
    struct ud_lock_file *dead = NULL;
    *home = (struct home){.dir = state_home_new()};
    char *path = state_home_run_file(ALIVE);
    assert_int_equal(ud_lock_file_take(path, &home->alive, &err), UD_OK);
    free(path);
    path = state_home_run_file(DEAD);
    assert_int_equal(ud_lock_file_take(path, &dead, &err), UD_OK);
    ud_lock_file_free(dead);
    free(path);
}

static void home_done(struct home *home)
{
    ud_lock_file_free(home->alive);
    state_home_free(home->dir);
}

static const struct found of_a_dead_run[] = {
    {BUILD, DEAD, "running", 10, true},
    {BUILD, DEAD, "paused", 10, true},
    {BUILD, DEAD, "exited", 10, true},
    {BUILD, DEAD, "created", 10, true},
    {"usbipd-desktop-modules-0123456789ab", DEAD, "exited", 10, true},
};

static const struct found of_a_live_run[] = {
    {BUILD, ALIVE, "running", 10, false},
    {BUILD, ALIVE, "created", 10, false},
    {BUILD, ALIVE, "exited", 10, false},
    /* A shell may be open for days. */
    {BUILD, ALIVE, "running", 100 * HOUR, false},
    {BUILD, ALIVE, "exited", 100 * HOUR, false},
};

static const struct found of_an_unknown_run[] = {
    {BUILD, STRANGE, "running", 10, false},
    {BUILD, STRANGE, "running", 100 * HOUR, false},
    {BUILD, STRANGE, "paused", 100 * HOUR, false},
    {BUILD, STRANGE, "restarting", 100 * HOUR, false},
    {BUILD, STRANGE, "exited", 4 * HOUR, false},
    {BUILD, STRANGE, "created", 4 * HOUR, false},
    {BUILD, STRANGE, "exited", 6 * HOUR, true},
    {BUILD, STRANGE, "dead", 6 * HOUR, true},
    {BUILD, STRANGE, "created", 6 * HOUR, true},
    /* Of a version that did not note its runs, or of one without a home. */
    {BUILD, NULL, "running", 100 * HOUR, false},
    {BUILD, NULL, "exited", 4 * HOUR, false},
    {BUILD, NULL, "exited", 6 * HOUR, true},
    {BUILD, "none", "running", 100 * HOUR, false},
    {BUILD, "none", "exited", 6 * HOUR, true},
    /* No path comes of it. */
    {BUILD, "../runs/" DEAD, "running", 100 * HOUR, false},
};

/* Whatever their labels say: users make containers of our images, which have them. */
static const struct found not_ours[] = {
    {"web", DEAD, "exited", 100 * HOUR, false},
    {"usbipd-desktop-notes", DEAD, "exited", 100 * HOUR, false},
    {"usbipd-desktop-build-mine", DEAD, "exited", 100 * HOUR, false},
    {"usbipd-desktop-build-0123456789abc", DEAD, "exited", 100 * HOUR, false},
    {"usbipd-desktop-vhcli", DEAD, "running", 100 * HOUR, false},
    {"usbipd-desktop-installed", DEAD, "exited", 100 * HOUR, false},
    {"usbipd-desktop-installed-0123456789ab", DEAD, "running", 0, true},
};

static void what_a_killed_run_left_goes_at_once(void **state)
{
    (void)state;
    struct home home;
    home_init(&home);
    sweep_each(of_a_dead_run, COUNT(of_a_dead_run), &steady);
    home_done(&home);
}

static void what_a_live_run_has_stays(void **state)
{
    (void)state;
    struct home home;
    home_init(&home);
    sweep_each(of_a_live_run, COUNT(of_a_live_run), &steady);
    home_done(&home);
}

static void of_unknown_runs_only_what_ended_long_ago_goes(void **state)
{
    (void)state;
    struct home home;
    home_init(&home);
    sweep_each(of_an_unknown_run, COUNT(of_an_unknown_run), &steady);
    home_done(&home);
}

static void what_is_not_ours_stays(void **state)
{
    (void)state;
    struct home home;
    home_init(&home);
    sweep_each(not_ours, COUNT(not_ours), &steady);
    home_done(&home);
}

/* The engine's clock against this machine's: it must make no difference. */
static void clocks_that_differ_change_nothing(void **state)
{
    (void)state;
    static const int64_t offsets[] = {-5 * HOUR, 5 * HOUR, -100 * HOUR, 100 * HOUR};
    struct home home;
    home_init(&home);
    for (size_t i = 0; i < COUNT(offsets); i++) {
        const int64_t now = ud_host_wall_time() + offsets[i];
        char text[64];
        const struct engine_clock clock = {text, now};
        time_t seconds = (time_t)now;
        (void)strftime(text, sizeof text, "\"%Y-%m-%dT%H:%M:%SZ\"", gmtime(&seconds));
        sweep_each(of_a_dead_run, COUNT(of_a_dead_run), &clock);
        sweep_each(of_a_live_run, COUNT(of_a_live_run), &clock);
        sweep_each(of_an_unknown_run, COUNT(of_an_unknown_run), &clock);
    }
    home_done(&home);
}

static void without_the_engines_clock_nothing_is_too_old(void **state)
{
    (void)state;
    static const struct engine_clock mute = {NULL, ENGINE_NOW};
    static const struct found found[] = {{BUILD, STRANGE, "exited", 100 * HOUR, false},
                                         {BUILD, DEAD, "exited", 10, true}};
    struct home home;
    home_init(&home);
    sweep_each(found, COUNT(found), &mute);
    home_done(&home);
}

/* The home is what tells users apart: the same engine, another home. */
static void of_another_user_nothing_is_known(void **state)
{
    (void)state;
    static const struct found theirs[] = {{BUILD, DEAD, "running", 10, false},
                                          {BUILD, ALIVE, "running", 10, false},
                                          {BUILD, DEAD, "exited", 10, false}};
    struct home home;
    home_init(&home);
    char *other = state_home_new();
    sweep_each(theirs, COUNT(theirs), &steady);
    state_home_use(home.dir);
    sweep_one(&of_a_dead_run[0], &steady);
    state_home_free(other);
    home_done(&home);
}

static void a_helper_that_changes_the_kernel_is_stopped_first(void **state)
{
    (void)state;
    struct home home;
    struct engine_fixture f;
    const struct script_rule rules[] = {
        PONG,
        {.method = "GET",
         .path = "/containers/json",
         .body = "[{\"Id\":\"1\",\"Names\":[\"/usbipd-desktop-modules-0123456789ab\"],"
                 "\"State\":\"running\",\"Created\":1,\"Labels\":{"
                 "\"io.github.usbipd-desktop.role\":\"modules\","
                 "\"io.github.usbipd-desktop.run\":\"" DEAD "\"}}]"},
        {.method = "POST", .path = "-0123456789ab/stop", .status = 204},
        {.method = "DELETE", .path = "/containers/", .status = 204}};
    home_init(&home);
    engine_fixture_init(&f, rules, COUNT(rules), true);
    const struct ud_app app = {.report = &f.report};
    ud_sweep(&app, f.engine);
    assert_int_equal(scripted_engine_seen(f.script, "POST", "/stop"), 1);
    assert_int_equal(scripted_engine_seen(f.script, "DELETE", "/containers/"), 1);
    engine_fixture_done(&f);
    home_done(&home);
}

/* Names of pulled images are judged as containers are. */
static void names_of_pulled_images_go_with_their_runs(void **state)
{
    (void)state;
    struct home home;
    struct engine_fixture f;
    const struct script_rule rules[] = {
        PONG,
        {.method = "GET", .path = "/containers/json", .body = "[]"},
        {.method = "GET",
         .path = "/images/json",
         .body = "[{\"Id\":\"sha256:1\",\"RepoTags\":[\"debian:12\","
                 "\"usbipd-desktop/pulled:" DEAD "-01234567\","
                 "\"usbipd-desktop/pulled:" ALIVE "-01234567\","
                 "\"mine/usbipd-desktop/pulled-too:1\"]},"
                 "{\"Id\":\"sha256:2\",\"RepoTags\":["
                 "\"localhost/usbipd-desktop/pulled:" DEAD "-89abcdef\","
                 "\"usbipd-desktop/pulled:" STRANGE "-00000001\","
                 "\"usbipd-desktop/pulled:" STRANGE "-00000002\"]}]"},
        {.method = "GET",
         .path = "-00000001/json",
         .body = "{\"Id\":\"1\",\"Metadata\":{\"LastTagTime\":\"2026-11-20T04:00:00Z\"}}"},
        {.method = "GET",
         .path = "-00000002/json",
         .body = "{\"Id\":\"1\",\"Metadata\":{\"LastTagTime\":\"2026-11-20T09:00:00Z\"}}"},
        {.method = "GET", .path = "/info", .body = "{\"SystemTime\":\"2026-11-20T10:00:00Z\"}"},
        {.method = "DELETE", .path = "/images/", .body = "[]", .forever = true}};
    home_init(&home);
    engine_fixture_init(&f, rules, COUNT(rules), true);
    const struct ud_app app = {.report = &f.report};
    ud_sweep(&app, f.engine);
    assert_int_equal(scripted_engine_seen(f.script, "DELETE", "/images/"), 3);
    assert_int_equal(scripted_engine_seen(f.script, "DELETE", DEAD "-01234567?force=0"), 1);
    assert_int_equal(scripted_engine_seen(f.script, "DELETE", DEAD "-89abcdef?force=0"), 1);
    assert_int_equal(scripted_engine_seen(f.script, "DELETE", STRANGE "-00000001?force=0"), 1);
    engine_fixture_done(&f);
    home_done(&home);
}

static void a_run_is_alive_until_it_ends(void **state)
{
    (void)state;
    struct home home;
    char id[64];
    home_init(&home);
    ud_run_mark_begin(NULL);
    ud_run_mark_begin(NULL);
    (void)snprintf(id, sizeof id, "%s", ud_run_mark_id());
    assert_true(ud_run_mark_is_mine(id));
    assert_int_equal(ud_run_mark_life(id), UD_RUN_ALIVE);
    ud_run_mark_end();
    assert_int_equal(ud_run_mark_life(id), UD_RUN_ALIVE);
    assert_true(ud_run_mark_has_others());
    ud_lock_file_free(home.alive);
    home.alive = NULL;
    assert_false(ud_run_mark_has_others());
    ud_run_mark_end();
    assert_int_equal(ud_run_mark_life(id), UD_RUN_UNKNOWN); /* nothing is left of it */
    ud_run_mark_begin(NULL);
    assert_string_not_equal(id, ud_run_mark_id());
    (void)snprintf(id, sizeof id, "%s", ud_run_mark_id());
    ud_run_mark_keep();
    ud_run_mark_end();
    assert_int_equal(ud_run_mark_life(id), UD_RUN_DEAD);
    home_done(&home);
}

/* A file where the directory would be: nothing can be noted, and nothing fails. */
static void without_a_place_runs_are_unknown(void **state)
{
    (void)state;
    struct ud_error err = {0};
    char *dir = state_home_new();
    char *path = ud_fs_join(dir, "usbipd-desktop");
    assert_int_equal(ud_fs_write_atomic(path, "", 0, &err), UD_OK);
    char *local = ud_host_state_dir();
    assert_non_null(local);
    ud_run_mark_begin(NULL);
    assert_string_equal(ud_run_mark_id(), "none");
    assert_false(ud_run_mark_is_mine("none"));
    assert_int_equal(ud_run_mark_life("none"), UD_RUN_UNKNOWN);
    assert_true(ud_run_mark_has_others());
    ud_run_mark_end();
    free(local);
    free(path);
    state_home_free(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_killed_run_left_goes_at_once),
        cmocka_unit_test(what_a_live_run_has_stays),
        cmocka_unit_test(of_unknown_runs_only_what_ended_long_ago_goes),
        cmocka_unit_test(what_is_not_ours_stays),
        cmocka_unit_test(clocks_that_differ_change_nothing),
        cmocka_unit_test(without_the_engines_clock_nothing_is_too_old),
        cmocka_unit_test(of_another_user_nothing_is_known),
        cmocka_unit_test(a_helper_that_changes_the_kernel_is_stopped_first),
        cmocka_unit_test(names_of_pulled_images_go_with_their_runs),
        cmocka_unit_test(a_run_is_alive_until_it_ends),
        cmocka_unit_test(without_a_place_runs_are_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
