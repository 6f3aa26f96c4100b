#include "host/emit.h"

#include <errno.h>
#include <unistd.h>

#include "proto/ops.h"

enum { PIECE = 128 * 1024 };

void ud_emit_init(struct ud_emit *emit, int fd)
{
    *emit = (struct ud_emit){.fd = fd};
    ud_buf_init(&emit->buf, UD_RECORD_PAYLOAD_MAX + UD_RECORD_HEADER_SIZE);
}

void ud_emit_use_words(struct ud_emit *emit, int fd)
{
    emit->fd = fd;
    emit->words = true;
}

void ud_emit_done(struct ud_emit *emit)
{
    ud_buf_done(&emit->buf);
}

void ud_emit_close(struct ud_emit *emit)
{
    (void)close(emit->fd);
    emit->fd = -1;
    emit->closed = true;
}

bool ud_emit_gone(const struct ud_emit *emit)
{
    return emit->gone;
}

static void emit_flush(struct ud_emit *emit)
{
    size_t done = 0;
    while (!emit->gone && !emit->closed && done < emit->buf.len) {
        ssize_t n = write(emit->fd, emit->buf.data + done, emit->buf.len - done);
        if (n > 0) {
            done += (size_t)n;
        } else if (n == 0 || errno != EINTR) {
            emit->gone = true;
        }
    }
    ud_buf_clear(&emit->buf);
}

void ud_emit_hello(struct ud_emit *emit, const char *version)
{
    if (emit->words) {
        return;
    }
    ud_record_add_hello(&emit->buf, version);
    emit_flush(emit);
}

void ud_emit_fact(struct ud_emit *emit, const char *key, const char *value)
{
    if (emit->words) {
        return;
    }
    ud_record_add_fact(&emit->buf, key, value);
    emit_flush(emit);
}

void ud_emit_blob(struct ud_emit *emit, const char *key, const void *data, size_t len)
{
    if (emit->words) {
        return;
    }
    const char *p = data;
    do {
        size_t n = len < PIECE ? len : PIECE;
        ud_record_add_blob(&emit->buf, key, p, n);
        emit_flush(emit);
        p += n;
        len -= n;
    } while (len > 0);
}

static void say_result(struct ud_emit *emit, const char *name, enum ud_verdict verdict,
                       const char *detail)
{
    switch (verdict) {
    case UD_VERDICT_INSERTED:
        ud_buf_addf(&emit->buf, UD_OPS_INSERTED "%s\n", name);
        break;
    case UD_VERDICT_REMOVED:
        ud_buf_addf(&emit->buf, UD_OPS_SAYS "took %s out again\n", name);
        break;
    case UD_VERDICT_KEPT:
        ud_buf_addf(&emit->buf, UD_OPS_SAYS "%s stays: %s\n", name, detail);
        break;
    default: /* there already; or a failure, which is told as an error */
        break;
    }
    emit_flush(emit);
}

void ud_emit_result(struct ud_emit *emit, const char *name, enum ud_verdict verdict, int errnum,
                    const char *detail)
{
    if (emit->words) {
        say_result(emit, name, verdict, detail);
        return;
    }
    ud_record_add_result(&emit->buf, name, verdict, errnum, detail);
    emit_flush(emit);
}

void ud_emit_klog(struct ud_emit *emit, const char *name, const char *line)
{
    if (emit->words) {
        ud_buf_addf(&emit->buf, UD_OPS_SAYS "kernel: %s\n", line);
        emit_flush(emit);
        return;
    }
    ud_record_add_klog(&emit->buf, name, line);
    emit_flush(emit);
}

void ud_emit_end(struct ud_emit *emit, enum ud_code code, const char *message)
{
    if (emit->words || emit->ended) {
        return;
    }
    emit->ended = true;
    ud_record_add_end(&emit->buf, code, message);
    emit_flush(emit);
}
