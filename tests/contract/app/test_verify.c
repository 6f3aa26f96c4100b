/* Modules with one fault each: verify names it, and load refuses before it
 * uploads anything. The engine answers for a kernel whose own module dummy is the
 * faultless file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine_fixture.h"

#include "../../unit/platform/tempdir.h"
#include "app/artifacts/manifest.h"
#include "app/load/load.h"
#include "app/verify.h"
#include "bundle/bytes/digest.h"
#include "helper_answer.h"
#include "kernel/elf/elf.h"
#include "kernel/elf/module.h"
#include "proto/ops.h"
#include "util/mem.h"

#define COUNT(rules) (sizeof(rules) / sizeof(rules)[0])
#define GOOD_MODULE UD_SOURCE_DIR "/tests/fuzz/corpus/elf/module.ko"
#define SOME_BTF UD_SOURCE_DIR "/tests/fuzz/corpus/btf/module.btf"
#define CONFIG "CONFIG_MODULES=y\nCONFIG_SMP=y\nCONFIG_MODULE_UNLOAD=y\nCONFIG_MODVERSIONS=y\n"
#define SYMBOLS "module_layout\nother\nprintk\n"
#define DUMMY "kernel/drivers/net/dummy.ko"

/* What is wrong, and how that is brought about. */
struct fault {
    const char *check;      /* that has to find it; NULL: nothing is wrong */
    const char *says;       /* part of its finding */
    const char *from, *to;  /* bytes of the module, replaced wherever they are */
    const char *config;     /* more of the configuration */
    const char *fact;       /* one that is set to 1 or Y */
    const char *symbols;    /* all that are in /proc/kallsyms */
    const char *security;   /* an option of the engine */
    bool lies;              /* the manifest is that of the faultless file */
    bool hidden;            /* /proc/kallsyms cannot be read */
    bool btf;               /* the kernel has BTF, with another struct module */
    enum ud_code load_code; /* 0: UD_ERR_UNFIT */
};

/* In the file's __versions a CRC stands before its name: that of module_layout is 0x11. */
static const struct fault faults[] = {
    {.check = NULL},
    {.check = NULL, .hidden = true},
    {.check = "release",
     .says = "for kernel 6.1.9, but 6.1.0 runs",
     .from = "6.1.0",
     .to = "6.1.9"},
    {.check = "vermagic", .says = "it lacks SMP", .from = " SMP ", .to = "     "},
    {.check = "vermagic", .says = "lacks mod_unload", .from = "mod_unload", .to = "mod_UNLOAD"},
    {.check = "modversions", .says = "it has none", .from = "__versions", .to = "__versionz"},
    {.check = "crcs", .says = "CRCs for other", .from = "\x22", .to = "\x23"},
    {.check = "module_layout", .says = "CRCs for module_layout", .from = "\x11", .to = "\x12"},
    {.check = "machine", .says = "it is for aarch64", .from = "\x01\x00\x3e", .to = "\x01\x00\xb7"},
    {.check = "imports", .says = "exports othex", .from = "other", .to = "othex"},
    {.check = "imports", .says = "exports other", .symbols = "module_layout\nothe\nother_\n"},
    {.check = "name", .says = "it calls itself tidy", .from = "name=tiny", .to = "name=tidy"},
    {.check = "struct-module", .says = "that of the kernel's BTF has 192", .btf = true},
    {.check = "manifest",
     .says = "not the file that was built",
     .from = "GPL",
     .to = "GPX",
     .lies = true},
    {.check = "loaded", .says = "built in", .fact = UD_FACT_BUILTIN_PREFIX "tiny"},
    {.check = "randstruct", .says = "nothing proves", .config = "CONFIG_RANDSTRUCT_FULL=y\n"},
    {.check = "loading",
     .says = "switched off",
     .fact = UD_FACT_MODULES_DISABLED,
     .load_code = UD_ERR_FACTS},
    {.check = "signature", .says = "tiny is not signed", .fact = UD_FACT_SIG_ENFORCE},
    {.check = "engine",
     .says = "rootless",
     .security = "name=rootless",
     .load_code = UD_ERR_DENIED},
};

/* One run against a scripted engine, and the module's folder. */
struct trial {
    char *dir;
    struct ud_buf module, good, btf;
    struct ud_buf probe, read; /* what the helper answers */
    char info[512];
    struct scripted_engine *engine;
};

static void read_into(const char *path, struct ud_buf *buf)
{
    struct ud_error err = {0};
    ud_buf_init(buf, 1 << 20);
    if (ud_fs_read(path, buf, &err) != UD_OK) {
        fail_msg("%s", err.message);
    }
}

static void replace(struct ud_buf *buf, const char *from, const char *to, size_t len)
{
    size_t replaced = 0;
    for (size_t i = 0; i + len <= buf->len; i++) {
        /* A byte alone is one of the CRCs, which three zeroes follow. */
        bool here = memcmp(buf->data + i, from, len) == 0 &&
                    (len > 1 || memcmp(buf->data + i + 1, "\0\0\0", 4 - 1) == 0);
        if (here && (len > 1 || (i >= 0xa0 && i < 0x120))) {
            memcpy(buf->data + i, to, len);
            replaced++;
        }
    }
    assert_true(replaced > 0);
}

static void answer_probe(struct trial *t, const struct fault *fault)
{
    char *config = ud_strf("%s%s", CONFIG, fault->config != NULL ? fault->config : "");
    answer_begin_probe(&t->probe);
    if (fault->fact != NULL) {
        ud_record_add_fact(&t->probe, fault->fact, "1");
    }
    if (fault->btf) {
        ud_record_add_fact(&t->probe, UD_FACT_BTF, "1");
    }
    answer_text(&t->probe, UD_BLOB_CONFIG_PREFIX "/boot/config-6.1.0", config);
    answer_text(&t->probe, UD_BLOB_MODULES_DEP, DUMMY ":\n");
    answer_end(&t->probe, UD_OK, "");
    free(config);
}

static void answer_rest(struct trial *t, const struct fault *fault)
{
    answer_begin(&t->read);
    answer_file(&t->read, "/lib/modules/6.1.0/" DUMMY, t->good.data, t->good.len);
    if (fault->btf) {
        answer_file(&t->read, UD_OPS_BTF, t->btf.data, t->btf.len);
    }
    if (fault->hidden) {
        answer_end(&t->read, UD_ERR_FACTS, "cannot read /proc/kallsyms");
        return;
    }
    answer_text(&t->read, UD_BLOB_SYMBOLS, fault->symbols != NULL ? fault->symbols : SYMBOLS);
    answer_end(&t->read, UD_OK, "");
}

/* Says what the bytes say, but where the fault is that it does not. */
static void write_folder(const struct trial *t, const struct fault *fault)
{
    const struct ud_buf *bytes = fault->lies ? &t->good : &t->module;
    struct ud_module module;
    struct ud_error err = {0};
    char hex[UD_DIGEST_HEX_SIZE];
    char name[] = "tiny";
    char file[] = "tiny.ko";
    char depends[] = "usbcore,usb-common";
    char machine[24];
    assert_int_equal(ud_module_parse(bytes->data, bytes->len, "tiny.ko", &module, &err), UD_OK);
    ud_digest_of(bytes->data, bytes->len, hex);
    struct ud_manifest_module said = {.name = name,
                                      .file = file,
                                      .size = bytes->len,
                                      .sha256 = hex,
                                      .build_id = module.build_id,
                                      .vermagic = module.vermagic,
                                      .depends = depends,
                                      .crc_count = ud_module_count_crcs(&module)};
    ud_elf_machine_name(module.machine, machine, sizeof machine);
    char *release = ud_strndup(module.vermagic, strcspn(module.vermagic, " "));
    const struct ud_manifest manifest = {.schema = UD_MANIFEST_SCHEMA,
                                         .release = release,
                                         .machine = machine,
                                         .modules = &said,
                                         .module_count = 1};
    char *json = ud_manifest_to_json(&manifest);
    char *path = ud_fs_join(t->dir, "manifest.json");
    assert_int_equal(ud_fs_write_atomic(path, json, strlen(json), &err), UD_OK);
    free(path);
    path = ud_fs_join(t->dir, "tiny.ko");
    assert_int_equal(ud_fs_write_atomic(path, t->module.data, t->module.len, &err), UD_OK);
    free(path);
    free(json);
    free(release);
    ud_module_done(&module);
}

static void start_engine(struct trial *t)
{
    static struct script_rule rules[24];
    const struct script_rule all[] = {ENGINE_RULES(t->info), ENGINE_RUN(t->probe),
                                      ENGINE_RUN(t->read)};
    memcpy(rules, all, sizeof all);
    t->engine = scripted_engine_start(rules, COUNT(all), false);
}

static void trial_init(struct trial *t, const struct fault *fault)
{
    *t = (struct trial){.dir = tempdir_new()};
    read_into(GOOD_MODULE, &t->module);
    read_into(GOOD_MODULE, &t->good);
    read_into(SOME_BTF, &t->btf);
    if (fault->from != NULL) {
        size_t len = fault->from[0] == '\x01' ? 3 : strlen(fault->from);
        replace(&t->module, fault->from, fault->to, len);
    }
    char *options = fault->security != NULL
                        ? ud_strf(",\"SecurityOptions\":[\"%s\"]", fault->security)
                        : ud_strdup("");
    (void)snprintf(t->info, sizeof t->info, ENGINE_INFO("%s"), options);
    free(options);
    write_folder(t, fault);
    answer_probe(t, fault);
    answer_rest(t, fault);
    start_engine(t);
}

static void trial_done(struct trial *t)
{
    scripted_engine_stop(t->engine);
    struct ud_buf *bufs[] = {&t->module, &t->good, &t->btf, &t->probe, &t->read};
    for (size_t i = 0; i < COUNT(bufs); i++) {
        ud_buf_done(bufs[i]);
    }
    tempdir_free(t->dir);
}

/* Each check but the one that is to find the fault finds none. */
static void judge(const struct ud_findings *findings, const struct fault *fault)
{
    bool found = false;
    for (size_t i = 0; i < findings->len; i++) {
        const struct ud_verify_check *check = &findings->checks[i];
        bool is_it = fault->check != NULL && strcmp(check->name, fault->check) == 0;
        if (!is_it && ud_verify_check_verdict(check) == UD_FOUND_ERROR) {
            fail_msg("%s, not %s: %s", check->name, fault->check, check->items[0].text);
        }
        for (size_t k = 0; k < check->len && is_it; k++) {
            found = found || (check->items[k].verdict == UD_FOUND_ERROR &&
                              strstr(check->items[k].text, fault->says) != NULL);
        }
    }
    if (found != (fault->check != NULL)) {
        fail_msg("not found: %s", fault->says);
    }
}

static void verify_names_each_fault(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(faults); i++) {
        const struct fault *fault = &faults[i];
        struct ud_verify_result result = {0};
        struct ud_error err = {0};
        struct ud_app app = {0};
        struct trial t;
        trial_init(&t, fault);
        const struct ud_verify_options options = {
            .vm = {.host = scripted_engine_endpoint(t.engine)}, .input = t.dir};
        enum ud_code rc = ud_app_verify(&app, &options, &result, &err);
        enum ud_code expected = fault->load_code != UD_OK ? fault->load_code : UD_ERR_UNFIT;
        expected = fault->check == NULL ? UD_OK : expected;
        expected = fault->config != NULL ? UD_ERR_UNFIT : expected;
        if (rc != expected) {
            fail_msg("%s: code %d: %s", fault->check, (int)rc, err.message);
        }
        judge(&result.findings, fault);
        assert_int_equal(scripted_engine_seen(t.engine, "PUT", "/archive"), 0);
        assert_int_equal(scripted_engine_seen(t.engine, "POST", "/containers/create"), 2);
        assert_int_equal(scripted_engine_seen(t.engine, "DELETE", "/containers/"), 2);
        ud_verify_result_done(&result);
        trial_done(&t);
    }
}

/* The faultless one is: then the scripted engine has nothing more to say. */
static void load_refuses_before_anything_is_uploaded(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(faults); i++) {
        const struct fault *fault = &faults[i];
        struct ud_load_result result = {0};
        struct ud_error err = {0};
        struct ud_app app = {0};
        struct trial t;
        trial_init(&t, fault);
        const struct ud_load_options options = {.vm = {.host = scripted_engine_endpoint(t.engine)},
                                                .input = t.dir};
        enum ud_code rc = ud_app_load(&app, &options, &result, &err);
        enum ud_code expected = fault->load_code != UD_OK ? fault->load_code : UD_ERR_UNFIT;
        assert_int_not_equal(rc, UD_OK);
        if ((rc == expected) != (fault->check != NULL)) {
            fail_msg("%s: code %d: %s", fault->check, (int)rc, err.message);
        }
        assert_int_equal(scripted_engine_seen(t.engine, "PUT", "/archive"),
                         fault->check == NULL ? 1 : 0);
        trial_done(&t);
    }
}

/* As verify does where there is no build of ours: the bytes are all there is. */
static void a_folder_without_a_manifest_is_verified(void **state)
{
    struct ud_verify_result result = {0};
    struct ud_error err = {0};
    struct ud_app app = {0};
    struct trial t;
    (void)state;
    trial_init(&t, &faults[0]);
    char *path = ud_fs_join(t.dir, "manifest.json");
    assert_int_equal(ud_fs_remove_tree(path, &err), UD_OK);
    free(path);
    const struct ud_verify_options options = {.vm = {.host = scripted_engine_endpoint(t.engine)},
                                              .input = t.dir};
    assert_int_equal(ud_app_verify(&app, &options, &result, &err), UD_OK);
    assert_int_equal(result.module_count, 1);
    assert_string_equal(result.modules[0].name, "tiny");
    ud_verify_result_done(&result);
    trial_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verify_names_each_fault),
        cmocka_unit_test(load_refuses_before_anything_is_uploaded),
        cmocka_unit_test(a_folder_without_a_manifest_is_verified),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
