/* read --package-config: what a VM's package manager is configured with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fake.h"
#include "proto/ops.h"

static void lists_and_keys_are_sent_and_nothing_else(void **state)
{
    struct fake f;
    (void)state;
    fake_init(&f);
    fake_text(&f, "/etc/apt/sources.list", "deb http://mirror.example/debian bookworm main\n");
    fake_text(&f, "/etc/apt/auth.conf", "machine mirror.example password secret\n");
    fake_text(&f, "/etc/apt/auth.conf.d/mirror.conf", "machine mirror.example password secret\n");
    fake_text(&f, "/etc/apt/sources.list.d/.hidden", "no");
    fake_text(&f, "/etc/apt/sources.list.d/a.sources", "Types: deb\n");
    fake_text(&f, "/etc/apt/sources.list.d/deeper/b.sources", "no");
    fake_text(&f, "/usr/share/keyrings/company.gpg", "key");
    struct answer a = fake_run(&f, "read --package-config");
    assert_int_equal(a.code, UD_OK);
    assert_string_equal(a.text.data,
                        "fact file=/etc/apt/sources.list\n"
                        "blob file=deb http://mirror.example/debian bookworm main\n\n"
                        "fact file=/etc/apt/sources.list.d/a.sources\nblob file=Types: deb\n\n"
                        "fact file=/usr/share/keyrings/company.gpg\nblob file=key\n");
    answer_done(&a);
    fake_done(&f);
}

static void a_system_without_any_sends_none(void **state)
{
    (void)state;
    fake_expect_silence("read --package-config");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_and_keys_are_sent_and_nothing_else),
        cmocka_unit_test(a_system_without_any_sends_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
