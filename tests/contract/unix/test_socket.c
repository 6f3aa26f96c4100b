/* What goes wrong with the socket of an engine, as a user reads it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine_fixture.h"

#include <grp.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "transport/http.h"
#include "util/mem.h"

static enum ud_code get_from(const char *endpoint, const char *url, struct ud_http_response *ret,
                             struct ud_error *err)
{
    struct ud_endpoint ep = {0};
    struct ud_http *http = NULL;
    assert_int_equal(ud_endpoint_parse(endpoint, false, "--host", &ep, NULL), UD_OK);
    const struct ud_http_config config = {.endpoint = &ep, .connect_timeout_ms = 1000};
    assert_int_equal(ud_http_new(&config, &http, err), UD_OK);
    const struct ud_http_request request = {.method = "GET", .url = url};
    enum ud_code rc = ud_http_perform(http, &request, ret, err);
    ud_http_free(http);
    ud_endpoint_done(&ep);
    return rc;
}

static void the_reason_and_remedy_are_named(void **state)
{
    (void)state;
    char dir[] = "/tmp/ud-http-XXXXXX";
    char text[200];
    struct ud_error err = {0};
    struct ud_http_response response = {0};
    assert_non_null(mkdtemp(dir));
    (void)snprintf(text, sizeof text, "unix://%s/none.sock", dir);
    assert_int_equal(get_from(text, "/", &response, &err), UD_ERR_UNREACHABLE);
    assert_non_null(strstr(err.message, "none.sock"));
    assert_non_null(strstr(err.message, "(--host)"));
    assert_non_null(strstr(err.message, "does not exist"));
    struct scripted_engine *script = scripted_engine_start(NULL, 0, false);
    (void)snprintf(text, sizeof text, "%s", scripted_engine_endpoint(script));
    char moved[sizeof dir + 20];
    (void)snprintf(moved, sizeof moved, "%s/stale.sock", dir);
    assert_int_equal(rename(text + strlen("unix://"), moved), 0);
    scripted_engine_stop(script);
    (void)snprintf(text, sizeof text, "unix://%s", moved);
    assert_int_equal(get_from(text, "/", &response, &err), UD_ERR_UNREACHABLE);
    assert_non_null(strstr(err.message, "nothing listens"));
    (void)unlink(moved);
    (void)rmdir(dir);
}

/* ---- permission denied ---- */

/* The user database has both numbers of `nobody` as 65534; a session of his that began before he
 * was put into that group has another one. */
enum { NOBODY = 65534, NEW_GROUP = 54322 };

/* What somebody without rights is advised: written to a pipe by a process of its own, since no
 * process gets its rights back. */
static void advice_for_nobody(const char *endpoint, char *ret, size_t size)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    const pid_t pid = fork();
    if (pid == 0) {
        struct ud_error err = {0};
        struct ud_http_response response = {0};
        if (setgroups(0, NULL) != 0 || setgid(NEW_GROUP) != 0 || setuid(NOBODY) != 0) {
            _exit(1);
        }
        (void)!get_from(endpoint, "/", &response, &err);
        (void)!write(ends[1], err.remedy, strlen(err.remedy));
        _exit(0);
    }
    (void)close(ends[1]);
    const ssize_t n = read(ends[0], ret, size - 1);
    ret[n > 0 ? n : 0] = '\0';
    (void)close(ends[0]);
    (void)waitpid(pid, NULL, 0);
}

static void who_may_open_the_socket_is_named(void **state)
{
    static const struct {
        mode_t dir;
        mode_t socket;
        gid_t group;
        const char *advice;
    } sockets[] = {
        {0700, 0660, 54321, "A directory on the way to the socket is closed to you"},
        {0711, 0660, 54321, "the socket's group 54321"},
        {0711, 0660, NOBODY, "Your user is in the socket's group nogroup, and this session began"},
        {0711, 0600, 54321, "for the user root alone"},
        {0711, 0660, 0, "for the user root alone"},
    };
    (void)state;
    if (geteuid() != 0) {
        (void)fprintf(stderr, "only root can give sockets to others\n");
        skip();
    }
    for (size_t i = 0; i < sizeof sockets / sizeof sockets[0]; i++) {
        char dir[] = "/tmp/ud-http-XXXXXX";
        char path[64];
        char text[80];
        char advice[1024];
        assert_non_null(mkdtemp(dir));
        struct scripted_engine *script = scripted_engine_start(NULL, 0, false);
        (void)snprintf(path, sizeof path, "%s/x.sock", dir);
        assert_int_equal(rename(scripted_engine_endpoint(script) + strlen("unix://"), path), 0);
        assert_int_equal(chown(path, 0, sockets[i].group), 0);
        assert_int_equal(chmod(path, sockets[i].socket), 0);
        assert_int_equal(chmod(dir, sockets[i].dir), 0);
        (void)snprintf(text, sizeof text, "unix://%s", path);
        advice_for_nobody(text, advice, sizeof advice);
        if (strstr(advice, sockets[i].advice) == NULL) {
            fail_msg("%s", advice);
        }
        scripted_engine_stop(script);
        (void)unlink(path);
        (void)rmdir(dir);
    }
}

/* As if the third slash had been forgotten. */
static void a_path_from_the_working_directory_is_told(void **state)
{
    struct ud_error err = {0};
    struct ud_http_response response = {0};
    (void)state;
    assert_int_equal(get_from("unix://var/run/docker.sock", "/", &response, &err),
                     UD_ERR_UNREACHABLE);
    assert_non_null(strstr(err.remedy, "write three"));
}

/* ---- more than one engine ---- */

static struct ud_endpoint_list guesses(const char *const *texts, size_t count)
{
    struct ud_endpoint_list list = {.guessed = true};
    list.items = ud_alloc(count, sizeof *list.items);
    for (; list.len < count; list.len++) {
        assert_int_equal(
            ud_endpoint_parse(texts[list.len], false, "known socket", &list.items[list.len], NULL),
            UD_OK);
    }
    return list;
}

/* A link to the same socket is no other engine. */
static void another_engine_at_a_known_place_is_told(void **state)
{
    (void)state;
    const struct script_rule rules[] = {PONG};
    struct engine_fixture f;
    struct ud_error err = {0};
    char link_text[64];
    (void)snprintf(link_text, sizeof link_text, "unix:///tmp/ud-link-%ld.sock", (long)getpid());
    struct scripted_engine *other = scripted_engine_start(NULL, 0, false);
    for (int round = 0; round < 2; round++) {
        engine_fixture_init(&f, rules, sizeof rules / sizeof rules[0], false);
        const char *const texts[] = {f.endpoint.text, link_text, scripted_engine_endpoint(other)};
        struct ud_endpoint_list list = guesses(texts, round == 0 ? 2 : 3);
        const struct ud_engine_options options = {.report = &f.report};
        assert_int_equal(symlink(f.endpoint.path, link_text + strlen("unix://")), 0);
        assert_int_equal(ud_engine_connect_any(&list, &options, &f.engine, &err), UD_OK);
        assert_string_equal(ud_engine_endpoint(f.engine)->text, f.endpoint.text);
        if (round == 0) {
            assert_string_equal(f.notes, "");
        } else {
            assert_non_null(strstr(f.notes, scripted_engine_endpoint(other)));
        }
        (void)unlink(link_text + strlen("unix://"));
        ud_endpoint_list_done(&list);
        engine_fixture_done(&f);
    }
    scripted_engine_stop(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_reason_and_remedy_are_named),
        cmocka_unit_test(who_may_open_the_socket_is_named),
        cmocka_unit_test(a_path_from_the_working_directory_is_told),
        cmocka_unit_test(another_engine_at_a_known_place_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
