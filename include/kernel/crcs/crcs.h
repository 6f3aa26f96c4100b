/* The CRCs of a kernel's exported symbols, gathered from several places. */
#ifndef KERNEL_CRCS_CRCS_H
#define KERNEL_CRCS_CRCS_H

#include <stddef.h>
#include <stdint.h>

#include "kernel/elf/module.h"
#include "util/error.h"
#include "util/strv.h"

/* Where a CRC is from. */
enum ud_crc_origin {
    UD_CRC_OF_MODULES, /* of the VM's own modules: what the running kernel has */
    UD_CRC_COMPUTED    /* from sources and configuration */
};

struct ud_crc {
    char *name;
    uint32_t crc;
    enum ud_crc_origin origin;
    char *where;    /* the module or source that told, for messages */
    char *exporter; /* as Module.symvers names it: "vmlinux", "drivers/usb/core/usbcore" */
};

struct ud_crcs {
    struct ud_crc *items; /* sorted by name, each once */
    size_t len;
    size_t confirmed; /* how often a computed one met the kernel's own, and was equal */
};

/* Adds one. What is known already is compared: UD_ERR_UNFIT, naming both
 * places, if it differs. One of the VM's modules stays when it is computed too. */
UD_MUST_CHECK enum ud_code ud_crcs_add(struct ud_crcs *crcs, const char *name, uint32_t crc,
                                       enum ud_crc_origin origin, const char *where,
                                       struct ud_error *err);

/* Adds all exports of one of the VM's own modules; path is relative to the
 * modules' folder, such as "kernel/drivers/usb/core/usbcore.ko.xz". */
UD_MUST_CHECK enum ud_code ud_crcs_add_exports(struct ud_crcs *crcs, const struct ud_module *module,
                                               const char *path, struct ud_error *err);

void ud_crcs_done(struct ud_crcs *crcs);

/* NULL if it is not among them. */
const struct ud_crc *ud_crcs_find(const struct ud_crcs *crcs, const char *name);

/* Adds those of the sorted names that are not known. */
void ud_crcs_missing(const struct ud_crcs *crcs, const struct ud_strv *names, struct ud_strv *ret);

/* How many of these names are known from there. */
size_t ud_crcs_count(const struct ud_crcs *crcs, const struct ud_strv *names,
                     enum ud_crc_origin origin);

/* The text of a Module.symvers with all of them, in new memory. */
char *ud_crcs_to_symvers(const struct ud_crcs *crcs, size_t *ret_len);

/* Adds what genksyms wrote of one source (where): lines `#SYMVER name 0xcrc`, or
 * up to Linux 5.18 `__crc_name = 0xcrc;`. Other lines are passed over. Errors
 * of ud_crcs_add. */
UD_MUST_CHECK enum ud_code ud_crcs_add_genksyms(struct ud_crcs *crcs, const char *text, size_t len,
                                                const char *where, struct ud_error *err);

/* Adds those that are symbols of a compiled object, as kbuild leaves it up to Linux
 * 5.18. None if it is no ELF file, as of clang's LTO. Errors of ud_crcs_add. */
UD_MUST_CHECK enum ud_code ud_crcs_add_object(struct ud_crcs *crcs, const char *data, size_t len,
                                              const char *where, struct ud_error *err);

#endif
