#include "kbuild/builder_images.h"

#include <string.h>

/* What the vendor's version text says of its release, where it does. */
static const struct {
    const char *vendor, *mark, *image;
} marked[] = {
    {"Debian", "deb11", "debian:bullseye"},
    {"Debian", "deb12", "debian:bookworm"},
    {"Debian", "deb13", "debian:trixie"},
    {"Ubuntu", "~20.04", "ubuntu:20.04"},
    {"Ubuntu", "~22.04", "ubuntu:22.04"},
    {"Ubuntu", "~24.04", "ubuntu:24.04"},
    /* Alpine packages snapshots of gcc, so that the version is the release's own. */
    {"Alpine", "10.3.1_git20210424", "alpine:3.14"},
    {"Alpine", "10.3.1_git20211027", "alpine:3.15"},
    {"Alpine", "11.2.1_git20220219", "alpine:3.16"},
    {"Alpine", "12.2.1_git20220924-r10", "alpine:3.18"},
    {"Alpine", "12.2.1_git20220924", "alpine:3.17"},
    {"Alpine", "13.2.1_git20231014", "alpine:3.19"},
    {"Alpine", "13.2.1_git20240309", "alpine:3.20"},
    {"Alpine", "14.2.0", "alpine:3.21"},
    {"Alpine", "15.2.0", "alpine:3.23"},
};

struct by_major {
    const char *vendor; /* "": any */
    enum ud_compiler_kind kind;
    unsigned major;
    const char *image;
};

/* The compilers that a release packages; in each group by version. */
static const struct by_major by_major[] = {
    {"Ubuntu", UD_COMPILER_GCC, 9, "ubuntu:20.04"},
    {"Ubuntu", UD_COMPILER_GCC, 11, "ubuntu:22.04"},
    {"Ubuntu", UD_COMPILER_GCC, 12, "ubuntu:22.04"},
    {"Ubuntu", UD_COMPILER_GCC, 13, "ubuntu:24.04"},
    {"Ubuntu", UD_COMPILER_GCC, 14, "ubuntu:24.04"},
    {"", UD_COMPILER_GCC, 9, "debian:bullseye"},
    {"", UD_COMPILER_GCC, 10, "debian:bullseye"},
    {"", UD_COMPILER_GCC, 11, "debian:bookworm"},
    {"", UD_COMPILER_GCC, 12, "debian:bookworm"},
    {"", UD_COMPILER_GCC, 13, "debian:trixie"},
    {"", UD_COMPILER_GCC, 14, "debian:trixie"},
    {"", UD_COMPILER_GCC, 15, "debian:sid"},
    {"", UD_COMPILER_GCC, 16, "debian:sid"},
    {"", UD_COMPILER_CLANG, 11, "debian:bullseye"},
    {"", UD_COMPILER_CLANG, 13, "debian:bookworm"},
    {"", UD_COMPILER_CLANG, 14, "debian:bookworm"},
    {"", UD_COMPILER_CLANG, 15, "debian:bookworm"},
    {"", UD_COMPILER_CLANG, 16, "debian:bookworm"},
    {"", UD_COMPILER_CLANG, 17, "debian:trixie"},
    {"", UD_COMPILER_CLANG, 18, "debian:trixie"},
    {"", UD_COMPILER_CLANG, 19, "debian:trixie"},
    {"", UD_COMPILER_CLANG, 21, "debian:sid"},
    {"", UD_COMPILER_CLANG, 22, "debian:trixie"},
    {"", UD_COMPILER_CLANG, 23, "debian:sid"},
};

static unsigned builder_images_distance(unsigned a, unsigned b)
{
    return a > b ? a - b : b - a;
}

/* Exact for this vendor, or the nearest of any vendor's. */
static const struct by_major *find_by_major(const struct ud_compiler *compiler)
{
    const struct by_major *best = NULL;
    for (size_t i = 0; i < sizeof by_major / sizeof *by_major; i++) {
        const struct by_major *row = &by_major[i];
        bool own = row->vendor[0] != '\0' && strcmp(row->vendor, compiler->vendor) == 0;
        if (row->kind != compiler->kind || (row->vendor[0] != '\0' && !own)) {
            continue;
        }
        if (own && row->major == compiler->major) {
            return row;
        }
        if (!own && (best == NULL || builder_images_distance(row->major, compiler->major) <
                                         builder_images_distance(best->major, compiler->major))) {
            best = row;
        }
    }
    return best;
}

struct ud_base_image ud_base_image_for(const struct ud_compiler *compiler, bool cross)
{
    bool alpine = strcmp(compiler->vendor, "Alpine") == 0;
    for (size_t i = 0; i < sizeof marked / sizeof *marked; i++) {
        if (strcmp(marked[i].vendor, compiler->vendor) == 0 && !(alpine && cross) &&
            compiler->kind == UD_COMPILER_GCC &&
            strstr(compiler->package, marked[i].mark) != NULL) {
            return (struct ud_base_image){marked[i].image, compiler->major};
        }
    }
    const struct by_major *row = find_by_major(compiler);
    return (struct ud_base_image){row->image, row->major};
}
