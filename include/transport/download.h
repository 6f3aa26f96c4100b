/* Fetching a file from the web. */
#ifndef TRANSPORT_DOWNLOAD_H
#define TRANSPORT_DOWNLOAD_H

#include "transport/http.h"
#include "transport/url.h"

enum { UD_DOWNLOAD_TRIES = 3 };

/* More than any archive of a kernel's sources; what a server sends beyond it would only fill
 * the disk. */
#define UD_DOWNLOAD_BYTES_MAX (UINT64_C(4) << 30)

struct ud_download {
    const struct ud_url *url; /* https:// or http:// */
    struct ud_sink sink;      /* receives the content in order, each byte once */
    /* Empties sink's ctx, so that the content can begin anew. NULL: it cannot. */
    enum ud_code (*forget)(void *ctx, struct ud_error *err);
    uint64_t max;                   /* bytes; more is UD_ERR_SOURCE. 0: UD_DOWNLOAD_BYTES_MAX */
    const struct ud_report *report; /* gets progress in "B"; may be NULL */
};

/* GETs a URL on an http made for the web. Certificates are verified. A status
 * other than 200 is UD_ERR_NOT_FOUND (404, 410) or UD_ERR_SOURCE. Gives up when
 * nothing arrives for 60 s.
 *
 * A download that breaks off is tried UD_DOWNLOAD_TRIES times in all. If the server said how to
 * know the file again (ETag, Last-Modified), it is asked for the rest alone; if it then sends all
 * of it, what the sink has is passed over. If it did not, the sink begins anew. */
UD_MUST_CHECK enum ud_code ud_download(struct ud_http *web, const struct ud_download *download,
                                       uint64_t *ret_len, struct ud_error *err);

#endif
