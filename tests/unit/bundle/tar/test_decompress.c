#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bundle/tar/decompress.h"
#include "maketar.h"

enum { TEXT_LEN = 300000 };

static const int filters[] = {ARCHIVE_FILTER_GZIP, ARCHIVE_FILTER_BZIP2, ARCHIVE_FILTER_XZ,
                              ARCHIVE_FILTER_ZSTD};
enum { FILTER_COUNT = 4 };

static struct ud_error err;
static char text[TEXT_LEN];

static int fill_text(void **state)
{
    (void)state;
    uint32_t seed = 1;
    for (size_t i = 0; i < TEXT_LEN; i++) {
        seed = seed * 1103515245 + 12345;
        text[i] = i < TEXT_LEN / 2 ? (char)(seed >> 24) : 'x';
    }
    return 0;
}

/* text packed with a filter, to free. */
static char *pack(int filter, size_t *ret_len)
{
    const size_t size = 2 * TEXT_LEN;
    char *packed = ud_alloc(size, 1);
    struct archive *writer = archive_write_new();
    struct archive_entry *entry = archive_entry_new();
    assert_int_equal(archive_write_add_filter(writer, filter), ARCHIVE_OK);
    assert_int_equal(archive_write_set_format_raw(writer), ARCHIVE_OK);
    assert_int_equal(archive_write_set_bytes_per_block(writer, 0), ARCHIVE_OK);
    assert_int_equal(archive_write_open_memory(writer, packed, size, ret_len), ARCHIVE_OK);
    archive_entry_set_pathname(entry, "x");
    archive_entry_set_filetype(entry, AE_IFREG);
    assert_int_equal(archive_write_header(writer, entry), ARCHIVE_OK);
    assert_int_equal(archive_write_data(writer, text, TEXT_LEN), TEXT_LEN);
    assert_int_equal(archive_write_close(writer), ARCHIVE_OK);
    archive_entry_free(entry);
    (void)archive_write_free(writer);
    return packed;
}

static void every_format_unpacks(void **state)
{
    (void)state;
    for (int i = 0; i < FILTER_COUNT; i++) {
        size_t len = 0;
        char *packed = pack(filters[i], &len);
        struct ud_buf out;
        ud_buf_init(&out, TEXT_LEN);
        assert_true(ud_decompress_is_packed(packed, len));
        assert_int_equal(ud_decompress("m.ko", packed, len, &out, &err), UD_OK);
        assert_int_equal(out.len, TEXT_LEN);
        assert_memory_equal(out.data, text, TEXT_LEN);
        ud_buf_done(&out);
        free(packed);
    }
}

static void one_byte_too_many_is_an_error(void **state)
{
    (void)state;
    for (int i = 0; i < FILTER_COUNT; i++) {
        size_t len = 0;
        char *packed = pack(filters[i], &len);
        struct ud_buf out;
        ud_buf_init(&out, TEXT_LEN + 1);
        ud_buf_adds(&out, "ab");
        assert_int_equal(ud_decompress("m.ko", packed, len, &out, &err), UD_ERR_PROTOCOL);
        assert_string_equal(out.data, "ab");
        assert_false(out.overflow);
        assert_non_null(strstr(err.message, "m.ko"));
        ud_buf_done(&out);
        free(packed);
    }
}

static void truncated_and_damaged_data_is_an_error(void **state)
{
    (void)state;
    for (int i = 0; i < FILTER_COUNT; i++) {
        size_t len = 0;
        char *packed = pack(filters[i], &len);
        struct ud_buf out;
        ud_buf_init(&out, 2 * TEXT_LEN);
        assert_int_equal(ud_decompress("m.ko", packed, len - 40, &out, &err), UD_ERR_PROTOCOL);
        assert_int_equal(ud_decompress("m.ko", packed, 6, &out, &err), UD_ERR_PROTOCOL);
        packed[len / 2] = (char)(packed[len / 2] ^ 0x55);
        packed[len / 2 + 1] = (char)(packed[len / 2 + 1] ^ 0x55);
        enum ud_code rc = ud_decompress("m.ko", packed, len, &out, &err);
        /* zstd without a checksum cannot notice; the result differs then. */
        assert_true(rc == UD_ERR_PROTOCOL || memcmp(out.data, text, TEXT_LEN) != 0);
        ud_buf_done(&out);
        free(packed);
    }
}

static void plain_data_is_copied(void **state)
{
    (void)state;
    struct ud_buf out;
    ud_buf_init(&out, 10);
    assert_false(ud_decompress_is_packed("\x7f"
                                         "ELF",
                                         4));
    assert_int_equal(ud_decompress("m.ko",
                                   "\x7f"
                                   "ELF",
                                   4, &out, &err),
                     UD_OK);
    assert_int_equal(out.len, 4);
    assert_int_equal(ud_decompress("m.ko", "1234567", 7, &out, &err), UD_ERR_PROTOCOL);
    assert_int_equal(out.len, 4);
    assert_int_equal(ud_decompress("m.ko", "", 0, &out, &err), UD_OK);
    ud_buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_format_unpacks),
        cmocka_unit_test(one_byte_too_many_is_an_error),
        cmocka_unit_test(truncated_and_damaged_data_is_an_error),
        cmocka_unit_test(plain_data_is_copied),
    };
    return cmocka_run_group_tests(tests, fill_text, NULL);
}
