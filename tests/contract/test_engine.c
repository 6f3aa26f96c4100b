#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine_fixture.h"

#include "docker/containers/archive.h"

#define COUNT(rules) (sizeof(rules) / sizeof(rules)[0])

#define INFO                                                                                       \
    "{\"ServerVersion\":\"20.10.24\",\"OSType\":\"linux\",\"Architecture\":\"aarch64\","           \
    "\"KernelVersion\":\"6.1.0\",\"OperatingSystem\":\"Debian\",\"NCPU\":4,\"MemTotal\":"          \
    "8000000000,"                                                                                  \
    "\"SecurityOptions\":[\"name=seccomp,profile=default\",\"name=rootless\"],\"Labels\":null}"
#define VERSION "{\"ApiVersion\":\"1.41\",\"MinAPIVersion\":\"1.12\",\"Platform\":{\"Name\":\"\"}}"

enum { API_SIZE = 16 };

static enum ud_code connect_to(const struct script_rule *rules, size_t count, struct ud_error *err,
                               char *ret_api)
{
    struct engine_fixture f;
    engine_fixture_init(&f, rules, count, false);
    enum ud_code rc = engine_fixture_connect(&f, err);
    if (rc == UD_OK) {
        /* Which version was agreed upon shows in each request. */
        struct ud_engine_info info;
        if (ud_engine_info(f.engine, &info, NULL) == UD_OK) {
            ud_engine_info_done(&info);
        }
        for (size_t i = 0; i < scripted_engine_count(f.script); i++) {
            const char *target = scripted_engine_request(f.script, i)->target;
            if (strncmp(target, "/v", 2) == 0) {
                (void)snprintf(ret_api, API_SIZE, "%.4s", target + 2);
            }
        }
    }
    engine_fixture_done(&f);
    return rc;
}

static struct script_rule pong(const char *method, const char *headers)
{
    return (struct script_rule){
        .method = method, .path = "/_ping", .type = "text/plain", .headers = headers};
}

static void old_engine_is_refused_by_version(void **state)
{
    (void)state;
    const struct script_rule rules[] = {pong("HEAD", "Api-Version: 1.40\r\nOSType: linux\r\n")};
    struct ud_error err = {0};
    char api[API_SIZE];
    assert_int_equal(connect_to(rules, COUNT(rules), &err, api), UD_ERR_ENGINE);
    assert_non_null(strstr(err.message, "1.40"));
    assert_non_null(strstr(err.remedy, "20.10"));
}

static void engine_without_head_is_asked_with_get(void **state)
{
    (void)state;
    const struct script_rule rules[] = {
        {.method = "HEAD", .path = "/_ping", .status = 405},
        pong("GET", "Api-Version: 1.41\r\nOSType: linux\r\n"),
    };
    struct ud_error err = {0};
    char api[API_SIZE] = "";
    assert_int_equal(connect_to(rules, COUNT(rules), &err, api), UD_OK);
    assert_string_equal(api, "1.41");
}

static void new_engine_gets_our_maximum(void **state)
{
    (void)state;
    const struct script_rule rules[] = {
        pong("HEAD", "Api-Version: 1.60\r\nOSType: linux\r\n"),
        {.method = "GET", .path = "/version", .body = "{\"MinAPIVersion\":\"1.44\"}"},
    };
    struct ud_error err = {0};
    char api[API_SIZE] = "";
    assert_int_equal(connect_to(rules, COUNT(rules), &err, api), UD_OK);
    assert_string_equal(api, "1.52");
}

static void too_new_engine_is_refused_by_version(void **state)
{
    (void)state;
    const struct script_rule rules[] = {
        pong("HEAD", "Api-Version: 1.60\r\nOSType: linux\r\n"),
        {.method = "GET", .path = "/version", .body = "{\"MinAPIVersion\":\"1.55\"}"},
    };
    struct ud_error err = {0};
    char api[API_SIZE];
    assert_int_equal(connect_to(rules, COUNT(rules), &err, api), UD_ERR_ENGINE);
    assert_non_null(strstr(err.message, "1.55"));
}

/* As docker's own command would refuse it, but it is used by many and forgotten by most. */
static void a_version_that_is_pinned_above_the_engines_is_told(void **state)
{
    static const struct {
        const char *pinned;
        bool told;
    } pins[] = {{"1.99", true}, {"1.44", false}, {"1.42", false}};
    (void)state;
    for (size_t i = 0; i < COUNT(pins); i++) {
        const struct script_rule rules[] = {PONG,
                                            {.method = "GET", .path = "/version", .body = "{}"}};
        struct engine_fixture f;
        struct ud_engine *engine = NULL;
        struct ud_error err = {0};
        engine_fixture_init(&f, rules, COUNT(rules), true);
        const struct ud_engine_options options = {.api_version = pins[i].pinned,
                                                  .report = &f.report};
        assert_int_equal(ud_engine_connect(&f.endpoint, &options, &engine, &err), UD_OK);
        assert_int_equal(strstr(f.warnings, "DOCKER_API_VERSION=1.99 is too new") != NULL,
                         pins[i].told);
        ud_engine_free(engine);
        engine_fixture_done(&f);
    }
}

static void windows_containers_are_refused_by_name(void **state)
{
    (void)state;
    const struct script_rule rules[] = {pong("HEAD", "Api-Version: 1.44\r\nOSType: windows\r\n")};
    struct ud_error err = {0};
    char api[API_SIZE];
    assert_int_equal(connect_to(rules, COUNT(rules), &err, api), UD_ERR_ENGINE);
    assert_non_null(strstr(err.message, "Windows containers"));
}

static void another_server_is_no_engine(void **state)
{
    (void)state;
    const struct script_rule rules[] = {pong("HEAD", ""), pong("GET", "")};
    struct ud_error err = {0};
    char api[API_SIZE];
    assert_int_equal(connect_to(rules, COUNT(rules), &err, api), UD_ERR_PROTOCOL);
}

static void what_is_not_http_is_a_protocol_error(void **state)
{
    (void)state;
    const struct script_rule rules[] = {{.method = "HEAD",
                                         .path = "/_ping",
                                         .framing = SCRIPT_RAW,
                                         .body = "SSH-2.0-OpenSSH_9.2\r\n\r\n\r\n"}};
    struct ud_error err = {0};
    char api[API_SIZE];
    assert_int_equal(connect_to(rules, COUNT(rules), &err, api), UD_ERR_PROTOCOL);
}

static void info_is_read_whatever_the_pieces(void **state)
{
    (void)state;
    for (size_t piece = 1; piece < 80; piece = piece < 8 ? piece + 1 : piece * 3) {
        for (int framing = SCRIPT_LENGTH; framing <= SCRIPT_CLOSE; framing++) {
            const struct script_rule rules[] = {
                PONG,
                {.method = "GET",
                 .path = "/v1.44/info",
                 .body = INFO,
                 .piece = piece,
                 .framing = (enum script_framing)framing},
                {.method = "GET", .path = "/version", .body = VERSION, .piece = piece},
            };
            struct engine_fixture f;
            struct ud_engine_info info = {0};
            struct ud_error err = {0};
            engine_fixture_init(&f, rules, COUNT(rules), true);
            assert_int_equal(ud_engine_info(f.engine, &info, &err), UD_OK);
            assert_string_equal(info.arch, "arm64");
            assert_string_equal(info.kernel, "6.1.0");
            assert_string_equal(info.min_api_version, "1.12");
            assert_true(info.rootless);
            assert_int_equal(info.cpus, 4);
            assert_true(info.memory == 8000000000);
            assert_string_equal(info.platform, "");
            assert_string_equal(info.product, "Docker");
            ud_engine_info_done(&info);
            engine_fixture_done(&f);
        }
    }
}

/* It answers in Docker's place, and with numbers of its own. */
static void podman_is_called_that(void **state)
{
    static const struct {
        const char *version;
        const char *product;
    } engines[] = {
        {"{\"Components\":[{\"Name\":\"Podman "
         "Engine\",\"Version\":\"5.8.6\"},{\"Name\":\"Conmon\"}]}",
         "podman"},
        {"{\"Components\":[{\"Name\":\"Engine\",\"Version\":\"28.5\"},{\"Name\":\"runc\"}]}",
         "Docker"},
        {"{\"Components\":[7,{\"Name\":7}]}", "Docker"},
        {"{\"Components\":\"Podman\"}", "Docker"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(engines); i++) {
        const struct script_rule rules[] = {
            PONG,
            {.method = "GET", .path = "/info", .body = INFO},
            {.method = "GET", .path = "/version", .body = engines[i].version},
        };
        struct engine_fixture f;
        struct ud_engine_info info = {0};
        struct ud_error err = {0};
        engine_fixture_init(&f, rules, COUNT(rules), true);
        assert_int_equal(ud_engine_info(f.engine, &info, &err), UD_OK);
        assert_string_equal(info.product, engines[i].product);
        ud_engine_info_done(&info);
        engine_fixture_done(&f);
    }
}

static void slow_answers_are_awaited(void **state)
{
    (void)state;
    const struct script_rule rules[] = {
        PONG,
        {.method = "GET", .path = "/info", .body = INFO, .piece = 40, .delay_ms = 20},
        {.method = "GET", .path = "/version", .body = VERSION, .delay_ms = 300},
    };
    struct engine_fixture f;
    struct ud_engine_info info = {0};
    engine_fixture_init(&f, rules, COUNT(rules), true);
    assert_int_equal(ud_engine_info(f.engine, &info, NULL), UD_OK);
    ud_engine_info_done(&info);
    engine_fixture_done(&f);
}

static struct ud_endpoint_list guesses(const char *const *texts, size_t count)
{
    struct ud_endpoint_list list = {.guessed = true};
    list.items = calloc(count, sizeof *list.items);
    for (; list.len < count; list.len++) {
        assert_int_equal(
            ud_endpoint_parse(texts[list.len], false, "known socket", &list.items[list.len], NULL),
            UD_OK);
    }
    return list;
}

static void a_guess_that_is_not_there_is_passed_over(void **state)
{
    (void)state;
    const struct script_rule rules[] = {PONG};
    struct engine_fixture f;
    engine_fixture_init(&f, rules, COUNT(rules), false);
    const char *const texts[] = {"unix:///nonexistent/a.sock", "npipe://", f.endpoint.text};
    struct ud_endpoint_list list = guesses(texts, 3);
    const struct ud_engine_options options = {.report = &f.report};
    struct ud_error err = {0};
    assert_int_equal(ud_engine_connect_any(&list, &options, &f.engine, &err), UD_OK);
    assert_string_equal(ud_engine_endpoint(f.engine)->text, f.endpoint.text);
    ud_endpoint_list_done(&list);
    engine_fixture_done(&f);
}

static void no_guess_there_names_what_was_tried(void **state)
{
    (void)state;
    const char *const texts[] = {"unix:///nonexistent/a.sock", "unix:///nonexistent/b.sock"};
    struct ud_endpoint_list list = guesses(texts, 2);
    const struct ud_engine_options options = {0};
    struct ud_engine *engine = NULL;
    struct ud_error err = {0};
    assert_int_equal(ud_engine_connect_any(&list, &options, &engine, &err), UD_ERR_UNREACHABLE);
    assert_non_null(strstr(err.message, "/nonexistent/a.sock"));
    assert_non_null(strstr(err.message, "/nonexistent/b.sock"));
    list.guessed = false;
    list.len = 1;
    assert_int_equal(ud_engine_connect_any(&list, &options, &engine, &err), UD_ERR_UNREACHABLE);
    assert_non_null(strstr(err.message, "cannot reach"));
    assert_non_null(strstr(err.message, "/nonexistent/a.sock"));
    list.len = 2;
    ud_endpoint_list_done(&list);
}

static enum ud_code read_and_fail(void *ctx, void *dst, size_t room, size_t *ret_len,
                                  struct ud_error *err)
{
    unsigned *pieces = ctx;
    if ((*pieces)++ > 0) {
        return ud_fail(err, UD_ERR_SOURCE, "Fetch it again.", "x.tar is cut short");
    }
    memset(dst, 0, room);
    *ret_len = room;
    return UD_OK;
}

static void what_fails_to_be_read_is_no_failure_of_the_upload(void **state)
{
    (void)state;
    const struct script_rule rules[] = {
        PONG, {.method = "PUT", .path = "/archive", .body = "", .forever = true}};
    struct engine_fixture f;
    struct ud_error err = {0};
    unsigned pieces = 0;
    const struct ud_source tar = {read_and_fail, &pieces, UD_SOURCE_SIZE_UNKNOWN};
    engine_fixture_init(&f, rules, COUNT(rules), true);
    assert_int_equal(ud_archive_put(f.engine, "c", "/usbipd", &tar, &err), UD_ERR_SOURCE);
    assert_string_equal(err.message, "x.tar is cut short");
    assert_string_equal(err.remedy, "Fetch it again.");
    engine_fixture_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(old_engine_is_refused_by_version),
        cmocka_unit_test(engine_without_head_is_asked_with_get),
        cmocka_unit_test(new_engine_gets_our_maximum),
        cmocka_unit_test(too_new_engine_is_refused_by_version),
        cmocka_unit_test(a_version_that_is_pinned_above_the_engines_is_told),
        cmocka_unit_test(windows_containers_are_refused_by_name),
        cmocka_unit_test(another_server_is_no_engine),
        cmocka_unit_test(what_is_not_http_is_a_protocol_error),
        cmocka_unit_test(info_is_read_whatever_the_pieces),
        cmocka_unit_test(podman_is_called_that),
        cmocka_unit_test(slow_answers_are_awaited),
        cmocka_unit_test(a_guess_that_is_not_there_is_passed_over),
        cmocka_unit_test(no_guess_there_names_what_was_tried),
        cmocka_unit_test(what_fails_to_be_read_is_no_failure_of_the_upload),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
