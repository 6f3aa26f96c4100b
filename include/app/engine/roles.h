/* Every container this program ever creates, in one table.
 *
 * docs/containers.md is written from it; a test compares the two. */
#ifndef APP_ENGINE_ROLES_H
#define APP_ENGINE_ROLES_H

#include <stdbool.h>
#include <stddef.h>

#include "docker/engine/engine.h"
#include "util/error.h"
#include "util/strv.h"

struct ud_container_spec;

enum ud_role {
    UD_ROLE_PROBE,     /* reads the kernel's facts, unprivileged */
    UD_ROLE_PROBE_VM,  /* the same from inside the VM's namespaces */
    UD_ROLE_TOOLCHAIN, /* installs compiler and tools into a base image */
    UD_ROLE_PACKAGES,  /* downloads the kernel's packages */
    UD_ROLE_KERNEL,    /* is read for what a kernel's build wrote */
    UD_ROLE_BUILD,     /* compiles */
    UD_ROLE_MODULES,   /* inserts and removes modules */
    UD_ROLE_SELFTEST,  /* attaches and detaches a device of its own */
    UD_ROLE_SHELL,     /* the user's shell in the VM */
    UD_ROLE_BASE,      /* is looked into, for an image on top of its own */
    UD_ROLE_VHCLI,     /* runs the VirtualHere client */
    UD_ROLE_RESOLVE,   /* looks a name up that only containers know */
    UD_ROLE_EXPORTS,   /* asks a USB/IP server for its devices */
    UD_ROLE_ATTACH,    /* attaches a server's device to the VM, and detaches it */
    UD_ROLE_GUARD,     /* attaches one, and stays between it and the kernel */
    UD_ROLE_KEEP,      /* attaches one again and again, as long as the command runs */
    UD_ROLE_TUNNEL,    /* attaches one that this machine reaches, as long as the command runs */
    UD_ROLE_INSTALLED, /* inserts modules whenever the engine starts */
    UD_ROLE_COUNT
};

struct ud_role_info {
    const char *name; /* label value and part of the container's name */
    const char *purpose;
    const char *image;
    bool privileged;
    bool drop_all_caps; /* else the engine's default set */
    bool host_pid;
    bool read_only_root;
    bool undoes;         /* what it changed in the kernel, if it is asked to stop */
    bool outlives;       /* the run that made it, and is removed by the engine when it ends */
    bool keeps_log;      /* by the engine; else what it writes is read while it runs */
    bool restarts;       /* with the engine, and when it ends */
    const char *lasting; /* the name of the one of this role that stays when its run has ended;
                          * NULL: none does */
    const char *network; /* "none", or "bridge" (host where the engine has no bridge) */
    const char *user;
    const char *mounts; /* for people */
    const char *lifetime;
};

#define UD_VHCLI_CONTAINER "usbipd-desktop-vhcli"         /* of UD_ROLE_VHCLI */
#define UD_INSTALLED_CONTAINER "usbipd-desktop-installed" /* of UD_ROLE_INSTALLED */

const struct ud_role_info *ud_role_info(enum ud_role role);

/* A name for a container of this role that no other run chooses, in new memory. */
char *ud_role_container_name(enum ud_role role);

/* Whether a container of that name is one that this program made, by all of its name:
 * containers that users make of our images have our labels too. */
bool ud_role_is_container_name(const char *name);

/* Whether it is the name of one that stays when its run has ended. */
bool ud_role_is_lasting_name(const char *name);

/* Fills spec for a container of this role: everything but command, environment
 * and mounts. name and image are borrowed. ud_role_choose_network goes with it. */
void ud_role_fill(enum ud_role role, const char *name, const char *image,
                  struct ud_container_spec *spec);

/* Has "bridge" replaced by "host" on an engine that was started without a bridge. */
UD_MUST_CHECK enum ud_code ud_role_choose_network(struct ud_engine *engine,
                                                  struct ud_container_spec *spec,
                                                  struct ud_error *err);

/* The labels that mark what is ours; role is the value of the second. */
#define UD_LABEL_OURS "io.github.usbipd-desktop"
#define UD_LABEL_ROLE "io.github.usbipd-desktop.role"
/* On a container: the id of the run that made it, or "none". */
#define UD_LABEL_RUN "io.github.usbipd-desktop.run"
/* On an image: the digest of all that went in. */
#define UD_LABEL_INPUTS "io.github.usbipd-desktop.inputs"
/* On an image of ours: the image it was made from. */
#define UD_LABEL_BASE "io.github.usbipd-desktop.base"
/* The build ids of modules of ours that it has, "usbcore=5f8c… vhci-hcd=…", and their kernel. */
#define UD_LABEL_BUILD_IDS "io.github.usbipd-desktop.build-ids"
#define UD_LABEL_RELEASE "io.github.usbipd-desktop.release"
/* On what is installed, instead: the releases of the kernels that it has modules for. */
#define UD_LABEL_KERNELS "io.github.usbipd-desktop.kernels"
/* And the command of the compiler in it. */
#define UD_LABEL_COMPILER "io.github.usbipd-desktop.compiler"

#endif
