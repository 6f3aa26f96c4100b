/* What the files about the VirtualHere client share. */
#ifndef APP_VHCLI_PARTS_H
#define APP_VHCLI_PARTS_H

#include "app/vhcli/vhcli.h"
#include "artifacts/dist.h"
#include "docker/engine/engine.h"
#include "kernel/facts/facts.h"
#include "kernel/plan/plan.h"
#include "transport/url.h"
#include "util/buf.h"

#define UD_VHCLI_HOME "/opt/virtualhere"

#define UD_VHCLI_MADE_BY "usbipd-desktop image vhcli" /* what the image's history says */
#define UD_ROLE_TEXT_VHCLI "vhcli"                    /* the value of UD_LABEL_ROLE */

/* Labels of the image, which its containers inherit. */
#define UD_LABEL_BASE_ID "io.github.usbipd-desktop.base-id"
#define UD_LABEL_SEAL "io.github.usbipd-desktop.seal"     /* see docker/images/compose.h */
#define UD_LABEL_CLIENT "io.github.usbipd-desktop.client" /* its file name */
#define UD_LABEL_CLIENT_SOURCE "io.github.usbipd-desktop.client-source"
#define UD_LABEL_CLIENT_SHA256 "io.github.usbipd-desktop.client-sha256"
#define UD_LABEL_MODULES "io.github.usbipd-desktop.modules" /* names; not set: the VM's own */

struct ud_image;

/* Whether the image is one of ours, and not made by somebody on top of one, which
 * has the labels too. */
bool ud_vhcli_image_is_ours(const struct ud_image *image);

/* The client: where it comes from and, once it is fetched, its bytes. */
struct ud_vhcli_client {
    char *name;           /* "vhclientx86_64" */
    struct ud_url source; /* path or URL */
    bool from_web;
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

struct ud_vhcli_module {
    char *name; /* of the file, without ".ko" */
    bool ours;  /* of the dist, and not the VM's */
    struct ud_buf bytes;
    struct ud_module module;
};

/* The modules that go into the image, in load order: those of the dist, and before
 * them those of the VM that they stand on. None where the VM has all it needs. */
struct ud_vhcli_modules {
    struct ud_vhcli_module *items;
    size_t count;
};

/* Whether something is loaded now makes no difference: the image is for after a
 * restart too. */
UD_MUST_CHECK enum ud_code ud_vhcli_modules_choose(const struct ud_app *app,
                                                   struct ud_engine *engine,
                                                   const struct ud_facts *facts, const char *input,
                                                   struct ud_vhcli_modules *ret,
                                                   struct ud_error *err);
void ud_vhcli_modules_done(struct ud_vhcli_modules *modules);

/* Fills buf with the tar of the layer for an image, seen in a container of it. */
UD_MUST_CHECK enum ud_code ud_vhcli_layer(struct ud_engine *engine, const char *container,
                                          const char *arch, const struct ud_vhcli_client *client,
                                          const struct ud_vhcli_modules *modules,
                                          const char *release, struct ud_buf *buf,
                                          struct ud_error *err);

/* Waits until the client in UD_VHCLI_CONTAINER, which was started, runs; adds the
 * names of modules that were inserted first. When it ends instead, the error says
 * what it said. */
UD_MUST_CHECK enum ud_code ud_vhcli_await_start(struct ud_engine *engine,
                                                struct ud_strv *ret_inserted, struct ud_error *err);

#endif
