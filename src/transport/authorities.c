#include "transport/authorities.h"

#include <string.h>

#include "platform/fs.h"

/* RFC 7468, section 5.1; no other label is read by mbed TLS (library/x509_crt.c) and Schannel's
 * side of libcurl (lib/vtls/schannel_verify.c). */
#define CERTIFICATE "-----BEGIN CERTIFICATE-----"

enum ud_code ud_authorities_read(const char *path, struct ud_buf *ret, struct ud_error *err)
{
    const size_t before = ret->len;
    UD_TRY(ud_fs_read(path, ret, err));
    if (strstr(ret->data + before, CERTIFICATE) != NULL) {
        return UD_OK;
    }
    return ud_fail(err, UD_ERR_USAGE,
                   "A certificate in the binary form DER becomes PEM by `openssl x509 -inform der "
                   "-in FILE -out FILE.pem`.",
                   "there is no certificate in PEM in %s", path);
}
