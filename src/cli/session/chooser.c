#include "session/chooser.h"

#include <stdlib.h>

#include "platform/term.h"
#include "platform/term_raw.h"
#include "util/mem.h"
#include "util/str.h"

enum { DRAWING_MAX = 64 * 1024, KEYS_MAX = 64 };

static void chooser_on_input(void *arg)
{
    (void)arg; /* the use case looks again and again */
}

static void chooser_list(struct ud_chooser *c, const struct ud_listing *listing)
{
    for (size_t i = 0; i < listing->count; i++) {
        const struct ud_listed_device *listed = &listing->devices[i];
        char *line =
            ud_strf("%-9s %04x:%04x  %s%s%s%s", listed->device.busid, listed->device.vendor,
                    listed->device.product, listed->vendor, listed->vendor[0] != '\0' ? " " : "",
                    listed->product, listed->attached ? " (attached)" : "");
        ud_str_sanitize(line);
        ud_strv_add(&c->lines, line);
        free(line);
    }
}

static enum ud_code chooser_write(const struct ud_buf *text, struct ud_error *err)
{
    return ud_term_write(UD_TERM_ERR, text->data, text->len, err);
}

static enum ud_code chooser_draw(const struct ud_chooser *c, bool again, struct ud_error *err)
{
    struct ud_buf text;
    ud_buf_init(&text, DRAWING_MAX);
    ud_menu_draw(&c->menu, &c->session->err_style, again, &text);
    if (!again) {
        ud_buf_adds(&text, c->draws ? "" : "The number, then Enter: ");
    }
    enum ud_code rc = chooser_write(&text, err);
    ud_buf_done(&text);
    return rc;
}

/* A list that is longer than the terminal cannot be drawn in its own place. */
static bool chooser_can_draw(const struct ud_chooser *c)
{
    struct ud_term_size size = {0};
    return ud_term_has_escapes(UD_TERM_ERR) && ud_term_size(&size) && c->lines.len + 2 < size.rows;
}

static enum ud_code chooser_begin(void *ctx, const struct ud_listing *listing, struct ud_error *err)
{
    struct ud_chooser *c = ctx;
    ud_reporter_close(c->session->reporter, false);
    chooser_list(c, listing);
    ud_menu_init(&c->menu, &c->lines);
    c->draws = chooser_can_draw(c);
    struct ud_buf title;
    ud_buf_init(&title, DRAWING_MAX);
    ud_buf_addf(&title, "Which device of %s?%s\n", listing->server,
                c->draws ? " Arrow keys or a number, then Enter; q to leave." : "");
    enum ud_code rc = chooser_write(&title, err);
    ud_buf_done(&title);
    if (rc == UD_OK && c->draws) {
        rc = ud_term_raw_enter(err);
    }
    if (rc == UD_OK) {
        rc = chooser_draw(c, false, err);
    }
    if (rc == UD_OK) {
        rc = ud_input_open(chooser_on_input, c, &c->input, err);
    }
    if (rc != UD_OK) {
        ud_term_raw_leave();
    }
    return rc;
}

static enum ud_code chooser_poll(void *ctx, bool *ret_chosen, size_t *ret, struct ud_error *err)
{
    struct ud_chooser *c = ctx;
    char keys[KEYS_MAX];
    bool end = false;
    size_t len = ud_input_take(c->input, keys, sizeof keys, &end);
    size_t before = c->menu.at;
    ud_menu_feed(&c->menu, keys, len);
    if (c->menu.state == UD_MENU_LEFT || (end && c->menu.state == UD_MENU_OPEN)) {
        return ud_fail(err, UD_ERR_INTERRUPTED, NULL, "no device was chosen");
    }
    if (c->draws && c->menu.at != before) {
        UD_TRY(chooser_draw(c, true, err));
    }
    *ret_chosen = c->menu.state == UD_MENU_CHOSEN;
    *ret = c->menu.at;
    return UD_OK;
}

static void chooser_end(void *ctx)
{
    struct ud_chooser *c = ctx;
    ud_input_close(c->input);
    c->input = NULL;
    ud_term_raw_leave();
    ud_strv_done(&c->lines);
}

bool ud_chooser_init(struct ud_chooser *chooser, struct ud_session *session)
{
    *chooser = (struct ud_chooser){
        .chooser = {chooser, chooser_begin, chooser_poll, chooser_end},
        .session = session,
    };
    return ud_term_in_is_tty() && ud_term_is_tty(UD_TERM_ERR) && !session->common.json &&
           session->common.progress != UD_PROGRESS_JSON;
}
