#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "docker/endpoint/proxies.h"

#define ENGINE "tcp://10.0.0.1:2375"

static const char *world_config;
static const char *const (*world_env)[2];

static const char *env_of(void *ctx, const char *name)
{
    (void)ctx;
    for (size_t i = 0; world_env != NULL && world_env[i][0] != NULL; i++) {
        if (strcmp(world_env[i][0], name) == 0) {
            return world_env[i][1];
        }
    }
    return NULL;
}

static enum ud_code file_of(void *ctx, const char *path, struct ud_buf *ret, struct ud_error *err)
{
    (void)ctx;
    assert_string_equal(path, "/h/.docker/config.json");
    if (world_config == NULL) {
        return ud_fail(err, UD_ERR_NOT_FOUND, NULL, "no such file");
    }
    ud_buf_adds(ret, world_config);
    return UD_OK;
}

static void expect_proxies(const char *config, const char *const (*env)[2], const char *expected)
{
    const struct ud_config_source source = {.home = "/h", .getenv = env_of, .read_file = file_of};
    struct ud_strv proxies = {0};
    world_config = config;
    world_env = env;
    ud_proxies(&source, ENGINE, &proxies);
    char *joined = ud_strv_join(&proxies, " ");
    assert_string_equal(joined, expected);
    free(joined);
    ud_strv_done(&proxies);
}

static void dockers_file_goes_before_the_users_variables(void **state)
{
    static const char *const env[][2] = {
        {"HTTP_PROXY", "http://mine:1"}, {"no_proxy", "intern"}, {NULL, NULL}};
    (void)state;
    expect_proxies(NULL, NULL, "");
    expect_proxies(NULL, env,
                   "http_proxy=http://mine:1 HTTP_PROXY=http://mine:1 no_proxy=intern "
                   "NO_PROXY=intern");
    expect_proxies("{\"proxies\":{\"default\":{\"httpProxy\":\"http://p:3128\"}}}", env,
                   "http_proxy=http://p:3128 HTTP_PROXY=http://p:3128 no_proxy=intern "
                   "NO_PROXY=intern");
    expect_proxies("{\"proxies\":{\"default\":{\"httpProxy\":\"http://p:3128\"},"
                   "\"" ENGINE
                   "\":{\"httpsProxy\":\"http://q:3128\",\"allProxy\":\"socks5://r\"}}}",
                   NULL,
                   "https_proxy=http://q:3128 HTTPS_PROXY=http://q:3128 all_proxy=socks5://r "
                   "ALL_PROXY=socks5://r");
}

static void what_makes_no_sense_says_nothing(void **state)
{
    static const char *const broken[][2] = {{"http_proxy", "http://a\nPATH=/x"}, {NULL, NULL}};
    static const char *const configs[] = {"",
                                          "{",
                                          "[]",
                                          "{\"proxies\":7}",
                                          "{\"proxies\":{\"default\":\"x\"}}",
                                          "{\"proxies\":{\"default\":{\"httpProxy\":7}}}"};
    (void)state;
    for (size_t i = 0; i < sizeof configs / sizeof configs[0]; i++) {
        expect_proxies(configs[i], NULL, "");
    }
    expect_proxies(NULL, broken, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dockers_file_goes_before_the_users_variables),
        cmocka_unit_test(what_makes_no_sense_says_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
