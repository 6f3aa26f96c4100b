/* Images that a run pulls: held by a name of its own, and nothing of anybody else's goes. */
#include <stdlib.h>
#include <string.h>

#include "engine_fixture.h"
#include "state_home.h"

#include "engine/run_mark.h"
#include "engine/temp_image.h"

#define COUNT(items) (sizeof(items) / sizeof(items)[0])
#define MISSING(...)                                                                               \
    {                                                                                              \
        .method = "GET", .path = "/images/debian:12/json", .status = 404, .body = "{}",            \
        __VA_ARGS__                                                                                \
    }
#define THERE(names)                                                                               \
    {                                                                                              \
        .method = "GET", .path = "/images/debian:12/json",                                         \
        .body = "{\"Id\":\"sha256:d\",\"RepoTags\":[" names "]}"                                   \
    }
#define PULLED                                                                                     \
    {                                                                                              \
        .method = "POST", .path = "/images/create?fromImage=", .body = "{\"status\":\"done\"}"     \
    }
#define NAMED                                                                                      \
    {                                                                                              \
        .method = "POST", .path = "/images/sha256:d/tag?repo=usbipd-desktop", .status = 201        \
    }
#define GONE_BEFORE_NAMED                                                                          \
    {                                                                                              \
        .method = "POST", .path = "/images/sha256:d/tag?repo=usbipd-desktop", .status = 404,       \
        .body = "{\"message\":\"no such image\"}"                                                  \
    }
#define UNNAMED                                                                                    \
    {                                                                                              \
        .method = "DELETE", .path = "/images/", .body = "[]", .forever = true                      \
    }

struct trial {
    char *home;
    struct engine_fixture f;
    struct ud_temp_image image;
    struct ud_error err;
};

static enum ud_code ensure(struct trial *t, const struct script_rule *rules, size_t count)
{
    *t = (struct trial){.home = state_home_new()};
    ud_run_mark_begin(NULL);
    engine_fixture_init(&t->f, rules, count, true);
    const struct ud_app app = {.report = &t->f.report};
    return ud_temp_image_ensure(&app, t->f.engine, "debian:12", NULL, &t->image, &t->err);
}

static void done(struct trial *t)
{
    ud_temp_image_release(t->f.engine, &t->image);
    engine_fixture_done(&t->f);
    ud_run_mark_end();
    state_home_free(t->home);
}

static size_t seen(const struct trial *t, const char *method, const char *part)
{
    return scripted_engine_seen(t->f.script, method, part);
}

static void what_was_pulled_keeps_this_runs_name_only(void **state)
{
    (void)state;
    struct trial t;
    const struct script_rule rules[] = {
        PONG, MISSING(.repeat = 0), PULLED, THERE("\"debian:12\""), NAMED, UNNAMED};
    if (ensure(&t, rules, COUNT(rules)) != UD_OK) {
        fail_msg("%s", t.err.message);
    }
    assert_string_equal(t.image.id, "sha256:d");
    assert_non_null(strstr(t.image.name, ud_run_mark_id()));
    assert_int_equal(seen(&t, "DELETE", ""), 1);
    assert_int_equal(seen(&t, "DELETE", "/images/debian:12?force=0"), 1);
    ud_temp_image_release(t.f.engine, &t.image);
    assert_int_equal(seen(&t, "DELETE", ""), 2);
    assert_int_equal(seen(&t, "DELETE", ud_run_mark_id()), 1);
    assert_string_equal(t.f.warnings, "");
    done(&t);
}

/* The user's, or what the user pulls in the middle of the run. */
static void a_name_that_was_there_is_never_removed(void **state)
{
    (void)state;
    struct trial t;
    const struct script_rule rules[] = {PONG, THERE("\"debian:12\""), NAMED, UNNAMED};
    assert_int_equal(ensure(&t, rules, COUNT(rules)), UD_OK);
    ud_temp_image_release(t.f.engine, &t.image);
    assert_int_equal(seen(&t, "DELETE", "debian"), 0);
    assert_int_equal(seen(&t, "DELETE", "/images/usbipd-desktop/pulled:"), 1);
    assert_int_equal(seen(&t, "POST", "fromImage"), 0);
    done(&t);
}

/* With our name it would lose its last. */
static void an_image_without_a_name_gets_none(void **state)
{
    (void)state;
    struct trial t;
    const struct script_rule rules[] = {PONG, THERE("")};
    assert_int_equal(ensure(&t, rules, COUNT(rules)), UD_OK);
    assert_string_equal(t.image.id, "sha256:d");
    ud_temp_image_release(t.f.engine, &t.image);
    assert_int_equal(seen(&t, "POST", ""), 0);
    assert_int_equal(seen(&t, "DELETE", ""), 0);
    done(&t);
}

/* Another run had just pulled it, and took the usual name away. */
static void one_that_vanishes_is_pulled_once(void **state)
{
    (void)state;
    struct trial t;
    const struct script_rule rules[] = {PONG,
                                        THERE("\"debian:12\""),
                                        GONE_BEFORE_NAMED,
                                        MISSING(.repeat = 0),
                                        PULLED,
                                        THERE("\"debian:12\""),
                                        NAMED,
                                        UNNAMED};
    if (ensure(&t, rules, COUNT(rules)) != UD_OK) {
        fail_msg("%s", t.err.message);
    }
    assert_string_equal(t.image.id, "sha256:d");
    assert_int_equal(seen(&t, "POST", "fromImage"), 1);
    done(&t);
}

static void one_that_vanishes_again_is_an_error(void **state)
{
    (void)state;
    struct trial t;
    const struct script_rule rules[] = {PONG,
                                        THERE("\"debian:12\""),
                                        GONE_BEFORE_NAMED,
                                        THERE("\"debian:12\""),
                                        GONE_BEFORE_NAMED,
                                        UNNAMED};
    assert_int_equal(ensure(&t, rules, COUNT(rules)), UD_ERR_NOT_FOUND);
    assert_int_equal(seen(&t, "POST", "/tag"), 2);
    done(&t);
}

static void one_that_does_not_exist_is_asked_for_once(void **state)
{
    (void)state;
    struct trial t;
    const struct script_rule rules[] = {PONG,
                                        MISSING(.forever = true),
                                        {.method = "POST",
                                         .path = "/images/create",
                                         .status = 404,
                                         .body = "{\"message\":\"manifest unknown\"}"}};
    assert_int_equal(ensure(&t, rules, COUNT(rules)), UD_ERR_NOT_FOUND);
    assert_int_equal(seen(&t, "POST", ""), 1);
    assert_int_equal(seen(&t, "DELETE", ""), 0);
    done(&t);
}

/* The engine may have been done a moment before. */
static void an_interrupted_pull_leaves_no_name(void **state)
{
    (void)state;
    struct trial t = {.home = state_home_new()};
    const struct script_rule rules[] = {
        PONG,
        MISSING(.repeat = 0),
        {.method = "POST", .path = "/images/create?fromImage=", .stall = true},
        UNNAMED};
    engine_fixture_init(&t.f, rules, COUNT(rules), true);
    const struct ud_app app = {.report = &t.f.report};
    struct canceller *canceller = cancel_after(&t.f.cancel, 100);
    assert_int_equal(ud_temp_image_ensure(&app, t.f.engine, "debian:12", NULL, &t.image, &t.err),
                     UD_ERR_INTERRUPTED);
    canceller_join(canceller);
    assert_int_equal(seen(&t, "DELETE", ""), 1);
    assert_int_equal(seen(&t, "DELETE", "/images/debian:12?force=0"), 1);
    engine_fixture_done(&t.f);
    state_home_free(t.home);
}

/* Someone made a container of it: it stays, and the next run tries again. */
static void one_in_use_stays_and_the_run_is_remembered(void **state)
{
    (void)state;
    struct trial t;
    char id[64] = "";
    const struct script_rule rules[] = {
        PONG,
        MISSING(.repeat = 0),
        PULLED,
        THERE("\"debian:12\""),
        NAMED,
        {.method = "DELETE", .path = "/images/debian:12", .body = "[]"},
        {.method = "DELETE",
         .path = "/images/usbipd-desktop/pulled",
         .status = 409,
         .body = "{\"message\":\"container 1 is using it\"}"}};
    assert_int_equal(ensure(&t, rules, COUNT(rules)), UD_OK);
    strncat(id, ud_run_mark_id(), sizeof id - 1);
    ud_temp_image_release(t.f.engine, &t.image);
    assert_string_equal(t.f.warnings, "");
    engine_fixture_done(&t.f);
    ud_run_mark_end();
    assert_int_equal(ud_run_mark_life(id), UD_RUN_DEAD);
    state_home_free(t.home);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_pulled_keeps_this_runs_name_only),
        cmocka_unit_test(a_name_that_was_there_is_never_removed),
        cmocka_unit_test(an_image_without_a_name_gets_none),
        cmocka_unit_test(one_that_vanishes_is_pulled_once),
        cmocka_unit_test(one_that_vanishes_again_is_an_error),
        cmocka_unit_test(one_that_does_not_exist_is_asked_for_once),
        cmocka_unit_test(an_interrupted_pull_leaves_no_name),
        cmocka_unit_test(one_in_use_stays_and_the_run_is_remembered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
