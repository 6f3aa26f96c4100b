/* What ud_duplex_wait_with() has to know of a connection. */
#ifndef TRANSPORT_TCP_INTERNAL_H
#define TRANSPORT_TCP_INTERNAL_H

#include <curl/curl.h>

#include "transport/tcp.h"

struct ud_tcp {
    struct ud_cancel *cancel;
    CURLM *multi;
    CURL *easy;
    curl_socket_t socket; /* borrowed from libcurl, to wait for */
    char *url;
    char *address;
};

#endif
