#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/plan/refusal.h"

/* The words of the kernel's log decide where one number has two meanings. */
static void each_number_has_its_meaning(void **state)
{
    static const struct {
        int number;
        const char *log;
        const char *name;
        const char *meaning;
    } refusals[] = {
        {1, "", "EPERM", "may not load modules"},
        {1, "", "EPERM", "SELinux"},
        {1, "avc:  denied  { sys_module } for  pid=1", "EPERM", "SELinux"},
        {8, "vhci_hcd: version magic '6.1.0' should be '6.1.1'", "ENOEXEC", "another kernel"},
        {13, "avc:  denied  { module_load } for  pid=1", "EACCES", "SELinux"},
        {22, "vhci_hcd: disagrees about version of symbol usb_hcd", "EINVAL", "CRC"},
        {22, "failed to validate module [vhci_hcd] BTF: -22", "EINVAL", "(BTF)"},
        {22, "", "EINVAL", "CRC"},
        {126, "", "ENOKEY", "signature"},
        {5, "", "an unexpected error", "kernel's log"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        const struct ud_refusal *refusal = ud_refusal_insert(refusals[i].number, refusals[i].log);
        assert_string_equal(refusal->name, refusals[i].name);
        if (strstr(refusal->meaning, refusals[i].meaning) == NULL) {
            fail_msg("%d: %s", refusals[i].number, refusal->meaning);
        }
        assert_string_not_equal(refusal->remedy, "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_number_has_its_meaning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
