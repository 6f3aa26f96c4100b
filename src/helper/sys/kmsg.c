#include "sys/kmsg.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* CONSOLE_EXT_LOG_MAX of the kernel: no record is longer. */
enum { RECORD_MAX = 8192 };

/* What kernel/module (main.c, version.c, signing.c), the architectures'
 * module.c, security/lockdown and kernel/bpf/btf.c write, 5.4 to 6.12. */
static const char *const loader_phrases[] = {
    "version magic",
    "Unknown symbol",
    "disagrees about version of symbol",
    "no symbol version for",
    "module verification failed",
    "loading out-of-tree module",
    "module license",
    "uses symbol",
    "is rejected", /* "Loading of unsigned module is rejected" */
    "unsigned module loading is restricted",
    "failed to validate module",
    "Invalid ELF",
    "Invalid module signature",
    "module is already loaded",
    /* SELinux: "avc:  denied  { module_load } for ...", or of the capability. */
    "{ module_load }",
    "{ sys_module }",
    "exports duplicate symbol",
    "relocation target",
    "Unknown rela relocation",
    "Module len ",
    "module format error",
    "ELF spec violation",
    "BTF: ",
    "BPF:",
};

bool ud_kmsg_text(struct ud_slice record, struct ud_slice *ret)
{
    const char *semicolon = memchr(record.ptr, ';', record.len);
    if (semicolon == NULL || record.len == 0 || record.ptr[0] < '0' || record.ptr[0] > '9') {
        return false;
    }
    size_t used = (size_t)(semicolon + 1 - record.ptr);
    struct ud_slice rest = {record.ptr + used, record.len - used};
    struct ud_slice line = {rest.ptr, 0};
    (void)ud_str_next_line(&rest, &line);
    *ret = line;
    return true;
}

static bool kmsg_is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
}

static char kmsg_folded(char c)
{
    return c == '-' ? '_' : c;
}

static bool matches_at(struct ud_slice text, size_t at, const char *word, size_t len, bool fold)
{
    for (size_t i = 0; i < len; i++) {
        char c = text.ptr[at + i];
        if (fold ? kmsg_folded(c) != kmsg_folded(word[i]) : c != word[i]) {
            return false;
        }
    }
    return true;
}

static bool kmsg_contains(struct ud_slice text, const char *phrase)
{
    size_t len = strlen(phrase);
    for (size_t at = 0; at + len <= text.len; at++) {
        if (matches_at(text, at, phrase, len, false)) {
            return true;
        }
    }
    return false;
}

bool ud_kmsg_names(struct ud_slice text, const char *word)
{
    size_t len = strlen(word);
    for (size_t at = 0; len > 0 && at + len <= text.len; at++) {
        bool starts = at == 0 || !kmsg_is_word(text.ptr[at - 1]);
        bool ends = at + len == text.len || !kmsg_is_word(text.ptr[at + len]);
        if (starts && ends && matches_at(text, at, word, len, true)) {
            return true;
        }
    }
    return false;
}

bool ud_kmsg_concerns(struct ud_slice text, const char *module)
{
    if (ud_kmsg_names(text, module)) {
        return true;
    }
    for (size_t i = 0; i < sizeof loader_phrases / sizeof loader_phrases[0]; i++) {
        if (kmsg_contains(text, loader_phrases[i])) {
            return true;
        }
    }
    return false;
}

int ud_kmsg_open(void)
{
    int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    ud_kmsg_skip(fd);
    return fd;
}

void ud_kmsg_skip(int fd)
{
    if (fd >= 0) {
        (void)lseek(fd, 0, SEEK_END);
    }
}

void ud_kmsg_read(int fd, struct ud_strv *ret)
{
    char record[RECORD_MAX];
    /* EPIPE: records were overwritten before they were read; the next read goes
     * on with the oldest that is left. Other errors, EAGAIN among them, end it. */
    for (int rounds = 0; fd >= 0 && rounds < 16 * UD_OPS_LOG_LINES_MAX; rounds++) {
        ssize_t n = read(fd, record, sizeof record);
        struct ud_slice text;
        if (n < 0 && errno != EPIPE && errno != EINTR) {
            return;
        }
        if (n == 0 || ret->len >= UD_OPS_LOG_LINES_MAX) {
            return;
        }
        if (n > 0 && ud_kmsg_text((struct ud_slice){record, (size_t)n}, &text)) {
            ud_strv_addn(ret, text.ptr, text.len);
        }
    }
}
