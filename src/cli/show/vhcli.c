#include "show/show.h"

#include <stdlib.h>

#include "report/jsondoc.h"

static void vhcli_line(const struct ud_page *page, const char *label, const char *text)
{
    ud_page_label(page, label);
    ud_page_text(page, text);
    ud_page_end(page);
}

void ud_show_vhcli_image(const struct ud_page *page, const struct ud_vhcli_image *image)
{
    ud_page_label(page, "image");
    ud_page_paint(page, image->unchanged ? UD_PAINT_DIM : UD_PAINT_GOOD, image->name);
    ud_page_textf(page, "  %.19s%s", image->id, image->unchanged ? ", unchanged" : "");
    ud_page_end(page);
    vhcli_line(page, "base", image->base);
    ud_page_label(page, "client");
    ud_page_textf(page, "%s from %s, SHA-256 %.16s…", image->client, image->client_source,
                  image->client_sha256);
    ud_page_end(page);
    ud_page_label(page, "modules");
    if (image->modules.len > 0) {
        char *names = ud_strv_join(&image->modules, ", ");
        ud_page_textf(page, "%s for %s", names, image->release);
        free(names);
    } else {
        ud_page_text(page, "none: the VM has its own");
    }
    ud_page_end(page);
    vhcli_line(page, "next", "usbipd-desktop vhcli start");
}

void ud_doc_vhcli_image(cJSON *document, const struct ud_vhcli_image *image)
{
    ud_doc_text(document, "image", image->name);
    ud_doc_text(document, "id", image->id);
    ud_doc_bool(document, "unchanged", image->unchanged);
    ud_doc_text(document, "base", image->base);
    cJSON *client = ud_doc_object(document, "client");
    ud_doc_text(client, "name", image->client);
    ud_doc_text(client, "source", image->client_source);
    ud_doc_text(client, "sha256", image->client_sha256);
    ud_doc_text(document, "release", image->release);
    ud_doc_strv(document, "modules", &image->modules);
}

void ud_show_vhcli_started(const struct ud_page *page, const struct ud_vhcli_started *started)
{
    vhcli_line(page, "image", started->image);
    ud_page_label(page, "client");
    ud_page_paint(page, started->already ? UD_PAINT_DIM : UD_PAINT_GOOD,
                  started->already ? "running already" : "running");
    ud_page_textf(page, " in the container %s", started->container);
    ud_page_end(page);
    if (started->inserted.len > 0) {
        char *names = ud_strv_join(&started->inserted, ", ");
        ud_page_label(page, "modules");
        ud_page_textf(page, "inserted %s", names);
        ud_page_end(page);
        free(names);
    }
}

void ud_doc_vhcli_started(cJSON *document, const struct ud_vhcli_started *started)
{
    ud_doc_text(document, "container", started->container);
    ud_doc_text(document, "image", started->image);
    ud_doc_bool(document, "already", started->already);
    ud_doc_strv(document, "inserted", &started->inserted);
}

void ud_show_vhcli_stopped(const struct ud_page *page, bool was_there)
{
    vhcli_line(page, "client",
               was_there ? "stopped, and its container removed" : "it was not running");
}
