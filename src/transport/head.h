/* The header of an HTTP answer on a connection that libcurl only made. Pure. */
#ifndef TRANSPORT_HEAD_H
#define TRANSPORT_HEAD_H

#include <stdbool.h>
#include <stddef.h>

#include "util/buf.h"
#include "util/error.h"
#include "util/strv.h"

enum { UD_HEAD_BYTES_MAX = 64 * 1024 };

struct ud_head {
    int status;             /* 0 until its line is there */
    struct ud_strv headers; /* "Name: value" */
    struct ud_buf line;     /* not complete yet */
    size_t bytes;
    bool done;
};

void ud_head_init(struct ud_head *head);
void ud_head_done(struct ud_head *head);

/* Takes bytes until head->done; *ret_used are those that belong to the header,
 * the others follow it. Interim answers (1xx but 101) are passed over; lines may
 * end in LF alone. UD_ERR_PROTOCOL for what is no HTTP/1 or over the maximum. */
UD_MUST_CHECK enum ud_code ud_head_feed(struct ud_head *head, const char *data, size_t len,
                                        size_t *ret_used, struct ud_error *err);

/* What the chunks of a body hold, as far as they are there, in place; the new
 * length. *ret_whole: the last chunk is there. */
size_t ud_head_unchunk(char *data, size_t len, bool *ret_whole);

#endif
