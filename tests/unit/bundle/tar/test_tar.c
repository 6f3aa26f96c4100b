/* ud_tarwrite read back by libarchive and by ud_tarread, and ud_tarread on
 * what libarchive writes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bundle/tar/tarread.h"
#include "bundle/tar/tarwrite.h"
#include "maketar.h"
#include "tar/tarhead.h"
#include "tar/tarparse.h"

static struct ud_error err;

/* A line for each entry, so that expectations are texts. */
static enum ud_code note(void *ctx, const struct ud_tarread_entry *entry, struct ud_error *error)
{
    (void)error;
    static const char types[] = "fdsho";
    ud_buf_addf(ctx, "%c %s%s%s %o %lld %s\n", types[entry->type], entry->path,
                entry->link[0] != '\0' ? "->" : "", entry->link, entry->mode,
                (long long)entry->mtime, entry->data);
    return UD_OK;
}

static enum ud_code read_tar(const char *data, size_t len, size_t piece, struct ud_buf *notes)
{
    const struct ud_tarread_options options = {
        .entry = note, .ctx = notes, .max_entries = 10, .max_file = 1000, .max_total = 100000};
    struct ud_tarread *tar = ud_tarread_new(&options);
    enum ud_code rc = UD_OK;
    for (size_t at = 0; rc == UD_OK && at < len; at += piece) {
        rc = ud_tarread_feed(tar, data + at, piece < len - at ? piece : len - at, &err);
    }
    if (rc == UD_OK) {
        rc = ud_tarread_finish(tar, &err);
    }
    ud_tarread_free(tar);
    return rc;
}

static char *long_path(size_t len)
{
    char *path = ud_alloc(len + 1, 1);
    for (size_t i = 0; i < len; i++) {
        path[i] = i % 40 == 20 ? '/' : 'p';
    }
    return path;
}

static void write_all_kinds(struct ud_buf *out)
{
    struct ud_tarwrite *tar = ud_tarwrite_new(out);
    char *split = long_path(200);
    char *pax = long_path(700);
    ud_tarwrite_set_owner(tar, 3, 4000000);
    assert_int_equal(ud_tarwrite_dir(tar, "d/", 0700, &err), UD_OK);
    assert_int_equal(ud_tarwrite_file(tar, "d/f", 0755, "hello", 5, &err), UD_OK);
    assert_int_equal(ud_tarwrite_file(tar, split, 0644, "", 0, &err), UD_OK);
    assert_int_equal(ud_tarwrite_file(tar, pax, 0600, "y", 1, &err), UD_OK);
    assert_int_equal(ud_tarwrite_finish(tar, &err), UD_OK);
    ud_tarwrite_free(tar);
    free(pax);
    free(split);
}

static void expect_all_kinds(struct ud_buf *expected)
{
    char *split = long_path(200);
    char *pax = long_path(700);
    ud_buf_addf(expected,
                "d d 700 0 \nf d/f 755 0 hello\nf %s 644 0 \n"
                "f %s 600 0 y\n",
                split, pax);
    free(pax);
    free(split);
}

static void what_is_written_reads_back_in_pieces_of_any_size(void **state)
{
    (void)state;
    struct ud_buf tar;
    struct ud_buf expected;
    ud_buf_init(&tar, 100000);
    ud_buf_init(&expected, 10000);
    write_all_kinds(&tar);
    expect_all_kinds(&expected);
    assert_int_equal(tar.len % 512, 0);
    for (size_t piece = 1; piece < 2000; piece = piece * 3 / 2 + 1) {
        struct ud_buf notes;
        ud_buf_init(&notes, 10000);
        assert_int_equal(read_tar(tar.data, tar.len, piece, &notes), UD_OK);
        assert_string_equal(notes.data, expected.data);
        ud_buf_done(&notes);
    }
    ud_buf_done(&expected);
    ud_buf_done(&tar);
}

static void libarchive_understands_what_is_written(void **state)
{
    (void)state;
    struct ud_buf tar;
    ud_buf_init(&tar, 100000);
    write_all_kinds(&tar);
    char *pax = long_path(700);
    struct archive *reader = archive_read_new();
    struct archive_entry *entry = NULL;
    assert_int_equal(archive_read_support_format_tar(reader), ARCHIVE_OK);
    assert_int_equal(archive_read_open_memory(reader, tar.data, tar.len), ARCHIVE_OK);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(archive_read_next_header(reader, &entry), ARCHIVE_OK);
        assert_int_equal(archive_entry_uid(entry), 3);
        assert_int_equal(archive_entry_gid(entry), 4000000);
        assert_int_equal(archive_entry_mtime(entry), 0);
    }
    assert_string_equal(archive_entry_pathname(entry), pax);
    assert_int_equal(archive_read_next_header(reader, &entry), ARCHIVE_EOF);
    (void)archive_read_free(reader);
    free(pax);
    ud_buf_done(&tar);
}

/* Over 8 GiB the block's field does not hold the size. */
static void the_size_of_a_large_file_is_written_right(void **state)
{
    static const uint64_t sizes[] = {8589934591ULL, 8589934592ULL, 40000000000ULL};
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        const struct ud_tarhead head = {
            .path = "f", .type = UD_TARHEAD_FILE, .mode = 0644, .size = sizes[i]};
        struct ud_buf tar;
        struct ud_tarparse parsed = {0};
        struct archive *reader = archive_read_new();
        struct archive_entry *entry = NULL;
        ud_buf_init(&tar, 100000);
        ud_tarhead_add(&tar, &head);
        assert_int_equal(tar.len, i == 0 ? UD_TAR_BLOCK : 3 * UD_TAR_BLOCK);
        assert_int_equal(archive_read_support_format_tar(reader), ARCHIVE_OK);
        assert_int_equal(archive_read_open_memory(reader, tar.data, tar.len), ARCHIVE_OK);
        assert_int_equal(archive_read_next_header(reader, &entry), ARCHIVE_OK);
        assert_true((uint64_t)archive_entry_size(entry) == sizes[i]);
        (void)archive_read_free(reader);
        const void *block = tar.data + tar.len - UD_TAR_BLOCK;
        assert_int_equal(ud_tarparse_block(block, &parsed, &err), UD_OK);
        assert_true(parsed.size == (i == 0 ? sizes[0] : 0));
        ud_buf_done(&tar);
    }
}

static void bad_paths_are_not_written(void **state)
{
    (void)state;
    static const char *const paths[] = {"/a",   "../a", "a/../b",   "",    ".",
                                        "a//b", "./a",  "\xc3\xa4", "a\n", "a//"};
    struct ud_buf out;
    ud_buf_init(&out, 10000);
    struct ud_tarwrite *tar = ud_tarwrite_new(&out);
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        assert_int_equal(ud_tarwrite_dir(tar, paths[i], 0755, &err), UD_ERR_INTERNAL);
    }
    char *distant = long_path(5000);
    assert_int_equal(ud_tarwrite_file(tar, distant, 0644, "", 0, &err), UD_ERR_INTERNAL);
    free(distant);
    assert_int_equal(out.len, 0);
    static char big[20000];
    assert_int_equal(ud_tarwrite_file(tar, "big", 0644, big, sizeof big, &err), UD_ERR_INTERNAL);
    ud_tarwrite_free(tar);
    ud_buf_done(&out);
}

static enum ud_code stop(void *ctx, const void *data, size_t len, struct ud_error *error)
{
    (void)data;
    size_t *left = ctx;
    if (len > *left) {
        return ud_fail(error, UD_ERR_IO, NULL, "no more");
    }
    *left -= len;
    return UD_OK;
}

static void the_error_of_a_sink_is_passed_on(void **state)
{
    (void)state;
    size_t left = 1000;
    struct ud_tarwrite *tar = ud_tarwrite_new_sink(stop, &left);
    assert_int_equal(ud_tarwrite_dir(tar, "a", 0755, &err), UD_OK);
    assert_int_equal(ud_tarwrite_file(tar, "b", 0644, "x", 1, &err), UD_ERR_IO);
    assert_string_equal(err.message, "no more");
    ud_tarwrite_free(tar);
}

static void gnu_names_and_hard_links_are_understood(void **state)
{
    (void)state;
    struct maketar tar;
    char *path = long_path(300);
    struct ud_buf notes;
    struct ud_buf expected;
    ud_buf_init(&notes, 10000);
    ud_buf_init(&expected, 10000);
    maketar_begin(&tar, ARCHIVE_FILTER_NONE);
    maketar_file(&tar, path, "1");
    maketar_add(&tar, AE_IFREG, "./hard", path, NULL, 0);
    maketar_add(&tar, AE_IFCHR, "dev", NULL, NULL, 0);
    maketar_add(&tar, AE_IFDIR, "./", NULL, NULL, 0);
    maketar_end(&tar);
    assert_int_equal(read_tar(tar.data, tar.len, 100, &notes), UD_OK);
    ud_buf_addf(&expected,
                "f %s 640 1500000000 1\nh hard->%s 640 1500000000 \no dev 640 1500000000 \n"
                "d  755 1500000000 \n",
                path, path);
    assert_string_equal(notes.data, expected.data);
    ud_buf_done(&notes);
    ud_buf_done(&expected);
    free(tar.data);
    free(path);
}

static enum ud_code read_one(const char *path, size_t size)
{
    static const char zeros[4000];
    struct maketar tar;
    struct ud_buf notes;
    ud_buf_init(&notes, 10000);
    maketar_begin(&tar, ARCHIVE_FILTER_NONE);
    maketar_add(&tar, AE_IFREG, path, NULL, zeros, size);
    maketar_end(&tar);
    enum ud_code rc = read_tar(tar.data, tar.len, 64, &notes);
    free(tar.data);
    ud_buf_done(&notes);
    return rc;
}

static void paths_that_lead_out_and_large_files_are_refused(void **state)
{
    (void)state;
    assert_int_equal(read_one("a", 1000), UD_OK);
    assert_int_equal(read_one("a", 1001), UD_ERR_PROTOCOL);
    assert_int_equal(read_one("../a", 1), UD_ERR_PROTOCOL);
    assert_int_equal(read_one("/a", 1), UD_ERR_PROTOCOL);
    assert_int_equal(read_one("a/../../b", 1), UD_ERR_PROTOCOL);
}

static void too_many_entries_are_refused(void **state)
{
    (void)state;
    struct maketar tar;
    struct ud_buf notes;
    ud_buf_init(&notes, 10000);
    maketar_begin(&tar, ARCHIVE_FILTER_NONE);
    for (int i = 0; i < 11; i++) {
        maketar_file(&tar, "same", "x");
    }
    maketar_end(&tar);
    assert_int_equal(read_tar(tar.data, tar.len, 4096, &notes), UD_ERR_PROTOCOL);
    assert_non_null(strstr(err.message, "more than 10 entries"));
    free(tar.data);
    ud_buf_done(&notes);
}

static void every_truncation_and_damaged_header_is_noticed(void **state)
{
    (void)state;
    struct maketar tar;
    maketar_begin(&tar, ARCHIVE_FILTER_NONE);
    maketar_file(&tar, "one", "some text");
    maketar_file(&tar, "two", "more");
    maketar_end(&tar);
    assert_int_equal(tar.len, 6 * 512);
    for (size_t len = 0; len < 4 * 512 + 512; len += 64) {
        struct ud_buf notes;
        ud_buf_init(&notes, 10000);
        assert_int_equal(read_tar(tar.data, len, 4096, &notes), UD_ERR_PROTOCOL);
        ud_buf_done(&notes);
    }
    for (size_t at = 0; at < 512; at += 7) {
        struct ud_buf notes;
        ud_buf_init(&notes, 10000);
        tar.data[at] = (char)(tar.data[at] + 1);
        enum ud_code rc = read_tar(tar.data, tar.len, 4096, &notes);
        /* The last two bytes of the checksum field are not part of the number. */
        assert_true(rc == UD_ERR_PROTOCOL || (at >= 154 && at < 156));
        tar.data[at] = (char)(tar.data[at] - 1);
        ud_buf_done(&notes);
    }
    free(tar.data);
}

struct passing {
    struct ud_buf raw;
    struct ud_buf notes;
    const char *dropped; /* NULL: none */
};

static enum ud_code note_passing(void *ctx, const struct ud_tarread_entry *entry,
                                 struct ud_error *error)
{
    return note(&((struct passing *)ctx)->notes, entry, error);
}

static enum ud_code take_raw(void *ctx, const void *data, size_t len, struct ud_error *error)
{
    (void)error;
    ud_buf_add(&((struct passing *)ctx)->raw, data, len);
    return UD_OK;
}

static bool passes(void *ctx, const char *path)
{
    const struct passing *p = ctx;
    return p->dropped == NULL || strcmp(path, p->dropped) != 0;
}

static void pass_on(struct passing *p, const struct ud_buf *tar, size_t piece, size_t max_file)
{
    const struct ud_tarread_options options = {
        .entry = note_passing,
        .ctx = p,
        .max_entries = 10,
        .max_file = max_file,
        .raw = take_raw,
        .passes = passes,
    };
    struct ud_tarread *reader = ud_tarread_new(&options);
    ud_buf_init(&p->raw, 100000);
    ud_buf_init(&p->notes, 10000);
    for (size_t at = 0; at < tar->len; at += piece) {
        size_t n = piece < tar->len - at ? piece : tar->len - at;
        assert_int_equal(ud_tarread_feed(reader, tar->data + at, n, &err), UD_OK);
    }
    assert_int_equal(ud_tarread_finish(reader, &err), UD_OK);
    ud_tarread_free(reader);
}

static void passing_done(struct passing *p)
{
    ud_buf_done(&p->raw);
    ud_buf_done(&p->notes);
}

/* All but the 1024 zero bytes at the end, which who passes it on may still add to. */
static void entries_are_passed_on_as_they_are(void **state)
{
    (void)state;
    struct ud_buf tar;
    struct ud_buf expected;
    ud_buf_init(&tar, 100000);
    ud_buf_init(&expected, 10000);
    write_all_kinds(&tar);
    expect_all_kinds(&expected);
    for (size_t piece = 1; piece < 2000; piece = piece * 3 / 2 + 1) {
        struct passing p = {0};
        pass_on(&p, &tar, piece, 1000);
        assert_int_equal(p.raw.len, tar.len - 1024);
        assert_memory_equal(p.raw.data, tar.data, p.raw.len);
        assert_string_equal(p.notes.data, expected.data);
        passing_done(&p);
    }
    ud_buf_done(&expected);
    ud_buf_done(&tar);
}

/* With its long name, which stands in headers before it. */
static void an_entry_that_does_not_pass_leaves_no_byte(void **state)
{
    (void)state;
    struct ud_buf tar;
    struct ud_buf notes;
    char *pax = long_path(700);
    struct passing p = {.dropped = pax};
    ud_buf_init(&tar, 100000);
    ud_buf_init(&notes, 10000);
    write_all_kinds(&tar);
    pass_on(&p, &tar, 100, 1000);
    ud_buf_add(&p.raw, (char[1024]){0}, 1024);
    assert_int_equal(read_tar(p.raw.data, p.raw.len, 512, &notes), UD_OK);
    assert_null(strstr(notes.data, " y\n"));
    assert_non_null(strstr(notes.data, "hello"));
    assert_non_null(strstr(p.notes.data, " y\n")); /* told all the same */
    passing_done(&p);
    ud_buf_done(&notes);
    ud_buf_done(&tar);
    free(pax);
}

static void large_files_are_passed_on_and_not_told(void **state)
{
    (void)state;
    struct ud_buf tar;
    struct passing p = {0};
    ud_buf_init(&tar, 100000);
    write_all_kinds(&tar);
    pass_on(&p, &tar, 4096, 4);
    assert_int_equal(p.raw.len, tar.len - 1024);
    assert_null(strstr(p.notes.data, "hello"));
    assert_non_null(strstr(p.notes.data, " y\n"));
    passing_done(&p);
    ud_buf_done(&tar);
}

static enum ud_code take_content(void *ctx, const char *path, const void *data, size_t len,
                                 struct ud_error *error)
{
    (void)error;
    if (strcmp(path, "d/f") == 0) {
        ud_buf_add(ctx, data, len);
    }
    return UD_OK;
}

static enum ud_code no_entry(void *ctx, const struct ud_tarread_entry *entry,
                             struct ud_error *error)
{
    (void)ctx;
    (void)error;
    assert_string_not_equal(entry->path, "d/f"); /* it is over the limit */
    return UD_OK;
}

static void what_a_file_holds_comes_in_pieces(void **state)
{
    (void)state;
    for (size_t piece = 1; piece < 1025; piece += 341) {
        struct ud_buf tar;
        struct ud_buf got;
        ud_buf_init(&tar, 65536);
        ud_buf_init(&got, 1000);
        write_all_kinds(&tar);
        const struct ud_tarread_options options = {.entry = no_entry,
                                                   .ctx = &got,
                                                   .max_entries = 10,
                                                   .max_file = 4,
                                                   .content = take_content};
        struct ud_tarread *reader = ud_tarread_new(&options);
        for (size_t at = 0; at < tar.len; at += piece) {
            size_t n = piece < tar.len - at ? piece : tar.len - at;
            assert_int_equal(ud_tarread_feed(reader, tar.data + at, n, &err), UD_OK);
        }
        assert_int_equal(ud_tarread_finish(reader, &err), UD_OK);
        assert_string_equal(got.data, "hello");
        ud_tarread_free(reader);
        ud_buf_done(&got);
        ud_buf_done(&tar);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_are_passed_on_as_they_are),
        cmocka_unit_test(an_entry_that_does_not_pass_leaves_no_byte),
        cmocka_unit_test(large_files_are_passed_on_and_not_told),
        cmocka_unit_test(what_is_written_reads_back_in_pieces_of_any_size),
        cmocka_unit_test(libarchive_understands_what_is_written),
        cmocka_unit_test(the_size_of_a_large_file_is_written_right),
        cmocka_unit_test(bad_paths_are_not_written),
        cmocka_unit_test(the_error_of_a_sink_is_passed_on),
        cmocka_unit_test(gnu_names_and_hard_links_are_understood),
        cmocka_unit_test(paths_that_lead_out_and_large_files_are_refused),
        cmocka_unit_test(too_many_entries_are_refused),
        cmocka_unit_test(what_a_file_holds_comes_in_pieces),
        cmocka_unit_test(every_truncation_and_damaged_header_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
