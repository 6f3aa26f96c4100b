#include "command.h"

#include <stdlib.h>
#include <string.h>

#include "util/buf.h"
#include "util/mem.h"
#include "util/str.h"

enum { PATH_CHARACTERS = 32768, LINE_MAX_BYTES = 128 * 1024 };

enum ud_code ud_win_command_find(const char *program, wchar_t **ret, struct ud_error *err)
{
    const char *suffix = ud_str_ends(program, ".exe") ? "" : ".exe";
    char *name = ud_strf("%s%s", program, suffix);
    wchar_t *wide = ud_win_wide(name);
    wchar_t *path = ud_alloc(PATH_CHARACTERS, sizeof *path);
    wchar_t *found = ud_alloc(PATH_CHARACTERS, sizeof *found);
    const DWORD has = GetEnvironmentVariableW(L"PATH", path, PATH_CHARACTERS);
    const DWORD len = has > 0 && has < PATH_CHARACTERS
                          ? SearchPathW(path, wide, NULL, PATH_CHARACTERS, found, NULL)
                          : 0;
    free(path);
    free(wide);
    free(name);
    if (len == 0 || len >= PATH_CHARACTERS) {
        free(found);
        return ud_fail(err, UD_ERR_NOT_FOUND, NULL, "%s%s: no such program in PATH", program,
                       suffix);
    }
    *ret = found;
    return UD_OK;
}

/* Backslashes count only where a quote follows. */
static void command_add_quoted(struct ud_buf *line, const char *word)
{
    size_t backslashes = 0;
    ud_buf_adds(line, "\"");
    for (const char *p = word; *p != '\0'; p++) {
        if (*p == '\\') {
            backslashes++;
            continue;
        }
        for (size_t i = 0; i < (*p == '"' ? 2 * backslashes + 1 : backslashes); i++) {
            ud_buf_adds(line, "\\");
        }
        backslashes = 0;
        ud_buf_add(line, p, 1);
    }
    for (size_t i = 0; i < 2 * backslashes; i++) {
        ud_buf_adds(line, "\\");
    }
    ud_buf_adds(line, "\"");
}

wchar_t *ud_win_command_line(const char *program, const char *const *arguments)
{
    struct ud_buf line;
    ud_buf_init(&line, LINE_MAX_BYTES);
    command_add_quoted(&line, program);
    for (const char *const *argument = arguments; *argument != NULL; argument++) {
        ud_buf_adds(&line, " ");
        if (**argument == '\0' || strpbrk(*argument, " \t\n\v\"") != NULL) {
            command_add_quoted(&line, *argument);
        } else {
            ud_buf_adds(&line, *argument);
        }
    }
    wchar_t *wide = ud_win_wide(line.data);
    ud_buf_done(&line);
    return wide;
}
