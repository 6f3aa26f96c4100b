#include "docker/endpoint/resolve.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

/* A world of variables and files; the "hash" of a name is "H" and the name. */
struct pair {
    const char *name;
    const char *value;
};

struct world {
    struct pair env[8];
    struct pair files[8];
};

static const char *look_up(const struct pair *pairs, const char *name)
{
    for (size_t i = 0; i < 8 && pairs[i].name != NULL; i++) {
        if (strcmp(pairs[i].name, name) == 0) {
            return pairs[i].value;
        }
    }
    return NULL;
}

static const char *world_env(void *ctx, const char *name)
{
    const struct world *world = ctx;
    return look_up(world->env, name);
}

/* What a file is when its text begins with this: a mark and the rest in UTF-16, or a byte of it
 * less. */
#define UTF16LE "LE:"
#define UTF16BE "BE:"
#define UTF16CUT "CUT:"

static void world_add_utf16(const char *text, struct ud_buf *ret)
{
    const bool big = strncmp(text, UTF16BE, 3) == 0;
    ud_buf_add(ret, big ? "\xfe\xff" : "\xff\xfe", 2);
    for (const char *p = strchr(text, ':') + 1; *p != '\0'; p++) {
        ud_buf_add(ret, (char[]){big ? '\0' : *p, big ? *p : '\0'}, 2);
    }
    if (strncmp(text, UTF16CUT, 4) == 0) {
        ret->len--;
    }
}

static enum ud_code world_file(void *ctx, const char *path, struct ud_buf *ret,
                               struct ud_error *err)
{
    const struct world *world = ctx;
    const char *text = look_up(world->files, path);
    if (strstr(path, "key.pem") != NULL) {
        fail_msg("%s was read, and only has to be there", path);
    }
    if (text == NULL) {
        return ud_fail(err, UD_ERR_NOT_FOUND, NULL, "no %s", path);
    }
    if (strcmp(text, "DENIED") == 0) {
        return ud_fail(err, UD_ERR_DENIED, NULL, "cannot read %s", path);
    }
    if (strcmp(text, "FOLDER") == 0) {
        return ud_fail(err, UD_ERR_IO, NULL, "cannot open %s: Is a directory", path);
    }
    if (strcmp(text, "ZEROS") == 0) {
        ud_buf_add(ret, "\0\0\0\0", 4);
        return UD_OK;
    }
    if (strncmp(text, UTF16LE, 3) == 0 || strncmp(text, UTF16BE, 3) == 0 ||
        strncmp(text, UTF16CUT, 4) == 0) {
        world_add_utf16(text, ret);
        return UD_OK;
    }
    for (int i = 0; strcmp(text, "LARGE") == 0 && i < 2048; i++) {
        char kib[1024];
        memset(kib, ' ', sizeof kib);
        ud_buf_add(ret, kib, sizeof kib);
    }
    ud_buf_adds(ret, text);
    return UD_OK;
}

/* What only has to be there is not read. */
static bool world_can_read(void *ctx, const char *path)
{
    const struct world *world = ctx;
    const char *text = look_up(world->files, path);
    return text != NULL && strcmp(text, "DENIED") != 0;
}

static void world_list(void *ctx, const char *path, struct ud_strv *ret)
{
    (void)ctx;
    if (strcmp(path, "/h/.colima") == 0) {
        ud_strv_add(ret, "work");
        ud_strv_add(ret, "_lima");
        ud_strv_add(ret, "default");
    }
    if (strcmp(path, "/h/.docker/contexts/meta") == 0) {
        ud_strv_add(ret, "Hwork");
        ud_strv_add(ret, "Hmoved");
        ud_strv_add(ret, "Hgarbage");
        ud_strv_add(ret, "Hcolima");
        ud_strv_add(ret, "Hempty");
    }
    if (strcmp(path, "/var/folders/7b/x/T/podman") == 0) {
        ud_strv_add(ret, "podman-machine-default-gvproxy.sock");
        ud_strv_add(ret, "podman-machine-default-api.sock");
        ud_strv_add(ret, "other-api.sock");
    }
}

static void world_hash(void *ctx, const void *data, size_t len, char *ret)
{
    (void)ctx;
    (void)snprintf(ret, 65, "H%.*s", (int)len, (const char *)data);
}

static struct ud_config_source source_of(struct world *world)
{
    return (struct ud_config_source){.ctx = world,
                                     .home = "/h",
                                     .getenv = world_env,
                                     .read_file = world_file,
                                     .can_read = world_can_read,
                                     .list_dir = world_list,
                                     .sha256hex = world_hash};
}

static enum ud_code resolve(struct world *world, const char *host, const char *context,
                            struct ud_endpoint_list *ret, struct ud_error *err)
{
    const struct ud_endpoint_query query = {
        .host = host,
        .context = context,
        .source = source_of(world),
    };
    return ud_endpoint_resolve(&query, ret, err);
}

#define META(name) "/h/.docker/contexts/meta/H" name "/meta.json"
#define CONFIG "/h/.docker/config.json"
#define UNIX_META "{\"Name\":\"c\",\"Endpoints\":{\"docker\":{\"Host\":\"unix:///c.sock\"}}}"

struct order {
    const char *host;
    const char *context;
    struct world world;
    enum ud_code rc;
    const char *text;   /* of the first candidate */
    const char *origin; /* of the first candidate */
    size_t warnings;
};

static struct order orders[] = {
    {.host = "unix:///a", .context = "c", .rc = UD_ERR_USAGE},
    {.host = "unix:///a",
     .world = {.env = {{"DOCKER_HOST", "unix:///b"}}},
     .text = "unix:///a",
     .origin = "--host"},
    {.context = "c",
     .world = {.env = {{"DOCKER_HOST", "unix:///b"}}, .files = {{META("c"), UNIX_META}}},
     .text = "unix:///c.sock",
     .origin = "--context c"},
    {.context = "gone", .world = {.env = {{"DOCKER_HOST", "unix:///b"}}}, .rc = UD_ERR_NOT_FOUND},
    {.context = "default",
     .world = {.env = {{"DOCKER_HOST", "unix:///b"}}},
     .text = "unix:///b",
     .origin = "DOCKER_HOST"},
    {.context = "default", .text = "unix:///var/run/docker.sock", .origin = "--context default"},
    {.world = {.env = {{"DOCKER_HOST", "unix:///b"}, {"DOCKER_CONTEXT", "c"}}},
     .text = "unix:///b",
     .origin = "DOCKER_HOST",
     .warnings = 1},
    {.world = {.env = {{"DOCKER_HOST", ""}, {"DOCKER_CONTEXT", "c"}},
               .files = {{META("c"), UNIX_META}}},
     .text = "unix:///c.sock",
     .origin = "DOCKER_CONTEXT c"},
    {.world = {.env = {{"DOCKER_CONTEXT", "gone"}}}, .rc = UD_ERR_NOT_FOUND},
    {.world = {.files = {{CONFIG, "{\"currentContext\":\"c\"}"}, {META("c"), UNIX_META}}},
     .text = "unix:///c.sock",
     .origin = "current context c"},
    {.world = {.files = {{CONFIG, "{\"currentContext\":\"c\"}"}}}, .rc = UD_ERR_NOT_FOUND},
    {.world = {.files = {{CONFIG, "{\"currentContext\":\"default\"}"}}},
     .text = "unix:///var/run/docker.sock",
     .origin = "known socket"},
    {.world = {.files = {{CONFIG, "{\"currentContext\":7}"}}},
     .text = "unix:///var/run/docker.sock",
     .origin = "known socket"},
    {.world = {.files = {{CONFIG, "{broken"}}}, .rc = UD_ERR_USAGE},
    {.world = {.files = {{CONFIG, "[]"}}}, .rc = UD_ERR_USAGE},
    {.world = {.files = {{CONFIG, "DENIED"}}}, .rc = UD_ERR_DENIED},
    {.world = {.files = {{CONFIG, ""}}},
     .text = "unix:///var/run/docker.sock",
     .origin = "known socket"},
    {.host = "unix:///a",
     .world = {.files = {{CONFIG, "{broken"}}},
     .text = "unix:///a",
     .origin = "--host"},
    {.world = {.env = {{"DOCKER_CONFIG", "/cfg"}},
               .files = {{"/cfg/config.json", "{\"currentContext\":\"c\"}"},
                         {"/cfg/contexts/meta/Hc/meta.json", UNIX_META}}},
     .text = "unix:///c.sock",
     .origin = "current context c"},
    {.context = "c",
     .world = {.files = {{META("c"), "{\"Endpoints\":{\"kubernetes\":{}}}"}}},
     .rc = UD_ERR_USAGE},
    {.context = "c", .world = {.files = {{META("c"), "garbage"}}}, .rc = UD_ERR_USAGE},
    {.context = "c", .world = {.files = {{META("c"), ""}}}, .rc = UD_ERR_USAGE},
    {.context = "c", .world = {.files = {{META("c"), "DENIED"}}}, .rc = UD_ERR_DENIED},
    {.world = {.env = {{"DOCKER_HOST", "ftp://x"}}}, .rc = UD_ERR_USAGE},
    {.world = {.env = {{"DOCKER_HOST", "tcp://bob:s3cret@x"}}}, .rc = UD_ERR_USAGE},
    {.context = "c",
     .world = {.files = {{META("c"),
                          "{\"Endpoints\":{\"docker\":{\"Host\":\"tcp://bob:s3cret@x\"}}}"}}},
     .rc = UD_ERR_USAGE},
};

static void order_is_that_of_docker(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        struct order *o = &orders[i];
        struct ud_endpoint_list list = {0};
        struct ud_error err = {0};
        assert_int_equal(resolve(&o->world, o->host, o->context, &list, &err), o->rc);
        if (o->rc == UD_OK) {
            assert_string_equal(list.items[0].text, o->text);
            assert_string_equal(list.items[0].origin, o->origin);
            assert_int_equal(list.warnings.len, o->warnings);
            assert_int_equal(list.guessed, strcmp(o->origin, "known socket") == 0);
        } else {
            assert_string_not_equal(err.remedy, o->rc == UD_ERR_DENIED ? "x" : "");
            assert_null(strstr(err.message, "s3cret"));
        }
        ud_endpoint_list_done(&list);
    }
}

/* As editors, shells and crashes leave it. What may have named an engine is never passed over. */
static void a_damaged_configuration_is_read_or_told(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        enum ud_code rc; /* UD_OK: it is read, if it is what it should be */
        const char *says;
    } kinds[] = {
        {"\xef\xbb\xbf%s", UD_OK, NULL},
        {UTF16LE "%s", UD_OK, NULL},
        {UTF16BE "%s", UD_OK, NULL},
        {UTF16CUT "%s", UD_ERR_USAGE, "is UTF-16, and damaged"},
        {"null", UD_ERR_USAGE, "is not a JSON object"},
        {"[]", UD_ERR_USAGE, "is not a JSON object"},
        {"ZEROS", UD_ERR_USAGE, "is not valid JSON"},
        {"LARGE", UD_ERR_PROTOCOL, "json"},
        {"FOLDER", UD_ERR_IO, "Is a directory"},
        {"DENIED", UD_ERR_DENIED, "cannot read"},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        for (int meta = 0; meta < 2; meta++) {
            char damaged[200];
            const char *whole = meta ? UNIX_META : "{\"currentContext\":\"c\"}";
            struct ud_endpoint_list list = {0};
            struct ud_error err = {0};
            const char *from = strstr(kinds[i].file, "%s");
            (void)snprintf(damaged, sizeof damaged, "%.*s%s",
                           from != NULL ? (int)(from - kinds[i].file) : 100, kinds[i].file,
                           from != NULL ? whole : "");
            struct world world = {.files = {{CONFIG, meta ? "{\"currentContext\":\"c\"}" : damaged},
                                            {META("c"), meta ? damaged : UNIX_META}}};
            assert_int_equal(resolve(&world, NULL, NULL, &list, &err), kinds[i].rc);
            if (kinds[i].rc == UD_OK) {
                assert_int_equal(list.len, 1);
                assert_string_equal(list.items[0].text, "unix:///c.sock");
            } else {
                assert_non_null(strstr(err.message, kinds[i].says));
                assert_non_null(strstr(err.message, meta ? "context c" : "config.json"));
                assert_non_null(strstr(err.remedy, "--host"));
            }
            ud_endpoint_list_done(&list);
        }
    }
}

/* Another context's damage is no matter. */
static void only_the_chosen_context_is_read(void **state)
{
    (void)state;
    struct world world = {.files = {{CONFIG, "{\"currentContext\":\"c\"}"},
                                    {META("c"), UNIX_META},
                                    {META("other"), "garbage"}}};
    struct ud_endpoint_list list = {0};
    assert_int_equal(resolve(&world, NULL, NULL, &list, NULL), UD_OK);
    assert_string_equal(list.items[0].text, "unix:///c.sock");
    ud_endpoint_list_done(&list);
}

#define PODMAN_HOME "unix:///h/.local/share/containers/podman/machine/"
#define PODMAN_TEMP "unix:///var/folders/7b/x/T/podman/"

static void known_sockets_include_profiles_once(void **state)
{
    (void)state;
    struct world world = {.env = {{"XDG_RUNTIME_DIR", "/run/user/7"}}};
    struct ud_endpoint_list list = {0};
    assert_int_equal(resolve(&world, NULL, NULL, &list, NULL), UD_OK);
    static const char *const wanted[] = {"unix:///var/run/docker.sock",
                                         "unix:///run/user/7/docker.sock",
                                         "unix:///h/.docker/run/docker.sock",
                                         "unix:///h/.docker/desktop/docker.sock",
                                         "unix:///h/.colima/default/docker.sock",
                                         "unix:///h/.colima/work/docker.sock",
                                         "unix:///h/.rd/docker.sock",
                                         "unix:///h/.orbstack/run/docker.sock",
                                         "unix:///h/.lima/docker/sock/docker.sock",
                                         PODMAN_HOME "podman.sock",
                                         PODMAN_HOME "qemu/podman.sock",
                                         PODMAN_HOME "podman-machine-default/podman.sock",
                                         "unix:///run/user/7/podman/podman.sock",
                                         "unix:///run/podman/podman.sock"};
    assert_int_equal(list.len, sizeof wanted / sizeof wanted[0]);
    for (size_t i = 0; i < list.len; i++) {
        assert_string_equal(list.items[i].text, wanted[i]);
    }
    ud_endpoint_list_done(&list);
}

/* The variable ends in a slash on macOS. */
static void podman_machine_is_found_in_the_temporary_directory_of_macos(void **state)
{
    (void)state;
    static const char *const temps[] = {"/var/folders/7b/x/T/", "/var/folders/7b/x/T"};
    for (size_t t = 0; t < 2; t++) {
        struct world world = {.env = {{"TMPDIR", temps[t]}}};
        struct ud_endpoint_list list = {0};
        assert_int_equal(resolve(&world, NULL, NULL, &list, NULL), UD_OK);
        static const char *const wanted[] = {PODMAN_TEMP "podman-machine-default-api.sock",
                                             PODMAN_TEMP "other-api.sock",
                                             PODMAN_HOME "podman.sock"};
        size_t first = 0;
        while (first < list.len && strcmp(list.items[first].text, wanted[0]) != 0) {
            first++;
        }
        assert_true(first + 3 <= list.len);
        for (size_t i = 0; i < 3; i++) {
            assert_string_equal(list.items[first + i].text, wanted[i]);
        }
        ud_endpoint_list_done(&list);
    }
}

static void no_engine_is_looked_for_in_a_shared_temporary_directory(void **state)
{
    (void)state;
    struct world world = {.env = {{"TMPDIR", "/tmp"}}};
    struct ud_endpoint_list list = {0};
    assert_int_equal(resolve(&world, NULL, NULL, &list, NULL), UD_OK);
    assert_true(list.len > 0);
    for (size_t i = 0; i < list.len; i++) {
        assert_null(strstr(list.items[i].text, "/tmp"));
    }
    ud_endpoint_list_done(&list);
}

static void windows_has_pipes(void **state)
{
    (void)state;
    struct world world = {.env = {{"XDG_RUNTIME_DIR", "/run/user/7"}}};
    struct ud_endpoint_query query = {.windows = true, .source = source_of(&world)};
    struct ud_endpoint_list list = {0};
    assert_int_equal(ud_endpoint_resolve(&query, &list, NULL), UD_OK);
    assert_true(list.guessed);
    assert_int_equal(list.len, 3);
    assert_string_equal(list.items[0].text, "npipe:////./pipe/dockerDesktopLinuxEngine");
    assert_string_equal(list.items[1].text, "npipe:////./pipe/docker_engine");
    ud_endpoint_list_done(&list);
    query.context = "default";
    assert_int_equal(ud_endpoint_resolve(&query, &list, NULL), UD_OK);
    assert_false(list.guessed);
    assert_string_equal(list.items[0].text, "npipe:////./pipe/docker_engine");
    ud_endpoint_list_done(&list);
}

static void tls_comes_from_the_environment(void **state)
{
    (void)state;
    struct world world = {.env = {{"DOCKER_TLS_VERIFY", "0"}, {"DOCKER_CERT_PATH", "/c"}},
                          .files = {{"/c/ca.pem", "x"}, {"/c/cert.pem", "x"}, {"/c/key.pem", "x"}}};
    struct ud_endpoint_list list = {0};
    assert_int_equal(resolve(&world, "tcp://h", NULL, &list, NULL), UD_OK);
    assert_string_equal(list.items[0].text, "tcp://h:2376");
    assert_true(list.items[0].tls_verify);
    assert_string_equal(list.items[0].ca_file, "/c/ca.pem");
    assert_string_equal(list.items[0].key_file, "/c/key.pem");
    assert_int_equal(list.warnings.len, 0);
    ud_endpoint_list_done(&list);
    world.files[2] = (struct pair){NULL, NULL};
    assert_int_equal(resolve(&world, "tcp://h", NULL, &list, NULL), UD_ERR_USAGE);
    world.files[1] = (struct pair){NULL, NULL};
    assert_int_equal(resolve(&world, "tcp://h", NULL, &list, NULL), UD_OK);
    ud_endpoint_list_done(&list);
    world.files[0] = (struct pair){NULL, NULL};
    assert_int_equal(resolve(&world, "tcp://h", NULL, &list, NULL), UD_ERR_USAGE);
    world.env[0].name = "DOCKER_TLS";
    assert_int_equal(resolve(&world, "tcp://h", NULL, &list, NULL), UD_OK);
    assert_true(list.items[0].tls);
    assert_false(list.items[0].tls_verify);
    assert_int_equal(list.warnings.len, 1);
    assert_non_null(strstr(list.warnings.items[0], "tcp://h:2376 is not checked"));
    assert_non_null(strstr(list.warnings.items[0], "DOCKER_TLS is set and DOCKER_TLS_VERIFY is"));
    ud_endpoint_list_done(&list);
    assert_int_equal(resolve(&world, "unix:///s", NULL, &list, NULL), UD_OK);
    assert_false(list.items[0].tls);
    assert_int_equal(list.warnings.len, 0);
    ud_endpoint_list_done(&list);
}

/* As docker has them: they go before the environment, and a file that is named has to be there. */
static void tls_comes_from_the_options(void **state)
{
    (void)state;
    struct world world = {.files = {{"/o/ca.pem", "x"}, {"/o/c.pem", "x"}, {"/o/k.pem", "x"}}};
    struct ud_endpoint_list list = {0};
    struct ud_error err = {0};
    struct ud_endpoint_query query = {
        .host = "tcp://h",
        .source = source_of(&world),
        .tls = {false, true, "/o/ca.pem", "/o/c.pem", "/o/k.pem"},
    };
    assert_int_equal(ud_endpoint_resolve(&query, &list, NULL), UD_OK);
    assert_string_equal(list.items[0].text, "tcp://h:2376");
    assert_true(list.items[0].tls_verify);
    assert_string_equal(list.items[0].ca_file, "/o/ca.pem");
    assert_string_equal(list.items[0].cert_file, "/o/c.pem");
    assert_string_equal(list.items[0].key_file, "/o/k.pem");
    ud_endpoint_list_done(&list);

    query.tls.key_file = "/o/none.pem";
    assert_int_equal(ud_endpoint_resolve(&query, &list, &err), UD_ERR_NOT_FOUND);
    assert_non_null(strstr(err.message, "--tlskey: /o/none.pem"));
    query.tls.key_file = NULL;
    assert_int_equal(ud_endpoint_resolve(&query, &list, NULL), UD_ERR_USAGE); /* half a pair */

    query.tls = (struct ud_endpoint_tls){.tls = true};
    assert_int_equal(ud_endpoint_resolve(&query, &list, NULL), UD_OK);
    assert_true(list.items[0].tls);
    assert_false(list.items[0].tls_verify);
    assert_non_null(strstr(list.warnings.items[0], "--tls is given and --tlsverify is not"));
    ud_endpoint_list_done(&list);

    query.host = "unix:///s";
    assert_int_equal(ud_endpoint_resolve(&query, &list, &err), UD_ERR_USAGE);
    assert_non_null(strstr(err.message, "only engines at tcp:// speak TLS"));
}

static void tls_of_a_context_is_stored_with_it(void **state)
{
    (void)state;
    struct world world = {
        .files = {{META("c"), "{\"Endpoints\":{\"docker\":{\"Host\":\"tcp://h\"}}}"},
                  {"/h/.docker/contexts/tls/Hc/docker/ca.pem", "x"}}};
    struct ud_endpoint_list list = {0};
    assert_int_equal(resolve(&world, NULL, "c", &list, NULL), UD_OK);
    assert_string_equal(list.items[0].text, "tcp://h:2376");
    assert_true(list.items[0].tls_verify);
    assert_int_equal(list.warnings.len, 0);
    assert_string_equal(list.items[0].ca_file, "/h/.docker/contexts/tls/Hc/docker/ca.pem");
    ud_endpoint_list_done(&list);
    world.files[0].value =
        "{\"Endpoints\":{\"docker\":{\"Host\":\"tcp://h\",\"SkipTLSVerify\":true}}}";
    world.files[1] = (struct pair){NULL, NULL};
    assert_int_equal(resolve(&world, NULL, "c", &list, NULL), UD_OK);
    assert_true(list.items[0].tls);
    assert_false(list.items[0].tls_verify);
    assert_int_equal(list.warnings.len, 1);
    assert_non_null(strstr(list.warnings.items[0], "SkipTLSVerify"));
    ud_endpoint_list_done(&list);
}

/* One that cannot be used is told of; what does not bear its own name's digest is no context. */
static void all_engines_are_contexts_and_known_places(void **state)
{
    (void)state;
    struct world world = {.files = {
                              {META("work"), "{\"Name\":\"work\",\"Endpoints\":{\"docker\":{"
                                             "\"Host\":\"ssh://pi@bench\"}}}"},
                              {META("colima"), "{\"Name\":\"colima\",\"Endpoints\":{\"docker\":{"
                                               "\"Host\":\"unix:///c.sock\"}}}"},
                              {META("moved"), "{\"Name\":\"other\"}"},
                              {META("garbage"), "garbage"},
                              {META("empty"), "{\"Name\":\"empty\"}"},
                          }};
    const struct ud_endpoint_query query = {.source = source_of(&world)};
    struct ud_endpoint_list list = {0};
    ud_endpoint_all(&query, &list);
    assert_string_equal(list.items[0].text, "unix:///c.sock");
    assert_string_equal(list.items[0].origin, "context colima");
    assert_string_equal(list.items[1].text, "ssh://pi@bench");
    assert_string_equal(list.items[2].text, "unix:///var/run/docker.sock");
    assert_string_equal(list.items[2].origin, UD_ENDPOINT_ORIGIN_KNOWN);
    assert_int_equal(list.warnings.len, 1);
    assert_non_null(strstr(list.warnings.items[0], "the context empty has no docker endpoint"));
    ud_endpoint_list_done(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_is_that_of_docker),
        cmocka_unit_test(a_damaged_configuration_is_read_or_told),
        cmocka_unit_test(only_the_chosen_context_is_read),
        cmocka_unit_test(known_sockets_include_profiles_once),
        cmocka_unit_test(podman_machine_is_found_in_the_temporary_directory_of_macos),
        cmocka_unit_test(no_engine_is_looked_for_in_a_shared_temporary_directory),
        cmocka_unit_test(windows_has_pipes),
        cmocka_unit_test(tls_comes_from_the_environment),
        cmocka_unit_test(tls_comes_from_the_options),
        cmocka_unit_test(tls_of_a_context_is_stored_with_it),
        cmocka_unit_test(all_engines_are_contexts_and_known_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
