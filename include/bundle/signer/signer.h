/* Signs modules as the kernel's scripts/sign-file does: behind the module a CMS
 * SignedData without certificates and without signed attributes, a struct
 * module_signature and a marker (see kernel/elf/modsig.h). The signer is named by
 * issuer and serial number.
 *
 * The private key stays in this process. Kernels verify RSA, and from 5.13 on
 * ECDSA. */
#ifndef BUNDLE_SIGNER_SIGNER_H
#define BUNDLE_SIGNER_SIGNER_H

#include "util/buf.h"
#include "util/error.h"

/* The environment variable with the passphrase of an encrypted key. */
#define UD_SIGNER_PASSPHRASE "USBIPD_DESKTOP_SIGN_PASSPHRASE"

struct ud_signer;

/* Reads a private key (PEM or DER; PKCS#8, PKCS#1 or SEC1) and an X.509 certificate
 * (PEM or DER); cert_path NULL: it is in the key's file, in PEM. Of several
 * certificates the one of this key is taken.
 * Errors: UD_ERR_NOT_FOUND, UD_ERR_DENIED, UD_ERR_IO; UD_ERR_USAGE for what is no
 * key or no certificate, for a missing or wrong passphrase, and for a certificate
 * of another key. */
UD_MUST_CHECK enum ud_code ud_signer_open(const char *key_path, const char *cert_path,
                                          struct ud_signer **ret, struct ud_error *err);

/* Overwrites the key. NULL is fine. */
void ud_signer_free(struct ud_signer *signer);

/* The digest by the kernel's name for it ("sha256", "sha3-256"); UD_ERR_USAGE if
 * signatures of this key cannot be made with it. It is sha256 unless this is called. */
UD_MUST_CHECK enum ud_code ud_signer_use_hash(struct ud_signer *signer, const char *hash,
                                              struct ud_error *err);

/* Borrowed. The key as the kernel lists it: the certificate's subject key
 * identifier or, if it has none, its serial number, in hex. */
const char *ud_signer_key_id(const struct ud_signer *signer);
const char *ud_signer_subject(const struct ud_signer *signer); /* "CN=…, O=…" */
const char *ud_signer_hash(const struct ud_signer *signer);    /* "sha256" */

/* What is odd about the certificate's dates, as one static clause, or NULL. The
 * kernel does not look at them. */
const char *ud_signer_oddity(const struct ud_signer *signer);

/* Appends the signature of what is in module. UD_ERR_INTERNAL, UD_ERR_PROTOCOL if
 * the buffer has no room. */
UD_MUST_CHECK enum ud_code ud_signer_sign(struct ud_signer *signer, struct ud_buf *module,
                                          struct ud_error *err);

#endif
