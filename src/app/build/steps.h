/* What build.c does in turn. Each function is one file beside it. */
#ifndef APP_BUILD_STEPS_H
#define APP_BUILD_STEPS_H

#include "app/build/build.h"
#include "build/cache_keys.h"
#include "builder/build_container.h"
#include "builder/builder_image.h"
#include "kernel/config/config.h"
#include "kernel/crcs/crcs.h"
#include "kernel/crcs/exports.h"
#include "kernel/crcs/symvers.h"
#include "kernel/drift/drift.h"
#include "kernel/elf/module.h"
#include "kernel/kbuild/kbuild.h"
#include "kernel/kbuild/layout_seed.h"
#include "kernel/kbuild/layouts.h"
#include "kernel/kbuild/patches.h"
#include "sources/acquire.h"
#include "sources/package_fetcher.h"
#include "sources/sources.h"
#include "util/buf.h"
#include "kernel/verify/proof.h"
#include "util/strv.h"
#include "vm/evidence_async.h"

/* A module as it came out of the container. */
struct ud_built {
    const char *name;    /* of its file, without ".ko"; the plan's */
    bool driver;         /* it was asked for, or is needed by such a one */
    bool dispensable;    /* it is of no use unless another module imports of it */
    bool overflow_fixed; /* see struct ud_manifest_module */
    const char *package; /* that it was taken out of; NULL: it was built */
    struct ud_buf bytes;
    struct ud_module module;
};

/* All that a build holds while it runs; build.c opens and releases it. */
struct ud_build {
    const struct ud_app *app;
    const struct ud_build_options *options;
    struct ud_build_result *result; /* facts and plan are valid throughout */
    struct ud_connection vm;
    struct ud_connection builder_host; /* engine NULL: the VM's builds */
    struct ud_package_vm package_vm;   /* the VM's */
    struct ud_sources sources;
    struct ud_builder_image builder_image;
    struct ud_sources_wish wish;
    struct ud_acquire acquire;
    struct ud_patches patches;    /* of the sources */
    struct ud_strv patched_files; /* that they change; sorted */
    struct ud_build_container container;
    struct ud_config_edits edits; /* the plan's and the user's */
    struct ud_driver_wish wanted; /* --with and --for */
    struct ud_drivers *drivers;   /* what the sources tell of them; NULL: nobody asked */
    struct ud_strv driver_dirs;   /* of the tree, that are sent for them; sorted */
    struct ud_strv usb_symbols;   /* defined by Kconfig files in drivers/usb; sorted */
    char source_digest[65];       /* "" for a directory, and while it is not known */
    struct ud_buf symvers_text;   /* the user's or a route's; empty: there is none */
    struct ud_symvers symvers;
    char layout_seed[UD_LAYOUT_SEED_SIZE]; /* "": no layout is randomized */
    char layout_hash[UD_LAYOUT_SEED_SIZE]; /* what the kernel's own modules tell of it, or "" */
    struct ud_exports *exports;            /* NULL: no CRC has to be found */
    struct ud_kbuild_options kbuild;
    char *compiler;         /* CC_VERSION_TEXT of the builder */
    struct ud_built *built; /* in load order */
    size_t built_count;
    bool packaged;                 /* they are out of packages, or are going to be */
    struct ud_strv packaged_texts; /* names of modules and packages that built points to */
    struct ud_layouts layouts;     /* compiled with them */
    struct ud_evidence evidence;   /* what they are to be compared with */
    bool evidence_asked;
    struct ud_early_evidence *early; /* is being asked; NULL: nobody is */
    struct ud_signer *signer;        /* NULL without --sign-key */
    struct ud_build_cache cache;
    struct ud_strv holes;     /* ids of the known ones that the sources have */
    bool overflow_looked_for; /* and the source of that one was there */
};

/* The engine that compiles. */
struct ud_engine *ud_build_engine(const struct ud_build *build);

/* Decides what is to be built or taken, from the facts. */
UD_MUST_CHECK enum ud_code ud_build_plan(struct ud_build *build, struct ud_error *err);

/* Takes the modules out of the distribution's packages, if that can be and the user lets it:
 * build->packaged says so, and then they are in build->built, checked and in load order, unless
 * nothing is to do. Else all is as before. */
UD_MUST_CHECK enum ud_code ud_build_take_packaged(struct ud_build *build, struct ud_error *err);

/* Reads what the user gave: --set, --config-fragment, --symvers. */
UD_MUST_CHECK enum ud_code ud_build_read_inputs(struct ud_build *build, struct ud_error *err);

/* Gets the Module.symvers by a route, if one is needed that nobody named, and
 * sources that come with it. Not getting it is no error here. */
UD_MUST_CHECK enum ud_code ud_build_find_symvers(struct ud_build *build, struct ud_error *err);

/* Compares it with the kernel's own modules, before anything is compiled with it. UD_ERR_UNFIT for
 * that of another build. */
UD_MUST_CHECK enum ud_code ud_build_check_symvers(struct ud_build *build, struct ud_error *err);

/* Where layouts are randomized: asks the kernel's own modules for the hash of the seed,
 * which may tell nothing. */
UD_MUST_CHECK enum ud_code ud_build_ask_layout(struct ud_build *build, struct ud_error *err);

/* Where layouts are randomized: gets the seed from the user's file or by a route, and
 * what the kernel's own modules tell of it is compared. UD_ERR_FACTS if it cannot be had,
 * UD_ERR_UNFIT for another kernel's. */
UD_MUST_CHECK enum ud_code ud_build_find_seed(struct ud_build *build, struct ud_error *err);

/* The sources: the named ones, or by a route. */
UD_MUST_CHECK enum ud_code ud_build_find_sources(struct ud_build *build, struct ud_error *err);

/* --patches. */
UD_MUST_CHECK enum ud_code ud_build_read_patches(struct ud_build *build, struct ud_error *err);

/* Once the sources are chosen: for those that lack what the kernel's builder changed, which neither
 * the user nor the image of the kernel gave, asks the VM. */
UD_MUST_CHECK enum ud_code ud_build_find_patches(struct ud_build *build, struct ud_error *err);

/* Applies them in the container, which has the sources. UD_ERR_SOURCE for one that does not fit. */
UD_MUST_CHECK enum ud_code ud_build_apply_patches(struct ud_build *build, struct ud_error *err);

/* The directory of the artifacts, in new memory. */
char *ud_build_output_dir(const struct ud_build *build);

/* Looks into the sources, which were sent, for the fixes of known holes (usbip/holes.h) in what is
 * going to be built, and tells those that are missing. UD_ERR_SOURCE for --fail-on-known-holes. */
UD_MUST_CHECK enum ud_code ud_build_look_for_holes(struct ud_build *build, struct ud_error *err);

/* UD_ERR_SOURCE, with --fail-on-known-holes, for these ids, which have commas between. */
UD_MUST_CHECK enum ud_code ud_build_refuse_holes(const struct ud_build *build, const char *ids,
                                                 struct ud_error *err);

/* Notes of usbip-core, which was made, what was found then: see struct ud_built. */
void ud_build_note_fix(struct ud_build *build);

/* The compiler that the kernel was built with, or, if the image has none of that
 * name, by the plain name of its kind. UD_ERR_BUILD if it has no make or neither. */
UD_MUST_CHECK enum ud_code ud_build_find_compiler(struct ud_build *build, struct ud_error *err);

/* Fills kbuild from what has been decided; the compiler's name may change until
 * the builder was asked. */
void ud_build_fill_kbuild(struct ud_build *build);

/* Runs one make in the container. */
UD_MUST_CHECK enum ud_code ud_build_make(struct ud_build *build, enum ud_kbuild_target target,
                                         struct ud_error *err);

/* Reads what was asked for by --with and --for. */
UD_MUST_CHECK enum ud_code ud_build_read_wish(struct ud_build *build, struct ud_error *err);

/* Where drivers are wanted: reads the sources once to choose them, and plans them. */
UD_MUST_CHECK enum ud_code ud_build_find_drivers(struct ud_build *build, struct ud_error *err);

/* Fills build->drivers without sending anything. */
UD_MUST_CHECK enum ud_code ud_build_scan_drivers(struct ud_build *build, struct ud_error *err);

/* Streams the sources into the container, which need not run. */
UD_MUST_CHECK enum ud_code ud_build_send_sources(struct ud_build *build, struct ud_error *err);

/* Has kbuild resolve the edited configuration and judges what moved. */
UD_MUST_CHECK enum ud_code ud_build_configure(struct ud_build *build, struct ud_error *err);

/* The same in a tree that is configured: judges what moved then. */
UD_MUST_CHECK enum ud_code ud_build_reconfigure(struct ud_build *build, struct ud_error *err);

/* Prepares the tree, unless it is, and compiles the modules. */
UD_MUST_CHECK enum ud_code ud_build_compile(struct ud_build *build, struct ud_error *err);

/* Sends what else of the tree is in these directories. */
UD_MUST_CHECK enum ud_code ud_build_send_more(struct ud_build *build, const struct ud_strv *dirs,
                                              struct ud_error *err);

/* Fills build->exports without sending anything. */
UD_MUST_CHECK enum ud_code ud_build_scan_exports(struct ud_build *build, struct ud_error *err);

/* Fetches the modules that make has left into build->built, without those that
 * turned out to be of no use; releases them again. */
UD_MUST_CHECK enum ud_code ud_build_fetch(struct ud_build *build, struct ud_error *err);
void ud_build_forget(struct ud_build *build);

/* For a kernel whose Module.symvers nobody has: fills build->symvers with the CRC of each symbol
 * that the modules, made once already, import. Where there is one, proves the sources only. */
UD_MUST_CHECK enum ud_code ud_build_find_crcs(struct ud_build *build, struct ud_error *err);

/* Has genksyms compute the CRCs of the missing symbols, and that of module_layout; of all that are
 * needed where the sources have to be proven. Those that the kernel's own modules have are
 * compared: UD_ERR_UNFIT if they differ. */
UD_MUST_CHECK enum ud_code ud_build_compute_crcs(struct ud_build *build,
                                                 const struct ud_strv *needed,
                                                 const struct ud_strv *missing,
                                                 struct ud_crcs *crcs, struct ud_error *err);

/* UD_ERR_UNFIT if computed CRCs are not those of the kernel's own modules. */
UD_MUST_CHECK enum ud_code ud_build_check_crcs(const struct ud_build *build,
                                               const struct ud_crcs *crcs, struct ud_error *err);

/* The same, and notes them as a proof. Where the sources have to be proven, more of the kernel's
 * own CRCs are asked for before. */
UD_MUST_CHECK enum ud_code ud_build_prove_crcs(struct ud_build *build, struct ud_crcs *crcs,
                                               struct ud_error *err);

/* Once the modules were compared with the evidence: notes the structs as a proof. UD_ERR_FACTS
 * where the sources have to be proven and are not. */
UD_MUST_CHECK enum ud_code ud_build_prove(struct ud_build *build, struct ud_error *err);

/* Has a thread ask the VM what the modules are to be compared with, if it was not asked yet. */
UD_MUST_CHECK enum ud_code ud_build_ask_early(struct ud_build *build, struct ud_error *err);

/* Fills build->evidence: waits for that thread if there is one, or asks. Does nothing more when
 * it is called again. All is asked for at once, also for the hash of a layout alone. */
UD_MUST_CHECK enum ud_code ud_build_ask_evidence(struct ud_build *build, struct ud_error *err);

/* Fetches the modules, checks them and puts them in load order. */
UD_MUST_CHECK enum ud_code ud_build_collect(struct ud_build *build, struct ud_error *err);

/* The last part of that: puts build->built in load order, and compares with the kernel. */
UD_MUST_CHECK enum ud_code ud_build_conclude_modules(struct ud_build *build, struct ud_error *err);

/* Reads key and certificate; before anything that takes long. */
UD_MUST_CHECK enum ud_code ud_build_open_signer(struct ud_build *build, struct ud_error *err);

/* Once the kernel is known: chooses the digest, and warns where this kernel will
 * not take what is going to be built. */
UD_MUST_CHECK enum ud_code ud_build_prepare_signing(struct ud_build *build, struct ud_error *err);

/* Signs the modules, which are checked and final. */
UD_MUST_CHECK enum ud_code ud_build_sign(struct ud_build *build, struct ud_error *err);

/* Whether ud_build_write may replace what is in its place: UD_ERR_USAGE if not. */
UD_MUST_CHECK enum ud_code ud_build_check_output(struct ud_build *build, struct ud_error *err);

/* Writes <output>/<release>/ at once and fills the result's manifest. */
UD_MUST_CHECK enum ud_code ud_build_write(struct ud_build *build, struct ud_error *err);

#endif
