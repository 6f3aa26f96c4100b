#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "usbip/overflow.h"

#define SMP "#1 SMP PREEMPT_DYNAMIC "

static void versions_that_have_the_fix_are_known(void **state)
{
    static const struct {
        const char *release;
        const char *version;
        bool fixed;
    } kernels[] = {
        {"6.1.0-57-cloud-amd64", SMP "Debian 6.1.192-3 (2026-11-20)", true},
        {"6.1.0-40-amd64", SMP "Debian 6.1.153-1 (2025-09-20)", false},
        {"6.1.0-57-cloud-amd64", SMP "2026-11-20", false}, /* its number is not told */
        {"6.12.118+deb13-amd64", SMP "Debian 6.12.118-1 (2026-11-20)", true},
        {"5.10.0-50-amd64", SMP "Debian 5.10.262-1 (2026-11-20)", true},
        {"6.12.82-linuxkit", SMP "Mon Apr 20 2026", false},
        {"6.12.83-linuxkit", SMP "Mon Apr 27 2026", true},
        {"6.6.87.2-microsoft-standard-WSL2", SMP "Thu Jun 5 2025", false},
        {"7.0.10+deb14-amd64", SMP "Debian 7.0.10-1 (2026-06-01)", false},
        {"7.1.0", SMP, true},
        {"7.2.13+deb14-amd64", SMP "Debian 7.2.13-1 (2026-11-25)", true},
        {"8.0", SMP, true},
        {"", "", false},
        {"linux", SMP, false},
        {"x.y", SMP, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof kernels / sizeof kernels[0]; i++) {
        bool fixed = ud_usbip_overflow_is_fixed(kernels[i].release, kernels[i].version);
        if (fixed != kernels[i].fixed) {
            fail_msg("%s: %d", kernels[i].release, fixed);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(versions_that_have_the_fix_are_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
