#include "kernel/elf/modsig.h"

#include <stdint.h>
#include <string.h>

#include "elf/der.h"
#include "util/str.h"

#define OID(text) (text), sizeof(text) - 1

static const char signed_data[] = "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";

/* Digests that CONFIG_MODULE_SIG_HASH can name, by their object identifiers. */
static const struct {
    const char *oid;
    size_t len;
    const char *name;
} hashes[] = {
    {OID("\x2b\x0e\x03\x02\x1a"), "sha1"},
    {OID("\x60\x86\x48\x01\x65\x03\x04\x02\x01"), "sha256"},
    {OID("\x60\x86\x48\x01\x65\x03\x04\x02\x02"), "sha384"},
    {OID("\x60\x86\x48\x01\x65\x03\x04\x02\x03"), "sha512"},
    {OID("\x60\x86\x48\x01\x65\x03\x04\x02\x04"), "sha224"},
    {OID("\x60\x86\x48\x01\x65\x03\x04\x02\x08"), "sha3-256"},
    {OID("\x60\x86\x48\x01\x65\x03\x04\x02\x09"), "sha3-384"},
    {OID("\x60\x86\x48\x01\x65\x03\x04\x02\x0a"), "sha3-512"},
};

static const char *hash_name(struct ud_der oid)
{
    for (size_t i = 0; i < sizeof hashes / sizeof *hashes; i++) {
        if (oid.len == hashes[i].len && memcmp(oid.ptr, hashes[i].oid, oid.len) == 0) {
            return hashes[i].name;
        }
    }
    return "";
}

/* Without a member that need not be there. */
static void modsig_skip(struct ud_der *rest, int tag)
{
    struct ud_der ignored;
    (void)ud_der_take(rest, tag, &ignored);
}

static bool take_id(struct ud_der *rest, int tag, char dst[UD_MODSIG_ID_HEX])
{
    struct ud_der id;
    if (!ud_der_take(rest, tag, &id) || id.len == 0 || id.len > UD_MODSIG_ID_MAX) {
        return false;
    }
    ud_str_hex(id.ptr, id.len, dst);
    return true;
}

/* SignerIdentifier: issuerAndSerialNumber or [0] subjectKeyIdentifier. */
static bool read_signer_id(struct ud_der *info, struct ud_modsig *sig)
{
    struct ud_der pair, issuer;
    if (ud_der_peek(*info) == UD_DER_CONTEXT_0) {
        return take_id(info, UD_DER_CONTEXT_0, sig->key_id);
    }
    return ud_der_take(info, UD_DER_SEQUENCE, &pair) &&
           ud_der_take(&pair, UD_DER_SEQUENCE, &issuer) &&
           take_id(&pair, UD_DER_INTEGER, sig->serial);
}

static bool read_signer_info(struct ud_der info, struct ud_modsig *sig)
{
    struct ud_der version, algorithm, oid;
    if (!ud_der_take(&info, UD_DER_INTEGER, &version) || !read_signer_id(&info, sig) ||
        !ud_der_take(&info, UD_DER_SEQUENCE, &algorithm) ||
        !ud_der_take(&algorithm, UD_DER_OID, &oid)) {
        return false;
    }
    sig->hash = hash_name(oid);
    return true;
}

/* ContentInfo, SignedData, and of its signers the first. */
static bool read_cms(struct ud_der cms, struct ud_modsig *sig)
{
    struct ud_der info, type, explicit_0, data, member, signers, signer;
    if (!ud_der_take(&cms, UD_DER_SEQUENCE, &info) || !ud_der_take(&info, UD_DER_OID, &type) ||
        type.len != sizeof signed_data - 1 || memcmp(type.ptr, signed_data, type.len) != 0 ||
        !ud_der_take(&info, UD_DER_CONSTRUCTED_0, &explicit_0) ||
        !ud_der_take(&explicit_0, UD_DER_SEQUENCE, &data)) {
        return false;
    }
    if (!ud_der_take(&data, UD_DER_INTEGER, &member) || !ud_der_take(&data, UD_DER_SET, &member) ||
        !ud_der_take(&data, UD_DER_SEQUENCE, &member)) {
        return false;
    }
    modsig_skip(&data, UD_DER_CONSTRUCTED_0); /* certificates */
    modsig_skip(&data, UD_DER_CONSTRUCTED_1); /* revocation lists */
    return ud_der_take(&data, UD_DER_SET, &signers) &&
           ud_der_take(&signers, UD_DER_SEQUENCE, &signer) && read_signer_info(signer, sig);
}

static void modsig_broken(struct ud_modsig *sig, const char *wrong)
{
    *sig = (struct ud_modsig){
        .state = UD_MODSIG_BROKEN, .wrong = wrong, .payload = sig->payload, .hash = ""};
}

/* data ends before the marker. */
static void read_trailer(const unsigned char *data, size_t len, struct ud_modsig *sig)
{
    sig->payload = len;
    if (len < UD_MODSIG_HEADER) {
        modsig_broken(sig, "the file has no room for a signature");
        return;
    }
    const unsigned char *head = data + len - UD_MODSIG_HEADER;
    size_t size = (size_t)head[8] << 24 | (size_t)head[9] << 16 | (size_t)head[10] << 8 | head[11];
    if (size == 0 || size > len - UD_MODSIG_HEADER) {
        modsig_broken(sig, "its length is not that of anything in the file");
        return;
    }
    sig->payload = len - UD_MODSIG_HEADER - size;
    const struct ud_der cms = {data + sig->payload, size};
    if (head[2] != UD_MODSIG_PKCS7) {
        modsig_broken(sig, "it is of a kind that kernels no longer take");
    } else if (!read_cms(cms, sig)) {
        modsig_broken(sig, "it is not CMS SignedData");
    }
}

void ud_modsig_parse(const void *data, size_t len, struct ud_modsig *ret)
{
    const size_t mark = sizeof UD_MODSIG_MARK - 1;
    const unsigned char *bytes = data;
    *ret = (struct ud_modsig){.state = UD_MODSIG_NONE, .payload = len, .hash = ""};
    if (len >= mark && memcmp(bytes + len - mark, UD_MODSIG_MARK, mark) == 0) {
        ret->state = UD_MODSIG_SIGNED;
        read_trailer(bytes, len - mark, ret);
    }
}
