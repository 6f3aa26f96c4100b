/* Fetching a file from the web. */
#ifndef TRANSPORT_DOWNLOAD_H
#define TRANSPORT_DOWNLOAD_H

#include "transport/http.h"
#include "transport/url.h"

struct ud_download {
    const struct ud_url *url;       /* https:// or http:// */
    struct ud_sink sink;            /* receives the content in order */
    uint64_t max;                   /* bytes; more is UD_ERR_PROTOCOL. 0: no limit */
    const struct ud_report *report; /* gets progress in "B"; may be NULL */
};

/* GETs a URL on an http made for the web. Certificates are verified. A status
 * other than 200 is UD_ERR_NOT_FOUND (404, 410) or UD_ERR_SOURCE. Gives up when
 * nothing arrives for 60 s. */
UD_MUST_CHECK enum ud_code ud_download(struct ud_http *web, const struct ud_download *download,
                                       uint64_t *ret_len, struct ud_error *err);

#endif
