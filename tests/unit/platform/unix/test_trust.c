#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "platform/fs.h"
#include "platform/host.h"
#include "tempdir.h"
#include "unix/trust.h"
#include "util/mem.h"

/* What lies in the root directory of a system of each kind, the last being what is to be taken. */
static const struct {
    const char *system;
    const char *files[3];
} systems[] = {
    {"Debian", {"/etc/ssl/certs/ca-certificates.crt"}},
    {"Alpine", {"/etc/ssl/cert.pem", "/etc/ssl/certs/ca-certificates.crt"}},
    {"Fedora",
     {"/etc/pki/tls/certs/ca-bundle.crt", "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem"}},
    {"RHEL 6", {"/etc/pki/tls/certs/ca-bundle.crt"}},
    {"SUSE", {"/etc/ssl/ca-bundle.pem", "/var/lib/ca-certificates/ca-bundle.pem"}},
    {"NixOS", {"/etc/ssl/certs/ca-bundle.crt"}},
    {"macOS", {"/etc/ssl/cert.pem"}},
    {"FreeBSD", {"/usr/local/share/certs/ca-root-nss.crt", "/etc/ssl/cert.pem"}},
    {"FreeBSD, package only", {"/usr/local/share/certs/ca-root-nss.crt"}},
    {"NetBSD", {"/etc/openssl/certs/ca-certificates.crt"}},
    {"Homebrew", {"/opt/homebrew/etc/ca-certificates/cert.pem"}},
};

static void put_file(const char *root, const char *name)
{
    char *path = ud_strf("%s%s", root, name);
    char *dir = ud_fs_dirname(path);
    assert_int_equal(ud_fs_mkdirs(dir, NULL), UD_OK);
    assert_int_equal(ud_fs_write_atomic(path, "x", 1, NULL), UD_OK);
    free(dir);
    free(path);
}

static void each_kind_of_system_keeps_them_in_its_own_place(void **state)
{
    (void)state;
    char *top = tempdir_new();
    for (size_t i = 0; i < sizeof systems / sizeof systems[0]; i++) {
        char *root = ud_strf("%s/%zu", top, i);
        const char *last = NULL;
        for (size_t j = 0; j < 3 && systems[i].files[j] != NULL; j++) {
            last = systems[i].files[j];
            put_file(root, last);
        }
        char *found = ud_trust_find(root);
        assert_non_null(found);
        if (strcmp(found + strlen(root), last) != 0) {
            fail_msg("%s: %s", systems[i].system, found);
        }
        free(found);
        free(root);
    }
    tempdir_free(top);
}

static void a_directory_of_that_name_is_passed_over(void **state)
{
    (void)state;
    char *root = tempdir_new();
    char *dir = ud_strf("%s/etc/ssl/certs/ca-certificates.crt", root);
    assert_int_equal(ud_fs_mkdirs(dir, NULL), UD_OK);
    assert_null(ud_trust_find(root));
    free(dir);
    tempdir_free(root);
}

static void assert_trust(const char *file, const char *dir)
{
    struct ud_host_trust trust;
    ud_host_trust(&trust);
    assert_false(trust.in_system);
    assert_true((trust.file == NULL) == (file == NULL) && (trust.dir == NULL) == (dir == NULL));
    if (file != NULL) {
        assert_string_equal(trust.file, file);
    }
    if (dir != NULL) {
        assert_string_equal(trust.dir, dir);
    }
    ud_host_trust_done(&trust);
}

static void the_variables_come_before_all_places(void **state)
{
    (void)state;
    unsetenv("SSL_CERT_DIR");
    setenv("SSL_CERT_FILE", "/my/certs.pem", 1);
    assert_trust("/my/certs.pem", NULL);
    setenv("SSL_CERT_DIR", "/my/certs", 1);
    assert_trust("/my/certs.pem", "/my/certs");
    setenv("SSL_CERT_FILE", "", 1);
    assert_trust(NULL, "/my/certs");
    unsetenv("SSL_CERT_DIR");
    char *usual = ud_trust_find("");
    assert_trust(usual, NULL);
    free(usual);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_of_system_keeps_them_in_its_own_place),
        cmocka_unit_test(a_directory_of_that_name_is_passed_over),
        cmocka_unit_test(the_variables_come_before_all_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
