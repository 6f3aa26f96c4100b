/* ud_srctree on archives as they should be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "bundle/bytes/digest.h"
#include "maketar.h"
#include "platform/fs.h"
#include "pull.h"

static struct ud_error err;

enum { BIG_LEN = 5000 };

/* A small kernel, one file of several blocks included. */
static void make_kernel(struct maketar *tar, int filter)
{
    char big[BIG_LEN];
    memset(big, 'b', sizeof big);
    maketar_begin(tar, filter);
    maketar_add(tar, AE_IFDIR, "linux-6.1/", NULL, NULL, 0);
    maketar_file(tar, "linux-6.1/Makefile", "all:");
    maketar_add(tar, AE_IFDIR, "linux-6.1/Documentation/", NULL, NULL, 0);
    maketar_file(tar, "linux-6.1/Documentation/text", "unwanted");
    maketar_add(tar, AE_IFDIR, "linux-6.1/drivers/", NULL, NULL, 0);
    maketar_add(tar, AE_IFDIR, "linux-6.1/drivers/usb/", NULL, NULL, 0);
    maketar_file(tar, "linux-6.1/drivers/usb/Kconfig", "menu");
    maketar_add(tar, AE_IFREG, "linux-6.1/drivers/usb/big.c", NULL, big, sizeof big);
    maketar_add(tar, AE_IFREG, "linux-6.1/drivers/usb/empty", NULL, NULL, 0);
    maketar_file(tar, "linux-6.1/scripts/run.sh", "#!/bin/sh");
    maketar_add(tar, AE_IFLNK, "linux-6.1/scripts/link", "../drivers/usb", NULL, 0);
    maketar_add(tar, AE_IFREG, "linux-6.1/scripts/hard", "linux-6.1/scripts/run.sh", NULL, 0);
    maketar_end(tar);
}

static const char expected_all[] = "f u/l/Makefile 644 all:\n"
                                   "d u/l/drivers 755 \n"
                                   "d u/l/drivers/usb 755 \n"
                                   "f u/l/drivers/usb/Kconfig 644 menu\n"
                                   "f u/l/drivers/usb/big.c 644 %s\n"
                                   "f u/l/drivers/usb/empty 644 \n"
                                   "d u/l/scripts 755 \n"
                                   "f u/l/scripts/run.sh 755 #!/bin/sh\n"
                                   "s u/l/scripts/link->../drivers/usb 777 \n"
                                   "h u/l/scripts/hard->u/l/scripts/run.sh 644 \n";

struct taps {
    struct ud_buf text;
    const char *stop_at;
};

static unsigned want(void *ctx, const char *path)
{
    const struct taps *taps = ctx;
    if (taps->stop_at != NULL && strcmp(path, taps->stop_at) == 0) {
        return UD_SRCTREE_STOP;
    }
    unsigned flags = ud_str_starts(path, "Documentation/") ? UD_SRCTREE_SKIP : UD_SRCTREE_SEND;
    if (ud_str_ends(path, "Kconfig") || ud_str_ends(path, "text") || ud_str_ends(path, "empty")) {
        flags |= UD_SRCTREE_TAP;
    }
    return flags;
}

static enum ud_code tap(void *ctx, const char *path, const char *data, size_t len,
                        struct ud_error *error)
{
    (void)error;
    struct taps *taps = ctx;
    assert_int_equal(strlen(data), len);
    ud_buf_addf(&taps->text, "%s=%s;", path, data);
    return UD_OK;
}

static char *expected_list(void)
{
    char big[BIG_LEN + 1];
    memset(big, 'b', sizeof big - 1);
    big[sizeof big - 1] = '\0';
    return ud_strf(expected_all, big);
}

/* Pulls tar with reads of step bytes and checks everything about it. */
static void check(const struct maketar *tar, size_t piece, size_t step)
{
    struct memory memory = {.data = tar->data, .len = tar->len, .piece = piece};
    struct taps taps = {0};
    char hex[UD_DIGEST_HEX_SIZE];
    ud_buf_init(&taps.text, 1000);
    ud_digest_of(tar->data, tar->len, hex);
    const struct ud_srctree_options options = {.read = memory_read,
                                               .read_ctx = &memory,
                                               .read_size = tar->len,
                                               .name = "linux.tar",
                                               .want = want,
                                               .tap = tap,
                                               .ctx = &taps,
                                               .prefix = "u/l/",
                                               .sha256 = hex};
    struct ud_srctree_stats stats;
    struct ud_buf notes;
    ud_buf_init(&notes, 100000);
    char *expected = expected_list();
    assert_int_equal(pull_list(&options, step, &notes, &stats, &err), UD_OK);
    assert_string_equal(notes.data, expected);
    assert_string_equal(taps.text.data,
                        "Documentation/text=unwanted;drivers/usb/Kconfig=menu;drivers/usb/empty=;");
    assert_int_equal(stats.in_bytes, tar->len);
    assert_int_equal(stats.in_total, tar->len);
    assert_int_equal(stats.entries, 12);
    assert_int_equal(stats.selected, 7);
    assert_int_equal(stats.tapped, 3);
    free(expected);
    ud_buf_done(&notes);
    ud_buf_done(&taps.text);
}

static void every_format_comes_out_the_same(void **state)
{
    (void)state;
    static const int filters[] = {ARCHIVE_FILTER_NONE, ARCHIVE_FILTER_GZIP, ARCHIVE_FILTER_BZIP2,
                                  ARCHIVE_FILTER_XZ, ARCHIVE_FILTER_ZSTD};
    for (size_t i = 0; i < sizeof filters / sizeof filters[0]; i++) {
        struct maketar tar;
        make_kernel(&tar, filters[i]);
        check(&tar, 0, 65536);
        check(&tar, 17, 1000);
        free(tar.data);
    }
}

static void reads_of_every_small_size_give_the_same(void **state)
{
    (void)state;
    struct maketar tar;
    make_kernel(&tar, ARCHIVE_FILTER_XZ);
    for (size_t step = 1; step < 1100; step = step < 20 ? step + 1 : step * 5 / 4) {
        check(&tar, 0, step);
    }
    free(tar.data);
}

static enum ud_code pull_memory(const struct maketar *tar, const char *sha256, const char *stop_at,
                                struct ud_srctree_stats *stats)
{
    struct memory memory = {.data = tar->data, .len = tar->len, .piece = 512};
    struct taps taps = {.stop_at = stop_at};
    ud_buf_init(&taps.text, 1000);
    const struct ud_srctree_options options = {.read = memory_read,
                                               .read_ctx = &memory,
                                               .name = "linux.tar",
                                               .want = want,
                                               .ctx = &taps,
                                               .sha256 = sha256};
    struct ud_buf out;
    ud_buf_init(&out, 1 << 20);
    enum ud_code rc = pull_tar(&options, 1000, &out, stats, &err);
    ud_buf_done(&out);
    ud_buf_done(&taps.text);
    return rc;
}

static void another_digest_fails_before_the_end(void **state)
{
    (void)state;
    struct maketar tar;
    char hex[UD_DIGEST_HEX_SIZE];
    make_kernel(&tar, ARCHIVE_FILTER_GZIP);
    ud_digest_of("other", 5, hex);
    assert_int_equal(pull_memory(&tar, hex, NULL, NULL), UD_ERR_SOURCE);
    assert_non_null(strstr(err.message, hex));
    assert_int_equal(pull_memory(&tar, "beef", NULL, NULL), UD_ERR_USAGE);
    free(tar.data);
}

static void stop_ends_the_output_but_the_digest_covers_all(void **state)
{
    (void)state;
    struct maketar tar;
    struct ud_srctree_stats stats;
    char hex[UD_DIGEST_HEX_SIZE];
    make_kernel(&tar, ARCHIVE_FILTER_NONE);
    ud_digest_of(tar.data, tar.len, hex);
    assert_int_equal(pull_memory(&tar, hex, "drivers/usb/Kconfig", &stats), UD_OK);
    assert_int_equal(stats.selected, 1);
    assert_int_equal(stats.in_bytes, tar.len);
    ud_digest_of("other", 5, hex);
    assert_int_equal(pull_memory(&tar, hex, "drivers/usb/Kconfig", &stats), UD_ERR_SOURCE);
    assert_int_equal(pull_memory(&tar, NULL, "Makefile", &stats), UD_OK);
    assert_int_equal(stats.selected, 0);
    free(tar.data);
}

static void the_digest_is_told_at_the_end_only(void **state)
{
    (void)state;
    struct maketar tar;
    make_kernel(&tar, ARCHIVE_FILTER_GZIP);
    struct memory memory = {.data = tar.data, .len = tar.len};
    const struct ud_srctree_options options = {
        .read = memory_read, .read_ctx = &memory, .name = "x", .want = want_all, .digest = true};
    struct ud_srctree *source = NULL;
    char buf[4096];
    char hex[UD_DIGEST_HEX_SIZE];
    size_t n = 1;
    ud_digest_of(tar.data, tar.len, hex);
    assert_int_equal(ud_srctree_open(&options, &source, &err), UD_OK);
    assert_null(ud_srctree_digest(source));
    while (n > 0) {
        assert_int_equal(ud_srctree_read(source, buf, sizeof buf, &n, &err), UD_OK);
    }
    assert_string_equal(ud_srctree_digest(source), hex);
    ud_srctree_free(source);
    free(tar.data);
}

static void giving_up_at_any_point_frees_everything(void **state)
{
    (void)state;
    struct maketar tar;
    make_kernel(&tar, ARCHIVE_FILTER_XZ);
    for (size_t reads = 0; reads < 8; reads++) {
        struct memory memory = {.data = tar.data, .len = tar.len, .piece = 3};
        const struct ud_srctree_options options = {
            .read = memory_read, .read_ctx = &memory, .name = "x", .want = want_all};
        struct ud_srctree *source = NULL;
        char buf[700];
        size_t n = 0;
        assert_int_equal(ud_srctree_open(&options, &source, &err), UD_OK);
        for (size_t i = 0; i < reads; i++) {
            assert_int_equal(ud_srctree_read(source, buf, sizeof buf, &n, &err), UD_OK);
        }
        ud_srctree_free(source);
    }
    ud_srctree_free(NULL);
    free(tar.data);
}

static enum ud_code failing_tap(void *ctx, const char *path, const char *data, size_t len,
                                struct ud_error *error)
{
    (void)ctx;
    (void)data;
    (void)len;
    return ud_fail(error, UD_ERR_CONFIG, NULL, "do not like %s", path);
}

static unsigned want_tapped(void *ctx, const char *path)
{
    (void)ctx;
    (void)path;
    return UD_SRCTREE_TAP;
}

static void a_taps_error_and_limit_end_the_reading_and_stay(void **state)
{
    (void)state;
    struct maketar tar;
    make_kernel(&tar, ARCHIVE_FILTER_NONE);
    struct memory memory = {.data = tar.data, .len = tar.len};
    struct ud_srctree_options options = {.read = memory_read,
                                         .read_ctx = &memory,
                                         .name = "x",
                                         .want = want_tapped,
                                         .tap = failing_tap};
    struct ud_srctree *source = NULL;
    char buf[1000];
    size_t n = 0;
    assert_int_equal(ud_srctree_open(&options, &source, &err), UD_OK);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(ud_srctree_read(source, buf, sizeof buf, &n, &err), UD_ERR_CONFIG);
        assert_string_equal(err.message, "do not like Makefile");
    }
    ud_srctree_free(source);
    memory.at = 0;
    options.tap_max = 3;
    assert_int_equal(ud_srctree_open(&options, &source, &err), UD_OK);
    assert_int_equal(ud_srctree_read(source, buf, sizeof buf, &n, &err), UD_ERR_SOURCE);
    ud_srctree_free(source);
    free(tar.data);
}

static void an_archive_without_a_top_directory_works(void **state)
{
    (void)state;
    struct maketar tar;
    struct ud_buf notes;
    ud_buf_init(&notes, 1000);
    maketar_begin(&tar, ARCHIVE_FILTER_NONE);
    maketar_add(&tar, AE_IFDIR, "./", NULL, NULL, 0);
    maketar_file(&tar, "./arch/Kconfig", "k");
    maketar_file(&tar, "./Makefile", "m");
    maketar_file(&tar, "./arch/x", "again");
    maketar_end(&tar);
    struct memory memory = {.data = tar.data, .len = tar.len};
    const struct ud_srctree_options options = {
        .read = memory_read, .read_ctx = &memory, .name = "x", .want = want_all};
    assert_int_equal(pull_list(&options, 512, &notes, NULL, &err), UD_OK);
    assert_string_equal(notes.data, "d arch 755 \nf arch/Kconfig 644 k\nf Makefile 644 m\n"
                                    "d arch 755 \nf arch/x 644 again\n");
    ud_buf_done(&notes);
    free(tar.data);
}

static void an_archive_is_read_from_its_path(void **state)
{
    (void)state;
    struct maketar tar;
    struct ud_srctree_stats stats;
    struct ud_buf out;
    ud_buf_init(&out, 1 << 20);
    make_kernel(&tar, ARCHIVE_FILTER_XZ);
    char *path = ud_fs_temp_sibling("/tmp/usbipd-desktop-test");
    assert_int_equal(ud_fs_write_atomic(path, tar.data, tar.len, &err), UD_OK);
    const struct ud_srctree_options options = {.path = path, .want = want_all};
    assert_int_equal(pull_tar(&options, 4096, &out, &stats, &err), UD_OK);
    assert_int_equal(stats.in_total, tar.len);
    assert_int_equal(stats.selected, 8);
    assert_int_equal(stats.out_bytes, out.len);
    assert_int_equal(ud_fs_remove_tree(path, &err), UD_OK);
    assert_int_equal(pull_tar(&options, 4096, &out, &stats, &err), UD_ERR_NOT_FOUND);
    free(path);
    ud_buf_done(&out);
    free(tar.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_format_comes_out_the_same),
        cmocka_unit_test(reads_of_every_small_size_give_the_same),
        cmocka_unit_test(another_digest_fails_before_the_end),
        cmocka_unit_test(stop_ends_the_output_but_the_digest_covers_all),
        cmocka_unit_test(the_digest_is_told_at_the_end_only),
        cmocka_unit_test(giving_up_at_any_point_frees_everything),
        cmocka_unit_test(a_taps_error_and_limit_end_the_reading_and_stay),
        cmocka_unit_test(an_archive_without_a_top_directory_works),
        cmocka_unit_test(an_archive_is_read_from_its_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
