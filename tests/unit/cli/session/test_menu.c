/* Keys, and what they do to the list. */
#include "session/menu.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static struct ud_strv make_lines(size_t count)
{
    struct ud_strv lines = {0};
    for (size_t i = 0; i < count; i++) {
        ud_strv_addf(&lines, "1-%zu", i + 1);
    }
    return lines;
}

static void keys_move_choose_and_leave(void **state)
{
    static const struct {
        const char *keys;
        size_t at;
        enum ud_menu_state end;
    } cases[] = {
        {"", 0, UD_MENU_OPEN},
        {"\033[B", 1, UD_MENU_OPEN},
        {"\033OB\033OB\033[A", 1, UD_MENU_OPEN},
        {"\033[A", 0, UD_MENU_OPEN},
        {"jjk", 1, UD_MENU_OPEN},
        {"\r", 0, UD_MENU_CHOSEN},
        {"\033[B\n", 1, UD_MENU_CHOSEN},
        {"3\r", 2, UD_MENU_CHOSEN},
        {"12\r", 11, UD_MENU_CHOSEN},
        {"13\r", 2, UD_MENU_CHOSEN}, /* there are twelve: it is a 3 */
        {"0\r", 0, UD_MENU_CHOSEN},
        {"q", 0, UD_MENU_LEFT},
        {"\003", 0, UD_MENU_LEFT},
        {"\004", 0, UD_MENU_LEFT},
        {"\033[C\033x2", 1, UD_MENU_OPEN},
        {"2\rq3", 1, UD_MENU_CHOSEN}, /* nothing counts any more */
    };
    (void)state;
    struct ud_strv lines = make_lines(12);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ud_menu menu;
        ud_menu_init(&menu, &lines);
        for (const char *key = cases[i].keys; *key != '\0'; key++) {
            ud_menu_feed(&menu, key, 1); /* however they come */
        }
        if (menu.at != cases[i].at || menu.state != cases[i].end) {
            fail_msg("case %zu: at %zu, state %d", i, menu.at, (int)menu.state);
        }
    }
    ud_strv_done(&lines);
}

static void the_last_line_is_the_end(void **state)
{
    struct ud_strv lines = make_lines(2);
    struct ud_menu menu;
    (void)state;
    ud_menu_init(&menu, &lines);
    ud_menu_feed(&menu, "jjjj", 4);
    assert_int_equal(menu.at, 1);
    ud_strv_done(&lines);
}

static void the_mark_is_drawn_and_long_lines_are_cut(void **state)
{
    const struct ud_style style = {.width = 14};
    struct ud_strv lines = {0};
    struct ud_menu menu;
    struct ud_buf out;
    (void)state;
    ud_strv_add(&lines, "abcdefghij");
    ud_strv_add(&lines, "\xc3\xa4\xc3\xa4");
    ud_menu_init(&menu, &lines);
    ud_menu_feed(&menu, "j", 1);
    ud_buf_init(&out, 4096);
    ud_menu_draw(&menu, &style, false, &out);
    assert_string_equal(out.data, "\r    1  abcde\r\n\r>   2  \xc3\xa4\xc3\xa4\r\n");
    ud_buf_clear(&out);
    ud_menu_draw(&menu, &style, true, &out);
    assert_true(strncmp(out.data, "\033[2A\r ", 6) == 0);
    ud_buf_done(&out);
    ud_strv_done(&lines);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_move_choose_and_leave),
        cmocka_unit_test(the_last_line_is_the_end),
        cmocka_unit_test(the_mark_is_drawn_and_long_lines_are_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
