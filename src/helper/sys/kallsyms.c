#include "sys/kallsyms.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "proto/check.h"
#include "proto/fact.h"
#include "proto/ops.h"
#include "util/mem.h"
#include "util/str.h"

enum { PIECE = 64 * 1024 };

/* What is being sent. */
struct sending {
    struct ud_buf names; /* not sent yet */
    size_t total;        /* bytes of names that were sent */
    size_t lines;        /* understood */
};

/* Nothing can import what the compiler named, such as "foo.cold", nor the padding before
 * each function of Linux 6.4 and later: together they can be half of the table. */
static bool can_be_imported(const char *name)
{
    return ud_check_symbol_name(name) && strpbrk(name, ".$") == NULL &&
           !ud_str_starts(name, "__pfx_");
}

/* line is a text of its own and is taken apart in place. */
static void kallsyms_take_line(struct sending *sending, char *line)
{
    char *type = strchr(line, ' ');
    if (type == NULL || type[1] == '\0' || type[2] != ' ') {
        return;
    }
    char *name = type + 3;
    name[strcspn(name, "\t ")] = '\0';
    sending->lines++;
    if (can_be_imported(name)) {
        ud_buf_adds(&sending->names, name);
        ud_buf_adds(&sending->names, "\n");
    }
}

/* The complete lines in the len bytes at text; the bytes used. */
static size_t take_lines(struct sending *sending, char *text, size_t len)
{
    size_t used = 0;
    char *end;
    while ((end = memchr(text + used, '\n', len - used)) != NULL) {
        *end = '\0';
        kallsyms_take_line(sending, text + used);
        used = (size_t)(end + 1 - text);
    }
    return used;
}

/* What has come together; 0 or an errno number. */
static int kallsyms_send(struct sending *sending, struct ud_emit *emit)
{
    sending->total += sending->names.len;
    if (sending->total > UD_OPS_NAMES_MAX) {
        return EFBIG;
    }
    if (sending->names.len > 0) {
        ud_emit_blob(emit, UD_BLOB_SYMBOLS, sending->names.data, sending->names.len);
        ud_buf_clear(&sending->names);
    }
    return 0;
}

static int kallsyms_send_all(struct sending *sending, int fd, struct ud_emit *emit, char *text)
{
    size_t len = 0;
    while (!ud_emit_gone(emit)) {
        ssize_t n = read(fd, text + len, PIECE - len);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return n < 0 ? errno : kallsyms_send(sending, emit);
        }
        len += (size_t)n;
        size_t used = take_lines(sending, text, len);
        /* A line that fills the whole piece is none of kallsyms: drop it. */
        used = used == 0 && len == PIECE ? len : used;
        memmove(text, text + used, len - used);
        len -= used;
        /* The kernel gives a page at a time. */
        int why = sending->names.len >= PIECE ? kallsyms_send(sending, emit) : 0;
        if (why != 0) {
            return why;
        }
    }
    return 0;
}

int ud_kallsyms_send(int fd, struct ud_emit *emit, size_t *ret_lines)
{
    struct sending sending = {0};
    char *text = ud_alloc(PIECE, 1);
    ud_buf_init(&sending.names, 2 * PIECE);
    int why = kallsyms_send_all(&sending, fd, emit, text);
    *ret_lines = sending.lines;
    ud_buf_done(&sending.names);
    free(text);
    return why;
}
