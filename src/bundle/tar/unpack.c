#include "tar/unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "bundle/bytes/digest.h"
#include "bundle/bytes/ring.h"
#include "platform/thread.h"
#include "util/mem.h"

enum ud_code ud_filters_reader(struct archive **ret, struct ud_error *err)
{
    struct archive *reader = archive_read_new();
    if (reader == NULL) {
        return ud_fail(err, UD_ERR_INTERNAL, NULL, "libarchive cannot start: out of memory");
    }
    if (archive_read_support_filter_gzip(reader) != ARCHIVE_OK ||
        archive_read_support_filter_bzip2(reader) != ARCHIVE_OK ||
        archive_read_support_filter_xz(reader) != ARCHIVE_OK ||
        archive_read_support_filter_zstd(reader) != ARCHIVE_OK ||
        archive_read_support_filter_rpm(reader) != ARCHIVE_OK ||
        archive_read_support_format_raw(reader) != ARCHIVE_OK) {
        (void)archive_read_free(reader);
        return ud_fail(err, UD_ERR_INTERNAL, NULL,
                       "this program's libarchive lacks gzip, bzip2, xz, zstd or rpm");
    }
    *ret = reader;
    return UD_OK;
}

enum { RING_SIZE = 2 * 1024 * 1024, INPUT_SIZE = 256 * 1024 };

/* Several times the largest kernel; what unpacks to more is not one. */
static const uint64_t UNPACKED_MAX = (uint64_t)16 << 30;

struct ud_unpack {
    struct ud_unpack_input input;
    struct ud_ring *ring;
    struct ud_thread *thread;
    char *buf; /* INPUT_SIZE */
    struct ud_digest *digest;
    char hex[UD_DIGEST_HEX_SIZE];
    /* The thread's until it is joined. */
    bool at_end;
    enum ud_code rc;
    struct ud_error err;
    /* Everybody's. */
    atomic_uint_least64_t in;
    atomic_uint_least64_t out;
    atomic_bool abandoned; /* the rest of the input does not matter */
};

/* Reads and accounts; 0 bytes at the end, on failure (see rc) and if abandoned. */
static size_t unpack_read_input(struct ud_unpack *unpack)
{
    size_t n = 0;
    if (unpack->at_end || unpack->rc != UD_OK || atomic_load(&unpack->abandoned)) {
        return 0;
    }
    unpack->rc = unpack->input.read(unpack->input.ctx, unpack->buf, INPUT_SIZE, &n, &unpack->err);
    if (unpack->rc != UD_OK) {
        return 0;
    }
    unpack->at_end = n == 0;
    if (unpack->digest != NULL) {
        ud_digest_add(unpack->digest, unpack->buf, n);
    }
    atomic_fetch_add(&unpack->in, n);
    return n;
}

static la_ssize_t unpack_on_read(struct archive *reader, void *ctx, const void **ret)
{
    struct ud_unpack *unpack = ctx;
    size_t n = unpack_read_input(unpack);
    *ret = unpack->buf;
    if (unpack->rc != UD_OK) {
        archive_set_error(reader, EIO, "%s", unpack->err.message);
        return ARCHIVE_FATAL;
    }
    return (la_ssize_t)n;
}

/* Unless reading failed already, which is then the cause. Nothing at all makes
 * an empty stream, which the consumer can name better. */
static void unpack_fail_damaged(struct ud_unpack *unpack, struct archive *reader)
{
    const char *reason = archive_error_string(reader);
    bool is_empty = atomic_load(&unpack->in) == 0;
    if (unpack->rc == UD_OK && !is_empty && !atomic_load(&unpack->abandoned)) {
        unpack->rc = ud_fail(&unpack->err, UD_ERR_SOURCE,
                             "Fetch it again; it is damaged or cut short.", "cannot unpack %s: %s",
                             unpack->input.name, reason != NULL ? reason : "damaged data");
    }
}

static bool within_limit(struct ud_unpack *unpack, size_t len)
{
    uint64_t before = atomic_fetch_add(&unpack->out, len);
    if (before + len <= UNPACKED_MAX) {
        return true;
    }
    unpack->rc = ud_fail(&unpack->err, UD_ERR_SOURCE, NULL,
                         "%s unpacks to more than any kernel's sources", unpack->input.name);
    return false;
}

static void unpack_all(struct ud_unpack *unpack, struct archive *reader)
{
    struct archive_entry *entry = NULL;
    if (archive_read_open(reader, unpack, NULL, unpack_on_read, NULL) != ARCHIVE_OK ||
        archive_read_next_header(reader, &entry) != ARCHIVE_OK) {
        unpack_fail_damaged(unpack, reader);
        return;
    }
    for (;;) {
        const void *block = NULL;
        size_t len = 0;
        la_int64_t offset = 0;
        int status = archive_read_data_block(reader, &block, &len, &offset);
        if (status == ARCHIVE_EOF) {
            return;
        }
        if (status != ARCHIVE_OK) {
            unpack_fail_damaged(unpack, reader);
            return;
        }
        if (!within_limit(unpack, len) || !ud_ring_put(unpack->ring, block, len)) {
            return;
        }
    }
}

static void unpack_run(void *arg)
{
    struct ud_unpack *unpack = arg;
    struct archive *reader = NULL;
    unpack->rc = ud_filters_reader(&reader, &unpack->err);
    if (unpack->rc == UD_OK) {
        unpack_all(unpack, reader);
        (void)archive_read_free(reader);
    }
    ud_ring_end(unpack->ring);
    /* What follows the last wanted byte counts for the digest all the same. */
    while (unpack->digest != NULL && unpack_read_input(unpack) > 0) {
    }
}

enum ud_code ud_unpack_start(const struct ud_unpack_input *input, struct ud_unpack **ret,
                             struct ud_error *err)
{
    struct ud_unpack *unpack = ud_alloc(1, sizeof *unpack);
    unpack->input = *input;
    unpack->ring = ud_ring_new(RING_SIZE);
    unpack->buf = ud_alloc(INPUT_SIZE, 1);
    unpack->digest = input->digest ? ud_digest_new() : NULL;
    enum ud_code rc = ud_thread_start(unpack_run, unpack, &unpack->thread, err);
    if (rc != UD_OK) {
        ud_unpack_free(unpack); /* joins no thread */
        return rc;
    }
    *ret = unpack;
    return UD_OK;
}

static void unpack_join(struct ud_unpack *unpack)
{
    ud_ring_stop(unpack->ring);
    ud_thread_join(unpack->thread);
    unpack->thread = NULL;
}

size_t ud_unpack_next(struct ud_unpack *unpack, const void **ret_data)
{
    return ud_ring_next(unpack->ring, ret_data);
}

static enum ud_code unpack_outcome(const struct ud_unpack *unpack, struct ud_error *err)
{
    if (unpack->rc != UD_OK && err != NULL) {
        *err = unpack->err;
    }
    return unpack->rc;
}

enum ud_code ud_unpack_abandon(struct ud_unpack *unpack, struct ud_error *err)
{
    atomic_store(&unpack->abandoned, true);
    unpack_join(unpack);
    return unpack_outcome(unpack, err);
}

enum ud_code ud_unpack_finish(struct ud_unpack *unpack, struct ud_error *err)
{
    unpack_join(unpack);
    UD_TRY(unpack_outcome(unpack, err));
    if (unpack->digest != NULL && unpack->hex[0] == '\0') {
        ud_digest_hex(unpack->digest, unpack->hex);
    }
    return UD_OK;
}

void ud_unpack_free(struct ud_unpack *unpack)
{
    if (unpack != NULL) {
        (void)!ud_unpack_abandon(unpack, NULL);
        ud_ring_free(unpack->ring);
        ud_digest_free(unpack->digest);
        free(unpack->buf);
        free(unpack);
    }
}

const char *ud_unpack_digest(const struct ud_unpack *unpack)
{
    return unpack->hex[0] != '\0' ? unpack->hex : NULL;
}

uint64_t ud_unpack_bytes_in(const struct ud_unpack *unpack)
{
    return atomic_load(&unpack->in);
}

uint64_t ud_unpack_bytes_out(const struct ud_unpack *unpack)
{
    return atomic_load(&unpack->out);
}
