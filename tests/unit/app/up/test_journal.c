/* The text of the journal, and what is none. */
#include "up/journal.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define HEAD "usbipd-desktop up 1\nengine unix:///var/run/docker.sock\n"
#define WHOLE                                                                                      \
    HEAD "module usb-common\nmodule vhci-hcd\ndevice 10.0.2.2 3240 1-1.4\n"                        \
         "device fe80::1 3241 20-35-6\ntried 0403:6001:ff0102\n"

static enum ud_code read_text(const char *text, size_t len, struct ud_error *err)
{
    struct ud_journal journal = {0};
    enum ud_code rc = ud_journal_read(text, len, "up/x", &journal, err);
    ud_journal_done(&journal);
    return rc;
}

static void what_is_written_is_read(void **state)
{
    struct ud_journal journal = {0};
    struct ud_error err = {0};
    struct ud_buf text;
    (void)state;
    assert_int_equal(ud_journal_read(WHOLE, strlen(WHOLE), "up/x", &journal, &err), UD_OK);
    assert_string_equal(journal.engine, "unix:///var/run/docker.sock");
    assert_int_equal(journal.modules.len, 2);
    assert_string_equal(journal.devices.items[0], "10.0.2.2 3240 1-1.4");
    assert_string_equal(journal.tried.items[0], "0403:6001:ff0102");
    ud_buf_init(&text, UD_JOURNAL_MAX);
    ud_journal_write(&journal, &text);
    assert_string_equal(text.data, WHOLE);
    ud_buf_done(&text);
    ud_journal_done(&journal);
}

static void what_is_no_journal_is_refused(void **state)
{
    static const struct {
        const char *text;
        const char *line;
    } cases[] = {
        {"", "line 1"},
        {"\n", "line 1"},
        {"usbipd-desktop up 2\nengine x\n", "line 1"},
        {"usbipd-desktop up 1\n", "line 2"},
        {"usbipd-desktop up 1\nmodule a\n", "line 3"},
        {HEAD "module", "line 1"}, /* cut */
        {HEAD "module\n", "line 3"},
        {HEAD "module \n", "line 3"},
        {HEAD "module -a\n", "line 3"},
        {HEAD "module a b\n", "line 3"},
        {HEAD "module a\nmodule a/b\n", "line 4"},
        {HEAD "device 10.0.2.2 3240\n", "line 3"},
        {HEAD "device 10.0.2.2 0 1-1\n", "line 3"},
        {HEAD "device 10.0.2.2 65536 1-1\n", "line 3"},
        {HEAD "device ;reboot 3240 1-1\n", "line 3"},
        {HEAD "device 10.0.2.2 3240 1 1\n", "line 3"},
        {HEAD "tried 0403:6001\n", "line 3"},
        {HEAD "tried 0403:6001:FF0102\n", "line 3"},
        {HEAD "engine twice\n", "line 3"},
        {HEAD "other x\n", "line 3"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ud_error err = {0};
        assert_int_equal(read_text(cases[i].text, strlen(cases[i].text), &err), UD_ERR_USAGE);
        if (strstr(err.message, cases[i].line) == NULL || strstr(err.message, "up/x") == NULL) {
            fail_msg("%s: %s", cases[i].text, err.message);
        }
        assert_true(err.remedy[0] != '\0');
    }
}

static void a_nul_is_no_text(void **state)
{
    static const char text[] = HEAD "module a\0b\n";
    struct ud_error err = {0};
    (void)state;
    assert_int_equal(read_text(text, sizeof text - 1, &err), UD_ERR_USAGE);
}

static void items_are_added_once_and_dropped(void **state)
{
    struct ud_strv list = {0};
    (void)state;
    ud_journal_add(&list, "a");
    ud_journal_add(&list, "b");
    ud_journal_add(&list, "a");
    assert_int_equal(list.len, 2);
    ud_journal_drop(&list, "a");
    ud_journal_drop(&list, "c");
    assert_int_equal(list.len, 1);
    assert_string_equal(list.items[0], "b");
    ud_strv_done(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(what_is_no_journal_is_refused),
        cmocka_unit_test(a_nul_is_no_text),
        cmocka_unit_test(items_are_added_once_and_dropped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
