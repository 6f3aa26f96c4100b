#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine_fixture.h"

#include "docker/containers/archive.h"
#include "docker/containers/container.h"
#include "docker/containers/exec.h"
#include "docker/containers/network.h"
#include "docker/containers/volume.h"
#include "docker/images/image.h"

#define COUNT(rules) (sizeof(rules) / sizeof(rules)[0])
#define PULL_OK                                                                                    \
    "{\"status\":\"Pulling from library/debian\",\"id\":\"12\"}\r\n"                               \
    "{\"status\":\"Downloading\",\"progressDetail\":{\"current\":5,\"total\":9},\"id\":\"a\"}\r\n" \
    "{\"status\":\"Pull complete\",\"progressDetail\":{},\"id\":\"a\"}\r\n"
#define PULL_BAD                                                                                   \
    PULL_OK "{\"errorDetail\":{\"message\":\"no space left\\u001b[2J on device\"},"                \
            "\"error\":\"no space left on device\"}\r\n"

/* Inspects an image, which is answered by the rule. */
static enum ud_code inspect(struct script_rule rule, struct ud_error *err)
{
    rule.method = "GET";
    rule.path = "/images/x/json";
    const struct script_rule rules[] = {PONG, rule};
    struct engine_fixture f;
    struct ud_image image = {0};
    engine_fixture_init(&f, rules, COUNT(rules), true);
    enum ud_code rc = ud_image_inspect(f.engine, "x", &image, err);
    ud_image_done(&image);
    engine_fixture_done(&f);
    return rc;
}

static enum ud_code pull(struct script_rule rule, struct ud_error *err)
{
    rule.method = "POST";
    rule.path = "/images/create?fromImage=debian&tag=12";
    const struct script_rule rules[] = {PONG, rule};
    struct engine_fixture f;
    engine_fixture_init(&f, rules, COUNT(rules), true);
    enum ud_code rc = ud_image_pull(f.engine, "debian:12", NULL, NULL, err);
    assert_int_equal(scripted_engine_seen(f.script, "POST", "/images/create"), 1);
    engine_fixture_done(&f);
    return rc;
}

static void an_errors_words_are_told_safely(void **state)
{
    (void)state;
    struct ud_error err = {0};
    assert_int_equal(
        inspect(
            (struct script_rule){.status = 500, .body = "{\"message\":\"bad\\u001b[31m\\nthing\"}"},
            &err),
        UD_ERR_ENGINE);
    assert_non_null(strstr(err.message, "bad?[31m thing (HTTP 500)"));
    assert_non_null(strstr(err.message, "the image x"));
}

static void a_status_decides_on_the_code(void **state)
{
    (void)state;
    static const struct {
        int status;
        enum ud_code rc;
    } pairs[] = {{401, UD_ERR_DENIED}, {403, UD_ERR_DENIED}, {404, UD_ERR_NOT_FOUND},
                 {409, UD_ERR_BUSY},   {400, UD_ERR_ENGINE}, {302, UD_ERR_ENGINE},
                 {503, UD_ERR_ENGINE}};
    for (size_t i = 0; i < COUNT(pairs); i++) {
        struct ud_error err = {0};
        assert_int_equal(
            inspect((struct script_rule){.status = pairs[i].status,
                                         .type = "text/plain",
                                         .headers = "Location: http://127.0.0.1:1/\r\n",
                                         .body = "plain words\n"},
                    &err),
            pairs[i].rc);
        assert_non_null(strstr(err.message, "plain words (HTTP"));
    }
}

static void a_huge_error_is_cut(void **state)
{
    (void)state;
    static char block[10000];
    memset(block, 'E', sizeof block);
    for (int framing = SCRIPT_LENGTH; framing <= SCRIPT_CLOSE; framing++) {
        struct ud_error err = {0};
        assert_int_equal(inspect((struct script_rule){.status = 500,
                                                      .type = "text/plain",
                                                      .framing = (enum script_framing)framing,
                                                      .body = block,
                                                      .body_len = sizeof block,
                                                      .repeat = 1000},
                                 &err),
                         UD_ERR_ENGINE);
        assert_true(strlen(err.message) < 900);
    }
}

static void a_huge_answer_is_refused(void **state)
{
    (void)state;
    static char block[100000];
    struct ud_error err = {0};
    memset(block, '[', sizeof block);
    assert_int_equal(inspect((struct script_rule){.body = block,
                                                  .body_len = sizeof block,
                                                  .repeat = 100,
                                                  .framing = SCRIPT_CHUNKED},
                             &err),
                     UD_ERR_PROTOCOL);
}

static void what_is_no_json_is_refused(void **state)
{
    (void)state;
    static char deep[200000];
    memset(deep, '[', sizeof deep - 1);
    static const struct script_rule rules[] = {
        {.body = "{\"Id\":\"sha256:"},
        {.body = ""},
        {.body = deep},
        {.type = "text/html", .body = "<html>Sign in</html>"},
        {.body = "\xff\xfe{}"},
    };
    for (size_t i = 0; i < COUNT(rules); i++) {
        struct ud_error err = {0};
        assert_int_equal(inspect(rules[i], &err), UD_ERR_PROTOCOL);
        assert_non_null(strstr(err.message, "not valid JSON"));
    }
}

static void json_of_other_types_reads_as_empty(void **state)
{
    (void)state;
    static const char *const bodies[] = {
        "[]",
        "7",
        "\"x\"",
        "null",
        "{\"Id\":7,\"Size\":\"x\",\"Config\":[],\"RepoTags\":{\"a\":1},\"Created\":-1e300}",
        "{\"Size\":1e300,\"Config\":{\"Labels\":[1]},\"RepoTags\":[1,null,{}]}"};
    for (size_t i = 0; i < COUNT(bodies); i++) {
        struct ud_error err = {0};
        assert_int_equal(inspect((struct script_rule){.body = bodies[i]}, &err), UD_OK);
    }
}

static void a_web_page_is_not_shown(void **state)
{
    (void)state;
    struct ud_error err = {0};
    assert_int_equal(inspect((struct script_rule){.status = 502,
                                                  .type = "text/html; charset=x",
                                                  .body = "<html><script>"},
                             &err),
                     UD_ERR_ENGINE);
    assert_null(strstr(err.message, "<html>"));
    assert_non_null(strstr(err.message, "proxy"));
}

static void a_truncated_answer_is_no_answer(void **state)
{
    (void)state;
    static const char body[] = "{\"Id\":\"sha256:1234\",\"Size\":7}";
    for (int framing = SCRIPT_LENGTH; framing <= SCRIPT_CHUNKED; framing++) {
        for (size_t cut = 1; cut < 130; cut += 4) {
            struct ud_error err = {0};
            enum ud_code rc = inspect((struct script_rule){.framing = (enum script_framing)framing,
                                                           .body = body,
                                                           .cut_after = cut,
                                                           .forever = true},
                                      &err);
            size_t whole = framing == SCRIPT_LENGTH ? 99 : 117;
            if (cut < whole - 20) {
                assert_true(rc == UD_ERR_PROTOCOL || rc == UD_ERR_UNREACHABLE);
            }
        }
    }
}

static void a_dropped_request_is_unreachable(void **state)
{
    (void)state;
    struct ud_error err = {0};
    assert_int_equal(inspect((struct script_rule){.drop = true, .forever = true}, &err),
                     UD_ERR_UNREACHABLE);
    assert_non_null(strstr(err.message, "without an answer"));
}

static void a_pull_fails_by_its_messages(void **state)
{
    (void)state;
    for (size_t piece = 1; piece < 60; piece += 7) {
        struct ud_error err = {0};
        assert_int_equal(
            pull((struct script_rule){.framing = SCRIPT_CHUNKED, .body = PULL_BAD, .piece = piece},
                 &err),
            UD_ERR_ENGINE);
        assert_non_null(strstr(err.message, "no space left?[2J on device"));
        assert_int_equal(
            pull((struct script_rule){.framing = SCRIPT_CHUNKED, .body = PULL_OK, .piece = piece},
                 &err),
            UD_OK);
    }
}

static void a_pull_is_not_done_when_its_answer_is_cut(void **state)
{
    (void)state;
    struct ud_error err = {0};
    assert_int_equal(
        pull((struct script_rule){.framing = SCRIPT_CHUNKED, .body = PULL_OK, .cut_after = 200},
             &err),
        UD_ERR_PROTOCOL);
    assert_int_equal(
        pull((struct script_rule){.status = 404, .body = "{\"message\":\"pull access denied\"}"},
             &err),
        UD_ERR_NOT_FOUND);
    assert_non_null(strstr(err.remedy, "docker login"));
    assert_int_equal(pull((struct script_rule){.type = "text/html", .body = "<html>\n"}, &err),
                     UD_ERR_PROTOCOL);
}

static void an_endless_line_is_refused(void **state)
{
    (void)state;
    static char block[100000];
    struct ud_error err = {0};
    memset(block, ' ', sizeof block);
    assert_int_equal(pull((struct script_rule){.framing = SCRIPT_CHUNKED,
                                               .body = block,
                                               .body_len = sizeof block,
                                               .repeat = 20},
                          &err),
                     UD_ERR_PROTOCOL);
}

static void lists_of_anything_do_no_harm(void **state)
{
    (void)state;
    const struct script_rule rules[] = {
        PONG,
        {.method = "GET",
         .path = "/images/json",
         .body = "[1,null,{\"Id\":\"a\",\"Labels\":{\"k\":\"v\"}}]"},
        {.method = "GET",
         .path = "/containers/json",
         .body = "[{\"Names\":[\"/n\"],\"State\":\"running\"},[]]"},
        {.method = "GET", .path = "/volumes", .body = "{\"Volumes\":[{\"Name\":\"v\"},{},7]}"},
        {.method = "GET",
         .path = "/networks/bridge",
         .status = 404,
         .body = "{\"message\":\"no\"}"},
    };
    struct engine_fixture f;
    struct ud_image_list images = {0};
    struct ud_container_list containers = {0};
    struct ud_strv volumes = {0};
    bool exists = true;
    engine_fixture_init(&f, rules, COUNT(rules), true);
    assert_int_equal(ud_image_list(f.engine, "a=b", &images, NULL), UD_OK);
    assert_int_equal(ud_container_list(f.engine, "a=b", &containers, NULL), UD_OK);
    assert_int_equal(ud_volume_list(f.engine, "a", &volumes, NULL), UD_OK);
    assert_int_equal(ud_network_exists(f.engine, "bridge", &exists, NULL), UD_OK);
    assert_int_equal(images.len, 3);
    assert_string_equal(images.items[2].labels.items[0], "k=v");
    assert_string_equal(containers.items[0].name, "n");
    assert_true(containers.items[0].running);
    assert_int_equal(volumes.len, 1);
    assert_false(exists);
    assert_int_equal(
        scripted_engine_seen(f.script, "GET", "filters=%7B%22label%22%3A%5B%22a%3Db%22%5D%7D"), 2);
    ud_image_list_done(&images);
    ud_container_list_done(&containers);
    ud_strv_done(&volumes);
    engine_fixture_done(&f);
}

/* Two bytes of an answer are 64 of memory. */
static void an_answer_of_too_many_values_is_refused(void **state)
{
    (void)state;
    struct ud_buf body;
    ud_buf_init(&body, 8 << 20);
    ud_buf_adds(&body, "[0");
    while (body.len < (4 << 20)) {
        ud_buf_adds(&body, ",0,0,0,0,0,0,0,0");
    }
    ud_buf_adds(&body, "]");
    const struct script_rule rules[] = {
        PONG,
        {.method = "GET", .path = "/containers/json", .body = body.data},
    };
    struct engine_fixture f;
    struct ud_container_list containers = {0};
    struct ud_error err = {0};
    engine_fixture_init(&f, rules, COUNT(rules), true);
    assert_int_equal(ud_container_list(f.engine, "a=b", &containers, &err), UD_ERR_PROTOCOL);
    assert_string_equal(err.message,
                        "cannot list the containers: the answer has more than a million values");
    engine_fixture_done(&f);
    ud_buf_done(&body);
}

static void a_list_that_is_too_long_is_refused(void **state)
{
    (void)state;
    struct ud_buf body;
    ud_buf_init(&body, 1 << 20);
    ud_buf_adds(&body, "[{}");
    for (int i = 0; i < 64 * 1024; i++) {
        ud_buf_adds(&body, ",{}");
    }
    ud_buf_adds(&body, "]");
    const struct script_rule rules[] = {
        PONG,
        {.method = "GET", .path = "/containers/json", .body = body.data},
        {.method = "GET", .path = "/images/json", .body = body.data},
    };
    struct engine_fixture f;
    struct ud_container_list containers = {0};
    struct ud_image_list images = {0};
    struct ud_error err = {0};
    engine_fixture_init(&f, rules, COUNT(rules), true);
    assert_int_equal(ud_container_list(f.engine, "a=b", &containers, &err), UD_ERR_PROTOCOL);
    assert_int_equal(ud_image_list(f.engine, "a=b", &images, &err), UD_ERR_PROTOCOL);
    assert_string_equal(err.message, "cannot list the images: the list has 65537 items, more than "
                                     "the 65536 allowed");
    engine_fixture_done(&f);
    ud_buf_done(&body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_errors_words_are_told_safely),
        cmocka_unit_test(a_status_decides_on_the_code),
        cmocka_unit_test(a_huge_error_is_cut),
        cmocka_unit_test(a_huge_answer_is_refused),
        cmocka_unit_test(what_is_no_json_is_refused),
        cmocka_unit_test(json_of_other_types_reads_as_empty),
        cmocka_unit_test(a_web_page_is_not_shown),
        cmocka_unit_test(a_truncated_answer_is_no_answer),
        cmocka_unit_test(a_dropped_request_is_unreachable),
        cmocka_unit_test(a_pull_fails_by_its_messages),
        cmocka_unit_test(a_pull_is_not_done_when_its_answer_is_cut),
        cmocka_unit_test(an_endless_line_is_refused),
        cmocka_unit_test(lists_of_anything_do_no_harm),
        cmocka_unit_test(an_answer_of_too_many_values_is_refused),
        cmocka_unit_test(a_list_that_is_too_long_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
