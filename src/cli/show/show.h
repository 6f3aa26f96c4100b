/* Results for people and as JSON. Each show function adds to a buffer and
 * prints nothing; texts that came from elsewhere are sanitized. */
#ifndef CLI_SHOW_SHOW_H
#define CLI_SHOW_SHOW_H

#include <cjson/cJSON.h>

#include "app/attach/attach.h"
#include "app/build/build.h"
#include "app/builder/builders.h"
#include "app/cache/cache.h"
#include "app/clean.h"
#include "app/engines.h"
#include "app/install/install.h"
#include "app/list_sources.h"
#include "app/load/load.h"
#include "app/status.h"
#include "app/up/up.h"
#include "app/verify.h"
#include "app/vhcli/vhcli.h"
#include "report/style.h"
#include "util/buf.h"

/* A buffer and how its text may look. */
struct ud_page {
    struct ud_buf *out;
    const struct ud_style *style;
};

/* ---- parts ---- */

/* Adds sanitized text, on one line: line ends and tabs become blanks. */
void ud_page_text(const struct ud_page *page, const char *text);
void ud_page_textf(const struct ud_page *page, const char *fmt, ...) UD_PRINTF(2, 3);

/* The same in a colour. */
void ud_page_paint(const struct ud_page *page, enum ud_paint paint, const char *text);

/* Begins a line with a bold label in a column of its own; "" continues the one above. */
void ud_page_label(const struct ud_page *page, const char *label);
void ud_page_end(const struct ud_page *page);

/* Adds text and blanks up to a width. */
void ud_page_cell(const struct ud_page *page, const char *text, size_t width);

/* The widest of what it is shown, for columns. */
void ud_page_widest(size_t *width, const char *text);

/* "usb-common, usbcore and vhci-hcd": the plan's modules of that origin; new memory. */
char *ud_page_modules(const struct ud_plan *plan, enum ud_origin origin);

/* How soon programs open this node, 0 the soonest: a disk's commands to SCSI itself and a
 * keyboard's raw reports are for few, and the device as a whole, UD_NODE_RANK_LAST, for those that
 * bring a driver of their own. */
enum { UD_NODE_RANK_LAST = 3 };
int ud_show_node_rank(const struct ud_report_node *node);

/* Ports of the virtual controller: a summary on the label's line, then a table of devices. What
 * these are is in devices, which may be NULL. */
void ud_show_ports(const struct ud_page *page, const struct ud_vhci_ports *ports,
                   const struct ud_device_report *devices);
void ud_doc_ports(cJSON *parent, const struct ud_vhci_ports *ports,
                  const struct ud_device_report *devices);

/* The modules for something and where each is, without a label; as members of parent. */
void ud_show_found_drivers(const struct ud_page *page, const struct ud_found_drivers *drivers);
void ud_doc_found_drivers(cJSON *parent, const struct ud_found_drivers *drivers);

void ud_doc_plan(cJSON *parent, const struct ud_plan *plan);
void ud_doc_kernel(cJSON *parent, const struct ud_facts *facts);
void ud_doc_manifest(cJSON *parent, const struct ud_manifest *manifest);
void ud_doc_inventory(cJSON *parent, const char *key, const struct ud_inventory *inventory);

/* ---- results ---- */

/* Why no module can be inserted whatever is built, or NULL; the text is in err. */
const char *ud_status_refusal(const struct ud_status *status, struct ud_error *err);

void ud_show_status(const struct ud_page *page, const struct ud_status *status);
void ud_doc_status(cJSON *document, const struct ud_status *status);

/* output as it was given to the command, or NULL. */
void ud_show_build(const struct ud_page *page, const struct ud_build_result *result,
                   const char *output);
void ud_doc_build(cJSON *document, const struct ud_build_result *result);

void ud_show_load(const struct ud_page *page, const struct ud_load_result *result);
void ud_show_unload(const struct ud_page *page, const struct ud_load_result *result);
void ud_doc_load(cJSON *document, const struct ud_load_result *result, bool with_ports);

void ud_show_installed(const struct ud_page *page, const struct ud_installed *installed);
void ud_doc_installed(cJSON *document, const struct ud_installed *installed);
void ud_show_uninstalled(const struct ud_page *page, const struct ud_uninstalled *uninstalled);
void ud_doc_uninstalled(cJSON *document, const struct ud_uninstalled *uninstalled);
/* The part of status, one label; nothing if nothing is installed. */
void ud_show_installation(const struct ud_page *page, const struct ud_installation *installation);
void ud_doc_installation(cJSON *document, const struct ud_installation *installation);

void ud_show_listing(const struct ud_page *page, const struct ud_listing *listing);
void ud_doc_listing(cJSON *document, const struct ud_listing *listing);
void ud_show_drivers(const struct ud_page *page, const struct ud_drivers_told *told);
void ud_doc_drivers(cJSON *document, const struct ud_drivers_told *told);
void ud_show_attached(const struct ud_page *page, const struct ud_attached *attached);
void ud_doc_attached(cJSON *document, const struct ud_attached *attached);
void ud_show_detached(const struct ud_page *page, const struct ud_detached *detached);
void ud_doc_detached(cJSON *document, const struct ud_detached *detached);
void ud_show_attached_ports(const struct ud_page *page, const struct ud_ports *ports);
void ud_doc_attached_ports(cJSON *document, const struct ud_ports *ports);

void ud_show_up(const struct ud_page *page, const struct ud_up_result *result);
void ud_doc_up(cJSON *document, const struct ud_up_result *result);
void ud_show_down(const struct ud_page *page, const struct ud_down_result *result);
void ud_doc_down(cJSON *document, const struct ud_down_result *result);

void ud_show_verify(const struct ud_page *page, const struct ud_verify_result *result);
void ud_doc_verify(cJSON *document, const struct ud_verify_result *result);

void ud_show_vhcli_image(const struct ud_page *page, const struct ud_vhcli_image *image);
void ud_doc_vhcli_image(cJSON *document, const struct ud_vhcli_image *image);
void ud_show_vhcli_started(const struct ud_page *page, const struct ud_vhcli_started *started);
void ud_doc_vhcli_started(cJSON *document, const struct ud_vhcli_started *started);
void ud_show_vhcli_stopped(const struct ud_page *page, bool was_there);

void ud_show_sources(const struct ud_page *page, const struct ud_sources_listed *listed);
void ud_doc_sources(cJSON *document, const struct ud_sources_listed *listed);

void ud_show_builder_made(const struct ud_page *page, const struct ud_builder_made *made);
void ud_doc_builder_made(cJSON *document, const struct ud_builder_made *made);
void ud_show_builders(const struct ud_page *page, const struct ud_builders *builders,
                      const struct ud_builders_options *options);
void ud_doc_builders(cJSON *document, const struct ud_builders *builders,
                     const struct ud_builders_options *options);

/* Absent places are only counted. */
void ud_show_engines(const struct ud_page *page, const struct ud_engine_places *places);
void ud_doc_engines(cJSON *document, const struct ud_engine_places *places);

void ud_show_clean(const struct ud_page *page, const struct ud_inventory *inventory, bool dry_run);

/* verb begins the last line: "kept", "removed". now: seconds since 1970. */
void ud_show_cache(const struct ud_page *page, const struct ud_cache *cache, int64_t now,
                   const char *verb);
void ud_doc_cache(cJSON *document, const struct ud_cache *cache);

#endif
