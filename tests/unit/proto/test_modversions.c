#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/modversions.h"
#include "util/buf.h"
#include "util/mem.h"

struct entry {
    unsigned char crc[8];
    char name[56];
};

static void note(void *ctx, struct ud_slice name, uint32_t crc)
{
    ud_buf_addf(ctx, "%.*s=%08x\n", (int)name.len, name.ptr, crc);
}

/* In memory of exactly its size: under a sanitizer nothing beyond it may be read. */
static struct ud_slice copy_of(const void *data, size_t len)
{
    char *copy = ud_alloc(len, 1);
    memcpy(copy, data, len);
    return (struct ud_slice){copy, len};
}

static void assert_plain(const void *data, size_t len, const char *expected)
{
    struct ud_buf told;
    struct ud_slice section = copy_of(data, len);
    ud_buf_init(&told, 4096);
    ud_modversions_each(section, note, &told);
    assert_string_equal(told.data, expected);
    ud_buf_done(&told);
    free((char *)section.ptr);
}

static void assert_extended(const void *crcs, size_t crcs_len, const char *names, size_t names_len,
                            const char *expected)
{
    struct ud_buf told;
    struct ud_slice first = copy_of(crcs, crcs_len);
    struct ud_slice second = copy_of(names, names_len);
    ud_buf_init(&told, 4096);
    ud_modversions_each_extended(first, second, note, &told);
    assert_string_equal(told.data, expected);
    ud_buf_done(&told);
    free((char *)first.ptr);
    free((char *)second.ptr);
}

static void each_whole_entry_with_a_name_is_told(void **state)
{
    (void)state;
    struct entry entries[3] = {{{0x98, 0xba, 0xdc, 0xfe}, "kfree"}, {{1}, ""}, {{2}, "x"}};
    assert_plain(entries, sizeof entries, "kfree=fedcba98\nx=00000002\n");
    assert_plain(entries, sizeof entries - 1, "kfree=fedcba98\n");
    assert_plain(entries, 63, "");
    assert_plain(entries, 0, "");
}

static void a_name_may_fill_its_place(void **state)
{
    (void)state;
    struct entry entry = {{1}, ""};
    memset(entry.name, 'n', sizeof entry.name);
    assert_plain(&entry, sizeof entry,
                 "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn=00000001\n");
}

static void crcs_and_names_go_together_as_far_as_both_reach(void **state)
{
    (void)state;
    static const unsigned char crcs[] = {1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0};
    static const char names[] = "printk\0kfree\0usb_get_dev"; /* and its NUL */
    static const char gap[] = "a\0\0b";
    assert_extended(crcs, 12, names, sizeof names,
                    "printk=00000001\nkfree=00000002\nusb_get_dev=00000003\n");
    assert_extended(crcs, 11, names, sizeof names, "printk=00000001\nkfree=00000002\n");
    assert_extended(crcs, 12, names, 9, "printk=00000001\nkf=00000002\n");
    assert_extended(crcs, 12, names, 7, "printk=00000001\n");
    assert_extended(crcs, 12, gap, sizeof gap, "a=00000001\nb=00000003\n");
    assert_extended(crcs, 3, names, sizeof names, "");
    assert_extended(crcs, 12, names, 0, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_whole_entry_with_a_name_is_told),
        cmocka_unit_test(a_name_may_fill_its_place),
        cmocka_unit_test(crcs_and_names_go_together_as_far_as_both_reach),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
