/* What a module file says of itself: its build ID and its name. Pure; every
 * offset is checked before it is used. Only 64-bit little-endian ELF, as amd64
 * and arm64 modules are. */
#ifndef HELPER_SYS_ELFNOTE_H
#define HELPER_SYS_ELFNOTE_H

#include <stdbool.h>
#include <stddef.h>

#include "proto/check.h"
#include "util/str.h"

/* The build ID in hex from the bytes of a notes section, such as a
 * notes/.note.gnu.build-id of sysfs; false if there is none. */
bool ud_note_build_id(const void *notes, size_t len, char ret[UD_BUILD_ID_MAX + 1]);

/* The same from a whole ELF file. */
bool ud_elf_build_id(const void *elf, size_t len, char ret[UD_BUILD_ID_MAX + 1]);

/* The "name=" of the section .modinfo; false if there is none or it is not a
 * well-formed module name. */
bool ud_elf_module_name(const void *elf, size_t len, char ret[UD_MODULE_NAME_MAX + 1]);

/* The bytes of the section with this name, inside elf; false if there is none. */
bool ud_elf_section(const void *elf, size_t len, const char *name, struct ud_slice *ret);

#endif
