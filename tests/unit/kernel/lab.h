/* Real files for tests: configurations, modules and Module.symvers out of a
 * distribution's packages, somewhere below the directory UD_LAB_FIXTURES. */
#ifndef TEST_KERNEL_LAB_H
#define TEST_KERNEL_LAB_H

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"
#include "util/str.h"
#include "util/strv.h"

struct lab_file {
    char *path;
    unsigned char *data; /* NUL-terminated */
    size_t len;
};

static inline void lab_file_done(struct lab_file *file)
{
    free(file->path);
    free(file->data);
    *file = (struct lab_file){0};
}

static inline bool lab_read(const char *path, struct lab_file *ret)
{
    FILE *stream = fopen(path, "rb");
    if (stream == NULL) {
        return false;
    }
    struct lab_file file = {.path = ud_strdup(path)};
    size_t room = 1u << 16;
    size_t n;
    file.data = ud_alloc(room + 1, 1);
    while ((n = fread(file.data + file.len, 1, room - file.len, stream)) > 0) {
        file.len += n;
        if (file.len == room) {
            room *= 2;
            file.data = ud_realloc(file.data, room + 1, 1);
        }
    }
    file.data[file.len] = '\0';
    (void)fclose(stream);
    *ret = file;
    return true;
}

/* Adds the paths of all files below directory. */
static inline void lab_walk(const char *directory, struct ud_strv *paths)
{
    DIR *dir = opendir(directory);
    if (dir == NULL) {
        ud_strv_add(paths, directory);
        return;
    }
    const struct dirent *entry;
    while ((entry = readdir(dir)) != NULL) {
        if (entry->d_name[0] != '.') {
            char *path = ud_strf("%s/%s", directory, entry->d_name);
            lab_walk(path, paths);
            free(path);
        }
    }
    (void)closedir(dir);
}

/* The paths whose last component starts and ends so; says loudly when there
 * are none, and the test is to be skipped. */
static inline bool lab_find(const char *starts, const char *ends, struct ud_strv *ret)
{
    const char *directory = getenv("UD_LAB_FIXTURES");
    struct ud_strv all = {0};
    if (directory == NULL || directory[0] == '\0') {
        (void)fprintf(stderr, "SKIPPED: UD_LAB_FIXTURES not set (a directory made by "
                              "`examples/lab/lab fixtures`)\n");
        return false;
    }
    lab_walk(directory, &all);
    ud_strv_sort_unique(&all);
    for (size_t i = 0; i < all.len; i++) {
        const char *slash = strrchr(all.items[i], '/');
        if (ud_str_starts(slash + 1, starts) && ud_str_ends(slash + 1, ends)) {
            ud_strv_add(ret, all.items[i]);
        }
    }
    ud_strv_done(&all);
    if (ret->len == 0) {
        (void)fprintf(stderr, "SKIPPED: nothing named %s*%s below UD_LAB_FIXTURES\n", starts, ends);
    }
    return ret->len > 0;
}

/* The first of them. */
static inline bool lab_load(const char *starts, const char *ends, struct lab_file *ret)
{
    struct ud_strv paths = {0};
    bool found = lab_find(starts, ends, &paths) && lab_read(paths.items[0], ret);
    ud_strv_done(&paths);
    return found;
}

#endif
