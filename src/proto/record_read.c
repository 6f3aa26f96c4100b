#include "proto/record.h"

#include <string.h>

#include "util/str.h"

void ud_record_decoder_init(struct ud_record_decoder *dec, const char *version, ud_record_fn *fn,
                            void *ctx)
{
    *dec = (struct ud_record_decoder){.version = version, .fn = fn, .ctx = ctx};
    ud_buf_init(&dec->payload, UD_RECORD_PAYLOAD_MAX);
}

void ud_record_decoder_done(struct ud_record_decoder *dec)
{
    ud_buf_done(&dec->payload);
    *dec = (struct ud_record_decoder){0};
}

static const char *const type_names[] = {
    [UD_RECORD_HELLO] = "HELLO",   [UD_RECORD_FACT] = "FACT", [UD_RECORD_BLOB] = "BLOB",
    [UD_RECORD_RESULT] = "RESULT", [UD_RECORD_KLOG] = "KLOG", [UD_RECORD_END] = "END",
};

static enum ud_code record_read_malformed(const struct ud_record *record, const char *what,
                                          struct ud_error *err)
{
    return ud_fail(err, UD_ERR_PROTOCOL, NULL, "the helper sent a %s record with %s",
                   type_names[record->type], what);
}

static enum ud_code check_order(const struct ud_record_decoder *dec, unsigned type,
                                struct ud_error *err)
{
    if (type < UD_RECORD_HELLO || type > UD_RECORD_END) {
        return ud_fail(err, UD_ERR_PROTOCOL, NULL,
                       "the helper sent something else than records (type %u)", type);
    }
    if (dec->greeted == (type == UD_RECORD_HELLO)) {
        return ud_fail(err, UD_ERR_PROTOCOL, NULL, "the helper sent %s HELLO record",
                       dec->greeted ? "a second" : "another record before its");
    }
    return UD_OK;
}

static enum ud_code record_read_check_header(struct ud_record_decoder *dec, struct ud_error *err)
{
    const unsigned char *h = dec->header;
    UD_TRY(check_order(dec, h[0], err));
    if (h[1] != 0 || h[2] != 0 || h[3] != 0) {
        return ud_fail(err, UD_ERR_PROTOCOL, NULL,
                       "the helper sent a record header whose reserved bytes are not zero");
    }
    dec->payload_len =
        (uint32_t)h[4] << 24 | (uint32_t)h[5] << 16 | (uint32_t)h[6] << 8 | (uint32_t)h[7];
    if (dec->payload_len > UD_RECORD_PAYLOAD_MAX) {
        return ud_fail(err, UD_ERR_PROTOCOL, NULL,
                       "the helper sent a %s record of %lu bytes, more than the %d allowed",
                       type_names[h[0]], (unsigned long)dec->payload_len, UD_RECORD_PAYLOAD_MAX);
    }
    return UD_OK;
}

/* Splits the payload of a type that has count NULs in it and nothing after the
 * last text. The payload buffer itself supplies the final NUL. */
static enum ud_code record_read_split(const struct ud_record_decoder *dec, size_t count,
                                      const char *texts[4], const struct ud_record *record,
                                      struct ud_error *err)
{
    const char *p = dec->payload.data;
    const char *end = p + dec->payload.len;
    for (size_t i = 0;; i++) {
        texts[i] = p;
        const char *nul = memchr(p, '\0', (size_t)(end - p));
        if (nul == NULL) {
            return i == count ? UD_OK : record_read_malformed(record, "too few fields", err);
        }
        if (i == count) {
            return record_read_malformed(record, "too many fields", err);
        }
        p = nul + 1;
    }
}

static enum ud_code check_name(const struct ud_record *record, struct ud_error *err)
{
    size_t len = strlen(record->name);
    if (len == 0 || len > UD_RECORD_NAME_MAX) {
        return record_read_malformed(record, len == 0 ? "an empty name" : "a name that is too long",
                                     err);
    }
    return UD_OK;
}

static enum ud_code parse_named_text(const struct ud_record_decoder *dec, struct ud_record *record,
                                     struct ud_error *err)
{
    const char *texts[4];
    UD_TRY(record_read_split(dec, 1, texts, record, err));
    record->name = texts[0];
    record->text = texts[1];
    return check_name(record, err);
}

static enum ud_code parse_blob(const struct ud_record_decoder *dec, struct ud_record *record,
                               struct ud_error *err)
{
    const char *start = dec->payload.data;
    const char *nul = memchr(start, '\0', dec->payload.len);
    if (nul == NULL) {
        return record_read_malformed(record, "too few fields", err);
    }
    record->name = start;
    record->data = nul + 1;
    record->len = dec->payload.len - (size_t)(record->data - start);
    return check_name(record, err);
}

static enum ud_code parse_result(const struct ud_record_decoder *dec, struct ud_record *record,
                                 struct ud_error *err)
{
    const char *texts[4];
    uint64_t number = 0;
    UD_TRY(record_read_split(dec, 3, texts, record, err));
    record->name = texts[0];
    record->text = texts[3];
    if (!ud_verdict_of(texts[1], &record->verdict)) {
        return record_read_malformed(record, "an unknown verdict", err);
    }
    /* MAX_ERRNO of the kernel */
    if (!ud_str_to_u64(texts[2], &number) || number > 4095) {
        return record_read_malformed(record, "a bad error number", err);
    }
    record->errnum = (int)number;
    return check_name(record, err);
}

static enum ud_code parse_hello(const struct ud_record_decoder *dec, struct ud_record *record,
                                struct ud_error *err)
{
    const char *texts[4];
    UD_TRY(record_read_split(dec, 0, texts, record, err));
    record->text = texts[0];
    if (strcmp(texts[0], dec->version) != 0) {
        return ud_fail(err, UD_ERR_PROTOCOL, NULL,
                       "the helper is of version \"%.64s\", this program of version \"%s\"",
                       texts[0], dec->version);
    }
    return UD_OK;
}

static enum ud_code parse_end(const struct ud_record_decoder *dec, struct ud_record *record,
                              struct ud_error *err)
{
    const char *texts[4];
    UD_TRY(record_read_split(dec, 1, texts, record, err));
    record->text = texts[1];
    record->code = ud_error_named(texts[0]);
    return record->code != UD_CODE_COUNT
               ? UD_OK
               : record_read_malformed(record, "an unknown error name", err);
}

static enum ud_code parse_payload(const struct ud_record_decoder *dec, struct ud_record *record,
                                  struct ud_error *err)
{
    switch (record->type) {
    case UD_RECORD_HELLO:
        return parse_hello(dec, record, err);
    case UD_RECORD_FACT:
    case UD_RECORD_KLOG:
        return parse_named_text(dec, record, err);
    case UD_RECORD_BLOB:
        return parse_blob(dec, record, err);
    case UD_RECORD_RESULT:
        return parse_result(dec, record, err);
    case UD_RECORD_END:
        return parse_end(dec, record, err);
    }
    return ud_fail(err, UD_ERR_INTERNAL, NULL, "a record type is not handled");
}

/* Header and payload are complete. */
static enum ud_code record_read_deliver(struct ud_record_decoder *dec, struct ud_error *err)
{
    struct ud_record record = {
        .type = (enum ud_record_type)dec->header[0], .name = "", .text = "", .verdict = 0};
    UD_TRY(parse_payload(dec, &record, err));
    dec->greeted = true;
    dec->ended = record.type == UD_RECORD_END;
    dec->header_len = 0;
    enum ud_code rc = dec->fn != NULL ? dec->fn(dec->ctx, &record, err) : UD_OK;
    ud_buf_clear(&dec->payload);
    return rc;
}

static size_t record_read_smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Takes what it can of the len > 0 bytes at *data and moves *data on. */
static enum ud_code record_read_step(struct ud_record_decoder *dec, const char **data, size_t len,
                                     struct ud_error *err)
{
    if (dec->ended) {
        return ud_fail(err, UD_ERR_PROTOCOL, NULL, "the helper sent more after its END record");
    }
    if (dec->header_len < UD_RECORD_HEADER_SIZE) {
        size_t n = record_read_smaller(len, UD_RECORD_HEADER_SIZE - dec->header_len);
        memcpy(dec->header + dec->header_len, *data, n);
        dec->header_len += n;
        *data += n;
        if (dec->header_len < UD_RECORD_HEADER_SIZE) {
            return UD_OK;
        }
        UD_TRY(record_read_check_header(dec, err));
    } else {
        size_t n = record_read_smaller(len, dec->payload_len - dec->payload.len);
        ud_buf_add(&dec->payload, *data, n);
        *data += n;
    }
    return dec->payload.len == dec->payload_len ? record_read_deliver(dec, err) : UD_OK;
}

enum ud_code ud_record_feed(struct ud_record_decoder *dec, const void *data, size_t len,
                            struct ud_error *err)
{
    const char *p = data;
    const char *end = p + len;
    while (dec->failed.code == UD_OK && p < end) {
        struct ud_error failed = {0};
        enum ud_code rc = record_read_step(dec, &p, (size_t)(end - p), &failed);
        if (rc != UD_OK) {
            dec->failed = failed;
            dec->failed.code = rc;
        }
    }
    if (dec->failed.code != UD_OK && err != NULL) {
        *err = dec->failed;
    }
    return dec->failed.code;
}

enum ud_code ud_record_finish(const struct ud_record_decoder *dec, struct ud_error *err)
{
    if (dec->failed.code != UD_OK) {
        if (err != NULL) {
            *err = dec->failed;
        }
        return dec->failed.code;
    }
    if (!dec->ended) {
        return ud_fail(err, UD_ERR_PROTOCOL, NULL, "the helper's answer was cut off %s",
                       dec->greeted ? "before its END record" : "at its start");
    }
    return UD_OK;
}
