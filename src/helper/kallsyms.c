#include "kallsyms.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/mem.h"
#include "util/str.h"

enum { PIECE = 64 * 1024 };

void ud_kallsyms_init(struct ud_kallsyms *syms, const struct ud_strv *names)
{
    *syms = (struct ud_kallsyms){.names = names};
    syms->found = ud_alloc(names->len, sizeof *syms->found);
}

void ud_kallsyms_done(struct ud_kallsyms *syms)
{
    free(syms->found);
    *syms = (struct ud_kallsyms){0};
}

/* 0 for none, more for a better one. */
static int rank(const char *text)
{
    if (text[0] == '\0') {
        return 0;
    }
    int global = text[0] >= 'A' && text[0] <= 'Z' ? 2 : 0;
    return 1 + global + (text[1] == '\0' ? 1 : 0);
}

/* line is a text of its own and is taken apart in place. */
static void take_line(struct ud_kallsyms *syms, char *line)
{
    size_t at;
    char *type = strchr(line, ' ');
    if (type == NULL || type[1] == '\0' || type[2] != ' ') {
        return;
    }
    char *name = type + 3;
    char *module = name + strcspn(name, "\t ");
    if (*module != '\0') {
        *module++ = '\0';
        module[strcspn(module, "]")] = '\0';
        module += module[0] == '[' ? 1 : 0;
    }
    syms->lines++;
    if (!ud_strv_find_sorted(syms->names, name, &at)) {
        return;
    }
    struct ud_kallsyms_found seen;
    (void)snprintf(seen.text, sizeof seen.text, "%c%s%.*s", type[1], *module != '\0' ? " " : "",
                   UD_MODULE_NAME_MAX, module);
    struct ud_kallsyms_found *found = &syms->found[at];
    if (rank(seen.text) > rank(found->text)) {
        *found = seen;
    }
}

/* The complete lines in the len bytes at text; the bytes used. */
static size_t take_lines(struct ud_kallsyms *syms, char *text, size_t len)
{
    size_t used = 0;
    char *end;
    while ((end = memchr(text + used, '\n', len - used)) != NULL) {
        *end = '\0';
        take_line(syms, text + used);
        used = (size_t)(end + 1 - text);
    }
    return used;
}

int ud_kallsyms_read(struct ud_kallsyms *syms, int fd)
{
    char *text = ud_alloc(PIECE + 1, 1);
    size_t len = 0;
    int why = 0;
    for (;;) {
        ssize_t n = read(fd, text + len, PIECE - len);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            why = n < 0 ? errno : 0;
            break;
        }
        len += (size_t)n;
        size_t used = take_lines(syms, text, len);
        /* A line that fills the whole piece is none of kallsyms: drop it. */
        used = used == 0 && len == PIECE ? len : used;
        memmove(text, text + used, len - used);
        len -= used;
    }
    free(text);
    return why;
}
