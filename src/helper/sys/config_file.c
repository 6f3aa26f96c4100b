#include "sys/config_file.h"

#include <stdio.h>
#include <string.h>

#include "proto/fact.h"
#include "sys/sysfile.h"
#include "util/str.h"

#define CONFIGS_KO "/kernel/kernel/configs.ko"

/* Paths around the release; the release is not in those where after is NULL. */
static const struct {
    const char *before;
    const char *after;
} places[] = {
    {"/proc/config.gz", NULL},
    {"/boot/config-", ""},
    {"/lib/modules/", "/config"},
    {"/lib/modules/", "/build/.config"},
    {"/usr/lib/modules/", "/config"},
    {"/usr/lib/modules/", "/build/.config"},
    {"/usr/lib/kernel/config-", ""},
    {"/boot/config", NULL},
    /* CONFIG_IKCONFIG=m: the module has it, loaded or not. */
    {"/lib/modules/", CONFIGS_KO},
    {"/lib/modules/", CONFIGS_KO ".gz"},
    {"/lib/modules/", CONFIGS_KO ".xz"},
    {"/lib/modules/", CONFIGS_KO ".zst"},
    {"/usr/lib/modules/", CONFIGS_KO},
    {"/usr/lib/modules/", CONFIGS_KO ".gz"},
    {"/usr/lib/modules/", CONFIGS_KO ".xz"},
    {"/usr/lib/modules/", CONFIGS_KO ".zst"},
    /* CONFIG_IUD_PATH_KHEADERS=y: the configuration is in one of the headers. */
    {UD_PATH_KHEADERS, NULL},
};

/* The version in "# Linux/x86 6.1.192 Kernel Configuration". */
static struct ud_slice heading_version(struct ud_slice line)
{
    static const char tail[] = " Kernel Configuration";
    struct ud_slice none = {"", 0};
    size_t tail_len = sizeof tail - 1;
    if (!ud_slice_starts(line, "# Linux/") || line.len <= tail_len ||
        memcmp(line.ptr + line.len - tail_len, tail, tail_len) != 0) {
        return none;
    }
    line.len -= tail_len;
    size_t at = line.len;
    while (at > 0 && line.ptr[at - 1] != ' ') {
        at--;
    }
    return (struct ud_slice){line.ptr + at, line.len - at};
}

/* The text in CONFIG_LOCALVERSION="text". */
static struct ud_slice local_version(struct ud_slice line)
{
    static const char head[] = "CONFIG_LOCALVERSION=\"";
    size_t head_len = sizeof head - 1;
    if (!ud_slice_starts(line, head) || line.len == head_len || line.ptr[line.len - 1] != '"') {
        return (struct ud_slice){"", 0};
    }
    return (struct ud_slice){line.ptr + head_len, line.len - head_len - 1};
}

bool ud_config_is_of(const struct ud_buf *buf, const char *release)
{
    struct ud_slice rest = {buf->data, buf->len};
    struct ud_slice line;
    struct ud_slice version = {"", 0};
    struct ud_slice local = {"", 0};
    while (ud_str_next_line(&rest, &line)) {
        struct ud_slice found = heading_version(line);
        version = version.len == 0 ? found : version;
        found = local_version(line);
        local = found.len > 0 ? found : local;
    }
    char built[UD_CONFIG_PATH_MAX];
    int n = snprintf(built, sizeof built, "%.*s%.*s", (int)version.len, version.ptr, (int)local.len,
                     local.ptr);
    return version.len > 0 && n > 0 && (size_t)n < sizeof built && ud_str_starts(release, built) &&
           (release[n] == '\0' || strcmp(release + n, "+") == 0);
}

bool ud_config_next(const char *root, const char *release, size_t *place, struct ud_buf *buf,
                    char ret_path[UD_CONFIG_PATH_MAX])
{
    while (*place < sizeof places / sizeof places[0]) {
        size_t i = (*place)++;
        char path[UD_CONFIG_PATH_MAX];
        bool named = places[i].after != NULL;
        (void)snprintf(path, sizeof path, "%s%s%s", places[i].before, named ? release : "",
                       named ? places[i].after : "");
        ud_buf_clear(buf);
        /* The kernel's own. */
        bool own = i == 0 || strcmp(places[i].before, UD_PATH_KHEADERS) == 0;
        if (ud_sysfile_read(root, path, buf) == 0 &&
            (own || named || ud_config_is_of(buf, release)) && (!own || buf->len > 0)) {
            memcpy(ret_path, path, sizeof path);
            return true;
        }
    }
    return false;
}
