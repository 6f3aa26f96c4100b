#include "show/show.h"

#include <stdlib.h>
#include <string.h>

#include "app/engine/roles.h"
#include "report/jsondoc.h"

static void install_line(const struct ud_page *page, const char *label, const char *text)
{
    ud_page_label(page, label);
    ud_page_text(page, text);
    ud_page_end(page);
}

static void install_list(const struct ud_page *page, const char *label, const struct ud_strv *list)
{
    char *text = ud_strv_join(list, ", ");
    install_line(page, label, text);
    free(text);
}

static void install_show_way(const struct ud_page *page, const char *own_way)
{
    ud_page_label(page, "way");
    ud_page_textf(page,
                  "the engine's: the container %s starts with the engine. Nothing is written into "
                  "the VM, so it works in each VM that the engine's data moves to",
                  UD_INSTALLED_CONTAINER);
    ud_page_end(page);
    if (own_way != NULL) {
        ud_page_label(page, "");
        ud_page_textf(page,
                      "This system has a way of its own too: %s. It was not taken, because it has "
                      "to be set up in the system, and again for each kernel",
                      own_way);
        ud_page_end(page);
    }
}

void ud_show_installed(const struct ud_page *page, const struct ud_installed *installed)
{
    install_line(page, "kernel", installed->release);
    if (installed->needless) {
        install_line(page, "done",
                     "the kernel has USB/IP built in: there is nothing to insert, "
                     "and nothing was installed");
        return;
    }
    install_list(page, "modules", &installed->modules);
    ud_page_label(page, "image");
    ud_page_paint(page, installed->unchanged ? UD_PAINT_DIM : UD_PAINT_GOOD, installed->image);
    ud_page_text(page, installed->unchanged ? ", unchanged" : "");
    ud_page_end(page);
    if (installed->kernels.len > 1) {
        install_list(page, "kernels", &installed->kernels);
    }
    install_show_way(page, installed->own_way);
    install_line(page, "ready",
                 installed->inserted.len > 0
                     ? "USB/IP works in the VM, and will after each start of the engine"
                     : "the modules are in the kernel, and will be after each start of the engine");
}

void ud_doc_installed(cJSON *document, const struct ud_installed *installed)
{
    ud_doc_text(document, "release", installed->release);
    ud_doc_bool(document, "needless", installed->needless);
    ud_doc_bool(document, "unchanged", installed->unchanged);
    if (!installed->needless) {
        ud_doc_text(document, "container", UD_INSTALLED_CONTAINER);
        ud_doc_text(document, "image", installed->image);
    }
    ud_doc_strv(document, "modules", &installed->modules);
    ud_doc_strv(document, "kernels", &installed->kernels);
    ud_doc_strv(document, "inserted", &installed->inserted);
    ud_doc_text_if(document, "own_way", installed->own_way);
}

void ud_show_uninstalled(const struct ud_page *page, const struct ud_uninstalled *uninstalled)
{
    if (uninstalled->unloaded) {
        ud_show_unload(page, &uninstalled->unload);
    }
    install_line(page, "done",
                 uninstalled->was_there ? "the installation is removed, container and image"
                                        : "nothing was installed");
    if (!uninstalled->unloaded && uninstalled->was_there) {
        install_line(page, "next",
                     "the modules stay in the kernel until the VM restarts: `usbipd-desktop "
                     "unload` takes them out now");
    }
}

void ud_doc_uninstalled(cJSON *document, const struct ud_uninstalled *uninstalled)
{
    ud_doc_bool(document, "was_installed", uninstalled->was_there);
    if (uninstalled->unloaded) {
        ud_doc_load(ud_doc_object(document, "unloaded"), &uninstalled->unload, false);
    }
}

void ud_show_installation(const struct ud_page *page, const struct ud_installation *installation)
{
    if (!installation->present) {
        return;
    }
    char *kernels = ud_strv_join(&installation->kernels, ", ");
    ud_page_label(page, "install");
    ud_page_paint(page, installation->works ? UD_PAINT_GOOD : UD_PAINT_BAD, installation->state);
    ud_page_textf(page, "%s%s, with modules for %s", installation->health[0] != '\0' ? ", " : "",
                  installation->health, kernels);
    ud_page_end(page);
    free(kernels);
    if (!installation->running) {
        install_line(page, "", "it starts with the engine; `usbipd-desktop install` starts it now");
    }
    if (installation->said[0] != '\0') {
        ud_page_label(page, "");
        ud_page_textf(page, "it says: %s", installation->said);
        ud_page_end(page);
    }
}

void ud_doc_installation(cJSON *document, const struct ud_installation *installation)
{
    if (!installation->present) {
        return;
    }
    cJSON *object = ud_doc_object(document, "installation");
    ud_doc_bool(object, "running", installation->running);
    ud_doc_bool(object, "works", installation->works);
    ud_doc_text(object, "state", installation->state);
    ud_doc_text_if(object, "health", installation->health[0] != '\0' ? installation->health : NULL);
    ud_doc_strv(object, "kernels", &installation->kernels);
    ud_doc_text_if(object, "said", installation->said[0] != '\0' ? installation->said : NULL);
}
