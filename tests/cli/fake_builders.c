/* Two builder images, one of them made before compiler and use were noted. */
#include <stdlib.h>

#include "app/builder/builders.h"
#include "fake_data.h"
#include "util/mem.h"

void ud_builders_done(struct ud_builders *builders)
{
    for (size_t i = 0; i < builders->len; i++) {
        free(builders->items[i].name);
        free(builders->items[i].compiler);
        free(builders->items[i].base);
        free(builders->items[i].created);
        free(builders->items[i].used);
    }
    free(builders->items);
}

static struct ud_builders_item item(const char *name, const char *compiler, const char *base,
                                    const char *used, bool removed)
{
    return (struct ud_builders_item){
        .name = ud_strdup(name),
        .compiler = ud_strdup(compiler),
        .base = ud_strdup(base),
        .created = ud_strdup("2026-11-20T10:00:00.5Z"),
        .used = ud_strdup(used),
        .size = UINT64_C(628097024),
        .removed = removed,
    };
}

enum ud_code ud_app_builders(const struct ud_app *app, const struct ud_builders_options *options,
                             struct ud_builders *ret, struct ud_error *err)
{
    (void)app;
    bool removed = options->prune && !options->dry_run;
    *ret = (struct ud_builders){0};
    if (ud_fake_scenario("fails")) {
        return ud_fail(err, UD_ERR_BUSY, "Wait for the build that uses it.",
                       "the image usbipd-desktop/builder:0123 is in use");
    }
    if (ud_fake_scenario("loaded")) {
        ret->items = ud_alloc(2, sizeof *ret->items);
        ret->items[ret->len++] = item("usbipd-desktop/builder:a17c9107876472cc", "gcc-12",
                                      "debian:bookworm", "2026-11-24T09:30:00Z", removed);
        ret->items[ret->len++] = item("sha256:00\033[31m", "", "alpine:3.19", "", removed);
    }
    return UD_OK;
}

void ud_builder_made_done(struct ud_builder_made *made)
{
    free(made->name);
    free(made->compiler);
    free(made->base);
}

enum ud_code ud_app_builder_make(const struct ud_app *app,
                                 const struct ud_builder_make_options *options,
                                 struct ud_builder_made *ret, struct ud_error *err)
{
    (void)app;
    (void)options;
    *ret = (struct ud_builder_made){0};
    if (ud_fake_scenario("fails")) {
        return ud_fail(err, UD_ERR_DENIED, "Add yourself to the group docker.",
                       "--build-host: unix:///run/docker.sock may not be opened");
    }
    ret->name = ud_strdup("usbipd-desktop/builder:a17c9107876472cc");
    ret->compiler = ud_strdup("gcc-12");
    ret->base = ud_strdup("debian:bookworm");
    ret->existed = ud_fake_scenario("loaded");
    return UD_OK;
}
