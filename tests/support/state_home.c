#include "state_home.h"

#include <stdlib.h>

#include "platform/fs.h"
#include "platform/host.h"
#include "set_variable.h"
#include "util/mem.h"

void state_home_use(const char *dir)
{
    set_variable("XDG_STATE_HOME", dir);
    set_variable("LOCALAPPDATA", dir);
    set_variable("HOME", dir);
}

char *state_home_new(void)
{
    char *tmp = ud_host_env("TMPDIR");
    char *temp = tmp != NULL ? tmp : ud_host_env("TEMP");
    char *base = ud_fs_join(temp != NULL && temp[0] != '\0' ? temp : "/tmp", "ud-state");
    char *dir = ud_fs_temp_sibling(base);
    if (ud_fs_mkdirs(dir, NULL) != UD_OK) {
        abort();
    }
    state_home_use(dir);
    free(base);
    free(temp);
    return dir;
}

char *state_home_run_file(const char *id)
{
    char *state = ud_host_state_dir();
    char *runs = ud_fs_join(state, "runs");
    if (ud_fs_mkdirs(runs, NULL) != UD_OK) {
        abort();
    }
    char *path = ud_fs_join(runs, id);
    free(runs);
    free(state);
    return path;
}

void state_home_free(char *dir)
{
    if (ud_fs_remove_tree(dir, NULL) != UD_OK) {
        abort();
    }
    free(dir);
}
