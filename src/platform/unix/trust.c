#include "trust.h"

#include <stdlib.h>

#include "platform/fs.h"
#include "platform/host.h"
#include "util/mem.h"

/* The most particular first: /etc/ssl/cert.pem is on several of these systems, and on one of
 * another kind it may be a leftover. */
static const char *const places[] = {
    "/etc/ssl/certs/ca-certificates.crt",                /* Debian, Ubuntu, Arch, Gentoo, Alpine */
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", /* Fedora, RHEL and their kin */
    "/etc/pki/tls/certs/ca-bundle.crt",                  /* older of those */
    "/var/lib/ca-certificates/ca-bundle.pem",            /* SUSE */
    "/etc/ssl/ca-bundle.pem",                            /* older of that: a link to it */
    "/etc/ssl/certs/ca-bundle.crt",                      /* NixOS */
    "/etc/ssl/cert.pem",                                 /* macOS, FreeBSD, OpenBSD, Alpine */
    "/usr/local/share/certs/ca-root-nss.crt",            /* FreeBSD: package ca_root_nss */
    "/usr/local/etc/ssl/cert.pem",                       /* FreeBSD: what links to that */
    "/etc/openssl/certs/ca-certificates.crt",            /* NetBSD */
    "/opt/homebrew/etc/ca-certificates/cert.pem",        /* macOS: Homebrew */
    "/usr/local/etc/ca-certificates/cert.pem",           /* the same on Intel */
};

char *ud_trust_find(const char *root)
{
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        char *path = ud_strf("%s%s", root, places[i]);
        if (ud_fs_kind(path) == UD_FS_FILE) {
            return path;
        }
        free(path);
    }
    return NULL;
}

/* Set and not empty, else NULL. */
static char *trust_variable(const char *name)
{
    const char *value = getenv(name);
    return value != NULL && value[0] != '\0' ? ud_strdup(value) : NULL;
}

void ud_host_trust(struct ud_host_trust *ret)
{
    *ret = (struct ud_host_trust){
        .file = trust_variable("SSL_CERT_FILE"),
        .dir = trust_variable("SSL_CERT_DIR"),
    };
    if (ret->file == NULL && ret->dir == NULL) {
        ret->file = ud_trust_find("");
    }
}

void ud_host_trust_done(struct ud_host_trust *trust)
{
    free(trust->file);
    free(trust->dir);
    *trust = (struct ud_host_trust){0};
}
