/* What status says of an engine before anything else is tried with it. */
#include <stdlib.h>
#include <string.h>

#include "engine_fixture.h"

#include "app/status.h"
#include "helper_answer.h"
#include "state_home.h"

#define COUNT(items) (sizeof(items) / sizeof(items)[0])

static void isolation_from_the_kernel_is_told(void **state)
{
    static const struct {
        const char *info;
        bool told;
    } engines[] = {
        {ENGINE_INFO(",\"DefaultRuntime\":\"sysbox-runc\""), true},
        {ENGINE_INFO(",\"DefaultRuntime\":\"runc\""), false},
        {ENGINE_INFO(""), false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(engines); i++) {
        const struct script_rule always[] = {ENGINE_RULES(engines[i].info)};
        struct script_rule rules[COUNT(always) + 3];
        struct engine_fixture f;
        struct ud_buf answer;
        struct ud_status status = {0};
        struct ud_error err = {0};
        char *home = state_home_new();
        answer_begin_probe(&answer);
        answer_text(&answer, UD_BLOB_CONFIG_PREFIX "/proc/config.gz", "CONFIG_MODULES=y\n");
        answer_end(&answer, UD_OK, "");
        rules[0] = (struct script_rule)ENGINE_RUN(answer);
        rules[1] = (struct script_rule){
            .method = "GET", .path = "/images/json", .body = "[]", .forever = true};
        rules[2] = (struct script_rule){
            .method = "GET", .path = "/volumes", .body = "{\"Volumes\":[]}", .forever = true};
        memcpy(rules + 3, always, sizeof always);
        engine_fixture_init(&f, rules, COUNT(rules), false);
        const struct ud_app app = {.report = &f.report};
        const struct ud_status_options options = {
            .vm = {.host = scripted_engine_endpoint(f.script)}, .input = "/none/of/them"};
        if (ud_app_status(&app, &options, &status, &err) != UD_OK) {
            fail_msg("%s", err.message);
        }
        assert_int_equal(strstr(f.warnings, "Enhanced Container Isolation") != NULL,
                         engines[i].told);
        ud_status_done(&status);
        ud_buf_done(&answer);
        engine_fixture_done(&f);
        state_home_free(home);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(isolation_from_the_kernel_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
