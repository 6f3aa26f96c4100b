/* What the files about the VirtualHere client share. */
#ifndef APP_VHCLI_PARTS_H
#define APP_VHCLI_PARTS_H

#include "app/vhcli.h"
#include "dist.h"
#include "docker/engine.h"
#include "kernel/facts.h"
#include "kernel/plan.h"
#include "util/buf.h"

#define UD_VHCLI_HOME "/opt/virtualhere"

/* Labels of the image, which its containers inherit. */
#define UD_LABEL_INPUTS "io.github.usbipd-desktop.inputs" /* digest of all that went in */
#define UD_LABEL_BASE_ID "io.github.usbipd-desktop.base-id"
#define UD_LABEL_CLIENT "io.github.usbipd-desktop.client" /* its file name */
#define UD_LABEL_CLIENT_SOURCE "io.github.usbipd-desktop.client-source"
#define UD_LABEL_CLIENT_SHA256 "io.github.usbipd-desktop.client-sha256"
#define UD_LABEL_RELEASE "io.github.usbipd-desktop.release"
#define UD_LABEL_MODULES "io.github.usbipd-desktop.modules" /* names; not set: the VM's own */

/* The client: where it comes from and, once it is fetched, its bytes. */
struct ud_vhcli_client {
    char *name;   /* "vhclientx86_64" */
    char *source; /* path or URL */
    char *sha256; /* NULL until known */
    struct ud_buf bytes;
    bool fetched;
};

/* Decides where from; arch as Go names it. UD_ERR_FACTS for one without a client.
 * ud_vhcli_client_done whatever it returns. */
UD_MUST_CHECK enum ud_code ud_vhcli_client_choose(const struct ud_vhcli_image_options *options,
                                                  const char *arch, struct ud_vhcli_client *ret,
                                                  struct ud_error *err);

/* Has its bytes, of the right digest and for the right machine. */
UD_MUST_CHECK enum ud_code ud_vhcli_client_fetch(const struct ud_app *app, const char *arch,
                                                 struct ud_vhcli_client *client,
                                                 struct ud_error *err);
void ud_vhcli_client_done(struct ud_vhcli_client *client);

/* The modules that go into the image: those of the dist that the plan leaves to
 * us. None where the kernel has or finds its own. */
struct ud_vhcli_modules {
    struct ud_dist dist;
    const struct ud_dist_module **items; /* in load order */
    size_t count;
};

UD_MUST_CHECK enum ud_code ud_vhcli_modules_choose(const struct ud_facts *facts, const char *input,
                                                   struct ud_vhcli_modules *ret,
                                                   struct ud_error *err);
void ud_vhcli_modules_done(struct ud_vhcli_modules *modules);

/* Fills buf with the tar of the layer for an image, seen in a container of it. */
UD_MUST_CHECK enum ud_code ud_vhcli_layer(struct ud_engine *engine, const char *container,
                                          const char *arch, const struct ud_vhcli_client *client,
                                          const struct ud_vhcli_modules *modules,
                                          const char *release, struct ud_buf *buf,
                                          struct ud_error *err);

#endif
