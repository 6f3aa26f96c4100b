/* Installing against an engine whose VM has files of USB/IP's modules, which are not loaded. */
#include <stdlib.h>
#include <string.h>

#include "engine_fixture.h"
#include "state_home.h"

#include "../helper_answer.h"
#include "app/engine/roles.h"
#include "app/install/install.h"
#include "bundle/tar/tarwrite.h"
#include "proto/ops.h"
#include "util/mem.h"

#define COUNT(items) (sizeof(items) / sizeof(items)[0])
#define NAMED "/containers/" UD_INSTALLED_CONTAINER
#define CREATED "/containers/usbipd-desktop-installed-" /* and digits */
#define OLD "0ld"
#define DIR "/lib/modules/6.1.0/"
#define CORE "kernel/drivers/usb/usbip/usbip-core.ko"
#define VHCI "kernel/drivers/usb/usbip/vhci-hcd.ko"
#define BUILT_IN "kernel/usb-common.ko\nkernel/usbcore.ko\n"
#define OURS "\"io.github.usbipd-desktop\":\"1\",\"io.github.usbipd-desktop.role\":\"installed\""
#define FOUND(running, labels)                                                                     \
    "{\"Id\":\"" OLD "\",\"Name\":\"/" UD_INSTALLED_CONTAINER "\",\"State\":{\"Running\":" running \
    ",\"Status\":\"running\",\"Health\":{\"Status\":\"unhealthy\"}},\"Config\":{\"Labels\":"       \
    "{" labels "}}}"
#define RUNNING "{\"Id\":\"new\",\"State\":{\"Running\":true,\"Status\":\"running\"}}"
#define SAID_KERNEL UD_OPS_KERNEL "6.1.0 #1 SMP\n"

enum { RUNS_MAX = 3, RULES_MAX = 48 };

struct trial {
    char *home;
    struct engine_fixture f;
    struct ud_buf answers[RUNS_MAX];
    struct ud_buf log;
    struct ud_buf archive;
    size_t runs;
    struct script_rule rules[RULES_MAX];
    size_t count;
    struct ud_installed result;
    struct ud_error err;
};

static void trial_init(struct trial *t)
{
    *t = (struct trial){.home = state_home_new()};
}

static void add(struct trial *t, struct script_rule rule)
{
    assert_true(t->count < RULES_MAX);
    t->rules[t->count++] = rule;
}

static void answer_probe(struct trial *t, bool loaded)
{
    static const char deps[] = CORE ":\n" VHCI ": " CORE "\n";
    struct ud_buf *answer = &t->answers[t->runs++];
    answer_begin_probe(answer);
    answer_text(answer, UD_BLOB_CONFIG_PREFIX "/boot/config-6.1.0",
                "CONFIG_MODULES=y\nCONFIG_USB_SUPPORT=y\nCONFIG_USB_COMMON=y\nCONFIG_USB=y\n");
    answer_text(answer, UD_BLOB_MODULES_DEP, deps);
    answer_text(answer, UD_BLOB_MODULES_BUILTIN, BUILT_IN);
    if (loaded) {
        answer_text(answer, UD_BLOB_PROC_MODULES,
                    "vhci_hcd 1 0 - Live 0x0\nusbip_core 1 1 vhci_hcd, Live 0x0\n");
    }
    answer_end(answer, UD_OK, "");
}

static void answer_files(struct trial *t)
{
    struct ud_buf *answer = &t->answers[t->runs++];
    answer_begin(answer);
    answer_file(answer, DIR CORE, "first", 5);
    answer_file(answer, DIR VHCI, "second", 6);
    answer_end(answer, UD_OK, "");
}

/* What the container says. */
static void add_log(struct trial *t, const char *text)
{
    ud_buf_init(&t->log, 1 << 16);
    ud_buf_adds(&t->log, text);
    answer_frame(&t->log, 2);
    add(t, (struct script_rule){.method = "GET",
                                .path = "/logs?",
                                .type = "application/vnd.docker.multiplexed-stream",
                                .framing = SCRIPT_CLOSE,
                                .body = t->log.data,
                                .body_len = t->log.len,
                                .forever = true});
}

static void start(struct trial *t)
{
    const struct script_rule always[] = {
        {.method = "GET", .path = CREATED, .body = RUNNING, .forever = true},
        {.method = "POST", .path = "/rename?name=", .status = 204, .forever = true},
        {.method = "POST", .path = "/stop", .status = 204, .forever = true},
        {.method = "GET", .path = NAMED "/json", .status = 404, .body = "{}", .forever = true},
        {.method = "GET",
         .path = "/images/usbipd-desktop/installed",
         .status = 404,
         .body = "{}",
         .forever = true},
        {.method = "GET", .path = "/images/json", .body = "[]", .forever = true},
        ENGINE_RULES(ENGINE_INFO(""))};
    for (size_t i = 0; i < t->runs; i++) {
        add(t, (struct script_rule)ENGINE_RUN(t->answers[i]));
    }
    for (size_t i = 0; i < COUNT(always); i++) {
        add(t, always[i]);
    }
    engine_fixture_init(&t->f, t->rules, t->count, false);
}

static enum ud_code install(struct trial *t)
{
    start(t);
    const struct ud_app app = {.report = &t->f.report};
    const struct ud_load_options options = {.vm = {.host = scripted_engine_endpoint(t->f.script)}};
    return ud_app_install(&app, &options, &t->result, &t->err);
}

static void expect_installed(struct trial *t)
{
    if (install(t) != UD_OK) {
        fail_msg("%s", t->err.message);
    }
}

static void trial_done(struct trial *t)
{
    ud_installed_done(&t->result);
    engine_fixture_done(&t->f);
    for (size_t i = 0; i < t->runs; i++) {
        ud_buf_done(&t->answers[i]);
    }
    ud_buf_done(&t->log);
    ud_buf_done(&t->archive);
    state_home_free(t->home);
}

static const struct script_request *request(struct trial *t, const char *method, const char *part)
{
    for (size_t i = 0; i < scripted_engine_count(t->f.script); i++) {
        const struct script_request *found = scripted_engine_request(t->f.script, i);
        if (strcmp(found->method, method) == 0 && strstr(found->target, part) != NULL) {
            return found;
        }
    }
    fail_msg("no %s of %s", method, part);
    return NULL;
}

static bool was_sent(const struct script_request *of, const char *text)
{
    const size_t len = strlen(text);
    for (size_t at = 0; at + len <= of->body_len; at++) {
        if (memcmp(of->body + at, text, len) == 0) {
            return true;
        }
    }
    return false;
}

/* The container of the installation is the last that is created. */
static const char *created(struct trial *t)
{
    const size_t n = scripted_engine_seen(t->f.script, "POST", "/containers/create");
    return engine_created(t->f.script, n - 1);
}

static void expect_sent(const struct script_request *of, const char *const *texts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!was_sent(of, texts[i])) {
            fail_msg("not sent: %s", texts[i]);
        }
    }
}

/* ---- a first time ---- */

static void the_image_has_the_modules_and_the_container_starts_with_the_engine(void **state)
{
    static const char *const files[] = {
        "usbipd/helper", "usbipd/kernels/0/usbip-core.ko",
        "first",         "usbipd/kernels/0/vhci-hcd.ko",
        "second",        "release 6.1.0\nversion #1 SMP\nmodule usbip-core\nmodule vhci-hcd\n"};
    static const char *const parts[] = {"\"RestartPolicy\":{\"Name\":\"always\"}",
                                        "\"Privileged\":true",
                                        "\"PidMode\":\"host\"",
                                        "\"ReadonlyRootfs\":true",
                                        "[\"CMD\",\"/usbipd/helper\",\"installed\",\"--check\"]",
                                        "\"io.github.usbipd-desktop.kernels\":\"6.1.0\""};
    struct trial t;
    (void)state;
    trial_init(&t);
    answer_probe(&t, false);
    answer_files(&t);
    add_log(&t,
            SAID_KERNEL UD_OPS_INSERTED "usbip-core\n" UD_OPS_INSERTED "vhci-hcd\n" UD_OPS_OWN_WAY
                                        "x\n" UD_OPS_READY "the modules are in the kernel\n");
    expect_installed(&t);
    assert_int_equal(t.result.modules.len, 2);
    assert_int_equal(t.result.inserted.len, 2);
    assert_int_equal(t.result.kernels.len, 1);
    assert_false(t.result.unchanged);
    assert_non_null(t.result.own_way);
    expect_sent(request(&t, "POST", "/images/create?fromSrc=-&repo=usbipd-desktop%2Finstalled"),
                files, COUNT(files));
    for (size_t i = 0; i < COUNT(parts); i++) {
        if (strstr(created(&t), parts[i]) == NULL) {
            fail_msg("not %s in: %s", parts[i], created(&t));
        }
    }
    assert_non_null(strstr(request(&t, "POST", "/rename")->target, "name=" UD_INSTALLED_CONTAINER));
    /* Nothing but the helpers that looked is removed. */
    assert_int_equal(scripted_engine_seen(t.f.script, "DELETE", "installed"), 0);
    trial_done(&t);
}

/* ---- what is there already ---- */

static const char ready[] = SAID_KERNEL UD_OPS_READY "the modules are in the kernel\n";

static void add_old(struct trial *t, const char *found)
{
    add(t, (struct script_rule){
               .method = "GET", .path = NAMED "/json", .body = found, .forever = true});
}

/* What the container that is there holds: a kernel's list, and its modules. */
static void add_archive(struct trial *t, const char *list)
{
    ud_buf_init(&t->archive, 1 << 20);
    struct ud_tarwrite *tar = ud_tarwrite_new(&t->archive);
    assert_int_equal(ud_tarwrite_dir(tar, "kernels", 0755, NULL), UD_OK);
    assert_int_equal(ud_tarwrite_file(tar, "kernels/0/kernel", 0644, list, strlen(list), NULL),
                     UD_OK);
    assert_int_equal(ud_tarwrite_file(tar, "kernels/0/vhci-hcd.ko", 0644, "older", 5, NULL), UD_OK);
    assert_int_equal(ud_tarwrite_file(tar, "kernels/0/passwd", 0644, "not ours", 8, NULL), UD_OK);
    assert_int_equal(ud_tarwrite_finish(tar, NULL), UD_OK);
    ud_tarwrite_free(tar);
    add(t, (struct script_rule){.method = "GET",
                                .path = "/containers/" OLD "/archive?",
                                .type = "application/x-tar",
                                .body = t->archive.data,
                                .body_len = t->archive.len,
                                .forever = true});
}

static void modules_for_another_kernel_stay(void **state)
{
    static const char *const files[] = {"release 6.1.0\n", "usbipd/kernels/1/vhci-hcd.ko", "older",
                                        "release 5.10.0\nversion #7 SMP\nmodule vhci-hcd\n"};
    struct trial t;
    (void)state;
    trial_init(&t);
    answer_probe(&t, false);
    answer_files(&t);
    add_log(&t, ready);
    add_old(&t, FOUND("true", OURS));
    add_archive(&t, "release 5.10.0\nversion #7 SMP\nmodule vhci-hcd\n");
    expect_installed(&t);
    assert_int_equal(t.result.kernels.len, 2);
    assert_string_equal(t.result.kernels.items[1], "5.10.0");
    const struct script_request *image =
        request(&t, "POST", "/images/create?fromSrc=-&repo=usbipd-desktop%2Finstalled");
    expect_sent(image, files, COUNT(files));
    assert_false(was_sent(image, "not ours"));
    assert_non_null(strstr(created(&t), "\"io.github.usbipd-desktop.kernels\":\"6.1.0 5.10.0\""));
    /* By its id, and when the new one is ready. */
    assert_int_equal(scripted_engine_seen(t.f.script, "DELETE", "/containers/" OLD "?"), 1);
    trial_done(&t);
}

static void a_list_that_makes_no_sense_is_not_kept(void **state)
{
    static const char *const lists[] = {"release ../..\nversion #7\nmodule vhci-hcd\n",
                                        "release 5.10.0\nversion #7\nmodule usbip-core\n", ""};
    (void)state;
    for (size_t i = 0; i < COUNT(lists); i++) {
        struct trial t;
        trial_init(&t);
        answer_probe(&t, false);
        answer_files(&t);
        add_log(&t, ready);
        add_old(&t, FOUND("true", OURS));
        add_archive(&t, lists[i]);
        expect_installed(&t);
        assert_int_equal(t.result.kernels.len, 1);
        trial_done(&t);
    }
}

static void an_archive_that_cannot_be_read_is_a_warning(void **state)
{
    struct trial t;
    (void)state;
    trial_init(&t);
    answer_probe(&t, false);
    answer_files(&t);
    add_log(&t, ready);
    add_old(&t, FOUND("true", OURS));
    add(&t, (struct script_rule){.method = "GET",
                                 .path = "/containers/" OLD "/archive?",
                                 .type = "application/x-tar",
                                 .body = "no tar"});
    expect_installed(&t);
    assert_non_null(strstr(t.f.warnings, "installed for other kernels cannot be read"));
    trial_done(&t);
}

/* The digest that the first run gave to its container. */
static char *first_digest(void)
{
    static const char key[] = "\"io.github.usbipd-desktop.inputs\":\"";
    struct trial t;
    trial_init(&t);
    answer_probe(&t, false);
    answer_files(&t);
    add_log(&t, ready);
    expect_installed(&t);
    const char *at = strstr(created(&t), key);
    assert_non_null(at);
    char *digest = ud_strndup(at + strlen(key), 64);
    trial_done(&t);
    return digest;
}

/* Running and in the kernel there is nothing to do; else the container is made anew. */
static void a_second_time_there_is_nothing_to_do_if_all_of_it_works(void **state)
{
    static const struct {
        const char *running;
        bool loaded;
        bool unchanged;
    } cases[] = {{"true", true, true}, {"false", true, false}, {"true", false, false}};
    char *digest = first_digest();
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char *found =
            ud_strf("{\"Id\":\"" OLD "\",\"State\":{\"Running\":%s},\"Config\":{\"Labels\":{" OURS
                    ",\"io.github.usbipd-desktop.inputs\":\"%s\"}}}",
                    cases[i].running, digest);
        struct trial t;
        trial_init(&t);
        answer_probe(&t, cases[i].loaded);
        answer_files(&t);
        add_log(&t, ready);
        add_old(&t, found);
        add_archive(&t, "");
        expect_installed(&t);
        assert_int_equal(t.result.unchanged, cases[i].unchanged);
        assert_int_equal(scripted_engine_seen(t.f.script, "POST", "/rename"),
                         cases[i].unchanged ? 0 : 1);
        assert_int_equal(scripted_engine_seen(t.f.script, "DELETE", "/containers/" OLD),
                         cases[i].unchanged ? 0 : 1);
        trial_done(&t);
        free(found);
    }
    free(digest);
}

/* ---- what goes wrong ---- */

static void what_was_there_stays_if_the_kernel_refuses(void **state)
{
    struct trial t;
    (void)state;
    trial_init(&t);
    answer_probe(&t, false);
    answer_files(&t);
    add_log(&t, SAID_KERNEL UD_OPS_SAYS "took usbip-core out again\n" UD_OPS_FAILED
                                        "refused: the kernel refused module vhci-hcd: no\n");
    add_old(&t, FOUND("true", OURS));
    add_archive(&t, "release 5.10.0\nversion #7 SMP\nmodule vhci-hcd\n");
    assert_int_equal(install(&t), UD_ERR_REFUSED);
    assert_non_null(strstr(t.err.message, "says: refused: the kernel refused module vhci-hcd: no"));
    assert_int_equal(scripted_engine_seen(t.f.script, "DELETE", CREATED), 1);
    assert_int_equal(scripted_engine_seen(t.f.script, "DELETE", "/images/sha256:1"), 1);
    assert_int_equal(scripted_engine_seen(t.f.script, "DELETE", "/containers/" OLD), 0);
    assert_int_equal(scripted_engine_seen(t.f.script, "POST", "/containers/" OLD), 0);
    assert_int_equal(scripted_engine_seen(t.f.script, "POST", "/rename"), 0);
    trial_done(&t);
}

static void a_container_that_ends_is_an_error(void **state)
{
    struct trial t;
    (void)state;
    trial_init(&t);
    answer_probe(&t, false);
    answer_files(&t);
    add_log(&t, "exec format error\n");
    add(&t, (struct script_rule){.method = "GET",
                                 .path = CREATED,
                                 .body = "{\"Id\":\"new\",\"State\":{\"Running\":false}}",
                                 .forever = true});
    assert_int_equal(install(&t), UD_ERR_ENGINE);
    assert_non_null(strstr(t.err.message, "says: exec format error"));
    assert_int_equal(scripted_engine_seen(t.f.script, "DELETE", CREATED), 1);
    trial_done(&t);
}

static void a_container_of_another_is_not_touched(void **state)
{
    static const char *const others[] = {
        FOUND("true", ""), FOUND("false", "\"io.github.usbipd-desktop\":\"1\""),
        FOUND("true",
              "\"io.github.usbipd-desktop\":\"1\",\"io.github.usbipd-desktop.role\":\"vhcli\"")};
    (void)state;
    for (size_t i = 0; i < COUNT(others); i++) {
        struct trial t;
        struct ud_uninstalled gone = {0};
        trial_init(&t);
        answer_probe(&t, false);
        answer_files(&t);
        add_old(&t, others[i]);
        assert_int_equal(install(&t), UD_ERR_BUSY);
        assert_non_null(strstr(t.err.remedy, "docker rename " UD_INSTALLED_CONTAINER));
        const struct ud_app app = {.report = &t.f.report};
        const struct ud_uninstall_options options = {
            .load = {.vm = {.host = scripted_engine_endpoint(t.f.script)}}};
        t.err = (struct ud_error){0};
        assert_int_equal(ud_app_uninstall(&app, &options, &gone, &t.err), UD_ERR_BUSY);
        assert_int_equal(scripted_engine_seen(t.f.script, "DELETE", "/containers/" OLD), 0);
        assert_int_equal(scripted_engine_seen(t.f.script, "POST", "/containers/" OLD), 0);
        assert_int_equal(scripted_engine_seen(t.f.script, "DELETE", NAMED), 0);
        trial_done(&t);
    }
}

/* ---- removing, and looking ---- */

#define IMAGE(id, tag, layers)                                                                     \
    "{\"Id\":\"sha256:" id "\",\"RepoTags\":[" tag "],\"RootFS\":{\"Layers\":[" layers "]},"       \
    "\"Config\":{\"Labels\":{" OURS ",\"io.github.usbipd-desktop.inputs\":\"12ab\"}}}"

/* Those that somebody made on top, or gave another name, are theirs. */
static void uninstalling_removes_container_and_images(void **state)
{
    struct trial t;
    struct ud_uninstalled gone = {0};
    (void)state;
    trial_init(&t);
    add_old(&t, FOUND("true", OURS));
    add(&t, (struct script_rule){.method = "GET",
                                 .path = "/images/json",
                                 .body = "[{\"Id\":\"sha256:a\"},{\"Id\":\"sha256:b\"},"
                                         "{\"Id\":\"sha256:c\"}]"});
    add(&t, (struct script_rule){.method = "GET",
                                 .path = "/images/sha256:a/json",
                                 .body = IMAGE("a", "\"usbipd-desktop/installed:12ab\",\"mine:1\"",
                                               "\"sha256:12ab\"")});
    add(&t,
        (struct script_rule){.method = "GET",
                             .path = "/images/sha256:b/json",
                             .body = IMAGE("b", "\"mine:2\"", "\"sha256:12ab\",\"sha256:34\"")});
    add(&t, (struct script_rule){.method = "GET",
                                 .path = "/images/sha256:c/json",
                                 .body = IMAGE("c", "", "\"sha256:12ab\"")});
    start(&t);
    const struct ud_app app = {.report = &t.f.report};
    const struct ud_uninstall_options options = {
        .load = {.vm = {.host = scripted_engine_endpoint(t.f.script)}}};
    if (ud_app_uninstall(&app, &options, &gone, &t.err) != UD_OK) {
        fail_msg("%s", t.err.message);
    }
    assert_true(gone.was_there);
    assert_false(gone.unloaded);
    assert_int_equal(scripted_engine_seen(t.f.script, "DELETE", "/containers/" OLD "?"), 1);
    assert_int_equal(scripted_engine_seen(t.f.script, "DELETE", "installed:12ab"), 1);
    assert_int_equal(scripted_engine_seen(t.f.script, "DELETE", "sha256:c"), 1);
    assert_int_equal(scripted_engine_seen(t.f.script, "DELETE", "/images/"), 2);
    ud_uninstalled_done(&gone);
    trial_done(&t);
}

/* What a container says can drive no terminal. */
static void a_look_tells_how_it_is_now(void **state)
{
    static const struct {
        const char *says;
        const char *said;
        bool works;
    } cases[] = {
        {UD_OPS_READY "the modules are in the kernel\n", "the modules are in the kernel", true},
        {UD_OPS_FAILED "unfit: \033[31mno\n", "unfit: ?[31mno", false},
        {"exec failed: no such file\n", "exec failed: no such file", false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct trial t;
        struct ud_installation found = {0};
        trial_init(&t);
        add_old(&t, FOUND("true", OURS ",\"io.github.usbipd-desktop.kernels\":\"6.1.0 5.10.0\""));
        ud_buf_init(&t.log, 1 << 16);
        ud_buf_adds(&t.log, cases[i].says);
        answer_frame(&t.log, 2);
        add(&t, (struct script_rule){.method = "POST",
                                     .path = "/containers/" OLD "/exec",
                                     .status = 201,
                                     .body = "{\"Id\":\"e\"}"});
        add(&t, (struct script_rule){.method = "POST",
                                     .path = "/exec/e/start",
                                     .type = "application/vnd.docker.multiplexed-stream",
                                     .framing = SCRIPT_CLOSE,
                                     .body = t.log.data,
                                     .body_len = t.log.len});
        add(&t, (struct script_rule){.method = "GET",
                                     .path = "/exec/e/json",
                                     .body = "{\"Running\":false,\"ExitCode\":0}"});
        start(&t);
        assert_int_equal(engine_fixture_connect(&t.f, &t.err), UD_OK);
        assert_int_equal(ud_installation_look(t.f.engine, &found, &t.err), UD_OK);
        assert_true(found.present && found.running);
        assert_int_equal(found.works, cases[i].works);
        assert_string_equal(found.health, "unhealthy");
        assert_string_equal(found.said, cases[i].said);
        assert_int_equal(found.kernels.len, 2);
        assert_string_equal(found.kernels.items[1], "5.10.0");
        assert_non_null(strstr(request(&t, "POST", "/exec")->body,
                               "[\"/usbipd/helper\",\"installed\",\"--check\"]"));
        ud_installation_done(&found);
        trial_done(&t);
    }
}

/* Of several starts the last counts. */
static void a_stale_line_of_the_log_counts_for_nothing(void **state)
{
    struct trial t;
    (void)state;
    trial_init(&t);
    answer_probe(&t, false);
    answer_files(&t);
    add_log(&t, SAID_KERNEL UD_OPS_READY "the modules are in the kernel\n" SAID_KERNEL UD_OPS_FAILED
                                         "busy: another run\n");
    assert_int_equal(install(&t), UD_ERR_BUSY);
    trial_done(&t);
}

static void one_that_does_not_run_says_nothing(void **state)
{
    struct trial t;
    struct ud_installation found = {0};
    (void)state;
    trial_init(&t);
    add_old(&t, FOUND("false", OURS));
    start(&t);
    assert_int_equal(engine_fixture_connect(&t.f, &t.err), UD_OK);
    assert_int_equal(ud_installation_look(t.f.engine, &found, &t.err), UD_OK);
    assert_true(found.present);
    assert_false(found.works);
    assert_string_equal(found.said, "");
    ud_installation_done(&found);
    trial_done(&t);
}

static void a_look_sees_nothing_in_what_is_not_ours(void **state)
{
    struct trial t;
    struct ud_installation found = {0};
    (void)state;
    trial_init(&t);
    add_old(&t, FOUND("true", ""));
    start(&t);
    assert_int_equal(engine_fixture_connect(&t.f, &t.err), UD_OK);
    assert_int_equal(ud_installation_look(t.f.engine, &found, &t.err), UD_OK);
    assert_false(found.present);
    trial_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_image_has_the_modules_and_the_container_starts_with_the_engine),
        cmocka_unit_test(modules_for_another_kernel_stay),
        cmocka_unit_test(a_list_that_makes_no_sense_is_not_kept),
        cmocka_unit_test(an_archive_that_cannot_be_read_is_a_warning),
        cmocka_unit_test(a_second_time_there_is_nothing_to_do_if_all_of_it_works),
        cmocka_unit_test(what_was_there_stays_if_the_kernel_refuses),
        cmocka_unit_test(a_container_that_ends_is_an_error),
        cmocka_unit_test(a_container_of_another_is_not_touched),
        cmocka_unit_test(uninstalling_removes_container_and_images),
        cmocka_unit_test(a_look_tells_how_it_is_now),
        cmocka_unit_test(a_stale_line_of_the_log_counts_for_nothing),
        cmocka_unit_test(one_that_does_not_run_says_nothing),
        cmocka_unit_test(a_look_sees_nothing_in_what_is_not_ours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
