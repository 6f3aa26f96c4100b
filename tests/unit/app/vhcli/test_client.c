/* Which client goes into the image, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bundle/bytes/digest.h"
#include "kernel/elf/elf.h"
#include "platform/fs.h"
#include "util/mem.h"
#include "vhcli/parts.h"

static const struct ud_app app = {0};
static char *path; /* of a file that looks like a program */

static void write_program(unsigned char machine)
{
    char header[64] = "\177ELF\2\1\1";
    header[16] = 2;
    header[18] = (char)machine;
    assert_int_equal(ud_fs_write_atomic(path, header, sizeof header, NULL), UD_OK);
}

static int choose_path(void **state)
{
    (void)state;
    path = ud_fs_temp_sibling("vhcli-client-test");
    write_program(UD_EM_X86_64);
    return 0;
}

static int remove_path(void **state)
{
    (void)state;
    assert_int_equal(ud_fs_remove_tree(path, NULL), UD_OK);
    free(path);
    return 0;
}

static void the_makers_client_for_the_engines_machine_is_the_default(void **state)
{
    static const struct {
        const char *arch;
        const char *name;
    } cases[] = {{"amd64", "vhclientx86_64"}, {"arm64", "vhclientarm64"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct ud_vhcli_image_options options = {0};
        struct ud_vhcli_client client;
        assert_int_equal(ud_vhcli_client_choose(&options, cases[i].arch, &client, NULL), UD_OK);
        assert_string_equal(client.name, cases[i].name);
        assert_true(client.from_web);
        assert_non_null(strstr(client.source.shown, cases[i].name));
        assert_memory_equal(client.source.secret, "https://www.virtualhere.com/", 28);
        assert_null(client.sha256);
        ud_vhcli_client_done(&client);
    }
}

static void other_machines_have_none(void **state)
{
    const struct ud_vhcli_image_options options = {0};
    struct ud_vhcli_client client;
    struct ud_error err = {0};
    (void)state;
    assert_int_equal(ud_vhcli_client_choose(&options, "riscv64", &client, &err), UD_ERR_FACTS);
    assert_non_null(strstr(err.message, "riscv64"));
    ud_vhcli_client_done(&client);
}

static enum ud_code fetch(const char *sha256, const char *arch, struct ud_vhcli_client *client,
                          struct ud_error *err)
{
    const struct ud_vhcli_image_options options = {.client = path, .client_sha256 = sha256};
    assert_int_equal(ud_vhcli_client_choose(&options, arch, client, NULL), UD_OK);
    assert_false(client->from_web);
    return ud_vhcli_client_fetch(&app, arch, client, err);
}

static void a_file_is_taken_and_its_digest_told(void **state)
{
    struct ud_vhcli_client client;
    char hex[UD_DIGEST_HEX_SIZE];
    (void)state;
    write_program(UD_EM_X86_64);
    assert_int_equal(fetch(NULL, "amd64", &client, NULL), UD_OK);
    assert_int_equal(client.bytes.len, 64);
    ud_digest_of(client.bytes.data, client.bytes.len, hex);
    assert_string_equal(client.sha256, hex);
    ud_vhcli_client_done(&client);
    for (char *p = hex; *p != '\0'; p++) {
        *p = (char)(*p >= 'a' ? *p - 'a' + 'A' : *p);
    }
    assert_int_equal(fetch(hex, "amd64", &client, NULL), UD_OK); /* of either case */
    ud_vhcli_client_done(&client);
}

static void what_does_not_fit_is_named(void **state)
{
    struct ud_vhcli_client client;
    struct ud_error err = {0};
    char none[UD_DIGEST_HEX_SIZE];
    (void)state;
    memset(none, '0', sizeof none - 1);
    none[sizeof none - 1] = '\0';
    assert_int_equal(fetch(none, "amd64", &client, &err), UD_ERR_SOURCE);
    assert_non_null(strstr(err.message, none));
    ud_vhcli_client_done(&client);
    assert_int_equal(fetch(NULL, "arm64", &client, &err), UD_ERR_UNFIT);
    assert_non_null(strstr(err.message, "is a program for x86_64, and the engine runs on arm64"));
    ud_vhcli_client_done(&client);
    assert_int_equal(ud_fs_write_atomic(path, "#!/bin/sh\n", 10, NULL), UD_OK);
    assert_int_equal(fetch(NULL, "amd64", &client, &err), UD_ERR_UNFIT);
    assert_non_null(strstr(err.message, "is not a Linux program"));
    ud_vhcli_client_done(&client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_makers_client_for_the_engines_machine_is_the_default),
        cmocka_unit_test(other_machines_have_none),
        cmocka_unit_test(a_file_is_taken_and_its_digest_told),
        cmocka_unit_test(what_does_not_fit_is_named),
    };
    return cmocka_run_group_tests_name("app.vhcli_client", tests, choose_path, remove_path);
}
