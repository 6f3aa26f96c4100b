/* Spoils a kernel module, in its place and without changing its size:
 *
 *   altermod FILE crc SYMBOL        another CRC for it in __versions
 *   altermod FILE import OLD NEW    imports NEW in the place of OLD, as long
 *   altermod FILE modinfo OLD NEW   a part of .modinfo, as long
 *   altermod FILE machine NUMBER    e_machine
 *
 * Exit status: 0; 1 if there was nothing to alter; 2 for a wrong command line or
 * a file that cannot be read or written. Only for files that are known to be good. */
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VERSION_SIZE = 64, VERSION_NAME = 8 };

static unsigned char *file;
static long file_len;

static int die(const char *what)
{
    (void)fprintf(stderr, "altermod: %s\n", what);
    exit(2);
}

static const Elf64_Shdr *find_section(const char *name)
{
    const Elf64_Ehdr *head = (const Elf64_Ehdr *)(const void *)file;
    const Elf64_Shdr *sections = (const Elf64_Shdr *)(const void *)(file + head->e_shoff);
    const char *names = (const char *)file + sections[head->e_shstrndx].sh_offset;
    for (int i = 0; i < head->e_shnum; i++) {
        if (strcmp(names + sections[i].sh_name, name) == 0) {
            return &sections[i];
        }
    }
    return NULL;
}

/* The entry of __versions for a symbol; NULL if there is none. */
static unsigned char *find_version(const char *symbol)
{
    const Elf64_Shdr *versions = find_section("__versions");
    for (Elf64_Xword at = 0; versions != NULL && at < versions->sh_size; at += VERSION_SIZE) {
        unsigned char *entry = file + versions->sh_offset + at;
        if (strcmp((const char *)entry + VERSION_NAME, symbol) == 0) {
            return entry;
        }
    }
    return NULL;
}

/* How many times old was found in a section; with whole it is a whole text there. */
static int replace(const char *section_name, const char *old, const char *new, int whole)
{
    const Elf64_Shdr *section = find_section(section_name);
    size_t len = strlen(old);
    int count = 0;
    for (Elf64_Xword at = 1; section != NULL && at + len < section->sh_size; at++) {
        unsigned char *text = file + section->sh_offset + at;
        int ends = text[-1] == '\0' && text[len] == '\0';
        if (memcmp(text, old, len) == 0 && (!whole || ends)) {
            memcpy(text, new, len);
            count++;
        }
    }
    return count;
}

static int alter_crc(const char *symbol)
{
    unsigned char *entry = find_version(symbol);
    if (entry != NULL) {
        entry[0] ^= 0xff;
    }
    return entry != NULL;
}

static int alter_import(const char *old, const char *new)
{
    unsigned char *entry = find_version(old);
    if (entry != NULL) {
        memcpy(entry + VERSION_NAME, new, strlen(new));
    }
    return replace(".strtab", old, new, 1) > 0 && entry != NULL;
}

static int alter_machine(const char *number)
{
    ((Elf64_Ehdr *)(void *)file)->e_machine = (Elf64_Half)atoi(number);
    return 1;
}

static int alter(int argc, char **argv)
{
    const char *what = argv[2];
    if (argc == 5 && strlen(argv[3]) != strlen(argv[4])) {
        die("the two are not of one length");
    }
    if (argc == 4 && strcmp(what, "crc") == 0) {
        return alter_crc(argv[3]);
    }
    if (argc == 4 && strcmp(what, "machine") == 0) {
        return alter_machine(argv[3]);
    }
    if (argc == 5 && strcmp(what, "import") == 0) {
        return alter_import(argv[3], argv[4]);
    }
    if (argc == 5 && strcmp(what, "modinfo") == 0) {
        return replace(".modinfo", argv[3], argv[4], 0) > 0;
    }
    return die("not something to alter");
}

static void read_file(FILE *stream)
{
    if (fseek(stream, 0, SEEK_END) != 0 || (file_len = ftell(stream)) < (long)sizeof(Elf64_Ehdr)) {
        die("the file is no module");
    }
    rewind(stream);
    file = malloc((size_t)file_len);
    if (file == NULL || fread(file, 1, (size_t)file_len, stream) != (size_t)file_len) {
        die("the file cannot be read");
    }
}

int main(int argc, char **argv)
{
    FILE *stream = argc >= 4 ? fopen(argv[1], "r+b") : NULL;
    if (stream == NULL) {
        die("FILE WHAT VALUE...");
        return 2;
    }
    read_file(stream);
    int found = alter(argc, argv);
    rewind(stream);
    if (fwrite(file, 1, (size_t)file_len, stream) != (size_t)file_len || fclose(stream) != 0) {
        die("the file cannot be written");
    }
    free(file);
    return found ? 0 : 1;
}
