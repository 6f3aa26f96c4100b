/* The signature that the kernel's scripts/sign-file appends to a module:
 *
 *   module | CMS SignedData in DER | struct module_signature (12 bytes) | a marker text
 *
 * Facts: include/linux/module_signature.h, kernel/module/signing.c, RFC 5652. Only
 * what is told of the signature is read; whether it is right, the kernel decides. */
#ifndef KERNEL_ELF_MODSIG_H
#define KERNEL_ELF_MODSIG_H

#include <stdbool.h>
#include <stddef.h>

enum ud_modsig_state {
    UD_MODSIG_NONE,   /* not signed */
    UD_MODSIG_BROKEN, /* the marker is there, but no signature that can be read before it */
    UD_MODSIG_SIGNED
};

enum {
    UD_MODSIG_ID_MAX = 64, /* bytes of a key identifier or serial number */
    UD_MODSIG_HEADER = 12, /* bytes of struct module_signature */
    UD_MODSIG_PKCS7 = 2,   /* its id_type */
    UD_MODSIG_ID_HEX = 2 * UD_MODSIG_ID_MAX + 1
};

#define UD_MODSIG_MARK "~Module signature appended~\n"

struct ud_modsig {
    enum ud_modsig_state state;
    const char *wrong;             /* static, one clause; UD_MODSIG_BROKEN only */
    size_t payload;                /* bytes before the signature: the module itself */
    const char *hash;              /* "sha256"; static, "" if it is none that is known here */
    char key_id[UD_MODSIG_ID_HEX]; /* subject key identifier, or "" if named by the next */
    char serial[UD_MODSIG_ID_HEX]; /* of the signer's certificate, or "" */
};

/* Never fails. */
void ud_modsig_parse(const void *data, size_t len, struct ud_modsig *ret);

#endif
