#include "report/jsondoc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "report/errors.h"

static void expect(cJSON *document, const char *want)
{
    struct ud_buf out;
    ud_buf_init(&out, 4096);
    ud_doc_print(document, &out);
    cJSON_Delete(document);
    assert_string_equal(out.data, want);
    ud_buf_done(&out);
}

static void numbers_that_a_double_cannot_hold_are_strings(void **state)
{
    (void)state;
    cJSON *document = ud_doc_new();
    ud_doc_u64(document, "a", 0);
    ud_doc_u64(document, "b", UINT64_C(9007199254740991));
    ud_doc_u64(document, "c", UINT64_C(9007199254740992));
    ud_doc_u64(document, "d", UINT64_MAX);
    expect(document, "{\"schema\":1,\"a\":0,\"b\":9007199254740991,\"c\":\"9007199254740992\","
                     "\"d\":\"18446744073709551615\"}\n");
}

static void text_is_sanitized_and_null_is_null(void **state)
{
    (void)state;
    cJSON *document = ud_doc_new();
    ud_doc_text(document, "bad", "a\xff\x1b\"");
    ud_doc_text(document, "none", NULL);
    ud_doc_text_if(document, "left out", "");
    ud_doc_bool(document, "yes", true);
    struct ud_strv list = {0};
    ud_strv_add(&list, "\xc3\xa4");
    ud_strv_add(&list, "\xc3");
    ud_doc_strv(document, "list", &list);
    ud_strv_done(&list);
    expect(document, "{\"schema\":1,\"bad\":\"a?"
                     "?\\\"\",\"none\":null,\"yes\":true,"
                     "\"list\":[\"\xc3\xa4\",\"?\"]}\n");
}

static void errors_are_documents_with_code_and_exit(void **state)
{
    (void)state;
    struct ud_error err;
    struct ud_buf out;
    ud_buf_init(&out, 4096);
    (void)ud_fail(&err, UD_ERR_NOT_FOUND, "Look.", "no %s", "file");
    ud_error_json(&out, NULL, &err);
    assert_string_equal(out.data, "{\"schema\":1,\"error\":{\"code\":\"not-found\",\"exit\":14,"
                                  "\"message\":\"no file\",\"remedy\":\"Look.\"}}\n");
    ud_buf_done(&out);
}

static void shown_errors_wrap_the_remedy_under_its_arrow(void **state)
{
    (void)state;
    struct ud_error err;
    struct ud_buf out;
    struct ud_style style = {.utf8 = true, .width = 20};
    ud_buf_init(&out, 4096);
    (void)ud_fail(&err, UD_ERR_IO, "Free some space there.", "disk\033 full");
    ud_error_show(&out, &style, &err);
    assert_string_equal(out.data, "usbipd-desktop: error: disk? full\n"
                                  "  \xe2\x86\x92 Free some space\n"
                                  "    there.\n");
    ud_buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_that_a_double_cannot_hold_are_strings),
        cmocka_unit_test(text_is_sanitized_and_null_is_null),
        cmocka_unit_test(errors_are_documents_with_code_and_exit),
        cmocka_unit_test(shown_errors_wrap_the_remedy_under_its_arrow),
    };
    ud_doc_init();
    return cmocka_run_group_tests_name("cli.jsondoc", tests, NULL, NULL);
}
