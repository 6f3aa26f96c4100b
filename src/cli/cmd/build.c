#include "help/commands.h"

#include <stddef.h>

#include "app/build/build.h"
#include "kernel/config/config.h"
#include "kernel/drivers/drivers.h"
#include "report/jsondoc.h"
#include "show/show.h"

#define FIELD(member) offsetof(struct ud_build_options, member)

/* CONFIG_USBIP_VHCI_HC_PORTS and CONFIG_USBIP_VHCI_NR_HCS have these ranges in
 * drivers/usb/usbip/Kconfig. */
enum { PORTS_MAX = 15, CONTROLLERS_MAX = 128, JOBS_MAX = 1024 };

static bool is_setting(const char *text)
{
    struct ud_config_edits edits = {0};
    bool good = ud_config_edits_parse(&edits, text, NULL) == UD_OK;
    ud_config_edits_done(&edits);
    return good;
}

static bool is_driver_list(const char *text)
{
    struct ud_driver_wish wish = {0};
    bool good = ud_driver_wish_add(&wish, text, NULL) == UD_OK;
    ud_driver_wish_done(&wish);
    return good;
}

static bool is_device(const char *text)
{
    struct ud_driver_wish wish = {0};
    bool good = ud_driver_wish_add_device(&wish, text, NULL) == UD_OK;
    ud_driver_wish_done(&wish);
    return good;
}

const struct ud_opt ud_build_opts[] = {
    {.name = "source",
     .kind = UD_OPT_TEXT,
     .offset = FIELD(source),
     .value = "FILE|DIR|URL",
     .help = "The kernel's sources: an archive, a directory or the URL of an archive (default: "
             "the release's archive from kernel.org)"},
    {.name = "source-sha256",
     .kind = UD_OPT_TEXT,
     .offset = FIELD(source_sha256),
     .value = "HEX",
     .check = ud_opt_is_sha256,
     .accepts = "64 hexadecimal digits",
     .help = "What the archive's SHA-256 must be"},
    {.name = "source-mirror",
     .kind = UD_OPT_TEXT,
     .offset = FIELD(source_mirror),
     .value = "URL",
     .check = ud_opt_is_base_url,
     .accepts = UD_OPT_BASE_URL,
     .secret = true,
     .env = "USBIPD_DESKTOP_SOURCE_MIRROR",
     .help =
         "Where to download archives from instead of kernel.org, git.kernel.org and github.com, "
         "with the same folders below it"},
    {.name = "kernel-image",
     .kind = UD_OPT_TEXT,
     .offset = FIELD(kernel_image),
     .value = "IMAGE",
     .help =
         "An image that the kernel was published in: its Module.symvers and sources are used if "
         "its configuration is the running one"},
    {.name = "kernel-config",
     .kind = UD_OPT_TEXT,
     .offset = FIELD(kernel_config),
     .value = "FILE",
     .help = "The running kernel's configuration, if the VM does not show it"},
    {.name = "with",
     .kind = UD_OPT_LIST,
     .offset = FIELD(with),
     .value = "LIST",
     .check = is_driver_list,
     .accepts = "names of modules or groups, with commas between",
     .help = "Drivers to build besides, by the names of their modules (ftdi_sio,cdc_acm), with "
             "what they need, or groups: serial, storage, hid, net, can, audio, video; may be "
             "repeated"},
    {.name = "for",
     .kind = UD_OPT_LIST,
     .offset = FIELD(devices),
     .value = "VID:PID",
     .check = is_device,
     .accepts = "a USB device as 0403:6001, or as 0403:6001:ff0000 with class, subclass and "
                "protocol",
     .help = "A USB device whose drivers to build besides; may be repeated"},
    {.name = "config-fragment",
     .kind = UD_OPT_LIST,
     .offset = FIELD(fragments),
     .value = "FILE",
     .help = "Lines of CONFIG_X=v to put over the configuration; may be repeated"},
    {.name = "set",
     .kind = UD_OPT_LIST,
     .offset = FIELD(sets),
     .value = "CONFIG_X=v",
     .check = is_setting,
     .accepts = "CONFIG_NAME=value with a value of y, m, n, a number or a quoted text",
     .help = "One option to put over the configuration; may be repeated"},
    {.name = "ports",
     .kind = UD_OPT_NUMBER,
     .offset = FIELD(ports),
     .value = "N",
     .min = 1,
     .max = PORTS_MAX,
     .help = "Ports of each speed for each virtual controller (default: 8)"},
    {.name = "controllers",
     .kind = UD_OPT_NUMBER,
     .offset = FIELD(controllers),
     .value = "N",
     .min = 1,
     .max = CONTROLLERS_MAX,
     .help = "Virtual controllers (default: 1)"},
    {.name = "symvers",
     .kind = UD_OPT_TEXT,
     .offset = FIELD(symvers),
     .value = "FILE",
     .help = "The running kernel's Module.symvers (default: the CRCs are taken from the VM's own "
             "modules and computed)"},
    {.name = "randstruct-seed",
     .kind = UD_OPT_TEXT,
     .offset = FIELD(randstruct_seed),
     .value = "FILE",
     .help =
         "The seed of a kernel with randomized structure layouts (CONFIG_RANDSTRUCT), as its "
         "build left it: scripts/basic/randstruct.seed, or to Linux 5.18 "
         "scripts/gcc-plugins/randomize_layout_seed.h (default: the one in the kernel's image)"},
    {.name = "allow-missing-crcs",
     .kind = UD_OPT_FLAG,
     .offset = FIELD(allow_missing_crcs),
     .help = "Build even if the kernel checks symbol versions and some CRCs cannot be found; it "
             "then refuses the modules unless it is lenient"},
    {.name = "builder",
     .kind = UD_OPT_TEXT,
     .offset = FIELD(builder),
     .value = "IMAGE",
     .help = "Compile in this image, used as it is (default: one chosen by the compiler that the "
             "kernel was built with)"},
    {.name = "build-host",
     .kind = UD_OPT_TEXT,
     .offset = FIELD(build_host),
     .value = "ENDPOINT",
     .help = "Compile on this engine (default: the VM's own)"},
    {.name = "sign-key",
     .kind = UD_OPT_TEXT,
     .offset = FIELD(sign_key),
     .value = "FILE",
     .help = "Sign the modules with this private key, for kernels that enforce signatures; an "
             "encrypted one's passphrase is taken from USBIPD_DESKTOP_SIGN_PASSPHRASE"},
    {.name = "sign-cert",
     .kind = UD_OPT_TEXT,
     .offset = FIELD(sign_cert),
     .value = "FILE",
     .help = "The key's X.509 certificate (default: the one in the key's file)"},
    {.name = "output",
     .short_name = 'o',
     .kind = UD_OPT_TEXT,
     .offset = FIELD(output),
     .value = "DIR",
     .help = "Where <release>/ with the modules appears (default: dist); one that holds "
             "anything that build did not write is not replaced"},
    {.name = "jobs",
     .short_name = 'j',
     .kind = UD_OPT_NUMBER,
     .offset = FIELD(jobs),
     .value = "N",
     .min = 1,
     .max = JOBS_MAX,
     .help = "Compile jobs at a time (default: as many as the engine has processors)"},
    {.name = "whole-tree",
     .kind = UD_OPT_FLAG,
     .offset = FIELD(whole_tree),
     .help = "Send all of the sources to the builder, not just what such a build reads"},
    {.name = "offline",
     .kind = UD_OPT_FLAG,
     .offset = FIELD(offline),
     .help = "Download and pull nothing: use what is named, kept here, or in the engine"},
    {.name = "no-cache",
     .kind = UD_OPT_FLAG,
     .offset = FIELD(no_cache),
     .help = "Build all anew, and keep nothing for the next time"},
    {.name = "dry-run",
     .kind = UD_OPT_FLAG,
     .offset = FIELD(dry_run),
     .help = "Say what would be built, and build nothing"},
    {.name = NULL},
};

enum ud_code ud_build_run(struct ud_session *session, void *options, struct ud_error *err)
{
    struct ud_build_options *o = options;
    struct ud_build_result result = {0};
    o->vm = ud_session_choice(session);
    UD_TRY(ud_session_ended(session, ud_app_build(&session->app, o, &result, err)));
    if (session->common.json) {
        cJSON *document = ud_doc_new();
        ud_doc_build(document, &result);
        ud_doc_print(document, &session->out);
        cJSON_Delete(document);
    } else {
        struct ud_page page = {&session->out, &session->out_style};
        ud_show_build(&page, &result);
    }
    ud_build_result_done(&result);
    return UD_OK;
}
