/* Modules that stay: an image of ours with modules for one or several kernels, and a container of
 * it that inserts them whenever the engine starts. Nothing is written into the VM: all of it is
 * kept by the engine. */
#ifndef APP_INSTALL_INSTALL_H
#define APP_INSTALL_INSTALL_H

#include <stdbool.h>

#include "app/engine/context.h"
#include "app/load/load.h"
#include "docker/engine/engine.h"
#include "util/error.h"
#include "util/strv.h"

/* What is installed in an engine. */
struct ud_installation {
    bool present;
    bool running;
    bool works;             /* it runs, and what this kernel needs is in the kernel */
    char *state;            /* of the container: "running", "exited", ... */
    char *health;           /* "healthy", "unhealthy", "starting"; "" if the engine does not tell */
    struct ud_strv kernels; /* releases that it has modules for, the newest first */
    char *said;             /* how it is now, by the helper there; "" if it does not run */
};

void ud_installation_done(struct ud_installation *installation);

/* Looks at it and changes nothing. A container of that name that is somebody else's is none. */
UD_MUST_CHECK enum ud_code ud_installation_look(struct ud_engine *engine,
                                                struct ud_installation *ret, struct ud_error *err);

struct ud_installed {
    char *release;           /* of the running kernel */
    bool needless;           /* it has all of USB/IP built in: nothing was installed */
    bool unchanged;          /* all of it was there, and works */
    char *image;             /* with its tag */
    struct ud_strv modules;  /* for this kernel, in load order */
    struct ud_strv kernels;  /* releases that there are modules for now, the newest first */
    struct ud_strv inserted; /* modules that the container inserted now */
    const char *own_way;     /* how this system could insert modules itself (static), or NULL */
};

void ud_installed_done(struct ud_installed *installed);

/* Chooses and checks the modules as `load` does, and adds them to those that are installed for
 * other kernels. The container that there was is replaced only when the new one has inserted them
 * or found them there; else its error is handed on, and all is as it was. Errors: those of load;
 * UD_ERR_BUSY if somebody else's container has the name. */
UD_MUST_CHECK enum ud_code ud_app_install(const struct ud_app *app,
                                          const struct ud_load_options *options,
                                          struct ud_installed *ret, struct ud_error *err);

struct ud_uninstall_options {
    struct ud_load_options load; /* for unload, and the engine */
    bool unload;                 /* also take the modules out of the kernel */
};

struct ud_uninstalled {
    bool was_there;
    bool unloaded; /* it was asked for: */
    struct ud_load_result unload;
};

void ud_uninstalled_done(struct ud_uninstalled *uninstalled);

/* Removes container and image. With unload the modules go first: if they are in use, nothing is
 * removed (UD_ERR_BUSY). */
UD_MUST_CHECK enum ud_code ud_app_uninstall(const struct ud_app *app,
                                            const struct ud_uninstall_options *options,
                                            struct ud_uninstalled *ret, struct ud_error *err);

#endif
