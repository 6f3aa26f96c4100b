/* Runs a fuzz target without a fuzzing engine: each file of a corpus directory
 * as it is, then mutated in many ways that are the same in each run.
 *
 *   fuzz_<name> [-n MUTATIONS] DIRECTORY
 *
 * Exit status: 0; 2 for a directory without files; a crash for a finding. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = 1 << 20 };

/* xorshift64: good enough to choose places, and the same everywhere. */
static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* In a block of exactly its size, so that reading beyond it is noticed. */
static void run(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size > 0 ? size : 1);
    if (copy == NULL) {
        abort();
    }
    if (size > 0) {
        memcpy(copy, data, size);
    }
    (void)LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

/* One change; returns the new size, which is never larger. */
static size_t mutate(uint8_t *data, size_t size, uint64_t *random)
{
    static const uint8_t values[] = {0, 1, '\n', '\t', ' ', '=', '0', 0x7f, 0x80, 0xff};
    size_t at = (size_t)(next_random(random) % size);
    size_t from = (size_t)(next_random(random) % size);
    size_t n = (size_t)(next_random(random) % 16) + 1;
    switch (next_random(random) % 5) {
    case 0:
        data[at] ^= (uint8_t)(1u << (next_random(random) % 8));
        return size;
    case 1:
        data[at] = values[next_random(random) % sizeof values];
        return size;
    case 2: /* cut off the end */
        return at;
    case 3: /* take some out */
        n = n < size - at ? n : size - at;
        memmove(data + at, data + at + n, size - at - n);
        return size - n;
    default: /* copy some to another place */
        n = n < size - at ? n : size - at;
        n = n < size - from ? n : size - from;
        memmove(data + at, data + from, n);
        return size;
    }
}

static void run_mutations(const uint8_t *data, size_t size, unsigned long count, uint64_t seed)
{
    uint64_t random = seed * 2654435761u + 88172645463325252u;
    uint8_t *copy = malloc(size > 0 ? size : 1);
    if (copy == NULL) {
        abort();
    }
    for (unsigned long i = 0; i < count && size > 0; i++) {
        size_t left = size;
        memcpy(copy, data, size);
        for (uint64_t changes = next_random(&random) % 4 + 1; changes > 0 && left > 0; changes--) {
            left = mutate(copy, left, &random);
        }
        run(copy, left);
    }
    free(copy);
}

static int run_file(const char *path, unsigned long mutations)
{
    static uint8_t data[INPUT_MAX];
    FILE *stream = fopen(path, "rb");
    if (stream == NULL) {
        return 0;
    }
    size_t size = fread(data, 1, sizeof data, stream);
    (void)fclose(stream);
    run(data, size);
    run_mutations(data, size, mutations, size + 1);
    return 1;
}

static int run_directory(const char *directory, unsigned long mutations)
{
    DIR *dir = opendir(directory);
    const struct dirent *entry;
    int files = 0;
    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        char path[4096];
        if (entry->d_name[0] == '.') {
            continue;
        }
        int n = snprintf(path, sizeof path, "%s/%s", directory, entry->d_name);
        if (n > 0 && (size_t)n < sizeof path) {
            files += run_file(path, mutations);
        }
    }
    if (dir != NULL) {
        (void)closedir(dir);
    }
    return files;
}

int main(int argc, char **argv)
{
    unsigned long mutations = 1000;
    int at = 1;
    if (argc > 2 && strcmp(argv[1], "-n") == 0) {
        mutations = strtoul(argv[2], NULL, 10);
        at = 3;
    }
    if (at + 1 != argc) {
        (void)fprintf(stderr, "usage: %s [-n MUTATIONS] DIRECTORY\n", argv[0]);
        return 2;
    }
    int files = run_directory(argv[at], mutations);
    (void)printf("%d files, %lu mutations of each\n", files, mutations);
    return files > 0 ? 0 : 2;
}
