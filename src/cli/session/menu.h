/* A list from which one thing is chosen by keys. It draws into a buffer and reads no terminal
 * itself: bytes of keys go in. */
#ifndef CLI_SESSION_MENU_H
#define CLI_SESSION_MENU_H

#include <stdbool.h>
#include <stddef.h>

#include "report/style.h"
#include "util/buf.h"
#include "util/strv.h"

enum ud_menu_state { UD_MENU_OPEN, UD_MENU_CHOSEN, UD_MENU_LEFT };

struct ud_menu {
    const struct ud_strv *lines; /* borrowed; one at least */
    size_t at;                   /* the one that is marked */
    size_t number;               /* that was typed so far, 0: none */
    unsigned escape;             /* bytes of an escape sequence that came so far */
    enum ud_menu_state state;
};

void ud_menu_init(struct ud_menu *menu, const struct ud_strv *lines);

/* Takes keys, as a terminal sends them: arrows, j and k move the mark, the digits of a number set
 * it, Enter chooses; q, Ctrl-C and Ctrl-D leave. A number that is not there sets nothing. */
void ud_menu_feed(struct ud_menu *menu, const char *keys, size_t len);

/* Adds the list with its mark; again: in the place of the one that was drawn last. Lines end
 * with CR LF and are cut at width. */
void ud_menu_draw(const struct ud_menu *menu, const struct ud_style *style, bool again,
                  struct ud_buf *out);

#endif
