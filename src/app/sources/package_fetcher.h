/* The package managers of distributions, each run as an ordinary user in a container of an image
 * that has it, with lists and files of its own below the container's tree. Each downloads by what
 * its image is configured with, and checks the archive's signatures with its image's keys. Where
 * that does not reach the archive, or the archive lacks a package, it works by what the VM is
 * configured with (its mirrors and proxies, and its keys besides). */
#ifndef APP_SOURCES_PACKAGE_FETCHER_H
#define APP_SOURCES_PACKAGE_FETCHER_H

#include "app/engine/context.h"
#include "builder/build_container.h"
#include "kernel/routes/routes.h"
#include "util/error.h"
#include "util/strv.h"
#include "vm/vm_files.h"

/* The configuration of the VM's package manager: asked for once, by whoever comes first. */
struct ud_package_vm {
    struct ud_engine *engine; /* borrowed; NULL: there is nobody to ask */
    bool asked;
    struct ud_vm_files files;
};

void ud_package_vm_done(struct ud_package_vm *vm);

/* What to open one with; all borrowed. */
struct ud_package_fetching {
    const struct ud_app *app;
    struct ud_engine *engine; /* that fetches; it has the image */
    struct ud_package_vm *vm; /* NULL: nobody's configuration may be read */
    enum ud_package_tool tool;
    struct ud_build_container_image image;
    const char *machine; /* uname -m of the kernel */
};

struct ud_package_fetcher {
    const struct ud_app *app;
    struct ud_package_vm *vm;
    enum ud_package_tool tool;
    const char *machine; /* uname -m of the kernel, borrowed */
    bool by_vm;          /* it works by the VM's configuration */
    struct ud_build_container container;
    struct ud_strv env;
    char *release; /* VERSION_ID of the image, for those who want it; NULL: not read yet */
};

/* Starts the container and reads the archive's lists, by the VM's configuration if the image's does
 * not do. ud_package_fetcher_close releases it, whatever this returns. */
UD_MUST_CHECK enum ud_code ud_package_fetcher_open(const struct ud_package_fetching *fetching,
                                                   struct ud_package_fetcher *ret,
                                                   struct ud_error *err);

/* Works by the VM's configuration from now on, and says so. *failure is why the image's does not
 * do: it is the error if this works by the VM's already, or the VM has none for this package
 * manager. */
UD_MUST_CHECK enum ud_code ud_package_fetcher_turn_to_vm(struct ud_package_fetcher *fetcher,
                                                         const struct ud_error *failure,
                                                         struct ud_error *err);
void ud_package_fetcher_close(struct ud_package_fetcher *fetcher);

/* Downloads what was asked for, "<name>" or "<name>=<version>", into a directory of its own, and
 * checks its signature. *ret_path is the file in the container, in new memory. UD_ERR_NOT_FOUND,
 * saying which versions there are, if the archive does not have it. */
UD_MUST_CHECK enum ud_code ud_package_fetcher_download(struct ud_package_fetcher *fetcher,
                                                       const char *asked, char **ret_path,
                                                       struct ud_error *err);

/* ---- for those that know one package manager each ---- */

#define UD_PACKAGE_IN_TREE(path) UD_BUILD_CONTAINER_TREE "/" path

/* Where the container has a file of the VM's configuration, if by_vm. */
#define UD_PACKAGE_OF_VM(path) UD_BUILD_CONTAINER_PLACE "/vm" path

/* Puts that there. UD_ERR_NOT_FOUND if it is there already, or the VM has none. */
UD_MUST_CHECK enum ud_code ud_package_bring_vms(struct ud_package_fetcher *fetcher,
                                                struct ud_error *err);

struct ud_package_tool_functions {
    enum ud_code (*refresh)(struct ud_package_fetcher *fetcher, struct ud_error *err);
    /* Leaves the file, and no other, in the directory dir below the tree, which is there. */
    enum ud_code (*download)(struct ud_package_fetcher *fetcher, const char *name,
                             const char *version, const char *dir, struct ud_error *err);
};

extern const struct ud_package_tool_functions ud_package_apt;
extern const struct ud_package_tool_functions ud_package_dnf;
extern const struct ud_package_tool_functions ud_package_zypper;
extern const struct ud_package_tool_functions ud_package_apk;

/* Runs a command in the tree, and releases argv. */
UD_MUST_CHECK enum ud_code ud_package_run(struct ud_package_fetcher *fetcher, struct ud_strv *argv,
                                          struct ud_error *err);
/* The same in a directory below the tree. */
UD_MUST_CHECK enum ud_code ud_package_run_in(struct ud_package_fetcher *fetcher, const char *dir,
                                             struct ud_strv *argv, struct ud_error *err);

/* The same in the tree, where the exit code, which goes to *ret_exit, is no error. */
UD_MUST_CHECK enum ud_code ud_package_try(struct ud_package_fetcher *fetcher, struct ud_strv *argv,
                                          int *ret_exit, struct ud_error *err);

/* Adds the names of the files in a directory, of the tree or anywhere. */
UD_MUST_CHECK enum ud_code ud_package_list(struct ud_package_fetcher *fetcher, const char *dir,
                                           struct ud_strv *ret, struct ud_error *err);

/* Adds words to a command, up to a NULL. */
void ud_package_words(struct ud_strv *argv, const char *const *words);

/* The last command's output, never NULL. */
const char *ud_package_output(const struct ud_package_fetcher *fetcher);

/* UD_ERR_NOT_FOUND: of name there are only these versions, or none. version may be NULL. */
enum ud_code ud_package_not_there(const char *name, const char *version,
                                  const struct ud_strv *versions, struct ud_error *err);

#endif
