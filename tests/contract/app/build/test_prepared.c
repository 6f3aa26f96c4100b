/* A build's container: of a prepared tree where the engine has the right one, and kept as
 * one afterwards. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine_fixture.h"

#include "build/steps.h"
#include "bundle/bytes/digest.h"
#include "cache/prepared.h"

#define COUNT(rules) (sizeof(rules) / sizeof(rules)[0])
#define INPUTS "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define BUILDER "usbipd-desktop/builder:1"
#define BUILDER_ID "sha256:b"

#define MADE                                                                                       \
    {.method = "POST", .path = "/containers/create", .status = 201, .body = "{\"Id\":\"c\"}"},     \
        {.method = "PUT", .path = "/archive", .body = "", .forever = true},                        \
    {                                                                                              \
        .method = "DELETE", .path = "/containers/", .status = 204, .body = "", .forever = true     \
    }

struct fixture {
    struct engine_fixture engine;
    struct ud_app app;
    struct ud_build_options options;
    struct ud_build_result result;
    struct ud_build build;
};

static void set_up(struct fixture *f, const struct script_rule *rules, size_t count)
{
    *f = (struct fixture){0};
    engine_fixture_init(&f->engine, rules, count, true);
    f->app.report = &f->engine.report;
    f->build = (struct ud_build){
        .app = &f->app, .options = &f->options, .result = &f->result, .vm = {f->engine.engine}};
    f->build.builder_image.image = (char *)BUILDER;
    f->build.builder_image.id = (char *)BUILDER_ID;
    f->build.builder_image.goarch = (char *)"amd64";
    (void)strcpy(f->build.cache.inputs, INPUTS);
}

static void tear_down(struct fixture *f)
{
    ud_build_container_close(&f->build.container);
    ud_build_cache_done(&f->build.cache);
    ud_strv_done(&f->build.usb_symbols);
    engine_fixture_done(&f->engine);
}

/* What the engine says of an image with the label of these inputs and that builder. */
static void describe(const char *inputs, char *json, size_t size)
{
    static const char key[] = INPUTS "|sha256:b|amd64";
    char hex[UD_DIGEST_HEX_SIZE];
    ud_digest_of(key, sizeof key - 1, hex);
    (void)snprintf(json, size,
                   "{\"Id\":\"sha256:p\",\"Config\":{\"Labels\":{"
                   "\"io.github.usbipd-desktop.inputs\":\"%s\"}}}",
                   inputs != NULL ? inputs : hex);
}

static const struct script_request *seen(struct fixture *f, const char *method, const char *part)
{
    for (size_t i = 0; i < scripted_engine_count(f->engine.script); i++) {
        const struct script_request *request = scripted_engine_request(f->engine.script, i);
        if (strcmp(request->method, method) == 0 && strstr(request->target, part) != NULL) {
            return request;
        }
    }
    fail_msg("no %s of %s", method, part);
    return NULL;
}

static void open_shop(struct fixture *f)
{
    struct ud_error err = {0};
    if (ud_build_open_shop(&f->build, &err) != UD_OK) {
        fail_msg("%s", err.message);
    }
}

static void expect_image(struct fixture *f, const char *image)
{
    const struct script_request *created = seen(f, "POST", "/containers/create");
    assert_non_null(strstr(created->body, image));
}

static void a_tree_of_the_same_inputs_is_taken_up(void **state)
{
    (void)state;
    char json[512];
    struct fixture f;
    describe(NULL, json, sizeof json);
    const struct script_rule rules[] = {
        PONG, {.method = "GET", .path = "/images/usbipd-desktop/prepared:", .body = json}, MADE};
    set_up(&f, rules, COUNT(rules));
    open_shop(&f);
    assert_true(f.build.cache.reused);
    expect_image(&f, "\"" UD_PREPARED_REPO ":");
    tear_down(&f);
}

/* Sixteen digits of its name are the same, but not all that the label says. */
static void a_tree_of_other_inputs_is_not(void **state)
{
    (void)state;
    char json[512];
    struct fixture f;
    describe(INPUTS, json, sizeof json);
    const struct script_rule rules[] = {
        PONG, {.method = "GET", .path = "/images/usbipd-desktop/prepared:", .body = json}, MADE};
    set_up(&f, rules, COUNT(rules));
    open_shop(&f);
    assert_false(f.build.cache.reused);
    expect_image(&f, "\"Image\":\"" BUILDER_ID "\"");
    tear_down(&f);
}

static void one_that_goes_meanwhile_is_not_missed(void **state)
{
    (void)state;
    char json[512];
    struct fixture f;
    describe(NULL, json, sizeof json);
    const struct script_rule rules[] = {
        PONG,
        {.method = "GET", .path = "/images/usbipd-desktop/prepared:", .body = json},
        {.method = "POST",
         .path = "/containers/create",
         .status = 404,
         .body = "{\"message\":\"No such image\"}"},
        MADE};
    set_up(&f, rules, COUNT(rules));
    open_shop(&f);
    assert_false(f.build.cache.reused);
    assert_int_equal(scripted_engine_seen(f.engine.script, "POST", "/containers/create"), 2);
    tear_down(&f);
}

static void no_cache_asks_for_none_and_keeps_none(void **state)
{
    (void)state;
    struct fixture f;
    struct ud_error err = {0};
    const struct script_rule rules[] = {PONG, MADE};
    set_up(&f, rules, COUNT(rules));
    f.build.cache.inputs[0] = '\0';
    open_shop(&f);
    assert_int_equal(ud_build_keep_prepared(&f.build, &err), UD_OK);
    assert_int_equal(scripted_engine_seen(f.engine.script, NULL, "prepared"), 0);
    assert_int_equal(scripted_engine_seen(f.engine.script, NULL, "/commit"), 0);
    tear_down(&f);
}

static void the_container_is_kept_in_one_call(void **state)
{
    (void)state;
    struct fixture f;
    struct ud_error err = {0};
    const struct script_rule rules[] = {
        PONG,
        {.method = "GET", .path = "/images/usbipd-desktop/prepared:", .status = 404, .body = "{}"},
        {.method = "POST", .path = "/commit", .status = 201, .body = "{\"Id\":\"sha256:p\"}"},
        {.method = "GET", .path = "/images/json", .body = "[]"},
        MADE};
    set_up(&f, rules, COUNT(rules));
    open_shop(&f);
    if (ud_build_keep_prepared(&f.build, &err) != UD_OK) {
        fail_msg("%s", err.message);
    }
    const char *target = seen(&f, "POST", "/commit")->target;
    assert_non_null(strstr(target, "prepared"));
    assert_non_null(strstr(target, f.build.cache.prepared_inputs));
    assert_string_equal(f.engine.warnings, "");
    tear_down(&f);
}

/* A full disk there: the modules are made all the same. */
static void one_that_cannot_be_kept_is_a_warning(void **state)
{
    (void)state;
    struct fixture f;
    struct ud_error err = {0};
    const struct script_rule rules[] = {
        PONG,
        {.method = "GET", .path = "/images/usbipd-desktop/prepared:", .status = 404, .body = "{}"},
        {.method = "POST",
         .path = "/commit",
         .status = 500,
         .body = "{\"message\":\"no space left on device\"}"},
        MADE};
    set_up(&f, rules, COUNT(rules));
    open_shop(&f);
    assert_int_equal(ud_build_keep_prepared(&f.build, &err), UD_OK);
    assert_non_null(strstr(f.engine.warnings, "no space left on device"));
    tear_down(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tree_of_the_same_inputs_is_taken_up),
        cmocka_unit_test(a_tree_of_other_inputs_is_not),
        cmocka_unit_test(one_that_goes_meanwhile_is_not_missed),
        cmocka_unit_test(no_cache_asks_for_none_and_keeps_none),
        cmocka_unit_test(the_container_is_kept_in_one_call),
        cmocka_unit_test(one_that_cannot_be_kept_is_a_warning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
