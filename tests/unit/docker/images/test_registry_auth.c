#include "docker/images/registry_auth.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "engine/base64.h"
#include "images/pull_progress.h"

struct world {
    const char *env;
    const char *config;
};

struct told {
    int warnings;
    uint64_t done;
    uint64_t total;
};

static const char *world_env(void *ctx, const char *name)
{
    const struct world *world = ctx;
    return strcmp(name, "DOCKER_AUTH_CONFIG") == 0 ? world->env : NULL;
}

static enum ud_code world_file(void *ctx, const char *path, struct ud_buf *ret,
                               struct ud_error *err)
{
    const struct world *world = ctx;
    if (strcmp(path, "/h/.docker/config.json") != 0 || world->config == NULL) {
        return ud_fail(err, UD_ERR_NOT_FOUND, NULL, "none");
    }
    ud_buf_adds(ret, world->config);
    return UD_OK;
}

static void count_message(void *ctx, enum ud_report_level level, const char *text)
{
    struct told *told = ctx;
    (void)text;
    told->warnings += level == UD_REPORT_WARN;
}

static void keep_progress(void *ctx, uint64_t done, uint64_t total, const char *unit)
{
    struct told *told = ctx;
    assert_string_equal(unit, "B");
    told->done = done;
    told->total = total;
}

/* bWU6cHc6MQ== is me:pw:1 */
#define ENTRY "{\"auth\":\"bWU6cHc6MQ==\"}"
#define HEADER(server)                                                                             \
    "{\"username\":\"me\",\"password\":\"pw:1\",\"serveraddress\":\"" server "\"}"

static const struct {
    struct world world;
    const char *registry;
    const char *json; /* NULL: anonymous */
    int warnings;
} cases[] = {
    {{NULL, NULL}, "ghcr.io", NULL, 0},
    {{NULL, "{\"auths\":{\"ghcr.io\":" ENTRY "}}"}, "ghcr.io", HEADER("ghcr.io"), 0},
    {{NULL, "{\"auths\":{\"https://ghcr.io/v2/\":" ENTRY "}}"}, "ghcr.io", HEADER("ghcr.io"), 0},
    {{NULL, "{\"auths\":{\"https://index.docker.io/v1/\":" ENTRY "}}"},
     "docker.io",
     HEADER("https://index.docker.io/v1/"),
     0},
    {{NULL, "{\"auths\":{\"ghcr.io\":" ENTRY "}}"}, "ghcr.io.evil.example", NULL, 0},
    {{NULL, "{\"auths\":{\"ghcr.io\":{}},\"credsStore\":\"desktop\"}"}, "ghcr.io", NULL, 1},
    {{NULL, "{\"auths\":{},\"credsStore\":\"desktop\"}"}, "ghcr.io", NULL, 0},
    {{NULL, "{\"credHelpers\":{\"ghcr.io\":\"x\"}}"}, "ghcr.io", NULL, 1},
    {{"{\"auths\":{\"ghcr.io\":" ENTRY "}}", "broken"}, "ghcr.io", HEADER("ghcr.io"), 0},
    {{NULL, "broken"}, "ghcr.io", NULL, 1},
    {{NULL, "{\"auths\":{\"ghcr.io\":{\"auth\":\"***\"}}}"}, "ghcr.io", NULL, 0},
    {{NULL, "{\"auths\":{\"ghcr.io\":{\"identitytoken\":\"t\"}}}"},
     "ghcr.io",
     "{\"identitytoken\":\"t\",\"serveraddress\":\"ghcr.io\"}",
     0},
    {{NULL, "{\"auths\":[1,2]}"}, "ghcr.io", NULL, 0},
};

static void credentials_come_from_the_configuration(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct told told = {0};
        struct world world = cases[i].world;
        const struct ud_report report = {.ctx = &told, .message = count_message};
        const struct ud_config_source source = {
            .ctx = &world, .home = "/h", .getenv = world_env, .read_file = world_file};
        char *header = ud_registry_auth(&source, cases[i].registry, &report);
        assert_int_equal(told.warnings, cases[i].warnings);
        if (cases[i].json == NULL) {
            assert_null(header);
            continue;
        }
        assert_non_null(header);
        assert_null(strpbrk(header, "+/"));
        char *json = ud_base64_text(header);
        assert_string_equal(json, cases[i].json);
        free(json);
        free(header);
    }
}

/* ---- credential helpers ---- */

static const char *helper_answer; /* NULL: it fails */
static char helper_asked[128];

static enum ud_code ask_helper(void *ctx, const char *name, const char *server, struct ud_buf *ret,
                               struct ud_error *err)
{
    (void)ctx;
    (void)snprintf(helper_asked, sizeof helper_asked, "%s %s", name, server);
    if (helper_answer == NULL) {
        return ud_fail(err, UD_ERR_UNREACHABLE, NULL, "it did not answer within 10 s");
    }
    ud_buf_adds(ret, helper_answer);
    return UD_OK;
}

#define STORE                                                                                      \
    "{\"auths\":{\"https://index.docker.io/v1/\":{},\"ghcr.io\":{}},\"credsStore\":\"desktop\"}"
#define ANSWER "{\"ServerURL\":\"x\",\"Username\":\"me\",\"Secret\":\"pw:1\"}"

static void helpers_are_asked_where_somebody_logged_in(void **state)
{
    static const struct {
        const char *config;
        const char *registry;
        const char *answer;
        const char *asked; /* "": nobody */
        const char *json;  /* NULL: anonymous */
        int warnings;
    } helpers[] = {
        {STORE, "ghcr.io", ANSWER, "desktop ghcr.io", HEADER("ghcr.io"), 0},
        {STORE, "docker.io", ANSWER, "desktop https://index.docker.io/v1/",
         HEADER("https://index.docker.io/v1/"), 0},
        {STORE, "quay.io", ANSWER, "", NULL, 0},
        {"{\"credHelpers\":{\"quay.io\":\"ecr-login\"}}", "quay.io",
         "{\"Username\":\"<token>\",\"Secret\":\"t\"}", "ecr-login quay.io",
         "{\"identitytoken\":\"t\",\"serveraddress\":\"quay.io\"}", 0},
        {STORE, "ghcr.io", NULL, "desktop ghcr.io", NULL, 1},
        {STORE, "ghcr.io", "no JSON", "desktop ghcr.io", NULL, 1},
        {STORE, "ghcr.io", "{\"Username\":\"\",\"Secret\":\"\"}", "desktop ghcr.io", NULL, 1},
        {"{\"credHelpers\":{\"quay.io\":\"../../x\"}}", "quay.io", ANSWER, "", NULL, 1},
        {"{\"credHelpers\":{\"quay.io\":\"a b\"}}", "quay.io", ANSWER, "", NULL, 1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof helpers / sizeof helpers[0]; i++) {
        struct told told = {0};
        struct world world = {NULL, helpers[i].config};
        const struct ud_report report = {.ctx = &told, .message = count_message};
        const struct ud_config_source source = {.ctx = &world,
                                                .home = "/h",
                                                .getenv = world_env,
                                                .read_file = world_file,
                                                .ask_helper = ask_helper};
        helper_answer = helpers[i].answer;
        helper_asked[0] = '\0';
        char *header = ud_registry_auth(&source, helpers[i].registry, &report);
        assert_string_equal(helper_asked, helpers[i].asked);
        assert_int_equal(told.warnings, helpers[i].warnings);
        char *json = header != NULL ? ud_base64_text(header) : NULL;
        if (helpers[i].json == NULL) {
            assert_null(json);
        } else {
            assert_string_equal(json, helpers[i].json);
        }
        free(json);
        free(header);
    }
}

static void base64_is_that_of_the_rfc(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"", ""},        {"f", "Zg=="},        {"fo", "Zm8="},
        {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"\xfb\xff", "-_8="}};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        char *encoded = ud_base64url(pairs[i][0], strlen(pairs[i][0]));
        char *decoded = ud_base64_text(pairs[i][1]);
        assert_string_equal(encoded, pairs[i][1]);
        assert_string_equal(decoded, pairs[i][0]);
        free(encoded);
        free(decoded);
    }
    assert_null(ud_base64_text("A A"));
    assert_null(ud_base64_text("AAAA")); /* NULs */
}

static void progress_is_summed_over_layers(void **state)
{
    (void)state;
    static const char *const messages[] = {
        "{\"status\":\"Pulling from library/debian\",\"id\":\"12\"}",
        "{\"status\":\"Downloading\",\"id\":\"a\",\"progressDetail\":{\"current\":10,\"total\":100}"
        "}",
        "{\"status\":\"Downloading\",\"id\":\"b\",\"progressDetail\":{\"current\":7}}",
        "{\"status\":\"Extracting\",\"id\":\"a\",\"progressDetail\":{\"current\":3,\"total\":100}}",
        "{\"status\":\"Download complete\",\"id\":\"a\"}",
    };
    static struct ud_pull_progress progress;
    struct told told = {0};
    const struct ud_report report = {.ctx = &told, .progress = keep_progress};
    for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++) {
        cJSON *message = cJSON_Parse(messages[i]);
        assert_non_null(message);
        ud_pull_progress_take(&progress, message, &report);
        cJSON_Delete(message);
    }
    assert_int_equal(told.done, 107);
    assert_int_equal(told.total, 107);
}

static void more_layers_than_expected_do_no_harm(void **state)
{
    (void)state;
    static struct ud_pull_progress progress;
    char text[200];
    for (int i = 0; i < UD_PULL_LAYERS_MAX + 10; i++) {
        (void)snprintf(text, sizeof text, "{\"status\":\"Downloading\",\"id\":\"l%d\"}", i);
        cJSON *message = cJSON_Parse(text);
        ud_pull_progress_take(&progress, message, NULL);
        cJSON_Delete(message);
    }
    assert_int_equal(progress.len, UD_PULL_LAYERS_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(credentials_come_from_the_configuration),
        cmocka_unit_test(helpers_are_asked_where_somebody_logged_in),
        cmocka_unit_test(base64_is_that_of_the_rfc),
        cmocka_unit_test(progress_is_summed_over_layers),
        cmocka_unit_test(more_layers_than_expected_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
