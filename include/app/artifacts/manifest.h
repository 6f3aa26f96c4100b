/* dist/<release>/manifest.json: what was built, from what, for which kernel. */
#ifndef APP_ARTIFACTS_MANIFEST_H
#define APP_ARTIFACTS_MANIFEST_H

#include <stdbool.h>
#include <stdint.h>

#include "util/error.h"
#include "util/strv.h"

enum { UD_MANIFEST_SCHEMA = 1 };

/* Where the modules come from. */
#define UD_MANIFEST_BUILD "build"
#define UD_MANIFEST_PACKAGE "package"

struct ud_manifest_module {
    char *name;    /* as the kernel names the file: "usbip-core" */
    char *file;    /* below the manifest's directory: "usbip-core.ko" */
    uint64_t size; /* bytes */
    char *sha256;
    char *build_id; /* hex, "" if the module has none */
    char *vermagic;
    char *depends; /* comma separated, as modinfo has it */
    uint64_t crc_count;
    char *package;          /* that it was taken out of, with its version; "": it was built */
    bool overflow_fixed;    /* of usbip-core: its sources have the fix of usbip/holes.h */
    struct ud_strv aliases; /* of a driver: the devices that it is for; else none */
};

/* Strings are owned and never NULL after ud_manifest_read; "" where unknown. */
struct ud_manifest {
    int schema;
    char *tool_version;
    char *created;         /* UTC, ISO 8601 */
    char *release;         /* uname -r */
    char *kernel_version;  /* uname -v */
    char *kernel_build_id; /* of the kernel itself, hex; "" if it shows none */
    char *machine;         /* uname -m */
    char *config_source;
    char *config_sha256; /* of the running kernel's configuration text */
    char *source_name;
    char *source_sha256;  /* of the archive, "" for a directory */
    char *symvers_sha256; /* "" when none was given */
    char *builder_image;
    char *builder_id;
    char *compiler;       /* CONFIG_CC_VERSION_TEXT of the builder */
    char *signer_key_id;  /* as the kernel lists it; "" for unsigned modules */
    char *signer_subject; /* of the signer's certificate */
    char *signature_hash; /* "sha256" */
    char *inputs_sha256;  /* of all the build was made from, "" if not known */
    char *origin;         /* UD_MANIFEST_BUILD or UD_MANIFEST_PACKAGE; "" is the former */
    char *wanted;         /* the drivers that the build was asked for, with commas; "" for none */
    char *proof;       /* "proven" or "unproven": the sources are the kernel's; "" if not known */
    char *proof_of;    /* what was compared for it, or what is missing, a clause */
    char *known_holes; /* of usbip/holes.h those that the sources have, with commas; "" for none */
    char *config; /* the configuration that the build was given, its text; "" if the VM shows it */
    struct ud_manifest_module *modules; /* in load order */
    size_t module_count;
};

void ud_manifest_done(struct ud_manifest *manifest);

/* The build id of the usbip-core whose sources had the fix of usbip/holes.h, borrowed of the
 * manifest; NULL if there is none. */
const char *ud_manifest_fixed_build_id(const struct ud_manifest *manifest);

/* The JSON text, in new memory. */
char *ud_manifest_to_json(const struct ud_manifest *manifest);

/* Errors: UD_ERR_UNFIT naming the file and what is wrong (not JSON, another
 * schema, a member missing, a name that is no file name); UD_ERR_NOT_FOUND. */
UD_MUST_CHECK enum ud_code ud_manifest_read(const char *path, struct ud_manifest *ret,
                                            struct ud_error *err);

#endif
