/* A process that is killed while it has a run: what it left is known at once. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine_fixture.h"
#include "state_home.h"

#include "engine/run_mark.h"
#include "engine/sweep.h"
#include "util/mem.h"

enum { ID_LEN = 32 };

/* Begins a run, tells its id, and waits to be killed. */
static _Noreturn void be_killed(int pipe_end)
{
    ud_run_mark_begin(NULL);
    ssize_t n = write(pipe_end, ud_run_mark_id(), ID_LEN);
    while (n == ID_LEN) {
        (void)pause();
    }
    _exit(1);
}

static pid_t start_run(char *id)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)close(ends[0]);
        be_killed(ends[1]);
    }
    (void)close(ends[1]);
    assert_int_equal(read(ends[0], id, ID_LEN), ID_LEN);
    id[ID_LEN] = '\0';
    (void)close(ends[0]);
    return child;
}

/* How many containers a sweep removes when one of that run is running. */
static size_t swept(const char *id)
{
    struct engine_fixture f;
    char *list = ud_strf("[{\"Id\":\"1\",\"Names\":[\"/usbipd-desktop-build-0123456789ab\"],"
                         "\"State\":\"running\",\"Created\":1,"
                         "\"Labels\":{\"io.github.usbipd-desktop.run\":\"%s\"}}]",
                         id);
    const struct script_rule rules[] = {
        PONG,
        {.method = "GET", .path = "/containers/json", .body = list},
        {.method = "GET", .path = "/images/json", .body = "[]"},
        {.method = "DELETE", .path = "/containers/", .status = 204}};
    engine_fixture_init(&f, rules, sizeof rules / sizeof rules[0], true);
    const struct ud_app app = {.report = &f.report};
    ud_sweep(&app, f.engine);
    size_t count = scripted_engine_seen(f.script, "DELETE", "-build-0123456789ab");
    engine_fixture_done(&f);
    free(list);
    return count;
}

static void what_it_left_goes_once_it_is_killed(void **state)
{
    (void)state;
    char id[ID_LEN + 1];
    char *home = state_home_new();
    pid_t child = start_run(id);
    assert_int_equal(ud_run_mark_life(id), UD_RUN_ALIVE);
    assert_int_equal(swept(id), 0);
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_int_equal(ud_run_mark_life(id), UD_RUN_DEAD);
    assert_int_equal(swept(id), 1);
    state_home_free(home);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_it_left_goes_once_it_is_killed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
