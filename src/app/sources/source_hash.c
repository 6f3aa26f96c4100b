#include "sources/source_hash.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "platform/file.h"
#include "platform/fs.h"
#include "platform/thread.h"
#include "util/mem.h"

enum { PIECE = 256 * 1024 };

struct ud_source_hash {
    struct ud_file *file;
    struct ud_thread *thread;
    struct ud_digest *digest;
    char *buf; /* PIECE */
    atomic_bool stopped;
    /* The thread's until it is joined. */
    enum ud_code rc;
    struct ud_error err;
};

static void source_hash_run(void *arg)
{
    struct ud_source_hash *hash = arg;
    size_t n = 1;
    while (n > 0 && hash->rc == UD_OK && !atomic_load(&hash->stopped)) {
        hash->rc = ud_file_read(hash->file, hash->buf, PIECE, &n, &hash->err);
        if (hash->rc == UD_OK) {
            ud_digest_add(hash->digest, hash->buf, n);
        }
    }
}

enum ud_code ud_source_hash_start(const char *path, struct ud_source_hash **ret,
                                  struct ud_error *err)
{
    struct ud_file *file = NULL;
    *ret = NULL;
    if (ud_fs_kind(path) != UD_FS_FILE) {
        return UD_OK;
    }
    UD_TRY(ud_file_open(path, &file, err));
    struct ud_source_hash *hash = ud_alloc(1, sizeof *hash);
    hash->file = file;
    hash->digest = ud_digest_new();
    hash->buf = ud_alloc(PIECE, 1);
    enum ud_code rc = ud_thread_start(source_hash_run, hash, &hash->thread, err);
    if (rc != UD_OK) {
        ud_source_hash_free(hash);
        return rc;
    }
    *ret = hash;
    return UD_OK;
}

enum ud_code ud_source_hash_get(struct ud_source_hash *hash, char ret[UD_DIGEST_HEX_SIZE],
                                struct ud_error *err)
{
    ud_thread_join(hash->thread);
    hash->thread = NULL;
    if (hash->rc != UD_OK) {
        return ud_fail(err, hash->rc, hash->err.remedy, "%s", hash->err.message);
    }
    ud_digest_hex(hash->digest, ret);
    return UD_OK;
}

void ud_source_hash_free(struct ud_source_hash *hash)
{
    if (hash != NULL) {
        atomic_store(&hash->stopped, true);
        ud_thread_join(hash->thread);
        ud_digest_free(hash->digest);
        ud_file_free(hash->file);
        free(hash->buf);
        free(hash);
    }
}
