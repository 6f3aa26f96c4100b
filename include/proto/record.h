/* The stream that the helper writes to its standard output: records of
 *
 *     u8 type, 3 bytes zero, u32 payload length (big-endian), payload
 *
 * HELLO comes first, END last, each exactly once, so that an answer that was
 * cut off is noticed. Texts in a payload are separated by NULs and the last one
 * ends with the payload. The same code encodes (helper) and decodes (host). */
#ifndef PROTO_RECORD_H
#define PROTO_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/verdict.h"
#include "util/buf.h"
#include "util/error.h"

enum {
    UD_RECORD_HEADER_SIZE = 8,
    UD_RECORD_PAYLOAD_MAX = 256 * 1024,
    UD_RECORD_NAME_MAX = 600 /* bytes of a key or name, at least 1 */
};

enum ud_record_type {
    UD_RECORD_HELLO = 1, /* version */
    UD_RECORD_FACT,      /* key NUL value; see proto/ops.h for keys */
    UD_RECORD_BLOB,      /* key NUL bytes; the bytes of records with the same key belong together */
    UD_RECORD_RESULT,    /* name NUL verdict NUL errno number NUL detail */
    UD_RECORD_KLOG,      /* module name NUL one line of the kernel's log */
    UD_RECORD_END        /* error name (see ud_error_name; "ok") NUL message */
};

/* One record. Members that its type does not have are "", 0 or NULL, never garbage. */
struct ud_record {
    enum ud_record_type type;
    const char *name; /* FACT, BLOB: the key; RESULT, KLOG: module or symbol */
    const char *text; /* HELLO: version; FACT: value; RESULT: detail; KLOG: line; END: message */
    const char *data; /* BLOB; may hold NULs, one more NUL follows it */
    size_t len;       /* BLOB */
    enum ud_verdict verdict; /* RESULT */
    int errnum;              /* RESULT: Linux errno number (not the host's), 0 for none */
    enum ud_code code;       /* END: UD_OK or why the operation failed */
};

/* Each adds one record to buf. Names longer than UD_RECORD_NAME_MAX and texts
 * that would not fit into a payload are cut, so that what is written can
 * always be read; the buffer's own maximum is the caller's to check. */
void ud_record_add_hello(struct ud_buf *buf, const char *version);
void ud_record_add_fact(struct ud_buf *buf, const char *key, const char *value);
void ud_record_add_result(struct ud_buf *buf, const char *name, enum ud_verdict verdict, int errnum,
                          const char *detail);
void ud_record_add_klog(struct ud_buf *buf, const char *name, const char *line);
void ud_record_add_end(struct ud_buf *buf, enum ud_code code, const char *message);

/* As many BLOB records as len needs; one with no bytes if len is 0. */
void ud_record_add_blob(struct ud_buf *buf, const char *key, const void *data, size_t len);

/* Called for each record. What record points to is valid during the call only.
 * A failure stops the decoder and is returned by ud_record_feed. */
typedef enum ud_code ud_record_fn(void *ctx, const struct ud_record *record, struct ud_error *err);

/* An incremental decoder; its members are its own. */
struct ud_record_decoder {
    const char *version; /* borrowed */
    ud_record_fn *fn;
    void *ctx;
    unsigned char header[UD_RECORD_HEADER_SIZE];
    size_t header_len;
    uint32_t payload_len;
    struct ud_buf payload;
    bool greeted;
    bool ended;
    struct ud_error failed; /* code UD_OK while all is well */
};

/* version is what HELLO must carry, exactly: host and helper come from one
 * build. It must outlive the decoder. */
void ud_record_decoder_init(struct ud_record_decoder *dec, const char *version, ud_record_fn *fn,
                            void *ctx);
void ud_record_decoder_done(struct ud_record_decoder *dec);

/* Takes the next len bytes, in pieces of any size. UD_ERR_PROTOCOL says what is
 * wrong: an unknown type, a bad header, a payload over the maximum, missing or
 * extra NULs, an unknown verdict, a HELLO that is missing, repeated or of
 * another version, bytes after END. After a failure every further call repeats
 * the error. */
UD_MUST_CHECK enum ud_code ud_record_feed(struct ud_record_decoder *dec, const void *data,
                                          size_t len, struct ud_error *err);

/* To be called when the stream has ended: UD_ERR_PROTOCOL if END did not come
 * or feeding failed. Whether the operation itself went well is in END's code,
 * which the callback got. */
UD_MUST_CHECK enum ud_code ud_record_finish(const struct ud_record_decoder *dec,
                                            struct ud_error *err);

#endif
