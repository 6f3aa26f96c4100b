#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../platform/tempdir.h"
#include "bundle/bytes/digest.h"

/* FIPS 180-4 examples, and the empty message. */
static void vectors_of_the_standard(void **state)
{
    (void)state;
    char hex[UD_DIGEST_HEX_SIZE];
    ud_digest_of("abc", 3, hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    ud_digest_of("", 0, hex);
    assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    const char *text = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    ud_digest_of(text, strlen(text), hex);
    assert_string_equal(hex, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

static void a_million_letters_in_uneven_pieces(void **state)
{
    (void)state;
    char hex[UD_DIGEST_HEX_SIZE];
    char piece[997];
    memset(piece, 'a', sizeof piece);
    struct ud_digest *digest = ud_digest_new();
    for (size_t left = 1000000; left > 0;) {
        size_t n = left < sizeof piece ? left : sizeof piece;
        ud_digest_add(digest, piece, n);
        left -= n;
    }
    ud_digest_hex(digest, hex);
    ud_digest_free(digest);
    assert_string_equal(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

static void a_file_has_the_digest_of_its_content(void **state)
{
    (void)state;
    char hex[UD_DIGEST_HEX_SIZE];
    char *dir = tempdir_new();
    char *path = ud_fs_join(dir, "letters");
    char *letters = ud_alloc(1000000, 1);
    struct ud_error err = {0};
    assert_int_equal(ud_digest_file(path, hex, &err), UD_ERR_NOT_FOUND);
    memset(letters, 'a', 1000000);
    assert_int_equal(ud_fs_write_atomic(path, letters, 1000000, &err), UD_OK);
    assert_int_equal(ud_digest_file(path, hex, &err), UD_OK);
    assert_string_equal(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    free(letters);
    free(path);
    tempdir_free(dir);
}

static void hex_is_recognized(void **state)
{
    (void)state;
    assert_true(
        ud_digest_is_hex("BA7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    assert_false(
        ud_digest_is_hex("xa7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    assert_false(ud_digest_is_hex("ba78"));
    assert_false(ud_digest_is_hex(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors_of_the_standard),
        cmocka_unit_test(a_million_letters_in_uneven_pieces),
        cmocka_unit_test(a_file_has_the_digest_of_its_content),
        cmocka_unit_test(hex_is_recognized),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
