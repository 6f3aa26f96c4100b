#include "platform/input.h"

#include <stdlib.h>

#include "input_queue.h"
#include "platform/term_raw.h"
#include "util/mem.h"
#include "util/patience.h"
#include "wide.h"

enum { PIECE = 4096, RECORDS = 64 };

struct ud_input {
    struct ud_input_queue queue;
    struct ud_thread *thread;
    HANDLE quit;   /* event: it is time to end */
    HANDLE gone;   /* event: the thread does nothing any more */
    HANDLE reader; /* the thread itself, for calls that have to be broken off */
    WCHAR high;    /* first half of a character that needs two */
};

static bool put_unit(struct ud_input *input, WCHAR unit)
{
    WCHAR units[2] = {unit};
    int count = 1;
    char bytes[8];
    if (unit >= 0xd800 && unit < 0xdc00) {
        input->high = unit;
        return true;
    }
    if (unit >= 0xdc00 && unit < 0xe000 && input->high != 0) {
        units[0] = input->high;
        units[1] = unit;
        count = 2;
    }
    input->high = 0;
    int n = WideCharToMultiByte(CP_UTF8, 0, units, count, bytes, sizeof bytes, NULL, NULL);
    return n <= 0 || ud_input_queue_put(&input->queue, bytes, (size_t)n);
}

/* A key that is released says nothing, but Alt after digits, which gives the
 * character of that number. */
static bool put_key(struct ud_input *input, const KEY_EVENT_RECORD *key)
{
    bool composed = !key->bKeyDown && key->wVirtualKeyCode == VK_MENU;
    WCHAR unit = key->uChar.UnicodeChar;
    if ((!key->bKeyDown && !composed) || unit == 0) {
        return true;
    }
    for (WORD i = 0; i < (key->bKeyDown ? key->wRepeatCount : 1); i++) {
        if (!put_unit(input, unit)) {
            return false;
        }
    }
    return true;
}

/* Records instead of ReadFile, which could not be ended between two keys. */
static bool read_console(struct ud_input *input, HANDLE in)
{
    INPUT_RECORD records[RECORDS];
    DWORD count = 0;
    if (!ReadConsoleInputW(in, records, RECORDS, &count)) {
        return false;
    }
    for (DWORD i = 0; i < count; i++) {
        if (records[i].EventType == WINDOW_BUFFER_SIZE_EVENT) {
            ud_input_queue_resize(&input->queue);
        } else if (records[i].EventType == KEY_EVENT &&
                   !put_key(input, &records[i].Event.KeyEvent)) {
            return false;
        }
    }
    return true;
}

static void read_keys(struct ud_input *input, HANDLE in)
{
    HANDLE both[2] = {input->quit, in};
    while (WaitForMultipleObjects(2, both, FALSE, INFINITE) == WAIT_OBJECT_0 + 1) {
        if (!read_console(input, in)) {
            return;
        }
    }
}

static void input_read_bytes(struct ud_input *input, HANDLE in)
{
    char piece[PIECE];
    DWORD n = 0;
    while (WaitForSingleObject(input->quit, 0) != WAIT_OBJECT_0 &&
           ReadFile(in, piece, sizeof piece, &n, NULL) && n > 0 &&
           ud_input_queue_put(&input->queue, piece, n)) {
    }
}

static void read_ahead(void *arg)
{
    struct ud_input *input = arg;
    HANDLE in = GetStdHandle(STD_INPUT_HANDLE);
    (void)DuplicateHandle(GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(),
                          &input->reader, 0, FALSE, DUPLICATE_SAME_ACCESS);
    if (ud_term_in_is_tty()) {
        read_keys(input, in);
    } else {
        input_read_bytes(input, in);
    }
    ud_input_queue_end(&input->queue);
    (void)SetEvent(input->gone);
}

static void input_dispose(struct ud_input *input)
{
    (void)CloseHandle(input->quit);
    (void)CloseHandle(input->gone);
    if (input->reader != NULL) {
        (void)CloseHandle(input->reader);
    }
    ud_input_queue_done(&input->queue);
    free(input);
}

enum ud_code ud_input_open(void (*wake)(void *arg), void *arg, struct ud_input **ret,
                           struct ud_error *err)
{
    struct ud_input *input = ud_alloc(1, sizeof *input);
    ud_input_queue_init(&input->queue, wake, arg);
    input->quit = CreateEventW(NULL, TRUE, FALSE, NULL);
    input->gone = CreateEventW(NULL, TRUE, FALSE, NULL);
    enum ud_code rc = ud_thread_start(read_ahead, input, &input->thread, err);
    if (rc != UD_OK) {
        input_dispose(input);
        return rc;
    }
    *ret = input;
    return UD_OK;
}

size_t ud_input_take(struct ud_input *input, void *dst, size_t room, bool *ret_end)
{
    return ud_input_queue_take(&input->queue, dst, room, ret_end);
}

bool ud_input_resized(struct ud_input *input)
{
    return ud_input_queue_resized(&input->queue);
}

/* A read that cannot be broken off keeps its thread and memory until the
 * program ends. */
void ud_input_close(struct ud_input *input)
{
    if (input == NULL) {
        return;
    }
    ud_input_queue_close(&input->queue);
    (void)SetEvent(input->quit);
    DWORD left = WAIT_TIMEOUT;
    for (DWORD waited = 0; waited < UD_PATIENCE_READER_MS && left == WAIT_TIMEOUT;
         waited += UD_PATIENCE_READER_POLL_MS) {
        if (input->reader != NULL) {
            (void)CancelSynchronousIo(input->reader);
        }
        left = WaitForSingleObject(input->gone, UD_PATIENCE_READER_POLL_MS);
    }
    if (left == WAIT_OBJECT_0) {
        ud_thread_join(input->thread);
        input_dispose(input);
    }
}
