/* What goes wrong with TLS, and what to do about it. libcurl has one code for all that can be
 * wrong with a certificate; which it is, only the text of the TLS library tells. */
#include "http_internal.h"

#include <stdlib.h>
#include <string.h>

#include "util/mem.h"
#include "util/str.h"

enum tls_trouble {
    TLS_OTHER,
    TLS_UNTRUSTED,
    TLS_OTHER_NAME,
    TLS_EXPIRED,
    TLS_NOT_YET,
    TLS_REFUSED, /* by the other side, in TLS' words */
    TLS_CUT_OFF, /* without a word */
    TLS_NO_TLS
};

/* The first that is found counts. mbed TLS: library/x509_crt.c, x509_crt_verify_strings, and
 * error.c. Schannel: libcurl's lib/vtls/schannel.c and schannel_verify.c. */
static const struct {
    const char *text;
    enum tls_trouble trouble;
} tls_texts[] = {
    {"not correctly signed by the trusted CA", TLS_UNTRUSTED},
    {"CERT_TRUST_IS_UNTRUSTED_ROOT", TLS_UNTRUSTED},
    {"CERT_TRUST_IS_PARTIAL_CHAIN", TLS_UNTRUSTED},
    {"SEC_E_UNTRUSTED_ROOT", TLS_UNTRUSTED},
    {"does not match with the expected CN", TLS_OTHER_NAME},
    {"certificate name verification failed", TLS_OTHER_NAME},
    {"failed to match connection hostname", TLS_OTHER_NAME},
    {"SEC_E_WRONG_PRINCIPAL", TLS_OTHER_NAME},
    {"certificate validity has expired", TLS_EXPIRED},
    {"CERT_TRUST_IS_NOT_TIME_VALID", TLS_EXPIRED},
    {"SEC_E_CERT_EXPIRED", TLS_EXPIRED},
    {"validity starts in the future", TLS_NOT_YET},
    {"fatal alert message was received", TLS_REFUSED},
    {"connection indicated an EOF", TLS_CUT_OFF},
    {"reset by peer", TLS_CUT_OFF},
    {"invalid SSL record was received", TLS_NO_TLS},
};

static enum tls_trouble tls_trouble_in(const char *says)
{
    for (size_t i = 0; i < sizeof tls_texts / sizeof tls_texts[0]; i++) {
        if (strstr(says, tls_texts[i].text) != NULL) {
            return tls_texts[i].trouble;
        }
    }
    return TLS_OTHER;
}

bool ud_http_tls_refused(const char *says)
{
    return tls_trouble_in(says) == TLS_REFUSED;
}

/* Where the authorities were looked up that the certificate was compared with. */
static const char *tls_authorities(const struct ud_http_transfer *t)
{
    const struct ud_host_trust *trust = &t->http->trust;
    if (t->http->endpoint.ca_file != NULL) {
        return t->http->endpoint.ca_file;
    }
    if (trust->file != NULL) {
        return trust->file;
    }
    return trust->dir != NULL ? trust->dir : "this system's store";
}

static char *tls_no_authority(const struct ud_http_transfer *t)
{
    const char *more = t->http->ca_file;
    /* A store that the system keeps itself is not looked at beside a file. */
    const bool alone = more != NULL && t->http->trust.in_system && t->http->trust.file == NULL;
    return ud_strf("its certificate is from an authority that %s%s%s does not have",
                   more != NULL ? more : "", more != NULL && !alone ? " and " : "",
                   alone ? "" : tls_authorities(t));
}

#define NO_TRUST "there is no file of trusted certificates in any of the usual places"
#define NO_TRUST_REMEDY                                                                            \
    "Install this system's package of certificates (mostly named ca-certificates), or name such "  \
    "a file in SSL_CERT_FILE."

static bool tls_lacks_trust(const struct ud_http_transfer *t)
{
    const struct ud_host_trust *trust = &t->http->trust;
    return t->http->endpoint.ca_file == NULL && t->http->ca_file == NULL && !trust->in_system &&
           trust->file == NULL && trust->dir == NULL;
}

enum ud_code ud_http_check_trust(const struct ud_http_transfer *t, const char *url,
                                 struct ud_error *err)
{
    bool verified = t->http->web || t->http->endpoint.tls_verify;
    if (!verified || !ud_str_starts(url, "https:") || !tls_lacks_trust(t)) {
        return UD_OK;
    }
    return ud_http_cannot_reach(t, NO_TRUST_REMEDY, NO_TRUST, err);
}

/* Of the web, where the user has a say in little but this machine. */
static enum ud_code explain_tls_of_web(const struct ud_http_transfer *t, enum tls_trouble trouble,
                                       const char *says, struct ud_error *err)
{
    switch (trouble) {
    case TLS_UNTRUSTED: {
        /* A redirect from http may lead here without any. */
        if (tls_lacks_trust(t)) {
            return ud_http_cannot_reach(t, NO_TRUST_REMEDY, NO_TRUST, err);
        }
        char *reason = tls_no_authority(t);
        enum ud_code rc = ud_http_cannot_reach(
            t,
            "If a proxy looks into the connections, name the file of its authority with --ca-file; "
            "otherwise set SSL_CERT_FILE to the bundle of certificates this system trusts.",
            reason, err);
        free(reason);
        return rc;
    }
    case TLS_OTHER_NAME:
        return ud_http_cannot_reach(
            t,
            "Check the host's name in the URL, and whether a proxy or a sign-in page of the "
            "network answers in its place.",
            "its certificate is for another name", err);
    case TLS_EXPIRED:
        return ud_http_cannot_reach(
            t, "Check this machine's clock; if it is right, use another server.",
            "its certificate has expired", err);
    case TLS_NOT_YET:
        return ud_http_cannot_reach(t, "Check this machine's clock.",
                                    "its certificate is not valid yet", err);
    case TLS_OTHER:
    case TLS_REFUSED:
    case TLS_CUT_OFF:
    case TLS_NO_TLS:
        break;
    }
    char *reason = ud_strf("TLS: %s", says);
    enum ud_code rc = ud_http_cannot_reach(
        t,
        t->http->ca_file != NULL
            ? "Check the file of --ca-file, SSL_CERT_FILE and SSL_CERT_DIR if they are set, and "
              "the proxy settings."
            : "Check SSL_CERT_FILE and SSL_CERT_DIR if they are set, and the proxy settings.",
        reason, err);
    free(reason);
    return rc;
}

static enum ud_code explain_refusal(const struct ud_http_transfer *t, struct ud_error *err)
{
    const char *cert = t->http->endpoint.cert_file;
    if (cert == NULL) {
        return ud_http_cannot_reach(t, UD_HTTP_CLIENT_REMEDY,
                                    "it refused the connection, and no client certificate was "
                                    "given",
                                    err);
    }
    char *reason = ud_strf("it refused the connection with the client certificate %s", cert);
    enum ud_code rc = ud_http_cannot_reach(
        t,
        "Check that the certificate has not expired and was issued by the authority that the "
        "engine goes by (dockerd --tlscacert).",
        reason, err);
    free(reason);
    return rc;
}

static enum ud_code explain_tls_of_engine(const struct ud_http_transfer *t,
                                          enum tls_trouble trouble, const char *says,
                                          struct ud_error *err)
{
    const struct ud_endpoint *ep = &t->http->endpoint;
    char *reason = NULL;
    const char *remedy = NULL;
    switch (trouble) {
    case TLS_REFUSED:
    case TLS_CUT_OFF:
        return explain_refusal(t, err);
    case TLS_UNTRUSTED:
        reason = tls_no_authority(t);
        remedy = "Put the certificate of the engine's authority into ca.pem in DOCKER_CERT_PATH or "
                 "in the context.";
        break;
    case TLS_OTHER_NAME:
        reason = ud_strf("its certificate is for another name than %s", ep->host);
        remedy = "Name the engine by a name or address that its certificate has, or have a "
                 "certificate issued that has this one.";
        break;
    case TLS_EXPIRED:
        reason = ud_strdup("its certificate has expired");
        remedy = "Check this machine's clock; if it is right, have the engine's certificate "
                 "renewed.";
        break;
    case TLS_NOT_YET:
        reason = ud_strdup("its certificate is not valid yet");
        remedy = "Check this machine's clock and that of the machine which issued the certificate.";
        break;
    case TLS_NO_TLS:
        reason = ud_strdup("it does not speak TLS at this port");
        remedy = "Name the port for TLS, which is mostly 2376, or unset DOCKER_TLS and "
                 "DOCKER_TLS_VERIFY.";
        break;
    case TLS_OTHER:
        reason = ud_strf("TLS: %s", says);
        remedy = "Check ca.pem, cert.pem and key.pem in DOCKER_CERT_PATH or in the context, and "
                 "that the port speaks TLS.";
        break;
    }
    enum ud_code rc = ud_http_cannot_reach(t, remedy, reason, err);
    free(reason);
    return rc;
}

/* A file that cannot be read or is none of certificates; says names it. */
static enum ud_code explain_bad_file(const struct ud_http_transfer *t, const char *says,
                                     struct ud_error *err)
{
    const char *remedy =
        "Check ca.pem, cert.pem and key.pem in DOCKER_CERT_PATH or in the context.";
    if (t->http->endpoint.ca_file == NULL) {
        remedy = t->http->ca_file != NULL
                     ? "Check the file of --ca-file, and SSL_CERT_FILE if it is set."
                     : "Set SSL_CERT_FILE to a PEM file of the certificates this system trusts.";
    }
    return ud_http_cannot_reach(t, remedy, says, err);
}

enum ud_code ud_http_explain_tls(const struct ud_http_transfer *t, CURLcode code, const char *says,
                                 struct ud_error *err)
{
    /* libcurl's text has a line for each fault, of which says is the first. */
    enum tls_trouble trouble = tls_trouble_in(t->curl_error);
    if (code == CURLE_SSL_CACERT_BADFILE) {
        return explain_bad_file(t, says, err);
    }
    return t->http->web ? explain_tls_of_web(t, trouble, says, err)
                        : explain_tls_of_engine(t, trouble, says, err);
}
