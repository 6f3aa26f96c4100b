#include "kernel/elf/modsig.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "lab.h"
#include "util/buf.h"

/* A SignedData as sign-file writes it, with an issuer without attributes, the
 * serial number 0x1234 and a signature of two bytes. */
static const unsigned char by_serial[] = {
    0x30, 0x5a, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02, 0xa0, 0x4d, 0x30,
    0x4b, 0x02, 0x01, 0x01, 0x31, 0x0d, 0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03,
    0x04, 0x02, 0x01, 0x30, 0x0b, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01,
    0x31, 0x2a, 0x30, 0x28, 0x02, 0x01, 0x01, 0x30, 0x06, 0x30, 0x00, 0x02, 0x02, 0x12, 0x34, 0x30,
    0x0b, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x30, 0x0a, 0x06, 0x08,
    0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02, 0x04, 0x02, 0xaa, 0xbb};

enum { SIGNER_AT = 55, SIGNER_LEN = 8, HASH_AT = 63 };

/* "module", a signature, the header and the marker. */
static void append(struct ud_buf *file, const void *cms, size_t len, unsigned char id_type)
{
    unsigned char header[UD_MODSIG_HEADER] = {0, 0, id_type};
    header[10] = (unsigned char)(len >> 8);
    header[11] = (unsigned char)len;
    ud_buf_init(file, 1 << 16);
    ud_buf_adds(file, "module");
    ud_buf_add(file, cms, len);
    ud_buf_add(file, header, sizeof header);
    ud_buf_adds(file, UD_MODSIG_MARK);
}

static void unsigned_files_are_all_module(void **state)
{
    struct ud_modsig sig;
    (void)state;
    ud_modsig_parse("module", 6, &sig);
    assert_int_equal(sig.state, UD_MODSIG_NONE);
    assert_int_equal(sig.payload, 6);
    ud_modsig_parse("", 0, &sig);
    assert_int_equal(sig.state, UD_MODSIG_NONE);
    /* Cut off within the marker. */
    ud_modsig_parse(UD_MODSIG_MARK, sizeof UD_MODSIG_MARK - 2, &sig);
    assert_int_equal(sig.state, UD_MODSIG_NONE);
}

static void reads_a_signer_by_serial_number(void **state)
{
    struct ud_modsig sig;
    struct ud_buf file;
    (void)state;
    append(&file, by_serial, sizeof by_serial, UD_MODSIG_PKCS7);
    ud_modsig_parse(file.data, file.len, &sig);
    assert_int_equal(sig.state, UD_MODSIG_SIGNED);
    assert_int_equal(sig.payload, 6);
    assert_string_equal(sig.hash, "sha256");
    assert_string_equal(sig.serial, "1234");
    assert_string_equal(sig.key_id, "");
    ud_buf_done(&file);
}

static void reads_a_signer_by_key_identifier(void **state)
{
    static const unsigned char id[SIGNER_LEN] = {0x80, 0x06, 1, 2, 3, 4, 5, 0xff};
    struct ud_modsig sig;
    struct ud_buf file;
    unsigned char cms[sizeof by_serial];
    (void)state;
    memcpy(cms, by_serial, sizeof cms);
    memcpy(cms + SIGNER_AT, id, sizeof id);
    append(&file, cms, sizeof cms, UD_MODSIG_PKCS7);
    ud_modsig_parse(file.data, file.len, &sig);
    assert_int_equal(sig.state, UD_MODSIG_SIGNED);
    assert_string_equal(sig.key_id, "0102030405ff");
    assert_string_equal(sig.serial, "");
    ud_buf_done(&file);
}

static void expect_broken(const void *cms, size_t len, unsigned char id_type, const char *said)
{
    struct ud_modsig sig;
    struct ud_buf file;
    append(&file, cms, len, id_type);
    ud_modsig_parse(file.data, file.len, &sig);
    assert_int_equal(sig.state, UD_MODSIG_BROKEN);
    assert_has(sig.wrong, said);
    assert_true(sig.payload <= file.len);
    ud_buf_done(&file);
}

static void says_what_is_wrong_with_a_signature(void **state)
{
    struct ud_modsig sig;
    (void)state;
    expect_broken("", 0, UD_MODSIG_PKCS7, "length");
    expect_broken(by_serial, sizeof by_serial, 1, "kind");
    expect_broken("none", 4, UD_MODSIG_PKCS7, "CMS");
    for (size_t len = 1; len < SIGNER_AT; len++) {
        expect_broken(by_serial, len, UD_MODSIG_PKCS7, "CMS");
    }
    ud_modsig_parse(UD_MODSIG_MARK, sizeof UD_MODSIG_MARK - 1, &sig);
    assert_int_equal(sig.state, UD_MODSIG_BROKEN);
    assert_has(sig.wrong, "no room");
    assert_int_equal(sig.payload, 0);
}

static void an_unknown_digest_has_no_name(void **state)
{
    struct ud_modsig sig;
    struct ud_buf file;
    unsigned char cms[sizeof by_serial];
    (void)state;
    memcpy(cms, by_serial, sizeof cms);
    cms[HASH_AT + 12] = 0x63;
    append(&file, cms, sizeof cms, UD_MODSIG_PKCS7);
    ud_modsig_parse(file.data, file.len, &sig);
    assert_int_equal(sig.state, UD_MODSIG_SIGNED);
    assert_string_equal(sig.hash, "");
    ud_buf_done(&file);
}

static void reads_the_signature_of_a_distribution(void **state)
{
    struct lab_file file = {0};
    struct ud_modsig sig;
    (void)state;
    if (!lab_load("failover.ko", "", &file)) {
        skip();
    }
    ud_modsig_parse(file.data, file.len, &sig);
    assert_int_equal(sig.state, UD_MODSIG_SIGNED);
    assert_string_equal(sig.hash, "sha256");
    assert_true(strlen(sig.serial) >= 16);
    assert_true(sig.payload < file.len - 256 && sig.payload > file.len / 2);
    lab_file_done(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unsigned_files_are_all_module),
        cmocka_unit_test(reads_a_signer_by_serial_number),
        cmocka_unit_test(reads_a_signer_by_key_identifier),
        cmocka_unit_test(says_what_is_wrong_with_a_signature),
        cmocka_unit_test(an_unknown_digest_has_no_name),
        cmocka_unit_test(reads_the_signature_of_a_distribution),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
