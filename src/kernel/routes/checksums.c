#include "kernel/routes/checksums.h"

#include <stdbool.h>
#include <string.h>

#include "text/scan.h"
#include "util/str.h"

#define MESSAGE_BEGIN "-----BEGIN PGP SIGNED MESSAGE-----"
#define SIGNATURE_BEGIN "-----BEGIN PGP SIGNATURE-----"

enum { HEX_LEN = 64 };

static bool is_digest(struct ud_slice word)
{
    for (size_t i = 0; i < word.len; i++) {
        char c = word.ptr[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
            return false;
        }
    }
    return word.len == HEX_LEN;
}

/* Skips to the signed text: after the first blank line that follows the armor
 * header (RFC 9580, section 7). */
static bool skip_header(struct ud_slice *rest)
{
    struct ud_slice line;
    bool found = false;
    while (ud_str_next_line(rest, &line)) {
        if (!found) {
            found = ud_slice_equals(ud_slice_trim(line), MESSAGE_BEGIN);
        } else if (ud_slice_trim(line).len == 0) {
            return true;
        }
    }
    return false;
}

/* `digest  name`, as sha256sum writes it. */
static bool checksums_parse_line(struct ud_slice line, struct ud_slice *ret_digest,
                                 struct ud_slice *ret_name)
{
    struct ud_slice more;
    return ud_scan_word(&line, ret_digest) && is_digest(*ret_digest) &&
           ud_scan_word(&line, ret_name) && !ud_scan_word(&line, &more);
}

enum ud_code ud_checksums_find(const char *text, size_t len, const char *file, char ret_hex[65],
                               struct ud_error *err)
{
    struct ud_slice rest = {text, len};
    struct ud_slice line;
    char found[HEX_LEN + 1] = "";
    bool ended = false;
    if (len > UD_CHECKSUMS_TEXT_MAX || !skip_header(&rest)) {
        return ud_fail(err, UD_ERR_PROTOCOL, NULL, "this is not a signed list of checksums");
    }
    while (!ended && ud_str_next_line(&rest, &line)) {
        struct ud_slice digest;
        struct ud_slice name;
        ended = ud_slice_equals(ud_slice_trim(line), SIGNATURE_BEGIN);
        if (ended || !checksums_parse_line(line, &digest, &name) || !ud_slice_equals(name, file)) {
            continue;
        }
        if (found[0] != '\0' && !ud_slice_equals(digest, found)) {
            return ud_fail(err, UD_ERR_PROTOCOL, NULL,
                           "the list of checksums names %s twice, with different digests", file);
        }
        ud_slice_copy(digest, found, sizeof found);
    }
    if (!ended) {
        return ud_fail(err, UD_ERR_PROTOCOL, NULL, "the signed list of checksums has no end");
    }
    if (found[0] == '\0') {
        return ud_fail(err, UD_ERR_NOT_FOUND, NULL, "the list of checksums does not name %s", file);
    }
    memcpy(ret_hex, found, sizeof found);
    return UD_OK;
}
