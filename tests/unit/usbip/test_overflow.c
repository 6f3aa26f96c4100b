#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

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

/* ---- in sources ---- */

#define HEAD                                                                                       \
    " * usbip_pack_ret_submit() and others\n"                                                      \
    "static void usbip_pack_ret_submit(struct usbip_header *pdu, struct urb *urb,\n"               \
    "\t\t\t\t  int pack)\n"                                                                        \
    "{\n"                                                                                          \
    "\tif (pack) {\n"                                                                              \
    "\t\trpdu->number_of_packets = urb->number_of_packets;\n"                                      \
    "\t} else {\n"
#define COMPARES                                                                                   \
    "\t\tif (rpdu->number_of_packets < 0 ||\n"                                                     \
    "\t\t    rpdu->number_of_packets > urb->number_of_packets)\n"                                  \
    "\t\t\trpdu->number_of_packets = 0;\n"
#define TAKES "\t\turb->number_of_packets = rpdu->number_of_packets;\n"
#define TAIL                                                                                       \
    "\t}\n"                                                                                        \
    "}\n"                                                                                          \
    "void usbip_pack_pdu(void)\n"                                                                  \
    "{\n"                                                                                          \
    "\tusbip_pack_ret_submit(pdu, urb, pack);\n"                                                   \
    "}\n"

static void sources_that_compare_have_the_fix(void **state)
{
    static const struct {
        const char *text;
        bool fixed;
    } sources[] = {
        {HEAD COMPARES TAKES TAIL, true},
        {HEAD TAKES TAIL, false},
        {HEAD TAKES COMPARES TAIL, false},
        {HEAD TAIL "void other(void)\n{\n" COMPARES TAKES "}\n", false},
        {COMPARES TAKES, false},
        {"static void usbip_pack_ret_submit(struct urb *urb);\n" COMPARES TAKES, false},
        {HEAD COMPARES, false},
        {"\n\n", false},
        {"", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof sources / sizeof sources[0]; i++) {
        const char *text = sources[i].text;
        if (ud_usbip_overflow_is_fixed_in(text, strlen(text)) != sources[i].fixed) {
            fail_msg("not %d: %s", sources[i].fixed, text);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(versions_that_have_the_fix_are_known),
        cmocka_unit_test(sources_that_compare_have_the_fix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
