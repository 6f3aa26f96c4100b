#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "usbip/holes.h"

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
        bool fixed =
            ud_usbip_hole_is_fixed(UD_USBIP_HOLE_OVERFLOW, kernels[i].release, kernels[i].version);
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
        if (ud_usbip_hole_is_fixed_in(UD_USBIP_HOLE_OVERFLOW, text, strlen(text)) !=
            sources[i].fixed) {
            fail_msg("not %d: %s", sources[i].fixed, text);
        }
    }
}

/* Of vhci_sysfs.c, as Linux 6.1.192 has it, and without the check. */
#define STATUS_HEAD                                                                                \
    "/*\n * status_show_vhci() is called\n */\n"                                                   \
    "static ssize_t status_show_vhci(int pdev_nr, char *out)\n"                                    \
    "{\n"                                                                                          \
    "\tif (!pdev || !out) {\n"                                                                     \
    "\t\treturn 0;\n"                                                                              \
    "\t}\n"                                                                                        \
    "\thcd = platform_get_drvdata(pdev);\n"
#define STATUS_CHECK "\tif (!hcd) {\n\t\treturn status_show_not_ready(pdev_nr, out);\n\t}\n"
#define STATUS_TAIL "\tvhci_hcd = hcd_to_vhci_hcd(hcd);\n}\n"

static void the_status_file_checks_its_controller(void **state)
{
    static const char good[] = STATUS_HEAD STATUS_CHECK STATUS_TAIL;
    static const char bad[] = STATUS_HEAD STATUS_TAIL;
    (void)state;
    assert_true(ud_usbip_hole_is_fixed_in(UD_USBIP_HOLE_STATUS, good, sizeof good - 1));
    assert_false(ud_usbip_hole_is_fixed_in(UD_USBIP_HOLE_STATUS, bad, sizeof bad - 1));
    assert_true(ud_usbip_hole_is_fixed(UD_USBIP_HOLE_STATUS, "6.1.189", SMP));
    assert_false(ud_usbip_hole_is_fixed(UD_USBIP_HOLE_STATUS, "6.1.188", SMP));
    assert_true(ud_usbip_hole_is_fixed(UD_USBIP_HOLE_STATUS, "6.12.111-linuxkit", SMP));
    assert_false(ud_usbip_hole_is_fixed(UD_USBIP_HOLE_STATUS, "9.1", SMP)); /* nobody told us */
}

static void each_row_says_all_that_is_told_of_a_hole(void **state)
{
    (void)state;
    for (size_t i = 0; i < UD_USBIP_HOLE_COUNT; i++) {
        const struct ud_usbip_hole *hole = &ud_usbip_holes[i];
        assert_int_equal(strncmp(hole->id, "CVE-", 4), 0);
        assert_int_equal(strncmp(hole->source, "drivers/usb/usbip/", 18), 0);
        assert_true(strlen(hole->module) > 0 && strlen(hole->title) > 0 && strlen(hole->what) > 0);
        assert_true(strlen(hole->commit) == 0 || strlen(hole->commit) == 40);
        assert_true(strlen(hole->fixed_in) > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(versions_that_have_the_fix_are_known),
        cmocka_unit_test(the_status_file_checks_its_controller),
        cmocka_unit_test(each_row_says_all_that_is_told_of_a_hole),
        cmocka_unit_test(sources_that_compare_have_the_fix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
