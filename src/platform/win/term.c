#include "platform/term.h"

#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <stdlib.h>

#include "util/mem.h"
#include "wide.h"

#include <shellapi.h>

#ifndef ENABLE_VIRTUAL_TERMINAL_PROCESSING
#define ENABLE_VIRTUAL_TERMINAL_PROCESSING 4
#endif

static struct {
    bool escapes[2];
    UINT code_page; /* what the console had, to put back */
    DWORD mode[2];
    bool changed[2];
} console;

static HANDLE handle_of(enum ud_term_stream stream)
{
    return GetStdHandle(stream == UD_TERM_OUT ? STD_OUTPUT_HANDLE : STD_ERROR_HANDLE);
}

void ud_term_main_args(int *argc, char ***argv)
{
    int count = 0;
    wchar_t **wide = CommandLineToArgvW(GetCommandLineW(), &count);
    if (wide == NULL) {
        return;
    }
    char **args = ud_alloc((size_t)count + 1, sizeof *args);
    for (int i = 0; i < count; i++) {
        args[i] = ud_win_utf8(wide[i]);
    }
    (void)LocalFree(wide);
    *argc = count;
    *argv = args;
}

/* The console outlives this program: a shell shares it. */
static void term_restore(void)
{
    if (console.code_page != 0) {
        (void)SetConsoleOutputCP(console.code_page);
    }
    for (int i = 0; i < 2; i++) {
        if (console.changed[i]) {
            (void)SetConsoleMode(handle_of((enum ud_term_stream)i), console.mode[i]);
        }
    }
}

static void enable_escapes(enum ud_term_stream stream)
{
    DWORD mode = 0;
    if (!GetConsoleMode(handle_of(stream), &mode)) {
        return;
    }
    console.mode[stream] = mode;
    if ((mode & ENABLE_VIRTUAL_TERMINAL_PROCESSING) != 0) {
        console.escapes[stream] = true;
        return;
    }
    const DWORD wanted = mode | ENABLE_PROCESSED_OUTPUT | ENABLE_VIRTUAL_TERMINAL_PROCESSING;
    console.escapes[stream] = SetConsoleMode(handle_of(stream), wanted) != 0;
    console.changed[stream] = console.escapes[stream];
}

void ud_term_init(void)
{
    (void)_setmode(_fileno(stdout), _O_BINARY);
    (void)_setmode(_fileno(stderr), _O_BINARY);
    enable_escapes(UD_TERM_OUT);
    enable_escapes(UD_TERM_ERR);
    UINT code_page = GetConsoleOutputCP();
    if (code_page != 0 && code_page != CP_UTF8 && SetConsoleOutputCP(CP_UTF8)) {
        console.code_page = code_page;
    }
    (void)atexit(term_restore);
}

bool ud_term_is_tty(enum ud_term_stream stream)
{
    DWORD mode = 0;
    return GetConsoleMode(handle_of(stream), &mode) != 0;
}

bool ud_term_has_escapes(enum ud_term_stream stream)
{
    return console.escapes[stream];
}

unsigned ud_term_width(enum ud_term_stream stream)
{
    enum { USUAL = 80 };
    CONSOLE_SCREEN_BUFFER_INFO info;
    if (!GetConsoleScreenBufferInfo(handle_of(stream), &info)) {
        return USUAL;
    }
    int width = info.srWindow.Right - info.srWindow.Left + 1;
    return width > 0 ? (unsigned)width : USUAL;
}

enum ud_code ud_term_write(enum ud_term_stream stream, const void *data, size_t len,
                           struct ud_error *err)
{
    enum { PIECE = 16 * 1024 }; /* older consoles refuse more than 64 KiB */
    const char *next = data;
    while (len > 0) {
        DWORD n = 0;
        BOOL ok = WriteFile(handle_of(stream), next, len < PIECE ? (DWORD)len : PIECE, &n, NULL);
        if (!ok || n == 0) {
            return ud_win_fail(err, ok ? ERROR_WRITE_FAULT : GetLastError(),
                               "cannot write to standard %s",
                               stream == UD_TERM_OUT ? "output" : "error");
        }
        next += n;
        len -= n;
    }
    return UD_OK;
}
