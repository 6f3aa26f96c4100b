#include "bundle/package/package.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "util/mem.h"
#include "util/str.h"

#define FIXTURES UD_SOURCE_DIR "/tests/unit/bundle/package/fixtures/"
#define USBIP "lib/modules/6.8.0-45-generic/kernel/drivers/usb/usbip/"

static struct ud_error err;

/* What the callback was given: "<path>=<bytes> " for each. */
struct seen {
    struct ud_buf text;
    size_t asked;
    enum ud_code answer;
};

static bool wants_modules(void *ctx, const char *path)
{
    struct seen *seen = ctx;
    seen->asked++;
    return ud_str_ends(path, ".ko");
}

static enum ud_code note(void *ctx, const char *path, struct ud_buf *data, struct ud_error *e)
{
    struct seen *seen = ctx;
    (void)e;
    ud_buf_addf(&seen->text, "%s=%.*s ", path, (int)data->len, data->data);
    return seen->answer;
}

static struct ud_package_options options_of(struct seen *seen)
{
    *seen = (struct seen){.answer = UD_OK};
    ud_buf_init(&seen->text, 4096);
    return (struct ud_package_options){
        .wants = wants_modules, .file = note, .ctx = seen, .max_file = 1000};
}

/* The file of a fixture, to free. */
static char *fixture(const char *name, size_t *ret_len)
{
    char *path = ud_strf(FIXTURES "%s", name);
    FILE *file = fopen(path, "rb");
    char *data = ud_alloc(1 << 16, 1);
    assert_non_null(file);
    *ret_len = fread(data, 1, 1 << 16, file);
    (void)fclose(file);
    free(path);
    return data;
}

/* What a package is read from. */
struct memory {
    const char *data;
    size_t len;
};

static enum ud_code pull(void *ctx, void *buf, size_t len, size_t *ret_n, struct ud_error *e)
{
    struct memory *memory = ctx;
    (void)e;
    *ret_n = len < memory->len ? len : memory->len;
    memcpy(buf, memory->data, *ret_n);
    memory->data += *ret_n;
    memory->len -= *ret_n;
    return UD_OK;
}

static enum ud_code read_memory(const char *data, size_t len,
                                const struct ud_package_options *options)
{
    struct memory memory = {data, len};
    const struct ud_package_input input = {pull, &memory, "it"};
    return ud_package_read(&input, options, &err);
}

static enum ud_code read_fixture(const char *name, const struct ud_package_options *options)
{
    size_t len = 0;
    char *data = fixture(name, &len);
    enum ud_code rc = read_memory(data, len, options);
    free(data);
    return rc;
}

static enum ud_code no_bytes(void *ctx, void *buf, size_t len, size_t *ret_n, struct ud_error *e)
{
    (void)ctx;
    (void)buf;
    (void)len;
    (void)ret_n;
    return ud_fail(e, UD_ERR_IO, NULL, "the disk is gone");
}

static void every_kind_of_package_is_read(void **state)
{
    static const char *const files[] = {"plain.deb", "xz.deb",   "zstd.deb",      "gzip.rpm",
                                        "xz.rpm",    "zstd.rpm", "linux-virt.apk"};
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct seen seen;
        const struct ud_package_options options = options_of(&seen);
        assert_int_equal(read_fixture(files[i], &options), UD_OK);
        /* Links are not files. */
        assert_non_null(strstr(seen.text.data, USBIP "vhci-hcd.ko=bytes of vhci-hcd "));
        assert_non_null(strstr(seen.text.data, USBIP "usbip-core.ko=bytes of usbip-core "));
        assert_null(strstr(seen.text.data, "link.ko"));
        ud_buf_done(&seen.text);
    }
}

static void an_error_of_the_callback_ends_it(void **state)
{
    struct seen seen;
    struct ud_package_options options = options_of(&seen);
    (void)state;
    seen.answer = UD_ERR_UNFIT;
    assert_int_equal(read_fixture("xz.deb", &options), UD_ERR_UNFIT);
    assert_int_equal(read_fixture("zstd.rpm", &options), UD_ERR_UNFIT);
    ud_buf_done(&seen.text);
}

static void a_file_that_is_too_large_is_refused(void **state)
{
    struct seen seen;
    struct ud_package_options options = options_of(&seen);
    (void)state;
    options.max_file = 5;
    assert_int_equal(read_fixture("xz.deb", &options), UD_ERR_SOURCE);
    assert_non_null(strstr(err.message, "has more than 5 bytes"));
    assert_string_equal(seen.text.data, "");
    ud_buf_done(&seen.text);
}

static void what_is_not_a_package_is_refused(void **state)
{
    static const char *const texts[] = {
        "", "x", "!<arch>\n", "<html>404 not found</html>", "\xed\xab\xee\xdb", "\x1f\x8b\x08"};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct seen seen;
        const struct ud_package_options options = options_of(&seen);
        assert_int_equal(read_memory(texts[i], strlen(texts[i]), &options), UD_ERR_SOURCE);
        assert_non_null(strstr(err.message, "it"));
        ud_buf_done(&seen.text);
    }
    struct seen seen;
    const struct ud_package_options options = options_of(&seen);
    const struct ud_package_input input = {no_bytes, NULL, "it"};
    assert_int_equal(ud_package_read(&input, &options, &err), UD_ERR_IO);
    assert_string_equal(err.message, "the disk is gone");
    ud_buf_done(&seen.text);
}

/* Cut anywhere, a package is refused or has all of its modules. */
static void what_is_cut_short_is_noticed(void **state)
{
    static const char *const files[] = {"plain.deb", "xz.deb", "gzip.rpm", "zstd.rpm"};
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        size_t len = 0;
        char *data = fixture(files[i], &len);
        for (size_t cut = 0; cut < len; cut += 7) {
            struct seen seen;
            const struct ud_package_options options = options_of(&seen);
            if (read_memory(data, cut, &options) == UD_OK) {
                assert_non_null(strstr(seen.text.data, "vhci-hcd.ko=bytes of vhci-hcd "));
                assert_non_null(strstr(seen.text.data, "usbip-core.ko=bytes of usbip-core "));
            }
            ud_buf_done(&seen.text);
        }
        free(data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_package_is_read),
        cmocka_unit_test(an_error_of_the_callback_ends_it),
        cmocka_unit_test(a_file_that_is_too_large_is_refused),
        cmocka_unit_test(what_is_not_a_package_is_refused),
        cmocka_unit_test(what_is_cut_short_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
