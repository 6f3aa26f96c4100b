/* Options that `build` has and others that build too: what a build is made from, and where. Each
 * is a part of a table; FIELD(member) is the offset of a member of struct ud_build_options. */
#ifndef CLI_CMD_BUILD_OPTIONS_H
#define CLI_CMD_BUILD_OPTIONS_H

#include <stdbool.h>

/* A check for options that take names of drivers. */
bool ud_opt_is_driver_list(const char *text);

/* The sources, the kernel's configuration, and --with. */
#define UD_BUILD_SOURCE_OPTIONS(FIELD)                                                             \
    {.name = "source",                                                                             \
     .kind = UD_OPT_TEXT,                                                                          \
     .offset = FIELD(source),                                                                      \
     .value = "FILE|DIR|URL",                                                                      \
     .help = "The kernel's sources: an archive, a directory or the URL of an archive (default: "   \
             "the release's archive from kernel.org)"},                                            \
        {.name = "source-sha256",                                                                  \
         .kind = UD_OPT_TEXT,                                                                      \
         .offset = FIELD(source_sha256),                                                           \
         .value = "HEX",                                                                           \
         .check = ud_opt_is_sha256,                                                                \
         .accepts = "64 hexadecimal digits",                                                       \
         .help = "What the archive's SHA-256 must be"},                                            \
        {.name = "source-mirror",                                                                  \
         .kind = UD_OPT_TEXT,                                                                      \
         .offset = FIELD(source_mirror),                                                           \
         .value = "URL",                                                                           \
         .check = ud_opt_is_base_url,                                                              \
         .accepts = UD_OPT_BASE_URL,                                                               \
         .secret = true,                                                                           \
         .env = "USBIPD_DESKTOP_SOURCE_MIRROR",                                                    \
         .help = "Where to download archives from instead of kernel.org, git.kernel.org and "      \
                 "github.com, "                                                                    \
                 "with the same folders below it"},                                                \
        {.name = "patches",                                                                        \
         .kind = UD_OPT_TEXT,                                                                      \
         .offset = FIELD(patches),                                                                 \
         .value = "FILE|DIR",                                                                      \
         .help = "Changes of the kernel's builder to the sources: a patch, or a folder of files "  \
                 "*.patch, applied with `patch -p1` in the order of their names (default: those "  \
                 "that a LinuxKit VM or its image names, if kernel.org's sources are used)"},      \
        {.name = "kernel-image",                                                                   \
         .kind = UD_OPT_TEXT,                                                                      \
         .offset = FIELD(kernel_image),                                                            \
         .value = "IMAGE",                                                                         \
         .help = "An image that the kernel was published in: its Module.symvers and sources are "  \
                 "used if "                                                                        \
                 "its configuration is the running one"},                                          \
        {.name = "kernel-config",                                                                  \
         .kind = UD_OPT_TEXT,                                                                      \
         .offset = FIELD(kernel_config),                                                           \
         .value = "FILE",                                                                          \
         .help = "The running kernel's configuration, if the VM does not show it"},                \
    {                                                                                              \
        .name = "with", .kind = UD_OPT_LIST, .offset = FIELD(with), .value = "LIST",               \
        .check = ud_opt_is_driver_list,                                                            \
        .accepts = "names of modules or groups, with commas between",                              \
        .help =                                                                                    \
            "Drivers to build besides, by the names of their modules (ftdi_sio,cdc_acm), with "    \
            "what they need, or groups: serial, storage, hid, net, can, audio, video; may be "     \
            "repeated"                                                                             \
    }

/* What the kernel's symbols and structures are told by. */
#define UD_BUILD_SYMBOL_OPTIONS(FIELD)                                                             \
    {.name = "symvers",                                                                            \
     .kind = UD_OPT_TEXT,                                                                          \
     .offset = FIELD(symvers),                                                                     \
     .value = "FILE",                                                                              \
     .help = "The running kernel's Module.symvers (default: the CRCs are taken from the VM's own " \
             "modules and computed)"},                                                             \
    {                                                                                              \
        .name = "randstruct-seed", .kind = UD_OPT_TEXT, .offset = FIELD(randstruct_seed),          \
        .value = "FILE",                                                                           \
        .help =                                                                                    \
            "The seed of a kernel with randomized structure layouts (CONFIG_RANDSTRUCT), as its "  \
            "build left it: scripts/basic/randstruct.seed, or to Linux 5.18 "                      \
            "scripts/gcc-plugins/randomize_layout_seed.h (default: the one in the kernel's image)" \
    }

/* Where to compile, and who signs. */
#define UD_BUILD_TOOL_OPTIONS(FIELD)                                                               \
    {.name = "builder",                                                                            \
     .kind = UD_OPT_TEXT,                                                                          \
     .offset = FIELD(builder),                                                                     \
     .value = "IMAGE",                                                                             \
     .help = "Compile in this image, used as it is (default: one chosen by the compiler that the " \
             "kernel was built with)"},                                                            \
        {.name = "platform",                                                                       \
         .kind = UD_OPT_TEXT,                                                                      \
         .offset = FIELD(platform),                                                                \
         .value = "PLATFORM",                                                                      \
         .check = ud_opt_is_platform,                                                              \
         .accepts = UD_OPT_PLATFORM,                                                               \
         .help = "Compile in an image for this platform, such as linux/amd64, if the build "       \
                 "engine can run its programs (default: the build engine's own)"},                 \
        {.name = "build-host",                                                                     \
         .kind = UD_OPT_TEXT,                                                                      \
         .offset = FIELD(build_host),                                                              \
         .value = "ENDPOINT",                                                                      \
         .help = "Compile on this engine (default: the VM's own)"},                                \
        {.name = "sign-key",                                                                       \
         .kind = UD_OPT_TEXT,                                                                      \
         .offset = FIELD(sign_key),                                                                \
         .value = "FILE",                                                                          \
         .help =                                                                                   \
             "Sign the modules with this private key, for kernels that enforce signatures; an "    \
             "encrypted one's passphrase is taken from USBIPD_DESKTOP_SIGN_PASSPHRASE"},           \
    {                                                                                              \
        .name = "sign-cert", .kind = UD_OPT_TEXT, .offset = FIELD(sign_cert), .value = "FILE",     \
        .help = "The key's X.509 certificate (default: the one in the key's file)"                 \
    }

/* In the order of enum ud_build_origin. */
extern const char *const ud_build_origins[];

#define UD_BUILD_ORIGIN_OPTION(FIELD)                                                              \
    {                                                                                              \
        .name = "origin", .kind = UD_OPT_CHOICE, .offset = FIELD(origin), .value = "ORIGIN",       \
        .choices = ud_build_origins,                                                               \
        .help =                                                                                    \
            "Where modules come from: package (the distribution's own), build (compiled), or "     \
            "auto, which is package where that can be, unless an option for building is given "    \
            "(default: auto)"                                                                      \
    }

#define UD_BUILD_OFFLINE_OPTION(FIELD)                                                             \
    {                                                                                              \
        .name = "offline", .kind = UD_OPT_FLAG, .offset = FIELD(offline),                          \
        .help = "Download and pull nothing: use what is named, kept here, or in the engine"        \
    }

#endif
