/* What the two files of the duplex share. */
#ifndef TRANSPORT_DUPLEX_INTERNAL_H
#define TRANSPORT_DUPLEX_INTERNAL_H

#include "http_internal.h"
#include "transport/duplex.h"

struct ud_duplex {
    struct ud_http_transfer *t;
    curl_socket_t socket; /* borrowed from libcurl, to wait for */
    struct ud_buf early;  /* what came together with the header */
    size_t early_at;
    bool sent_all; /* nothing more can or will be sent */
};

/* As ud_duplex_recv, passing by what is in early. */
UD_MUST_CHECK enum ud_code ud_duplex_recv_socket(struct ud_duplex *d, void *dst, size_t room,
                                                 size_t *ret_len, bool *ret_end,
                                                 struct ud_error *err);

#endif
