#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/elf/kallsyms.h"
#include "util/mem.h"

/* What of wanted (names with spaces between, sorted) is absent, joined in the same way. */
static void expect_absent(const char *text, const char *wanted, const char *expected)
{
    struct ud_strv list = {0};
    struct ud_strv absent = {0};
    char *words = ud_strdup(wanted);
    char *rest = NULL;
    for (char *word = strtok_r(words, " ", &rest); word != NULL;
         word = strtok_r(NULL, " ", &rest)) {
        ud_strv_add(&list, word);
    }
    /* Exactly as long as it is: nothing behind it may be read. */
    const size_t len = strlen(text);
    char *exact = ud_alloc(len + 1, 1);
    memcpy(exact, text, len);
    exact = ud_realloc(exact, len > 0 ? len : 1, 1);
    ud_kallsyms_absent(exact, len, &list, &absent);
    char *joined = ud_strv_join(&absent, " ");
    assert_string_equal(joined, expected);
    free(joined);
    free(exact);
    free(words);
    ud_strv_done(&list);
    ud_strv_done(&absent);
}

static void names_are_found_wherever_they_stand(void **state)
{
    (void)state;
    expect_absent("kfree\nprintk\nusb_init\n", "kfree printk usb_init", "");
    expect_absent("usb_init\nprintk\nkfree", "kfree printk usb_init", "");
    expect_absent("kfree\nkfree\n", "kfree", "");
}

static void a_part_of_a_name_is_another_name(void **state)
{
    (void)state;
    expect_absent("kfree\nkfree_rcu\n", "kf kfree kfree_r kfree_rcu kfree_rcu_",
                  "kf kfree_r kfree_rcu_");
}

static void nothing_is_in_nothing(void **state)
{
    (void)state;
    expect_absent("", "a b", "a b");
    expect_absent("\n\n", "a", "a");
    expect_absent("a\nb\n", "", "");
}

static void a_name_longer_than_any_is_none_that_is_wanted(void **state)
{
    (void)state;
    char *text = ud_alloc(4097, 1);
    memset(text, 'a', 4090);
    memcpy(text + 4090, "\nb\n", 4);
    expect_absent(text, "a b", "a");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_found_wherever_they_stand),
        cmocka_unit_test(a_part_of_a_name_is_another_name),
        cmocka_unit_test(nothing_is_in_nothing),
        cmocka_unit_test(a_name_longer_than_any_is_none_that_is_wanted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
