/* Engines and servers that speak TLS: who is let in, and what is said to whom is not. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine_fixture.h"

#include "docker/endpoint/resolve.h"
#include "platform/fs.h"
#include "set_variable.h"
#include "tls_front.h"
#include "transport/download.h"
#include "transport/duplex.h"
#include "transport/http.h"
#include "util/mem.h"

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#endif

#define COUNT(rules) (sizeof(rules) / sizeof(rules)[0])

/* What this thread allocates in between may leak. */
static void leaks_of_others_begin(void)
{
#ifdef __SANITIZE_ADDRESS__
    __lsan_disable();
#endif
}

static void leaks_of_others_end(void)
{
#ifdef __SANITIZE_ADDRESS__
    __lsan_enable();
#endif
}

static struct tls_certs certs;

static int make_certs(void **state)
{
    (void)state;
    tls_certs_make(&certs);
    return 0;
}

static int remove_certs(void **state)
{
    (void)state;
    tls_certs_remove(&certs);
    return 0;
}

/* A scripted engine behind TLS, and how it is reached. */
struct tls_fixture {
    struct scripted_engine *script;
    struct tls_front *front;
    struct ud_endpoint endpoint;
    struct ud_engine *engine;
    struct ud_error err;
};

static void tls_fixture_init(struct tls_fixture *f, const struct script_rule *rules, size_t count,
                             struct tls_front_options options)
{
    char text[64];
    memset(f, 0, sizeof *f);
    f->script = scripted_engine_start(rules, count, true);
    options.certs = &certs;
    options.backend = scripted_engine_endpoint(f->script);
    f->front = tls_front_start(&options);
    (void)snprintf(text, sizeof text, "tcp://%s", tls_front_address(f->front));
    assert_int_equal(ud_endpoint_parse(text, true, "--host", &f->endpoint, NULL), UD_OK);
    f->endpoint.tls_verify = true;
    f->endpoint.ca_file = tls_certs_file(&certs, "ca.pem");
}

static void tls_fixture_done(struct tls_fixture *f)
{
    ud_engine_free(f->engine);
    ud_endpoint_done(&f->endpoint);
    tls_front_stop(f->front);
    scripted_engine_stop(f->script);
}

static void give_client(struct tls_fixture *f, const char *cert, const char *key)
{
    f->endpoint.cert_file = tls_certs_file(&certs, cert);
    f->endpoint.key_file = tls_certs_file(&certs, key);
}

static enum ud_code connect_engine(struct tls_fixture *f)
{
    const struct ud_engine_options options = {0};
    return ud_engine_connect(&f->endpoint, &options, &f->engine, &f->err);
}

static const struct script_rule pong[] = {PONG};

static void the_right_authority_is_let_through(void **state)
{
    (void)state;
    for (int only_tls12 = 0; only_tls12 < 2; only_tls12++) {
        struct tls_fixture f;
        tls_fixture_init(&f, pong, COUNT(pong),
                         (struct tls_front_options){.only_tls12 = only_tls12 != 0});
        assert_int_equal(connect_engine(&f), UD_OK);
        assert_int_equal(tls_front_handshakes(f.front), only_tls12 ? 0 : 1);
        tls_fixture_done(&f);
    }
}

/* The failure of a connection to a front of these options, after what the test has changed. */
static void assert_kept_out(struct tls_fixture *f, const char *message, const char *remedy)
{
    assert_int_equal(connect_engine(f), UD_ERR_UNREACHABLE);
    if (strstr(f->err.message, message) == NULL || strstr(f->err.remedy, remedy) == NULL) {
        fail_msg("%s -> %s", f->err.message, f->err.remedy);
    }
    assert_non_null(strstr(f->err.message, f->endpoint.text));
    assert_null(strstr(f->err.remedy, "SSL_CERT_FILE"));
    assert_int_equal(scripted_engine_count(f->script), 0);
    tls_fixture_done(f);
}

static void a_bad_certificate_of_the_engine_has_its_own_message(void **state)
{
    (void)state;
    static const struct {
        const char *server;
        const char *authority;
        const char *message;
        const char *remedy;
    } cases[] = {
        {"server", "stranger.pem", "its certificate is from an authority that /tmp/", "ca.pem"},
        {"elsewhere", "ca.pem", "its certificate is for another name than 127.0.0.1",
         "Name the engine by a name"},
        {"expired", "ca.pem", "its certificate has expired", "clock"},
        /* That it is not to be trusted counts before its name and its date. */
        {"elsewhere", "stranger.pem", "from an authority that", "ca.pem"},
        {"expired", "stranger.pem", "from an authority that", "ca.pem"},
        {"server", "none.pem", "none.pem", "Check ca.pem"},
        {"server", "key.pem", "key.pem", "Check ca.pem"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        for (int only_tls12 = 0; only_tls12 < 2; only_tls12++) {
            struct tls_fixture f;
            tls_fixture_init(&f, pong, COUNT(pong),
                             (struct tls_front_options){.server = cases[i].server,
                                                        .only_tls12 = only_tls12 != 0});
            free(f.endpoint.ca_file);
            f.endpoint.ca_file = tls_certs_file(&certs, cases[i].authority);
            assert_kept_out(&f, cases[i].message, cases[i].remedy);
        }
    }
}

static void a_client_certificate_is_given_on_each_connection(void **state)
{
    (void)state;
    const struct script_rule rules[] = {PONG, {.method = "POST", .path = "/x", .forever = true}};
    for (int only_tls12 = 0; only_tls12 < 2; only_tls12++) {
        struct tls_fixture f;
        struct ud_engine *second = NULL;
        tls_fixture_init(
            &f, rules, COUNT(rules),
            (struct tls_front_options){.wants_client = true, .only_tls12 = only_tls12 != 0});
        give_client(&f, "cert.pem", "key.pem");
        assert_int_equal(connect_engine(&f), UD_OK);
        assert_int_equal(ud_engine_connect_again(f.engine, NULL, NULL, &second, &f.err), UD_OK);
        assert_int_equal(scripted_engine_seen(f.script, "HEAD", "/_ping"), 2);
        ud_engine_free(second);
        tls_fixture_done(&f);
    }
}

static void a_client_that_is_not_let_in_learns_why(void **state)
{
    (void)state;
    static const struct {
        const char *cert;
        const char *key;
        const char *message;
        const char *remedy;
    } cases[] = {
        {NULL, NULL, "no client certificate was given", "Give cert.pem and key.pem"},
        {"stray.pem", "stray-key.pem", "refused the connection with the client certificate",
         "dockerd --tlscacert"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        for (int only_tls12 = 0; only_tls12 < 2; only_tls12++) {
            struct tls_fixture f;
            tls_fixture_init(
                &f, pong, COUNT(pong),
                (struct tls_front_options){.wants_client = true, .only_tls12 = only_tls12 != 0});
            if (cases[i].cert != NULL) {
                give_client(&f, cases[i].cert, cases[i].key);
            }
            assert_kept_out(&f, cases[i].message, cases[i].remedy);
        }
    }
}

static void a_client_certificate_that_cannot_be_read_is_named(void **state)
{
    (void)state;
    static const char *const cases[][2] = {{"cert.pem", "none.pem"}, {"none.pem", "key.pem"}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct tls_fixture f;
        tls_fixture_init(&f, pong, COUNT(pong), (struct tls_front_options){.wants_client = true});
        give_client(&f, cases[i][0], cases[i][1]);
        /* libcurl 8.14.1 forgets the authorities that it has read by then. */
        leaks_of_others_begin();
        assert_kept_out(&f, "none.pem", "Check ca.pem, cert.pem and key.pem");
        leaks_of_others_end();
    }
}

/* Of an engine that ends the connection instead of saying so in TLS' words. */
static void a_client_that_is_just_cut_off_learns_what_it_lacks(void **state)
{
    (void)state;
    const struct script_rule rules[] = {{.method = "HEAD", .path = "/_ping", .drop = true}};
    struct tls_fixture f;
    tls_fixture_init(&f, rules, COUNT(rules), (struct tls_front_options){0});
    assert_int_equal(connect_engine(&f), UD_ERR_UNREACHABLE);
    assert_non_null(strstr(f.err.message, "without an answer, and no client certificate was"));
    assert_non_null(strstr(f.err.remedy, "Give cert.pem and key.pem"));
    tls_fixture_done(&f);
}

static void a_port_without_tls_is_told_so(void **state)
{
    (void)state;
    struct tls_fixture f;
    tls_fixture_init(&f, pong, COUNT(pong),
                     (struct tls_front_options){.plain = "HTTP/1.1 400 Bad Request\r\n\r\n"});
    assert_kept_out(&f, "it does not speak TLS at this port", "2376");
}

/* Variables of docker, and files as they are. */
struct tls_world {
    const char *names[3];
    const char *values[3];
};

static const char *tls_world_env(void *ctx, const char *name)
{
    const struct tls_world *world = ctx;
    for (size_t i = 0; i < 3; i++) {
        if (world->names[i] != NULL && strcmp(world->names[i], name) == 0) {
            return world->values[i];
        }
    }
    return NULL;
}

static enum ud_code tls_world_file(void *ctx, const char *path, struct ud_buf *ret,
                                   struct ud_error *err)
{
    (void)ctx;
    return ud_fs_read(path, ret, err);
}

static bool tls_world_can_read(void *ctx, const char *path)
{
    (void)ctx;
    return ud_fs_kind(path) == UD_FS_FILE;
}

static void tls_world_sha256(void *ctx, const void *data, size_t len, char *ret_hex)
{
    (void)ctx;
    (void)snprintf(ret_hex, 65, "of-%.*s", (int)len, (const char *)data);
}

struct told {
    struct ud_report report;
    unsigned warnings;
    char last[1024];
};

static void on_told(void *ctx, enum ud_report_level level, const char *text)
{
    struct told *told = ctx;
    if (level == UD_REPORT_WARN) {
        told->warnings++;
        (void)snprintf(told->last, sizeof told->last, "%s", text);
    }
}

/* Finds the engine as the program does, and connects to it twice. */
static void resolve_and_connect(struct tls_fixture *f, const struct tls_world *world,
                                const char *host, const char *context, struct told *told)
{
    struct ud_endpoint_list list = {0};
    struct ud_engine *second = NULL;
    const struct ud_endpoint_query query = {
        .host = host,
        .context = context,
        .source = {.ctx = (void *)world,
                   .home = certs.dir,
                   .getenv = tls_world_env,
                   .read_file = tls_world_file,
                   .can_read = tls_world_can_read,
                   .sha256hex = tls_world_sha256},
    };
    *told = (struct told){.report = {.message = on_told}};
    told->report.ctx = told;
    assert_int_equal(ud_endpoint_resolve(&query, &list, &f->err), UD_OK);
    const struct ud_engine_options options = {.report = &told->report};
    if (ud_engine_connect_any(&list, &options, &f->engine, &f->err) != UD_OK) {
        fail_msg("%s", f->err.message);
    }
    assert_int_equal(ud_engine_connect_again(f->engine, NULL, &told->report, &second, &f->err),
                     UD_OK);
    ud_engine_free(second);
    ud_endpoint_list_done(&list);
}

static void docker_tls_without_verification_works_with_one_warning(void **state)
{
    (void)state;
    for (int verify = 0; verify < 2; verify++) {
        struct tls_fixture f;
        struct told told;
        const struct tls_world world = {
            .names = {verify ? "DOCKER_TLS_VERIFY" : "DOCKER_TLS", "DOCKER_CERT_PATH"},
            .values = {"1", certs.dir}};
        tls_fixture_init(&f, pong, COUNT(pong),
                         (struct tls_front_options){.server = verify ? "server" : "elsewhere",
                                                    .wants_client = true});
        resolve_and_connect(&f, &world, f.endpoint.text, NULL, &told);
        assert_int_equal(told.warnings, verify ? 0 : 1);
        if (!verify) {
            assert_non_null(strstr(told.last, f.endpoint.text));
            assert_non_null(strstr(told.last, "DOCKER_TLS is set and DOCKER_TLS_VERIFY is not"));
            assert_non_null(strstr(told.last, "Set DOCKER_TLS_VERIFY=1"));
        }
        tls_fixture_done(&f);
    }
}

static void a_context_that_skips_verification_works_with_one_warning(void **state)
{
    (void)state;
    struct tls_fixture f;
    struct told told;
    const struct tls_world world = {0};
    tls_fixture_init(&f, pong, COUNT(pong), (struct tls_front_options){.server = "expired"});
    char *dir = tls_certs_file(&certs, ".docker/contexts/meta/of-ctx");
    char *meta = ud_strf("%s/meta.json", dir);
    char *text = ud_strf("{\"Name\":\"ctx\",\"Endpoints\":{\"docker\":{\"Host\":\"%s\","
                         "\"SkipTLSVerify\":true}}}",
                         f.endpoint.text);
    assert_int_equal(ud_fs_mkdirs(dir, NULL), UD_OK);
    assert_int_equal(ud_fs_write_atomic(meta, text, strlen(text), NULL), UD_OK);
    resolve_and_connect(&f, &world, NULL, "ctx", &told);
    assert_int_equal(told.warnings, 1);
    assert_non_null(strstr(told.last, "SkipTLSVerify"));
    free(text);
    free(meta);
    free(dir);
    tls_fixture_done(&f);
}

/* What exec and attach do: the connection is taken out of HTTP, below TLS too. */
static void a_connection_without_http_goes_through_tls(void **state)
{
    (void)state;
    static const char said[] = "to the container and back";
    const struct script_rule rules[] = {{.method = "POST",
                                         .path = "/exec/e/start",
                                         .status = 101,
                                         .type = "application/vnd.docker.raw-stream",
                                         .headers = "Connection: Upgrade\r\nUpgrade: tcp\r\n",
                                         .framing = SCRIPT_CLOSE,
                                         .echo = true}};
    struct tls_fixture f;
    struct ud_http *http = NULL;
    struct ud_duplex *duplex = NULL;
    struct ud_http_response answer = {0};
    char back[100] = "";
    size_t sent = 0;
    size_t got = 0;
    bool end = false;
    tls_fixture_init(&f, rules, COUNT(rules), (struct tls_front_options){.wants_client = true});
    give_client(&f, "cert.pem", "key.pem");
    const struct ud_http_config config = {.endpoint = &f.endpoint};
    assert_int_equal(ud_http_new(&config, &http, NULL), UD_OK);
    assert_int_equal(ud_duplex_open(http, "/exec/e/start", "{}", &duplex, &answer, &f.err), UD_OK);
    assert_non_null(duplex);
    while (sent < strlen(said)) {
        size_t n = 0;
        assert_int_equal(ud_duplex_send(duplex, said + sent, strlen(said) - sent, &n, NULL), UD_OK);
        sent += n;
    }
    ud_duplex_finish(duplex);
    while (!end) {
        size_t n = 0;
        assert_int_equal(
            ud_duplex_recv(duplex, back + got, sizeof back - 1 - got, &n, &end, &f.err), UD_OK);
        got += n;
        if (n == 0 && !end) {
            assert_int_equal(ud_duplex_wait(duplex, false, 100, &f.err), UD_OK);
        }
    }
    assert_string_equal(back, said);
    ud_duplex_free(duplex);
    ud_http_response_done(&answer);
    ud_http_free(http);
    tls_fixture_done(&f);
}

static enum ud_code fetch_web(const struct tls_fixture *f, const char *ca_file, struct ud_buf *ret,
                              struct ud_error *err)
{
    const struct ud_http_config config = {.ca_file = ca_file};
    struct ud_http *web = NULL;
    char url[100];
    (void)snprintf(url, sizeof url, "https://%s/file", tls_front_address(f->front));
    const struct ud_url from = {.secret = url, .shown = url};
    const struct ud_download download = {.url = &from, .sink = {buffer_sink, ret}};
    ud_buf_init(ret, 1000);
    UD_TRY(ud_http_new(&config, &web, err));
    enum ud_code rc = ud_download(web, &download, NULL, err);
    ud_http_free(web);
    return rc;
}

static void a_server_of_the_web_is_checked_with_the_systems_certificates(void **state)
{
    (void)state;
    /* In SSL_CERT_FILE and SSL_CERT_DIR; NULL: right, and nothing is said. */
    static const struct {
        const char *server;
        const char *file;
        const char *dir;
        const char *message;
        const char *remedy;
    } cases[] = {
        {"server", "ca.pem", NULL, NULL, NULL},
        {"server", NULL, "trusted", NULL, NULL},
        {"server", "stranger.pem", NULL, "from an authority that /tmp/", "with --ca-file"},
        {"server", NULL, "untrusted", "from an authority that /tmp/", "set SSL_CERT_FILE to"},
        {"elsewhere", "ca.pem", NULL, "its certificate is for another name", "sign-in page"},
        {"expired", "ca.pem", NULL, "its certificate has expired", "Check this machine's clock"},
        {"server", "none.pem", NULL, "none.pem", "Set SSL_CERT_FILE to a PEM file"},
        {"server", NULL, "none", "none", "Set SSL_CERT_FILE to a PEM file"},
    };
    const struct script_rule rules[] = {
        {.method = "GET", .path = "/file", .body = "content", .forever = true}};
    static const char *const dirs[][2] = {{"trusted", "ca.pem"}, {"untrusted", "stranger.pem"}};
    for (size_t i = 0; i < COUNT(dirs); i++) {
        char *from = tls_certs_file(&certs, dirs[i][1]);
        char *dir = tls_certs_file(&certs, dirs[i][0]);
        char *to = ud_fs_join(dir, "any-name.pem");
        struct ud_buf pem;
        ud_buf_init(&pem, 10000);
        assert_int_equal(ud_fs_read(from, &pem, NULL), UD_OK);
        assert_int_equal(ud_fs_mkdirs(dir, NULL), UD_OK);
        assert_int_equal(ud_fs_write_atomic(to, pem.data, pem.len, NULL), UD_OK);
        ud_buf_done(&pem);
        free(to);
        free(dir);
        free(from);
    }
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct tls_fixture f;
        struct ud_buf got;
        char *file = cases[i].file != NULL ? tls_certs_file(&certs, cases[i].file) : NULL;
        char *dir = cases[i].dir != NULL ? tls_certs_file(&certs, cases[i].dir) : NULL;
        set_variable("SSL_CERT_FILE", file);
        set_variable("SSL_CERT_DIR", dir);
        tls_fixture_init(&f, rules, COUNT(rules),
                         (struct tls_front_options){.server = cases[i].server});
        enum ud_code rc = fetch_web(&f, NULL, &got, &f.err);
        if (cases[i].message == NULL) {
            assert_int_equal(rc, UD_OK);
            assert_string_equal(got.data, "content");
        } else {
            assert_int_equal(rc, UD_ERR_SOURCE);
            assert_int_equal(got.len, 0);
            if (strstr(f.err.message, cases[i].message) == NULL ||
                strstr(f.err.remedy, cases[i].remedy) == NULL) {
                fail_msg("%s -> %s", f.err.message, f.err.remedy);
            }
        }
        ud_buf_done(&got);
        tls_fixture_done(&f);
        free(dir);
        free(file);
    }
    set_variable("SSL_CERT_FILE", NULL);
    set_variable("SSL_CERT_DIR", NULL);
}

static void a_file_of_authorities_is_trusted_besides_the_systems(void **state)
{
    (void)state;
    /* As SSL_CERT_FILE, and as ca_file; NULL: right, and nothing is said. */
    static const struct {
        const char *file;
        const char *more;
        const char *message;
    } cases[] = {
        {"stranger.pem", "ca.pem", NULL},
        {"ca.pem", "stranger.pem", NULL},
        {NULL, "ca.pem", NULL},
        {"stranger.pem", "stranger.pem", "/stranger.pem and /tmp/"},
        {"ca.pem", "none.pem", "/none.pem"},
        {"none.pem", "ca.pem", "/none.pem"},
        {"ca.pem", "server-key.pem", "there is no certificate in PEM in /tmp/"},
    };
    const struct script_rule rules[] = {
        {.method = "GET", .path = "/file", .body = "content", .forever = true}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct tls_fixture f;
        struct ud_buf got;
        char *file = cases[i].file != NULL ? tls_certs_file(&certs, cases[i].file) : NULL;
        char *more = tls_certs_file(&certs, cases[i].more);
        set_variable("SSL_CERT_FILE", file);
        set_variable("SSL_CERT_DIR", NULL);
        tls_fixture_init(&f, rules, COUNT(rules), (struct tls_front_options){.server = "server"});
        enum ud_code rc = fetch_web(&f, more, &got, &f.err);
        if (cases[i].message == NULL) {
            assert_int_equal(rc, UD_OK);
            assert_string_equal(got.data, "content");
        } else {
            assert_int_not_equal(rc, UD_OK);
            if (strstr(f.err.message, cases[i].message) == NULL) {
                fail_msg("%s -> %s", f.err.message, f.err.remedy);
            }
        }
        ud_buf_done(&got);
        tls_fixture_done(&f);
        free(more);
        free(file);
    }
    set_variable("SSL_CERT_FILE", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_right_authority_is_let_through),
        cmocka_unit_test(a_bad_certificate_of_the_engine_has_its_own_message),
        cmocka_unit_test(a_client_certificate_is_given_on_each_connection),
        cmocka_unit_test(a_client_that_is_not_let_in_learns_why),
        cmocka_unit_test(a_client_certificate_that_cannot_be_read_is_named),
        cmocka_unit_test(a_client_that_is_just_cut_off_learns_what_it_lacks),
        cmocka_unit_test(a_port_without_tls_is_told_so),
        cmocka_unit_test(docker_tls_without_verification_works_with_one_warning),
        cmocka_unit_test(a_context_that_skips_verification_works_with_one_warning),
        cmocka_unit_test(a_connection_without_http_goes_through_tls),
        cmocka_unit_test(a_server_of_the_web_is_checked_with_the_systems_certificates),
        cmocka_unit_test(a_file_of_authorities_is_trusted_besides_the_systems),
    };
    return cmocka_run_group_tests(tests, make_certs, remove_certs);
}
