#include "proto/package_config.h"

#include <string.h>

#include "util/str.h"

static const struct ud_package_config_place places[] = {
    {"/etc/apt/sources.list", false},  {"/etc/apt/sources.list.d", false},
    {"/etc/apt/mirrors", true},        {"/etc/apt/apt.conf", false},
    {"/etc/apt/apt.conf.d", false},    {"/etc/apt/trusted.gpg", false},
    {"/etc/apt/trusted.gpg.d", false}, {"/etc/apt/keyrings", true},
    {"/usr/share/keyrings", true},     {"/etc/dnf/dnf.conf", false},
    {"/etc/dnf/vars", false},          {"/etc/yum.repos.d", false},
    {"/etc/pki/rpm-gpg", true},        {"/etc/zypp/repos.d", false},
    {"/usr/lib/rpm/gnupg/keys", true}, {"/etc/apk/repositories", false},
    {"/etc/apk/keys", true},
};

const struct ud_package_config_place *ud_package_config_places(size_t *ret_count)
{
    *ret_count = sizeof places / sizeof places[0];
    return places;
}

static bool is_name(const char *name)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                  "0123456789._+-@:";
    enum { NAME_LEN_MAX = 255 };
    const size_t len = strlen(name);
    return len > 0 && len <= NAME_LEN_MAX && name[0] != '.' && strspn(name, allowed) == len;
}

const struct ud_package_config_place *ud_package_config_place_of(const char *path)
{
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        const size_t len = strlen(places[i].path);
        if (ud_str_starts(path, places[i].path) &&
            (path[len] == '\0' || (path[len] == '/' && is_name(path + len + 1)))) {
            return &places[i];
        }
    }
    return NULL;
}
