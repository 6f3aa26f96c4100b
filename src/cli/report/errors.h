/* Errors for people and programs. */
#ifndef CLI_REPORT_ERRORS_H
#define CLI_REPORT_ERRORS_H

#include "report/style.h"
#include "util/buf.h"
#include "util/error.h"

/* "usbipd-desktop: error: <message>" and, if there is a remedy, "  → <remedy>". */
void ud_error_show(struct ud_buf *out, const struct ud_style *style, const struct ud_error *err);

/* {"schema":1,"error":{…}}; event is put before it unless it is NULL. */
void ud_error_json(struct ud_buf *out, const char *event, const struct ud_error *err);

#endif
