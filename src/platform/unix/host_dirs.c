#include "platform/host.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "platform/fs.h"
#include "util/mem.h"

char *ud_host_env(const char *name)
{
    const char *value = getenv(name);
    return value != NULL ? ud_strdup(value) : NULL;
}

void ud_host_set_env(const char *name, const char *value)
{
    if (setenv(name, value, 1) != 0) {
        ud_fatal("out of memory");
    }
}

/* Set and not empty, else NULL. */
static const char *env_set(const char *name)
{
    const char *value = getenv(name);
    return value != NULL && value[0] != '\0' ? value : NULL;
}

/* Set to an absolute path, else NULL. */
static const char *env_dir(const char *name)
{
    const char *value = env_set(name);
    return value != NULL && ud_fs_is_absolute(value) ? value : NULL;
}

char *ud_host_home(void)
{
    const char *home = env_set("HOME");
    if (home != NULL) {
        return ud_strdup(home);
    }
    const struct passwd *user = getpwuid(getuid());
    return user != NULL && user->pw_dir != NULL ? ud_strdup(user->pw_dir) : NULL;
}

static char *in_home(const char *name)
{
    char *home = ud_host_home();
    char *path = home != NULL ? ud_fs_join(home, name) : NULL;
    free(home);
    return path;
}

char *ud_host_cache_dir(void)
{
#ifdef __APPLE__
    return in_home("Library/Caches/usbipd-desktop");
#else
    const char *cache = env_dir("XDG_CACHE_HOME");
    return cache != NULL ? ud_fs_join(cache, "usbipd-desktop") : in_home(".cache/usbipd-desktop");
#endif
}

char *ud_host_temp_dir(void)
{
    const char *dir = env_dir("TMPDIR");
    return ud_strdup(dir != NULL ? dir : "/tmp");
}

char *ud_host_state_dir(void)
{
#ifdef __APPLE__
    return in_home("Library/Application Support/usbipd-desktop");
#else
    const char *state = env_dir("XDG_STATE_HOME");
    return state != NULL ? ud_fs_join(state, "usbipd-desktop")
                         : in_home(".local/state/usbipd-desktop");
#endif
}

char *ud_host_runtime_dir(void)
{
    const char *dir = env_dir("XDG_RUNTIME_DIR");
    if (dir != NULL) {
        return ud_strdup(dir);
    }
    char *usual = ud_strf("/run/user/%lu", (unsigned long)getuid());
    if (ud_fs_kind(usual) == UD_FS_DIR) {
        return usual;
    }
    free(usual);
    return NULL;
}

char *ud_host_docker_config_dir(void)
{
    const char *dir = env_set("DOCKER_CONFIG");
    return dir != NULL ? ud_strdup(dir) : in_home(".docker");
}
