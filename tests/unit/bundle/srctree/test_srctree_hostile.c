/* ud_srctree on archives that are damaged, cut short or made to harm. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "maketar.h"
#include "pull.h"

static struct ud_error err;

static enum ud_code pull_bytes(const char *data, size_t len, struct ud_srctree_stats *stats)
{
    struct memory memory = {.data = data, .len = len};
    const struct ud_srctree_options options = {
        .read = memory_read, .read_ctx = &memory, .name = "evil.tar", .want = want_all};
    struct ud_buf out;
    ud_buf_init(&out, 16 << 20);
    err = (struct ud_error){0};
    enum ud_code rc = pull_tar(&options, 4096, &out, stats, &err);
    ud_buf_done(&out);
    return rc;
}

/* One entry after an ordinary one. */
static enum ud_code pull_with(unsigned type, const char *path, const char *link)
{
    struct maketar tar;
    maketar_begin(&tar, ARCHIVE_FILTER_GZIP);
    maketar_file(&tar, "linux/a/Makefile", "x");
    maketar_add(&tar, type, path, link, NULL, 0);
    maketar_end(&tar);
    enum ud_code rc = pull_bytes(tar.data, tar.len, NULL);
    free(tar.data);
    return rc;
}

static void assert_refused(unsigned type, const char *path, const char *link, const char *words)
{
    assert_int_equal(pull_with(type, path, link), UD_ERR_SOURCE);
    assert_non_null(strstr(err.message, "evil.tar"));
    assert_non_null(strstr(err.message, words));
}

static void paths_that_lead_out_are_refused(void **state)
{
    (void)state;
    assert_refused(AE_IFREG, "/etc/passwd", NULL, "absolute");
    assert_refused(AE_IFREG, "linux/../../x", NULL, "leads out");
    assert_refused(AE_IFREG, "../x", NULL, "leads out");
    assert_refused(AE_IFDIR, "linux/..", NULL, "leads out");
    assert_refused(AE_IFREG, "other/x", NULL, "not below linux");
}

static void links_that_lead_out_are_refused(void **state)
{
    (void)state;
    assert_refused(AE_IFLNK, "linux/a/l", "/etc", "leads out");
    assert_refused(AE_IFLNK, "linux/a/l", "../../x", "leads out");
    assert_refused(AE_IFLNK, "linux/l", "a/../../x", "leads out");
    assert_refused(AE_IFREG, "linux/h", "/etc/passwd", "absolute");
    assert_refused(AE_IFREG, "linux/h", "linux/../../x", "leads out");
    assert_int_equal(pull_with(AE_IFLNK, "linux/a/l", "../x"), UD_OK);
    assert_int_equal(pull_with(AE_IFREG, "linux/h", "linux/a/Makefile"), UD_OK);
}

static void devices_and_pipes_are_refused(void **state)
{
    (void)state;
    assert_refused(AE_IFCHR, "linux/null", NULL, "device");
    assert_refused(AE_IFBLK, "linux/sda", NULL, "device");
    assert_refused(AE_IFIFO, "linux/fifo", NULL, "device");
}

static void very_long_paths_are_refused(void **state)
{
    (void)state;
    char path[1200];
    memset(path, 'a', sizeof path);
    memcpy(path, "linux/", 6);
    path[sizeof path - 1] = '\0';
    assert_refused(AE_IFREG, path, NULL, "path of more than");
}

static void names_that_are_not_ascii_are_passed_over(void **state)
{
    (void)state;
    struct maketar tar;
    struct ud_srctree_stats stats;
    maketar_begin(&tar, ARCHIVE_FILTER_NONE);
    maketar_file(&tar, "linux/a", "x");
    maketar_file(&tar, "linux/\xc3\xa4", "x");
    maketar_file(&tar, "linux/\xff\x1b[2J", "x");
    maketar_file(&tar, "linux/b", "x");
    maketar_end(&tar);
    assert_int_equal(pull_bytes(tar.data, tar.len, &stats), UD_OK);
    assert_int_equal(stats.selected, 2);
    assert_int_equal(stats.skipped, 2);
    free(tar.data);
}

static void put_octal(char *field, size_t digits, unsigned long long value)
{
    for (size_t i = digits; i-- > 0; value >>= 3) {
        field[i] = (char)('0' + (value & 7));
    }
    field[digits] = '\0';
}

/* Sets the size field of the header at data and mends its checksum. */
static void set_size(char *data, unsigned long long size)
{
    unsigned sum = 0;
    put_octal(data + 124, 11, size);
    memset(data + 148, ' ', 8);
    for (int i = 0; i < 512; i++) {
        sum += (unsigned char)data[i];
    }
    put_octal(data + 148, 6, sum);
}

static void a_file_that_claims_to_be_gigantic_is_refused(void **state)
{
    (void)state;
    struct maketar tar;
    maketar_begin(&tar, ARCHIVE_FILTER_NONE);
    maketar_file(&tar, "linux/a", "x");
    maketar_end(&tar);
    set_size(tar.data, 7ULL << 30);
    assert_int_equal(pull_bytes(tar.data, tar.len, NULL), UD_ERR_SOURCE);
    assert_non_null(strstr(err.message, "too large"));
    set_size(tar.data, 100000);
    assert_int_equal(pull_bytes(tar.data, tar.len, NULL), UD_ERR_SOURCE);
    free(tar.data);
}

static void make_sound(struct maketar *tar, int filter)
{
    static char noise[20000];
    uint32_t seed = 1;
    for (size_t i = 0; i < sizeof noise; i++) {
        seed = seed * 1103515245 + 12345;
        noise[i] = (char)(seed >> 24);
    }
    maketar_begin(tar, filter);
    maketar_add(tar, AE_IFREG, "linux/a", NULL, noise, sizeof noise);
    maketar_file(tar, "linux/b", "text");
    maketar_end(tar);
}

static void every_truncation_of_every_format_is_noticed(void **state)
{
    (void)state;
    static const int filters[] = {ARCHIVE_FILTER_NONE, ARCHIVE_FILTER_GZIP, ARCHIVE_FILTER_BZIP2,
                                  ARCHIVE_FILTER_XZ, ARCHIVE_FILTER_ZSTD};
    for (size_t i = 0; i < sizeof filters / sizeof filters[0]; i++) {
        struct maketar tar;
        make_sound(&tar, filters[i]);
        assert_int_equal(pull_bytes(tar.data, tar.len, NULL), UD_OK);
        /* A plain tar without its second end block is whole enough. */
        size_t end = i == 0 ? tar.len - 1024 : tar.len - 1;
        for (size_t len = 0; len <= end; len += 641) {
            assert_int_equal(pull_bytes(tar.data, len, NULL), UD_ERR_SOURCE);
        }
        assert_int_equal(pull_bytes(tar.data, end, NULL), UD_ERR_SOURCE);
        free(tar.data);
    }
}

static void damage_is_noticed(void **state)
{
    (void)state;
    static const int filters[] = {ARCHIVE_FILTER_BZIP2, ARCHIVE_FILTER_XZ};
    for (size_t i = 0; i < sizeof filters / sizeof filters[0]; i++) {
        struct maketar tar;
        make_sound(&tar, filters[i]);
        for (size_t at = 10; at < tar.len; at += 501) {
            tar.data[at] = (char)(tar.data[at] ^ 0x10);
            assert_int_equal(pull_bytes(tar.data, tar.len, NULL), UD_ERR_SOURCE);
            tar.data[at] = (char)(tar.data[at] ^ 0x10);
        }
        free(tar.data);
    }
}

static void what_is_no_archive_is_named_so(void **state)
{
    (void)state;
    static char text[3000];
    memset(text, 'x', sizeof text);
    assert_int_equal(pull_bytes(text, sizeof text, NULL), UD_ERR_SOURCE);
    assert_string_equal(err.message, "evil.tar is not a tar archive");
    assert_int_equal(pull_bytes("PK\3\4", 4, NULL), UD_ERR_SOURCE);
    assert_int_equal(pull_bytes("", 0, NULL), UD_ERR_SOURCE);
    assert_string_equal(err.message, "evil.tar is empty");
    static const char zeros[10240];
    assert_int_equal(pull_bytes(zeros, sizeof zeros, NULL), UD_OK);
}

static enum ud_code broken_read(void *ctx, void *buf, size_t len, size_t *ret_n,
                                struct ud_error *error)
{
    struct memory *memory = ctx;
    if (memory->at == memory->len) {
        return ud_fail(error, UD_ERR_UNREACHABLE, "Try again.", "the network went away");
    }
    return memory_read(ctx, buf, len, ret_n, error);
}

static void a_failing_read_is_the_reported_cause(void **state)
{
    (void)state;
    static const int filters[] = {ARCHIVE_FILTER_NONE, ARCHIVE_FILTER_XZ};
    for (size_t i = 0; i < 2; i++) {
        struct maketar tar;
        make_sound(&tar, filters[i]);
        for (size_t len = 0; len < tar.len; len += 5000) {
            struct memory memory = {.data = tar.data, .len = len};
            const struct ud_srctree_options options = {
                .read = broken_read, .read_ctx = &memory, .name = "x", .want = want_all};
            struct ud_buf out;
            ud_buf_init(&out, 16 << 20);
            assert_int_equal(pull_tar(&options, 4096, &out, NULL, &err), UD_ERR_UNREACHABLE);
            assert_string_equal(err.message, "the network went away");
            assert_string_equal(err.remedy, "Try again.");
            ud_buf_done(&out);
        }
        free(tar.data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_that_lead_out_are_refused),
        cmocka_unit_test(links_that_lead_out_are_refused),
        cmocka_unit_test(devices_and_pipes_are_refused),
        cmocka_unit_test(very_long_paths_are_refused),
        cmocka_unit_test(names_that_are_not_ascii_are_passed_over),
        cmocka_unit_test(a_file_that_claims_to_be_gigantic_is_refused),
        cmocka_unit_test(every_truncation_of_every_format_is_noticed),
        cmocka_unit_test(damage_is_noticed),
        cmocka_unit_test(what_is_no_archive_is_named_so),
        cmocka_unit_test(a_failing_read_is_the_reported_cause),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
