#include "platform/host.h"

#include <stdlib.h>

#include "platform/fs.h"
#include "util/mem.h"
#include "wide.h"

char *ud_host_env(const char *name)
{
    wchar_t *wide_name = ud_win_wide(name);
    wchar_t *wide = NULL;
    char *value = NULL;
    DWORD size = 0;
    SetLastError(ERROR_SUCCESS);
    DWORD needed = GetEnvironmentVariableW(wide_name, NULL, 0);
    /* Again if it grew in between. */
    while (needed > size) {
        size = needed;
        wide = ud_realloc(wide, size, sizeof *wide);
        wide[0] = L'\0';
        needed = GetEnvironmentVariableW(wide_name, wide, size);
    }
    if (wide != NULL) {
        value = ud_win_utf8(wide);
    } else if (GetLastError() != ERROR_ENVVAR_NOT_FOUND) {
        value = ud_strdup("");
    }
    free(wide);
    free(wide_name);
    return value;
}

void ud_host_set_env(const char *name, const char *value)
{
    wchar_t *wide_name = ud_win_wide(name);
    wchar_t *wide = ud_win_wide(value);
    (void)SetEnvironmentVariableW(wide_name, wide);
    free(wide);
    free(wide_name);
}

/* Set and not empty, else NULL. */
static char *env_set(const char *name)
{
    char *value = ud_host_env(name);
    if (value != NULL && value[0] == '\0') {
        free(value);
        value = NULL;
    }
    return value;
}

static char *host_dirs_joined(char *dir, const char *name)
{
    char *path = dir != NULL ? ud_fs_join(dir, name) : NULL;
    free(dir);
    return path;
}

char *ud_host_home(void)
{
    return env_set("USERPROFILE");
}

static char *host_dirs_local(const char *name)
{
    char *local = env_set("LOCALAPPDATA");
    if (local == NULL) {
        local = host_dirs_joined(ud_host_home(), "AppData\\Local");
    }
    return host_dirs_joined(local, name);
}

char *ud_host_cache_dir(void)
{
    return host_dirs_local("usbipd-desktop\\cache");
}

char *ud_host_state_dir(void)
{
    return host_dirs_local("usbipd-desktop\\state");
}

char *ud_host_temp_dir(void)
{
    wchar_t wide[MAX_PATH + 2] = L""; /* the longest that it gives, and its NUL */
    DWORD len = GetTempPathW(sizeof wide / sizeof *wide, wide);
    return len > 0 && len < sizeof wide / sizeof *wide ? ud_win_utf8(wide) : ud_strdup(".");
}

char *ud_host_runtime_dir(void)
{
    return NULL;
}

char *ud_host_docker_config_dir(void)
{
    char *dir = env_set("DOCKER_CONFIG");
    return dir != NULL ? dir : host_dirs_joined(ud_host_home(), ".docker");
}

void ud_host_trust(struct ud_host_trust *ret)
{
    *ret = (struct ud_host_trust){.file = env_set("SSL_CERT_FILE"), .in_system = true};
}

void ud_host_trust_done(struct ud_host_trust *trust)
{
    free(trust->file);
    *trust = (struct ud_host_trust){0};
}
