/* A made-up machine for tests of the helper's operations: a directory that
 * stands for its file system, a kernel that loads and unloads modules as told,
 * and the answer taken apart. Each test has one, on its stack. */
#ifndef TESTS_HELPER_FAKE_H
#define TESTS_HELPER_FAKE_H

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dispatch.h"
#include "ops/ops.h"
#include "util/mem.h"
#include "util/str.h"

enum { FAKE_MODULES = 16, FAKE_SERVER_MS = 300 };

struct fake_module {
    char name[64]; /* with '_' */
    char state[16];
    char users[128];
    int refcount;
};

struct fake {
    char root[64];
    struct fake_module modules[FAKE_MODULES];
    size_t count;

    /* What finit_module of a module ("usb_common") or delete_module gives, and
     * how many times; 0 times: always. Then it goes well. */
    const char *fail_insert;
    int insert_errno;
    int insert_times;
    const char *fail_remove;
    int remove_errno;
    int lazy; /* a module is "Loading" for so many sleeps after its insertion */

    const char *log; /* lines that each failing insertion writes to the log */
    bool log_marked; /* the log was marked, and a line was written since */
    int stop_at;     /* stopped() says true from that call on; 0: never */
    int stop_asked;
    enum ud_code enter_code;
    enum ud_code lock_code;
    int (*attach)(void *ctx, uint32_t port, int fd, uint32_t devid, uint32_t speed);
    int (*detach)(void *ctx, uint32_t port);
    int grant_errno;
    void (*sleeps)(void *ctx); /* called at each sleep: what happens meanwhile */
    int input;                 /* of tunnel */
    int output;
    int close_reader_at; /* the reader goes away at that insertion */
    int insertions;
    int reader;     /* of the pipe or file that the helper writes to */
    char did[8192]; /* "enter lock +usb_common -usb_common ~" */
    unsigned slept_ms;
};

/* ---- files ---- */

static inline void fake_write(const struct fake *f, const char *path, const void *data, size_t len)
{
    char full[1024];
    (void)snprintf(full, sizeof full, "%s%s", f->root, path);
    for (char *p = full + strlen(f->root) + 1; (p = strchr(p, '/')) != NULL; p++) {
        *p = '\0';
        (void)mkdir(full, 0700);
        *p = '/';
    }
    int fd = open(full, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, data, len), (ssize_t)len);
    (void)close(fd);
}

static inline void fake_text(const struct fake *f, const char *path, const char *text)
{
    fake_write(f, path, text, strlen(text));
}

static inline int fake_unlink(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

static inline void fake_forget(const struct fake *f, const char *path)
{
    char full[1024];
    (void)snprintf(full, sizeof full, "%s%s", f->root, path);
    (void)nftw(full, fake_unlink, 16, FTW_DEPTH | FTW_PHYS);
}

/* The note that sysfs shows: build ID of 4 bytes, each with this value. */
static inline void fake_note(unsigned char value, unsigned char ret[20])
{
    static const unsigned char head[16] = {4, 0, 0, 0, 4, 0, 0, 0, 3, 0, 0, 0, 'G', 'N', 'U', 0};
    memcpy(ret, head, sizeof head);
    memset(ret + sizeof head, value, 4);
}

/* ---- modules ---- */

static inline void fake_publish(const struct fake *f)
{
    struct ud_buf buf;
    ud_buf_init(&buf, 65536);
    for (size_t i = 0; i < f->count; i++) {
        const struct fake_module *m = &f->modules[i];
        ud_buf_addf(&buf, "%s 16384 %d %s %s 0x0000000000000000 (O)\n", m->name, m->refcount,
                    m->users[0] != '\0' ? m->users : "-", m->state);
    }
    fake_text(f, "/proc/modules", buf.data);
    ud_buf_done(&buf);
}

static inline struct fake_module *fake_find(struct fake *f, const char *name)
{
    for (size_t i = 0; i < f->count; i++) {
        if (strcmp(f->modules[i].name, name) == 0) {
            return &f->modules[i];
        }
    }
    return NULL;
}

/* A loaded module; its build ID consists of id, 0 for none. */
static inline struct fake_module *fake_load(struct fake *f, const char *name, unsigned char id)
{
    char path[160];
    unsigned char note[20];
    struct fake_module *m = &f->modules[f->count++];
    *m = (struct fake_module){.state = "Live"};
    (void)snprintf(m->name, sizeof m->name, "%s", name);
    (void)snprintf(path, sizeof path, "/sys/module/%s/initstate", name);
    fake_text(f, path, "live\n");
    if (id != 0) {
        fake_note(id, note);
        (void)snprintf(path, sizeof path, "/sys/module/%s/notes/.note.gnu.build-id", name);
        fake_write(f, path, note, sizeof note);
    }
    fake_publish(f);
    return m;
}

static inline void fake_unload(struct fake *f, const char *name)
{
    char path[160];
    struct fake_module *m = fake_find(f, name);
    *m = f->modules[--f->count];
    (void)snprintf(path, sizeof path, "/sys/module/%s", name);
    fake_forget(f, path);
    fake_publish(f);
}

/* A module file for insertion; its content is its name. */
static inline void fake_file(const struct fake *f, const char *name)
{
    char path[160];
    (void)snprintf(path, sizeof path, "/usbipd/modules/%s.ko", name);
    fake_text(f, path, name);
}

/* ---- the kernel ---- */

static inline void fake_did(struct fake *f, const char *mark, const char *name)
{
    size_t used = strlen(f->did);
    (void)snprintf(f->did + used, sizeof f->did - used, "%s%s%s", used > 0 ? " " : "", mark, name);
}

static inline enum ud_code fake_enter(void *ctx, enum ud_reach reach, struct ud_error *err)
{
    struct fake *f = ctx;
    static const char *const how[] = {"enter", "enter-all", "enter-shell"};
    fake_did(f, how[reach], "");
    return f->enter_code == UD_OK ? UD_OK : ud_fail(err, f->enter_code, NULL, "no entry");
}

static inline enum ud_code fake_lock(void *ctx, struct ud_error *err)
{
    struct fake *f = ctx;
    fake_did(f, "lock", "");
    return f->lock_code == UD_OK ? UD_OK : ud_fail(err, f->lock_code, NULL, "no lock");
}

static inline int fake_insert(void *ctx, int fd)
{
    struct fake *f = ctx;
    char name[64] = "";
    ssize_t n = pread(fd, name, sizeof name - 1, 0);
    assert_true(n > 0);
    for (char *p = name; *p != '\0'; p++) {
        *p = *p == '-' ? '_' : *p;
    }
    f->insertions++;
    if (f->insertions == f->close_reader_at) {
        (void)close(f->reader);
        f->reader = -1;
    }
    if (f->fail_insert != NULL && strcmp(f->fail_insert, name) == 0) {
        int why = f->insert_errno;
        if (f->insert_times > 0 && --f->insert_times == 0) {
            f->fail_insert = NULL;
        }
        fake_did(f, "!", name);
        return why;
    }
    if (fake_find(f, name) != NULL) {
        return EEXIST;
    }
    fake_did(f, "+", name);
    struct fake_module *m = fake_load(f, name, 0);
    if (f->lazy > 0) {
        (void)snprintf(m->state, sizeof m->state, "Loading");
        fake_publish(f);
    }
    return 0;
}

static inline int fake_remove(void *ctx, const char *name)
{
    struct fake *f = ctx;
    if (strchr(name, '/') != NULL) { /* the question whether it can unload at all */
        return f->fail_remove != NULL && strcmp(f->fail_remove, "*") == 0 ? f->remove_errno
                                                                          : ENOENT;
    }
    if (f->fail_remove != NULL &&
        (strcmp(f->fail_remove, name) == 0 || strcmp(f->fail_remove, "*") == 0)) {
        return f->remove_errno;
    }
    if (fake_find(f, name) == NULL) {
        return ENOENT;
    }
    fake_did(f, "-", name);
    fake_unload(f, name);
    return 0;
}

static inline int fake_grant(void *ctx, const char *path, int32_t mode, int64_t group)
{
    struct fake *f = ctx;
    char text[512];
    (void)snprintf(text, sizeof text, "%s,%o,%d", path, (unsigned)mode, (int)group);
    fake_did(f, "grant:", text);
    return f->grant_errno;
}

static inline void fake_log_mark(void *ctx)
{
    ((struct fake *)ctx)->log_marked = true;
}

static inline void fake_log_read(void *ctx, struct ud_strv *ret)
{
    struct fake *f = ctx;
    struct ud_slice rest = ud_slice_of(f->log != NULL ? f->log : "");
    struct ud_slice line;
    assert_true(f->log_marked);
    while (ud_str_next_line(&rest, &line)) {
        ud_strv_addn(ret, line.ptr, line.len);
    }
}

/* Time passes: what is loading becomes live, what is unloading goes. */
static inline void fake_sleep(void *ctx, unsigned ms)
{
    struct fake *f = ctx;
    f->slept_ms += ms;
    if (f->sleeps != NULL) {
        f->sleeps(ctx);
    }
    f->lazy -= f->lazy > 0 ? 1 : 0;
    for (size_t i = 0; f->lazy == 0 && i < f->count; i++) {
        if (strcmp(f->modules[i].state, "Loading") == 0) {
            (void)snprintf(f->modules[i].state, sizeof f->modules[i].state, "Live");
        } else if (strcmp(f->modules[i].state, "Unloading") == 0) {
            fake_unload(f, f->modules[i].name);
        }
    }
    fake_publish(f);
}

static inline bool fake_stopped(void *ctx)
{
    struct fake *f = ctx;
    f->stop_asked++;
    return f->stop_at > 0 && f->stop_asked >= f->stop_at;
}

static inline struct ud_kernel fake_kernel(struct fake *f)
{
    return (struct ud_kernel){
        .ctx = f,
        .enter = fake_enter,
        .lock = fake_lock,
        .insert = fake_insert,
        .remove = fake_remove,
        .attach = f->attach,
        .detach = f->detach,
        .grant = fake_grant,
        .log_mark = fake_log_mark,
        .log_read = fake_log_read,
        .sleep_ms = fake_sleep,
        .stopped = fake_stopped,
    };
}

/* ---- a run ---- */

struct answer {
    struct ud_buf text; /* a line for each record, see answer_note */
    enum ud_code code;  /* END's */
    char message[512];  /* END's */
    int exit_code;
};

static inline enum ud_code answer_note(void *ctx, const struct ud_record *r, struct ud_error *err)
{
    struct answer *a = ctx;
    (void)err;
    switch (r->type) {
    case UD_RECORD_HELLO:
        break;
    case UD_RECORD_FACT:
        ud_buf_addf(&a->text, "fact %s=%s\n", r->name, r->text);
        break;
    case UD_RECORD_BLOB:
        ud_buf_addf(&a->text, "blob %s=", r->name);
        ud_buf_add(&a->text, r->data, r->len);
        ud_buf_adds(&a->text, "\n");
        break;
    case UD_RECORD_RESULT:
        ud_buf_addf(&a->text, "%s %s %d %s\n", r->name, ud_verdict_name(r->verdict), r->errnum,
                    r->text);
        break;
    case UD_RECORD_KLOG:
        ud_buf_addf(&a->text, "log %s: %s\n", r->name, r->text);
        break;
    case UD_RECORD_END:
        a->code = r->code;
        (void)snprintf(a->message, sizeof a->message, "%s", r->text);
        break;
    }
    return UD_OK;
}

static inline void fake_init(struct fake *f)
{
    *f = (struct fake){.reader = -1};
    (void)snprintf(f->root, sizeof f->root, "/tmp/ud-helper-test-XXXXXX");
    assert_non_null(mkdtemp(f->root));
    fake_publish(f);
}

static inline void fake_done(struct fake *f)
{
    fake_forget(f, "");
    if (f->reader >= 0) {
        (void)close(f->reader);
    }
}

static inline void answer_done(struct answer *a)
{
    ud_buf_done(&a->text);
}

static inline void answer_read(int fd, struct answer *ret)
{
    static char piece[65536];
    struct ud_record_decoder dec;
    ssize_t n;
    ud_record_decoder_init(&dec, "test", answer_note, ret);
    while ((n = read(fd, piece, sizeof piece)) > 0) {
        assert_int_equal(ud_record_feed(&dec, piece, (size_t)n, NULL), UD_OK);
    }
    assert_int_equal(ud_record_finish(&dec, NULL), UD_OK);
    ud_record_decoder_done(&dec);
}

/* Runs an operation: line is its argv, separated by blanks. The answer goes
 * through a file, or, if the reader is to go away, through a pipe. */
static inline struct answer fake_run(struct fake *f, const char *line)
{
    const struct ud_kernel kernel = fake_kernel(f);
    struct answer a = {.code = UD_CODE_COUNT};
    struct ud_emit emit;
    struct ud_helper helper = {.root = f->root,
                               .kernel = &kernel,
                               .emit = &emit,
                               .input = f->input,
                               .output = f->output,
                               .server_ms = FAKE_SERVER_MS};
    struct ud_strv argv = {0};
    int fds[2] = {-1, -1};
    FILE *file = NULL;
    ud_buf_init(&a.text, 1 << 27);
    ud_strv_add(&argv, "helper");
    for (const char *p = line; *p != '\0';) {
        size_t len = strcspn(p, " ");
        ud_strv_addn(&argv, p, len);
        p += len + (p[len] == ' ' ? 1 : 0);
    }
    if (f->close_reader_at > 0) {
        assert_int_equal(pipe(fds), 0);
        f->reader = fds[0];
    } else {
        file = tmpfile();
        assert_non_null(file);
        fds[1] = fileno(file);
    }
    /* Another one of the same: an operation may close its own. */
    ud_emit_init(&emit, dup(fds[1]));
    a.exit_code = ud_helper_run(&helper, "test", (int)argv.len, argv.items);
    if (!emit.closed) {
        (void)close(emit.fd);
    }
    ud_emit_done(&emit);
    if (file != NULL) {
        (void)lseek(fds[1], 0, SEEK_SET);
        answer_read(fds[1], &a);
        (void)fclose(file);
    } else {
        (void)close(fds[1]);
    }
    ud_strv_done(&argv);
    return a;
}

static inline void assert_has(const struct answer *a, const char *line)
{
    if (strstr(a->text.data, line) == NULL) {
        fail_msg("no \"%s\" in:\n%s(%s)", line, a->text.data, a->message);
    }
}

static inline void assert_has_not(const struct answer *a, const char *line)
{
    if (strstr(a->text.data, line) != NULL) {
        fail_msg("\"%s\" in:\n%s", line, a->text.data);
    }
}

/* An operation that ends well and has nothing to tell of an empty system. */
static inline void fake_expect_silence(const char *line)
{
    struct fake f;
    fake_init(&f);
    struct answer a = fake_run(&f, line);
    assert_int_equal(a.code, UD_OK);
    assert_int_equal(a.text.len, 0);
    answer_done(&a);
    fake_done(&f);
}

#endif
