/* The VM's own modules: all are read in one container, and what that says is what
 * load inserts. */
#include <stdlib.h>
#include <string.h>

#include "engine_fixture.h"

#include "app/load/load.h"
#include "helper_answer.h"
#include "platform/fs.h"
#include "vm/vm_modules.h"

#define GOOD_MODULE UD_SOURCE_DIR "/tests/fuzz/corpus/elf/module.ko"
#define COUNT(items) (sizeof(items) / sizeof(items)[0])
#define DIR "/lib/modules/6.1.0/"
#define USB "kernel/drivers/usb/"
#define COMMON USB "common/usb-common.ko"
#define CORE USB "core/usbcore.ko.gz"
#define USBIP USB "usbip/usbip-core.ko"
#define VHCI USB "usbip/vhci-hcd.ko"
#define PORTS                                                                                      \
    "hub port sta spd dev      sockfd local_busid\n"                                               \
    "hs  0000 004 000 00000000 000000 0-0\n"
/* "second", by gzip. */
#define PACKED                                                                                     \
    "\037\213\010\000\000\000\000\000\002\003\053\116\115\316\317\113\001\000\151\021\037\266\006" \
    "\000\000\000"

enum { RUNS_MAX = 3 };

/* An engine, and what the helper answers in each of its runs. */
struct trial {
    struct engine_fixture f;
    struct ud_buf answers[RUNS_MAX];
    size_t runs;
    struct script_rule rules[24];
    struct ud_vm_files files;
    struct ud_error err;
};

static struct ud_buf *begin_answer(struct trial *t)
{
    struct ud_buf *answer = &t->answers[t->runs++];
    answer_begin(answer);
    return answer;
}

static void start_engine(struct trial *t)
{
    const struct script_rule always[] = {ENGINE_RULES(ENGINE_INFO(""))};
    memcpy(t->rules, always, sizeof always);
    for (size_t i = 0; i < t->runs; i++) {
        t->rules[COUNT(always) + i] = (struct script_rule)ENGINE_RUN(t->answers[i]);
    }
    engine_fixture_init(&t->f, t->rules, COUNT(always) + t->runs, true);
}

static enum ud_code read_paths(struct trial *t, const char *first, const char *second)
{
    char dir[] = "/lib/modules/6.1.0";
    const struct ud_facts facts = {.modules_dir = dir};
    const struct ud_app app = {.report = &t->f.report};
    struct ud_strv paths = {0};
    start_engine(t);
    if (first != NULL) {
        ud_strv_add(&paths, first);
        ud_strv_add(&paths, second);
    }
    enum ud_code rc =
        ud_vm_modules_read(&app, t->f.engine, &facts, false, &paths, &t->files, &t->err);
    ud_strv_done(&paths);
    return rc;
}

static void trial_done(struct trial *t)
{
    assert_int_equal(scripted_engine_seen(t->f.script, "DELETE", "/containers/"),
                     scripted_engine_seen(t->f.script, "POST", "/containers/create"));
    for (size_t i = 0; i < t->runs; i++) {
        ud_buf_done(&t->answers[i]);
    }
    ud_vm_files_done(&t->files);
    engine_fixture_done(&t->f);
}

/* The body of the nth request that creates a container, or that uploads. */
static const struct script_request *request(struct trial *t, const char *part, size_t n)
{
    for (size_t i = 0; i < scripted_engine_count(t->f.script); i++) {
        const struct script_request *found = scripted_engine_request(t->f.script, i);
        if (strstr(found->target, part) != NULL && n-- == 0) {
            return found;
        }
    }
    fail_msg("no request %s", part);
    return NULL;
}

static void several_come_unpacked_from_one_container(void **state)
{
    static struct trial t;
    (void)state;
    struct ud_buf *answer = begin_answer(&t);
    answer_file(answer, DIR COMMON, "fi", 2);
    ud_record_add_blob(answer, UD_BLOB_FILE, "rst", 3);
    answer_file(answer, DIR CORE, PACKED, sizeof PACKED - 1);
    answer_end(answer, UD_OK, "");
    if (read_paths(&t, COMMON, CORE) != UD_OK) {
        fail_msg("%s", t.err.message);
    }
    assert_int_equal(t.files.count, 2);
    assert_string_equal(t.files.items[0].bytes.data, "first");
    assert_string_equal(t.files.items[1].bytes.data, "second");
    assert_int_equal(scripted_engine_seen(t.f.script, "POST", "/containers/create"), 1);
    const char *body = request(&t, "/containers/create", 0)->body;
    assert_non_null(
        strstr(body, "\"Cmd\":[\"read\",\"--enter\",\"" DIR COMMON "\",\"" DIR CORE "\"]"));
    assert_non_null(strstr(body, "\"Privileged\":true"));
    assert_non_null(strstr(body, "\"PidMode\":\"host\""));
    trial_done(&t);
}

static void no_paths_need_no_container(void **state)
{
    static struct trial t;
    (void)state;
    assert_int_equal(read_paths(&t, NULL, NULL), UD_OK);
    assert_int_equal(t.files.count, 0);
    assert_int_equal(scripted_engine_seen(t.f.script, "POST", "/containers/create"), 0);
    trial_done(&t);
}

static void expect_failure(struct trial *t, enum ud_code code, const char *says)
{
    assert_int_equal(read_paths(t, COMMON, CORE), code);
    if (strstr(t->err.message, says) == NULL) {
        fail_msg("not \"%s\": %s", says, t->err.message);
    }
    assert_int_equal(t->files.count, 0);
    assert_null(t->files.items);
    trial_done(t);
}

static void what_the_helper_cannot_read_is_its_error(void **state)
{
    static const enum ud_code codes[] = {UD_ERR_NOT_FOUND, UD_ERR_IO, UD_ERR_DENIED, UD_ERR_FACTS};
    (void)state;
    for (size_t i = 0; i < COUNT(codes); i++) {
        static struct trial t;
        t = (struct trial){0};
        answer_end(begin_answer(&t), codes[i], "cannot read " DIR CORE ": planned");
        expect_failure(&t, codes[i], "cannot read " DIR CORE ": planned");
    }
}

/* As SELinux keeps a container from the VM's modules that is not privileged. */
static void what_is_denied_outside_is_read_inside(void **state)
{
    static struct trial t;
    (void)state;
    answer_end(begin_answer(&t), UD_ERR_DENIED, "cannot read " DIR COMMON ": Permission denied");
    struct ud_buf *answer = begin_answer(&t);
    answer_file(answer, DIR COMMON, "first", 5);
    answer_end(answer, UD_OK, "");
    start_engine(&t);
    const struct ud_app app = {.report = &t.f.report};
    struct ud_strv paths = {0};
    ud_strv_add(&paths, DIR COMMON);
    if (ud_vm_files_read(&app, t.f.engine, &paths, false, &t.files, &t.err) != UD_OK) {
        fail_msg("%s", t.err.message);
    }
    ud_strv_done(&paths);
    assert_int_equal(t.files.count, 1);
    assert_non_null(
        strstr(request(&t, "/containers/create", 0)->body, "\"Source\":\"/lib/modules\""));
    const char *inside = request(&t, "/containers/create", 1)->body;
    assert_non_null(strstr(inside, "\"Privileged\":true"));
    assert_non_null(strstr(inside, "\"Cmd\":[\"read\",\"--enter\""));
    trial_done(&t);
}

static void a_damaged_one_is_named(void **state)
{
    static struct trial t;
    (void)state;
    struct ud_buf *answer = begin_answer(&t);
    answer_file(answer, DIR COMMON, "first", 5);
    answer_file(answer, DIR CORE, PACKED, sizeof PACKED - 3);
    answer_end(answer, UD_OK, "");
    expect_failure(&t, UD_ERR_PROTOCOL, DIR CORE);
}

static void an_answer_that_is_not_whole_is_none(void **state)
{
    static struct trial t;
    (void)state;
    struct ud_buf *answer = begin_answer(&t);
    answer_file(answer, DIR COMMON, "first", 5);
    answer_end(answer, UD_OK, "");
    expect_failure(&t, UD_ERR_PROTOCOL, "1 files of 2");
    t = (struct trial){0};
    answer = begin_answer(&t);
    answer_file(answer, DIR COMMON, "first", 5);
    answer_file(answer, DIR CORE, PACKED, sizeof PACKED - 1);
    answer_frame(answer, 1);
    expect_failure(&t, UD_ERR_PROTOCOL, "the helper in the VM ended");
}

/* A file of its own bytes says that it depends on usbcore and usb-common. */
static void what_a_modules_dep_does_not_tell_is_in_the_files(void **state)
{
    static struct trial t;
    static const char files[] = USB "serial/tiny.ko\n" COMMON "\n" USB "core/usbcore.ko\n";
    static const char *const expected[] = {COMMON, USB "core/usbcore.ko", USB "serial/tiny.ko"};
    (void)state;
    struct ud_buf module;
    ud_buf_init(&module, 1 << 20);
    assert_int_equal(ud_fs_read(GOOD_MODULE, &module, &t.err), UD_OK);
    struct ud_buf *answer = begin_answer(&t);
    answer_file(answer, DIR USB "serial/tiny.ko", module.data, module.len);
    answer_end(answer, UD_OK, "");
    answer = begin_answer(&t);
    answer_file(answer, DIR USB "core/usbcore.ko", module.data, module.len);
    answer_file(answer, DIR COMMON, module.data, module.len);
    answer_end(answer, UD_OK, "");
    start_engine(&t);
    char dir[] = "/lib/modules/6.1.0";
    struct ud_facts facts = {.modules_dir = dir};
    ud_deps_list_files(files, strlen(files), &facts.deps);
    const struct ud_app app = {.report = &t.f.report};
    struct ud_strv paths = {0};
    ud_strv_add(&paths, USB "serial/tiny.ko");
    if (ud_vm_modules_read(&app, t.f.engine, &facts, false, &paths, &t.files, &t.err) != UD_OK) {
        fail_msg("%s", t.err.message);
    }
    assert_int_equal(paths.len, COUNT(expected));
    assert_int_equal(t.files.count, COUNT(expected));
    for (size_t i = 0; i < COUNT(expected); i++) {
        assert_string_equal(paths.items[i], expected[i]);
        assert_non_null(strstr(t.files.items[i].path, expected[i]));
    }
    ud_strv_done(&paths);
    ud_deps_done(&facts.deps);
    ud_buf_done(&module);
    trial_done(&t);
}

/* ---- load ---- */

static void answer_probe(struct trial *t)
{
    static const char config[] = "CONFIG_MODULES=y\nCONFIG_MODULE_UNLOAD=y\n";
    static const char deps[] = COMMON ":\n" CORE ": " COMMON "\n" USBIP ": " CORE " " COMMON
                                      "\n" VHCI ": " USBIP " " CORE " " COMMON "\n";
    struct ud_buf *answer = &t->answers[t->runs++];
    answer_begin_probe(answer);
    answer_text(answer, UD_BLOB_CONFIG_PREFIX "/boot/config-6.1.0", config);
    answer_text(answer, UD_BLOB_MODULES_DEP, deps);
    answer_end(answer, UD_OK, "");
}

static void answer_read_and_insert(struct trial *t)
{
    struct ud_buf *answer = begin_answer(t);
    answer_file(answer, DIR COMMON, "first", 5);
    answer_file(answer, DIR CORE, PACKED, sizeof PACKED - 1);
    answer_file(answer, DIR USBIP, "third", 5);
    answer_file(answer, DIR VHCI, "fourth", 6);
    answer_end(answer, UD_OK, "");
    answer = begin_answer(t);
    ud_record_add_result(answer, "usb-common", UD_VERDICT_INSERTED, 0, "");
    ud_record_add_result(answer, "usbcore", UD_VERDICT_INSERTED, 0, "");
    ud_record_add_result(answer, "usbip-core", UD_VERDICT_INSERTED, 0, "");
    ud_record_add_result(answer, "vhci-hcd", UD_VERDICT_INSERTED, 0, "");
    answer_text(answer, UD_BLOB_VHCI_STATUS, PORTS);
    answer_end(answer, UD_OK, "");
}

static bool is_among(const struct script_request *request, const char *text)
{
    const size_t len = strlen(text);
    for (size_t at = 0; at + len <= request->body_len; at++) {
        if (memcmp(request->body + at, text, len) == 0) {
            return true;
        }
    }
    return false;
}

static void load_inserts_what_was_read(void **state)
{
    static struct trial t;
    static const char *const contents[] = {"usb-common.ko", "first", "usbcore.ko",  "second",
                                           "usbip-core.ko", "third", "vhci-hcd.ko", "fourth"};
    (void)state;
    answer_probe(&t);
    answer_read_and_insert(&t);
    start_engine(&t);
    const struct ud_app app = {.report = &t.f.report};
    const struct ud_load_options options = {.vm = {.host = scripted_engine_endpoint(t.f.script)}};
    struct ud_load_result result = {0};
    if (ud_app_load(&app, &options, &result, &t.err) != UD_OK) {
        fail_msg("%s", t.err.message);
    }
    assert_int_equal(result.module_count, 4);
    assert_string_equal(result.modules[1].origin, "the VM's own file");
    assert_int_equal(scripted_engine_seen(t.f.script, "POST", "/containers/create"), 3);
    assert_non_null(strstr(request(&t, "/containers/create", 2)->body,
                           "\"insert\",\"usb-common\",\"usbcore\",\"usbip-core\",\"vhci-hcd\""));
    for (size_t i = 0; i < COUNT(contents); i++) {
        if (!is_among(request(&t, "/archive", 0), contents[i])) {
            fail_msg("%s was not uploaded", contents[i]);
        }
    }
    ud_load_result_done(&result);
    trial_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(several_come_unpacked_from_one_container),
        cmocka_unit_test(no_paths_need_no_container),
        cmocka_unit_test(what_the_helper_cannot_read_is_its_error),
        cmocka_unit_test(what_is_denied_outside_is_read_inside),
        cmocka_unit_test(a_damaged_one_is_named),
        cmocka_unit_test(an_answer_that_is_not_whole_is_none),
        cmocka_unit_test(what_a_modules_dep_does_not_tell_is_in_the_files),
        cmocka_unit_test(load_inserts_what_was_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
