#include "kernel/routes/checksums.h"

#include "check.h"

#define A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define HEAD "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n"
#define TAIL "-----BEGIN PGP SIGNATURE-----\n\niQIz\n-----END PGP SIGNATURE-----\n"

static enum ud_code find(const char *text, const char *file, char hex[65], struct ud_error *err)
{
    return ud_checksums_find(text, strlen(text), file, hex, err);
}

static void finds_a_file_inside_the_signed_text_only(void **state)
{
    static const char text[] = B "  linux-6.1.tar.xz\n" HEAD A "  linux-6.1.tar.xz\n" B
                                 "  linux-6.1.1.tar.xz\n" TAIL B "  linux-6.2.tar.xz\n";
    char hex[65];
    struct ud_error err = {0};
    (void)state;
    assert_ok(find(text, "linux-6.1.tar.xz", hex, &err));
    assert_string_equal(hex, A);
    assert_ok(find(text, "linux-6.1.1.tar.xz", hex, &err));
    assert_string_equal(hex, B);
    assert_int_equal(find(text, "linux-6.2.tar.xz", hex, &err), UD_ERR_NOT_FOUND);
    assert_int_equal(find(text, "SHA256", hex, &err), UD_ERR_NOT_FOUND);
}

static void refuses_lists_that_cannot_be_trusted(void **state)
{
    char hex[65];
    struct ud_error err = {0};
    (void)state;
    assert_int_equal(find("", "x", hex, &err), UD_ERR_PROTOCOL);
    assert_int_equal(find(A "  x\n", "x", hex, &err), UD_ERR_PROTOCOL);
    assert_int_equal(find("<html>404</html>", "x", hex, &err), UD_ERR_PROTOCOL);
    assert_int_equal(find(HEAD A "  x\n", "x", hex, &err), UD_ERR_PROTOCOL);
    assert_int_equal(find(HEAD A "  x\n" B "  x\n" TAIL, "x", hex, &err), UD_ERR_PROTOCOL);
    assert_has(err.message, "twice");
    assert_ok(find(HEAD A "  x\n" A "  x\n" TAIL, "x", hex, &err));
    assert_int_equal(find(HEAD "AA" A "  x\n" TAIL, "x", hex, &err), UD_ERR_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_a_file_inside_the_signed_text_only),
        cmocka_unit_test(refuses_lists_that_cannot_be_trusted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
