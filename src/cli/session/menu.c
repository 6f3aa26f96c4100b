#include "session/menu.h"

#include <string.h>

enum {
    KEY_CTRL_C = 3,
    KEY_CTRL_D = 4,
    KEY_ESCAPE = 27,
    MARK_COLUMNS = 8, /* before the text of a line */
    DECIMAL = 10
};

void ud_menu_init(struct ud_menu *menu, const struct ud_strv *lines)
{
    *menu = (struct ud_menu){.lines = lines};
}

static void menu_move(struct ud_menu *menu, bool down)
{
    menu->number = 0;
    if (down && menu->at + 1 < menu->lines->len) {
        menu->at++;
    } else if (!down && menu->at > 0) {
        menu->at--;
    }
}

/* "12" is the twelfth, and "1" the first until the 2 comes. */
static void menu_digit(struct ud_menu *menu, unsigned digit)
{
    size_t longer = menu->number * DECIMAL + digit;
    size_t number = longer <= menu->lines->len ? longer : digit;
    menu->number = number <= menu->lines->len ? number : 0;
    if (menu->number > 0) {
        menu->at = menu->number - 1;
    }
}

/* ESC [ A and ESC O A are up, B is down. */
static bool menu_escape(struct ud_menu *menu, char key)
{
    if (key == KEY_ESCAPE) {
        menu->escape = 1;
        return true;
    }
    if (menu->escape == 1 && (key == '[' || key == 'O')) {
        menu->escape = 2;
        return true;
    }
    bool arrow = menu->escape == 2 && (key == 'A' || key == 'B');
    menu->escape = 0;
    if (arrow) {
        menu_move(menu, key == 'B');
    }
    return arrow;
}

static void menu_key(struct ud_menu *menu, char key)
{
    if (menu_escape(menu, key)) {
        return;
    }
    if (key >= '0' && key <= '9') {
        menu_digit(menu, (unsigned)(key - '0'));
    } else if (key == 'j' || key == 'k') {
        menu_move(menu, key == 'j');
    } else if (key == '\r' || key == '\n') {
        menu->state = UD_MENU_CHOSEN;
    } else if (key == 'q' || key == KEY_CTRL_C || key == KEY_CTRL_D) {
        menu->state = UD_MENU_LEFT;
    }
}

void ud_menu_feed(struct ud_menu *menu, const char *keys, size_t len)
{
    for (size_t i = 0; i < len && menu->state == UD_MENU_OPEN; i++) {
        menu_key(menu, keys[i]);
    }
}

/* As much of the text as there are columns, and no part of a character. */
static int menu_fit(const char *text, unsigned width)
{
    size_t columns = 0;
    size_t len = 0;
    while (text[len] != '\0') {
        columns += ((unsigned char)text[len] & 0xc0) != 0x80 ? 1 : 0;
        if (columns + MARK_COLUMNS >= width) {
            break;
        }
        len++;
    }
    return (int)len;
}

void ud_menu_draw(const struct ud_menu *menu, const struct ud_style *style, bool again,
                  struct ud_buf *out)
{
    if (again) {
        ud_buf_addf(out, "\033[%zuA", menu->lines->len);
    }
    for (size_t i = 0; i < menu->lines->len; i++) {
        const char *text = menu->lines->items[i];
        ud_buf_addf(out, "\r%s %3zu  %.*s%s\r\n", i == menu->at ? ">" : " ", i + 1,
                    menu_fit(text, style->width), text, again ? "\033[K" : "");
    }
}
