/* Passwords on the command line, in the environment and in answers: the program itself is
 * run, and none of them may be in what it prints, in any file that it leaves, or in any
 * request but where it belongs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../unit/platform/tempdir.h"
#include "app/helper_answer.h"
#include "engine_fixture.h"

#include "bundle/bytes/digest.h"
#include "bundle/tar/tarwrite.h"
#include "kernel/elf/elf.h"

#define COUNT(rules) (sizeof(rules) / sizeof(rules)[0])

#define SECRET "s3cret"
#define USER "bob:" SECRET "0"
#define BASIC "Basic Ym9iOnMzY3JldDA=" /* USER in base64 */
#define BYTES "an archive"

enum { ARGS_MAX = 16, OUTPUT_MAX = 1 << 20, FILE_MAX = 8 << 20 };

/* Where everything takes place, for one run after the other. */
struct place {
    struct scripted_engine *engine;
    struct scripted_engine *web;
    struct scripted_engine *other; /* where the web server sends to */
    char *dir;                     /* HOME, and the working directory */
    char *outputs;                 /* what is printed */
    struct ud_buf probe, saved, client;
    char redirect[256];
    struct script_rule engine_rules[40];
    struct script_rule web_rules[8];
    struct script_rule other_rules[1];
};

static const char *after_scheme(struct scripted_engine *server)
{
    return scripted_engine_endpoint(server) + strlen("tcp://");
}

/* A kernel that has USB and lacks USB/IP, or has all of it. */
static void answer_probe(struct place *p, bool complete)
{
    static const char some[] = "CONFIG_CC_VERSION_TEXT=\"gcc (Debian 12.2.0-14) 12.2.0\"\n"
                               "CONFIG_CC_IS_GCC=y\nCONFIG_GCC_VERSION=120200\n"
                               "CONFIG_MODULES=y\nCONFIG_USB_SUPPORT=y\nCONFIG_USB=y\n"
                               "CONFIG_USB_COMMON=y\n";
    char *config =
        ud_strf("%s%s", some, complete ? "CONFIG_USBIP_CORE=y\nCONFIG_USBIP_VHCI_HCD=y\n" : "");
    answer_begin_probe(&p->probe);
    answer_text(&p->probe, UD_BLOB_CONFIG_PREFIX "/boot/config-6.1.0", config);
    answer_text(&p->probe, UD_BLOB_MODULES_DEP, "");
    answer_end(&p->probe, UD_OK, "");
    free(config);
}

static void make_saved(struct ud_buf *saved)
{
    static const char config[] = "{\"architecture\":\"amd64\",\"rootfs\":{\"diff_ids\":[]}}";
    static const char manifest[] = "[{\"Config\":\"c\",\"Layers\":[]}]";
    ud_buf_init(saved, 1 << 20);
    struct ud_tarwrite *tar = ud_tarwrite_new(saved);
    assert_int_equal(ud_tarwrite_file(tar, "c", 0644, config, strlen(config), NULL), UD_OK);
    assert_int_equal(ud_tarwrite_file(tar, "manifest.json", 0644, manifest, strlen(manifest), NULL),
                     UD_OK);
    assert_int_equal(ud_tarwrite_finish(tar, NULL), UD_OK);
    ud_tarwrite_free(tar);
}

static void make_client(struct ud_buf *client)
{
    char header[64] = "\177ELF\2\1\1";
    header[16] = 2;
    header[18] = UD_EM_X86_64;
    ud_buf_init(client, sizeof header);
    ud_buf_add(client, header, sizeof header);
}

/* The other server has to be known before the web server, which names it. */
static void start_web(struct place *p)
{
    p->other_rules[0] = (struct script_rule){
        .method = "GET", .path = "/moved", .status = 404, .body = "", .forever = true};
    p->other = scripted_engine_start(p->other_rules, 1, true);
    (void)snprintf(p->redirect, sizeof p->redirect,
                   "Location: http://%s/moved?X-Amz-Signature=" SECRET "4\r\n",
                   after_scheme(p->other));
    const struct script_rule rules[] = {
        {.method = "GET", .path = "/x.tar.xz", .body = BYTES, .forever = true},
        {.method = "GET",
         .path = "/client",
         .body = p->client.data,
         .body_len = p->client.len,
         .forever = true},
        {.method = "GET",
         .path = "/elsewhere",
         .status = 302,
         .headers = p->redirect,
         .body = "",
         .forever = true},
        {.method = "GET", .path = "/", .status = 404, .body = "", .forever = true},
    };
    memcpy(p->web_rules, rules, sizeof rules);
    p->web = scripted_engine_start(p->web_rules, COUNT(rules), true);
}

static void set_up(struct place *p, bool complete)
{
    *p = (struct place){.dir = tempdir_new(), .outputs = tempdir_new()};
    answer_probe(p, complete);
    make_saved(&p->saved);
    make_client(&p->client);
    const struct script_rule rules[] = {
        {.method = "GET",
         .path = "/get",
         .type = "application/x-tar",
         .body = p->saved.data,
         .body_len = p->saved.len,
         .forever = true},
        {.method = "GET",
         .path = "/images/private.example/",
         .status = 404,
         .body = "{\"message\":\"no such image\"}",
         .forever = true},
        {.method = "GET",
         .path = "/images/vhcli",
         .body = "{\"Id\":\"2\",\"Created\":\"1970-01-01T00:00:01Z\","
                 "\"RootFS\":{\"Layers\":[\"sha256:1\"]},"
                 "\"Config\":{\"Labels\":{\"io.github.usbipd-desktop\":\"1\","
                 "\"io.github.usbipd-desktop.seal\":\"sha256:1 of 1\","
                 "\"io.github.usbipd-desktop.role\":\"vhcli\"}}}",
         .forever = true},
        {.method = "POST",
         .path = "/images/create?fromSrc=-",
         .body = "{\"status\":\"sha256:1\"}",
         .forever = true},
        {.method = "POST",
         .path = "/images/create",
         .status = 500,
         .body = "{\"message\":\"Get \\\"https://" USER "@private.example/v2/?sig=" SECRET
                 "5\\\": EOF\"}",
         .forever = true},
        {.method = "POST", .path = "/images/load", .body = "{\"stream\":\"x\"}\n", .forever = true},
        {.method = "HEAD", .path = "/archive", .status = 404, .body = "", .forever = true},
        {.method = "POST",
         .path = "/attach?",
         .type = "application/vnd.docker.raw-stream",
         .framing = SCRIPT_CLOSE,
         .body = p->probe.data,
         .body_len = p->probe.len,
         .forever = true},
        ENGINE_RULES(ENGINE_INFO("")),
    };
    memcpy(p->engine_rules, rules, sizeof rules);
    p->engine = scripted_engine_start(p->engine_rules, COUNT(rules), false);
    start_web(p);
}

static void tear_down(struct place *p)
{
    scripted_engine_stop(p->engine);
    scripted_engine_stop(p->web);
    scripted_engine_stop(p->other);
    ud_buf_done(&p->probe);
    ud_buf_done(&p->saved);
    ud_buf_done(&p->client);
    tempdir_free(p->dir);
    tempdir_free(p->outputs);
}

/* ---- running it ---- */

/* "@WEB@" stands for the web server's host and port. */
static char *filled(const struct place *p, const char *text)
{
    const char *at = strstr(text, "@WEB@");
    return at == NULL ? ud_strdup(text)
                      : ud_strf("%.*s%s%s", (int)(at - text), text, after_scheme(p->web),
                                at + strlen("@WEB@"));
}

static void redirect_to(const char *dir, const char *name, int fd)
{
    char *path = ud_fs_join(dir, name);
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (file < 0 || dup2(file, fd) < 0) {
        _exit(99);
    }
    free(path);
}

static _Noreturn void become(const struct place *p, char **argv, const char *variable)
{
    char *env[5] = {NULL};
    size_t count = 0;
    env[count++] = ud_strf("HOME=%s", p->dir);
    if (variable == NULL || strncmp(variable, "DOCKER_HOST=", 12) != 0) {
        env[count++] = ud_strf("DOCKER_HOST=%s", scripted_engine_endpoint(p->engine));
    }
    if (variable != NULL) {
        env[count] = filled(p, variable);
    }
    redirect_to(p->outputs, "stdout", STDOUT_FILENO);
    redirect_to(p->outputs, "stderr", STDERR_FILENO);
    if (chdir(p->dir) != 0) {
        _exit(99);
    }
    (void)execve(UD_PROGRAM, argv, env);
    _exit(99);
}

static int run(const struct place *p, const char *const *args, const char *mode,
               const char *variable)
{
    char *argv[ARGS_MAX] = {ud_strdup("usbipd-desktop")};
    size_t count = 1;
    int status = 0;
    for (; *args != NULL; args++) {
        assert_true(count < ARGS_MAX - 2);
        argv[count++] = filled(p, *args);
    }
    if (mode != NULL) {
        argv[count++] = ud_strdup(mode);
    }
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        become(p, argv, variable);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    for (size_t i = 0; i < count; i++) {
        free(argv[i]);
    }
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) != 99);
    return WEXITSTATUS(status);
}

/* ---- looking for secrets ---- */

static void expect_no_secret(const char *where, const char *data, size_t len)
{
    static const char *const secrets[] = {SECRET, "Ym9iOnMzY3JldD"};
    for (size_t k = 0; k < COUNT(secrets); k++) {
        size_t size = strlen(secrets[k]);
        for (size_t i = 0; i + size <= len; i++) {
            if (memcmp(data + i, secrets[k], size) == 0) {
                fail_msg("%s has a secret: %.*s", where, (int)(len < 2000 ? len : 2000), data);
            }
        }
    }
}

/* Names and contents of all below path; returns how many files there are. */
static size_t expect_no_secret_below(const char *path)
{
    struct ud_strv names = {0};
    size_t files = 0;
    assert_int_equal(ud_fs_list(path, &names, NULL), UD_OK);
    for (size_t i = 0; i < names.len; i++) {
        char *inner = ud_fs_join(path, names.items[i]);
        expect_no_secret("a file's name", names.items[i], strlen(names.items[i]));
        if (ud_fs_kind(inner) == UD_FS_DIR) {
            files += expect_no_secret_below(inner);
        } else {
            struct ud_buf text;
            ud_buf_init(&text, FILE_MAX);
            assert_int_equal(ud_fs_read(inner, &text, NULL), UD_OK);
            expect_no_secret(inner, text.data, text.len);
            ud_buf_done(&text);
            files++;
        }
        free(inner);
    }
    ud_strv_done(&names);
    return files;
}

static void expect_no_secret_asked(struct scripted_engine *server, bool credentials)
{
    for (size_t i = 0; i < scripted_engine_count(server); i++) {
        const struct script_request *r = scripted_engine_request(server, i);
        if (!credentials) {
            expect_no_secret("a target", r->target, strlen(r->target));
            expect_no_secret("a head", r->head, strlen(r->head));
        }
        expect_no_secret("a body", r->body != NULL ? r->body : "", r->body_len);
    }
}

static void expect_output(const struct place *p, const char *part)
{
    struct ud_buf text;
    char *out = ud_fs_join(p->outputs, "stdout");
    char *err = ud_fs_join(p->outputs, "stderr");
    char *expected = filled(p, part);
    ud_buf_init(&text, OUTPUT_MAX);
    assert_int_equal(ud_fs_read(out, &text, NULL), UD_OK);
    assert_int_equal(ud_fs_read(err, &text, NULL), UD_OK);
    if (strstr(text.data, expected) == NULL) {
        fail_msg("\"%s\" is not in: %s", expected, text.data);
    }
    ud_buf_done(&text);
    free(expected);
    free(out);
    free(err);
}

/* In each way to print it. */
static const char *const modes[] = {NULL, "--json", "--debug", "--progress=json"};
enum { MODES = COUNT(modes) };

static void run_modes(const struct place *p, const char *const *args, const char *variable,
                      int code, const char *says)
{
    for (size_t i = 0; i < MODES; i++) {
        int got = run(p, args, modes[i], variable);
        (void)expect_no_secret_below(p->outputs);
        (void)expect_no_secret_below(p->dir);
        expect_output(p, says);
        if (got != code) {
            fail_msg("%s %s: exit code %d, not %d", args[0], args[1], got, code);
        }
    }
}

/* ---- the cases ---- */

struct secret_case {
    const char *args[ARGS_MAX];
    const char *variable;
    int code;
    const char *says; /* in stdout or stderr */
};

#define SHOWN "http://@WEB@/x.tar.xz?..."
#define GIVEN "http://" USER "@@WEB@/x.tar.xz?token=" SECRET "1/2#" SECRET "3"
#define MISSING "http://" USER "@@WEB@/missing/x.tar.bz2"
#define WRONG "7777777777777777777777777777777777777777777777777777777777777777"

static const struct secret_case of_sources[] = {
    {{"build", "--dry-run", "--source", GIVEN}, NULL, 0, SHOWN},
    {{"build", "--source", MISSING}, NULL, 14, "http://@WEB@/missing/x.tar.bz2 does not exist"},
    {{"build", "--source", GIVEN, "--source-sha256", WRONG}, NULL, 7, SHOWN " has SHA-256"},
    {{"build", "--source", GIVEN, "--offline"}, NULL, 7, SHOWN " is not among"},
    {{"build", "--source", "http://" USER "@127.0.0.1:1/x.tar?" SECRET},
     NULL,
     7,
     "cannot reach http://127.0.0.1:1/x.tar?...: "},
    {{"build", "--source", "http://" USER "@@WEB@/elsewhere"},
     NULL,
     14,
     "http://@WEB@/elsewhere does not exist"},
    {{"build", "--source", "ftp://" USER "@host/x.tar"},
     NULL,
     14,
     "there are no sources at ftp://host/x.tar"},
    {{"build", "--source-mirror", "http://" USER "@@WEB@/k"},
     NULL,
     7,
     "http://@WEB@/k/v6.x/linux-6.1.tar.xz"},
    {{"build", "--offline", "--dry-run"},
     "USBIPD_DESKTOP_SOURCE_MIRROR=http://" USER "@@WEB@/k",
     0,
     "http://@WEB@/k/v6.x/linux-6.1.tar.xz"},
    {{"build", "--source-mirror", USER "@mirror/k"}, NULL, 2, "--source-mirror takes a URL"},
    {{"build"},
     "USBIPD_DESKTOP_SOURCE_MIRROR=" USER "@mirror/k",
     2,
     "USBIPD_DESKTOP_SOURCE_MIRROR takes a URL"},
    {{"build", "--source-mirror", "https://mirror/k?t=" SECRET}, NULL, 2, "takes a URL"},
    {{"sources", "--source-mirror", "https://" USER "@mirror/k"},
     NULL,
     0,
     "https://mirror/k/v6.x/linux-6.1.tar.xz"},
    {{"build", "--source", "https://host/x.tar"},
     "HTTPS_PROXY=http://" USER "@127.0.0.1:1",
     7,
     "cannot reach https://host/x.tar: "},
    {{"build", "--source", "https://host/x.tar"},
     "HTTPS_PROXY=socks9://" USER "@127.0.0.1:1",
     7,
     "the address of the proxy"},
    {{"build", "--source", "https://host/x.tar"},
     "HTTPS_PROXY=http://" USER "@127.0.0.1:x",
     7,
     "the address of the proxy"},
    {{"build", "https://" USER "@host/x.tar"}, NULL, 2, "'https://host/x.tar' was given"},
    {{"https://" USER "@host/x.tar"}, NULL, 2, "unknown command 'https://host/x.tar'"},
    {{"build", "--source-sha256", "https://" USER "@host/x.tar"}, NULL, 2, "'https://host/x.tar'"},
};

/* Each in a place of its own; served counts what the servers were asked with secrets. */
static void run_case(const struct secret_case *c, bool complete, size_t *served)
{
    struct place p;
    set_up(&p, complete);
    run_modes(&p, c->args, c->variable, c->code, c->says);
    expect_no_secret_asked(p.engine, false);
    expect_no_secret_asked(p.web, true);
    for (size_t i = 0; i < scripted_engine_count(p.web) && served != NULL; i++) {
        const struct script_request *r = scripted_engine_request(p.web, i);
        assert_non_null(strstr(r->head, BASIC));
        *served += strstr(r->target, "token=" SECRET "1/2") != NULL;
    }
    for (size_t i = 0; i < scripted_engine_count(p.other); i++) {
        const struct script_request *r = scripted_engine_request(p.other, i);
        assert_non_null(strstr(r->target, "Signature=" SECRET "4"));
        assert_null(strstr(r->head, "Basic"));
    }
    tear_down(&p);
}

static void urls_of_sources_are_shown_without_their_secrets(void **state)
{
    size_t served = 0;
    (void)state;
    for (size_t i = 0; i < COUNT(of_sources); i++) {
        run_case(&of_sources[i], false, &served);
    }
    assert_true(served > 0);
}

/* The download is kept; the build ends later, for want of sources in it. */
static void a_kept_download_bears_no_secret(void **state)
{
    struct place p;
    char hex[UD_DIGEST_HEX_SIZE];
    (void)state;
    set_up(&p, false);
    ud_digest_of(BYTES, strlen(BYTES), hex);
    const char *const args[] = {"build", "--source", GIVEN, "--source-sha256", hex, NULL};
    assert_int_not_equal(run(&p, args, "--debug", NULL), 0);
    (void)expect_no_secret_below(p.outputs);
    assert_int_equal(expect_no_secret_below(p.dir), 1);
    const char *const list[] = {"cache", "ls", NULL};
    (void)run(&p, list, NULL, NULL);
    expect_output(&p, "-x.tar.xz");
    expect_no_secret_asked(p.engine, false);
    tear_down(&p);
}

static const struct secret_case of_hosts[] = {
    {{"status", "--host", "tcp://" USER "@127.0.0.1:1"},
     NULL,
     2,
     "--host: the address has a user name or password in it"},
    {{"status", "--host", USER "@127.0.0.1:1"}, NULL, 2, "--host: the address has"},
    {{"status", "--host", "https://" USER "@h/?" SECRET}, NULL, 2, "--host: https://h/?..."},
    {{"status", "--host", "tcp://127.0.0.1:1/?" SECRET}, NULL, 2, "--host: 127.0.0.1:1/ is"},
    {{"status"}, "DOCKER_HOST=tcp://" USER "@127.0.0.1:1", 2, "DOCKER_HOST: the address has"},
    {{"build", "--build-host", "tcp://" USER "@127.0.0.1:1"}, NULL, 2, "the address has"},
    {{"cache", "ls", "--build-host", "ssh://" USER "@127.0.0.1"}, NULL, 2, "the address has"},
};

static void addresses_of_engines_with_passwords_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(of_hosts); i++) {
        run_case(&of_hosts[i], false, NULL);
    }
}

static const struct secret_case of_clients[] = {
    {{"image", "vhcli", "--client", MISSING},
     NULL,
     14,
     "http://@WEB@/missing/x.tar.bz2 does not exist"},
    {{"image", "vhcli", "--client", "ftp://" USER "@h/x"},
     NULL,
     14,
     "there is no client at ftp://h/x"},
    {{"image", "vhcli", "--base", "https://" USER "@h/x", "--client", MISSING},
     NULL,
     2,
     "https://h/x is not a reference of an image"},
};

/* How often an image was loaded with this text in it. */
static size_t loads_with(const struct place *p, const char *text)
{
    size_t found = 0;
    for (size_t i = 0; i < scripted_engine_count(p->engine); i++) {
        const struct script_request *r = scripted_engine_request(p->engine, i);
        bool load = strstr(r->target, "/images/load") != NULL;
        for (size_t at = 0; load && at + strlen(text) <= r->body_len; at++) {
            found += memcmp(r->body + at, text, strlen(text)) == 0;
        }
    }
    return found;
}

/* Its label goes wherever the image goes. */
static void an_image_does_not_tell_how_its_client_was_got(void **state)
{
    static const char *const args[] = {"image", "vhcli", "--client",
                                       "http://" USER "@@WEB@/client?t=" SECRET, NULL};
    struct place p;
    (void)state;
    set_up(&p, true);
    run_modes(&p, args, NULL, 0, "http://@WEB@/client?...");
    expect_no_secret_asked(p.engine, false);
    char *label = filled(&p, "client-source\":\"http://@WEB@/client?...\"");
    assert_int_equal(loads_with(&p, label), MODES);
    free(label);
    tear_down(&p);
    for (size_t i = 0; i < COUNT(of_clients); i++) {
        run_case(&of_clients[i], true, NULL);
    }
}

/* The engine gets them; what it says of its own request is shown without. */
static void a_registrys_password_goes_to_the_engine_only(void **state)
{
    static const char *const args[] = {
        "image", "vhcli", "--base", "private.example/x:1", "--client", "http://@WEB@/client", NULL};
    struct place p;
    (void)state;
    set_up(&p, true);
    run_modes(
        &p, args,
        "DOCKER_AUTH_CONFIG={\"auths\":{\"private.example\":{\"auth\":\"Ym9iOnMzY3JldDA=\"}}}", 4,
        "https://private.example/v2/?...");
    size_t sent = 0;
    for (size_t i = 0; i < scripted_engine_count(p.engine); i++) {
        sent += strstr(scripted_engine_request(p.engine, i)->head, "X-Registry-Auth: ey") != NULL;
    }
    assert_int_equal(sent, MODES);
    expect_no_secret_asked(p.engine, false);
    tear_down(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(urls_of_sources_are_shown_without_their_secrets),
        cmocka_unit_test(a_kept_download_bears_no_secret),
        cmocka_unit_test(addresses_of_engines_with_passwords_are_refused),
        cmocka_unit_test(an_image_does_not_tell_how_its_client_was_got),
        cmocka_unit_test(a_registrys_password_goes_to_the_engine_only),
    };
    return cmocka_run_group_tests_name("cli.secrets", tests, NULL, NULL);
}
