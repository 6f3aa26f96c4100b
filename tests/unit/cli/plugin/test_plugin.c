/* What docker passes on to its plugin, in this program's words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "plugin/plugin.h"

enum { WORDS_MAX = 16 };

static size_t count_of(const char *const *words)
{
    size_t count = 0;
    while (words[count] != NULL) {
        count++;
    }
    return count;
}

static void names_are_told_apart(void **state)
{
    (void)state;
    assert_true(ud_plugin_is_name("docker-usb"));
    assert_true(ud_plugin_is_name("/home/you/.docker/cli-plugins/docker-usb"));
    assert_true(ud_plugin_is_name("C:\\Users\\you\\.docker\\cli-plugins\\docker-usb.exe"));
    assert_false(ud_plugin_is_name("usbipd-desktop"));
    assert_false(ud_plugin_is_name("/opt/docker-usb/usbipd-desktop"));
    assert_false(ud_plugin_is_name("docker-usbx"));
    assert_false(ud_plugin_is_name(NULL));
}

static void dockers_options_become_ours(void **state)
{
    static const struct {
        const char *given[WORDS_MAX];
        const char *args;
        const char *config_dir;
        enum ud_plugin_request request;
    } cases[] = {
        {{"usb", "list"}, "list", NULL, UD_PLUGIN_RUN},
        {{"usb"}, "", NULL, UD_PLUGIN_RUN},
        {{"-c", "colima", "usb", "attach", "-b", "1-1"},
         "--context=colima attach -b 1-1",
         NULL,
         UD_PLUGIN_RUN},
        {{"--context=colima", "usb", "list"}, "--context=colima list", NULL, UD_PLUGIN_RUN},
        {{"-ccolima", "usb", "list"}, "--context=colima list", NULL, UD_PLUGIN_RUN},
        {{"-c=colima", "usb", "list"}, "--context=colima list", NULL, UD_PLUGIN_RUN},
        {{"-H", "tcp://a:1", "--tls", "--tlscacert", "ca", "usb", "list"},
         "--host=tcp://a:1 --tls --tlscacert=ca list",
         NULL,
         UD_PLUGIN_RUN},
        {{"--tlsverify=false", "usb", "list"}, "list", NULL, UD_PLUGIN_RUN},
        {{"--config", "/d", "-D", "usb", "list"}, "--debug list", "/d", UD_PLUGIN_RUN},
        {{"-l", "debug", "usb", "list"}, "--debug list", NULL, UD_PLUGIN_RUN},
        {{"--log-level=warn", "usb", "list"}, "list", NULL, UD_PLUGIN_RUN},
        {{"help", "usb", "build"}, "help build", NULL, UD_PLUGIN_RUN},
        /* A word of the same name later is a value. */
        {{"usb", "drivers", "usb"}, "drivers usb", NULL, UD_PLUGIN_RUN},
        {{"--context", "usb", "usb", "list"}, "--context=usb list", NULL, UD_PLUGIN_RUN},
        {{"docker-cli-plugin-metadata"}, "", NULL, UD_PLUGIN_DESCRIBE},
        {{"__complete", "usb", "at"}, "at", NULL, UD_PLUGIN_COMPLETE},
        {{"__completeNoDesc", "-c", "x", "usb", ""}, "--context=x ", NULL, UD_PLUGIN_COMPLETE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ud_plugin_call call;
        struct ud_error err = {0};
        if (ud_plugin_translate(cases[i].given, count_of(cases[i].given), &call, &err) != UD_OK) {
            fail_msg("case %zu: %s", i, err.message);
        }
        char *args = ud_strv_join(&call.args, " ");
        assert_string_equal(args, cases[i].args);
        assert_int_equal(call.request, cases[i].request);
        assert_string_equal(call.config_dir != NULL ? call.config_dir : "",
                            cases[i].config_dir != NULL ? cases[i].config_dir : "");
        free(args);
        ud_plugin_call_done(&call);
    }
}

static void what_docker_does_not_pass_on_is_refused(void **state)
{
    static const char *const cases[][WORDS_MAX] = {
        {NULL}, {"list"}, {"--context", NULL}, {"--unknown", "usb", "list"}, {"-H"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ud_plugin_call call;
        struct ud_error err = {0};
        assert_int_equal(ud_plugin_translate(cases[i], count_of(cases[i]), &call, &err),
                         UD_ERR_USAGE);
        ud_plugin_call_done(&call);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_told_apart),
        cmocka_unit_test(dockers_options_become_ours),
        cmocka_unit_test(what_docker_does_not_pass_on_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
