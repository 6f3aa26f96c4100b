/* The CRCs of a kernel's exported symbols, gathered from several places. */
#ifndef KERNEL_CRCS_CRCS_H
#define KERNEL_CRCS_CRCS_H

#include <stdbool.h>
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
    bool confirmed; /* told by the kernel's own modules and computed, and equal */
    char *where;    /* the module or source that told, for messages */
    char *exporter; /* as Module.symvers names it: "vmlinux", "drivers/usb/core/usbcore" */
};

struct ud_crcs {
    struct ud_crc *items; /* sorted by name, each once */
    size_t len;
    size_t confirmed;         /* of those that are computed and the kernel's own, the equal ones */
    struct ud_strv differing; /* and the names of the others, each once */
    char *difference;         /* the first of them with both CRCs; NULL: none */
};

/* Adds one. What is known already is compared: UD_ERR_UNFIT, naming both places, if two of the
 * VM's modules or two sources say different things. One of the VM's modules stays when it is
 * computed too; if that gives another CRC, it is noted for ud_crcs_check_sources. */
UD_MUST_CHECK enum ud_code ud_crcs_add(struct ud_crcs *crcs, const char *name, uint32_t crc,
                                       enum ud_crc_origin origin, const char *where,
                                       struct ud_error *err);

/* Adds all exports of one of the VM's own modules; path is relative to the
 * modules' folder, such as "kernel/drivers/usb/core/usbcore.ko.xz". */
UD_MUST_CHECK enum ud_code ud_crcs_add_exports(struct ud_crcs *crcs, const struct ud_module *module,
                                               const char *path, struct ud_error *err);

void ud_crcs_done(struct ud_crcs *crcs);

/* How many computed CRCs are not those of the kernel's own modules, and which: "37 of 412 CRCs
 * differ (…); they give …", in new memory; NULL if none does. */
char *ud_crcs_describe_differing(const struct ud_crcs *crcs);

/* UD_ERR_UNFIT, with how many differ and the first ones, if a computed CRC is not the one that the
 * kernel's own modules have: then sources, configuration or compiler are not the kernel's. */
UD_MUST_CHECK enum ud_code ud_crcs_check_sources(const struct ud_crcs *crcs, struct ud_error *err);

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
