#include "kernel/modlist/module_name.h"

#include <string.h>

#include "util/mem.h"
#include "util/str.h"

static char module_name_canonical(char c)
{
    return c == '-' ? '_' : c;
}

bool ud_module_name_equal(const char *a, const char *b)
{
    while (*a != '\0' && module_name_canonical(*a) == module_name_canonical(*b)) {
        a++;
        b++;
    }
    return *a == '\0' && *b == '\0';
}

static const struct {
    const char *suffix;
    enum ud_compression compression;
} suffixes[] = {
    {".ko", UD_COMPRESS_NONE},
    {".ko.gz", UD_COMPRESS_GZIP},
    {".ko.xz", UD_COMPRESS_XZ},
    {".ko.zst", UD_COMPRESS_ZSTD},
};

bool ud_module_path_compression(const char *path, enum ud_compression *ret)
{
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        if (ud_str_ends(path, suffixes[i].suffix)) {
            *ret = suffixes[i].compression;
            return true;
        }
    }
    return false;
}

char *ud_module_name_of_path(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *name = ud_strdup(slash != NULL ? slash + 1 : path);
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        if (ud_str_ends(name, suffixes[i].suffix)) {
            name[strlen(name) - strlen(suffixes[i].suffix)] = '\0';
            break;
        }
    }
    for (char *p = name; *p != '\0'; p++) {
        *p = module_name_canonical(*p);
    }
    return name;
}
