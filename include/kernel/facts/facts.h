/* What is known of a running kernel and its system. The probe fills it. */
#ifndef KERNEL_FACTS_FACTS_H
#define KERNEL_FACTS_FACTS_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel/config/config.h"
#include "kernel/facts/release.h"
#include "kernel/facts/vhci.h"
#include "kernel/modlist/modlist.h"
#include "proto/device_report.h"
#include "util/error.h"
#include "util/strv.h"

struct ud_os_release {
    char *id; /* "" if absent; so the others */
    char *version_id;
    char *pretty_name;
};

/* Why what the VM has may not be seen by who looks. */
enum ud_unseen {
    UD_UNSEEN_NOTHING, /* all is seen */
    UD_UNSEEN_LINKED,  /* it is a link to what is not shown */
    UD_UNSEEN_DENIED,  /* a security policy, such as SELinux's, does not let it be read */
};

/* Text fields are NULL when unknown. */
struct ud_facts {
    struct ud_release release; /* uname -r, and what follows from it */
    char *version;             /* uname -v */
    char *build_id;            /* of the kernel itself, hex, by /sys/kernel/notes */
    char *machine;             /* uname -m: "x86_64", "aarch64" */
    char *boot_id;             /* /proc/sys/kernel/random/boot_id */
    struct ud_os_release os;

    bool has_config;
    struct ud_config config;
    char *config_text; /* as found, unpacked */
    size_t config_len;
    char *config_origin; /* "/proc/config.gz", "/boot/config-…", a user's file */

    bool modules_supported;        /* /proc/modules is there */
    char *modules_dir;             /* "/lib/modules/<release>", or NULL if there is none */
    enum ud_unseen modules_unseen; /* why there may be one all the same */
    struct ud_loaded_modules loaded;
    struct ud_deps deps;    /* modules.dep; empty if there is none */
    struct ud_strv builtin; /* names of modules.builtin; empty if there is none */

    bool has_btf;          /* /sys/kernel/btf/vmlinux is there */
    bool sig_enforce;      /* /sys/module/module/parameters/sig_enforce */
    bool modules_disabled; /* /proc/sys/kernel/modules_disabled */
    char *lockdown;        /* "none", "integrity", "confidentiality"; see ud_lockdown_parse */

    struct ud_strv keys; /* of X.509 keys that the kernel has; empty if it shows none.
                          * See kernel/facts/keys.h */

    struct ud_strv passed_over; /* what the system shows and nobody can use, a sentence each */

    bool vhci_present;  /* the platform device vhci_hcd.0 is there */
    bool vhci_overflow; /* it may have the fault of usbip/holes.h */
    struct ud_vhci_ports ports;
    struct ud_device_report devices; /* on those ports, as far as /sys tells */
};

void ud_facts_done(struct ud_facts *facts);

/* Has text as the kernel's configuration, in the place of one that was there; origin names
 * it for people. UD_ERR_FACTS, and nothing is changed, if it is no configuration or is cut:
 * see ud_config_check_whole. */
UD_MUST_CHECK enum ud_code ud_facts_take_config(struct ud_facts *facts, const char *text,
                                                size_t len, const char *origin,
                                                struct ud_error *err);

/* Parses /etc/os-release (shell-like `NAME=value` lines, values may be
 * quoted). Never fails: lines that it does not understand are skipped. */
void ud_os_release_parse(const char *text, size_t len, struct ud_os_release *ret);
void ud_os_release_done(struct ud_os_release *os);

/* The chosen word of /sys/kernel/security/lockdown ("none [integrity] …"), in new memory; NULL
 * if none is marked. */
char *ud_lockdown_parse(const char *text);

/* UD_ERR_FACTS, with reason and remedy, if this kernel would insert no module
 * of ours whatever is built: no module support, modules_disabled. For signatures
 * see kernel/verify/signing.h. */
UD_MUST_CHECK enum ud_code ud_facts_check_loadable(const struct ud_facts *facts,
                                                   struct ud_error *err);

#endif
