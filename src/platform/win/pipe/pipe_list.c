#include "platform/pipe.h"

#include <stdlib.h>

#include "win/wide.h"

/* The pipes are the files of one directory. */
void ud_pipe_list_engines(struct ud_strv *ret)
{
    WIN32_FIND_DATAW found;
    HANDLE find = FindFirstFileW(L"\\\\.\\pipe\\*", &found);
    if (find == INVALID_HANDLE_VALUE) {
        return;
    }
    do {
        char *name = ud_win_utf8(found.cFileName);
        if (ud_pipe_name_is_engines(name)) {
            ud_strv_add(ret, name);
        }
        free(name);
    } while (FindNextFileW(find, &found));
    (void)FindClose(find);
    ud_strv_sort_unique(ret);
}
