#include "report/errors.h"

#include <string.h>

#include "report/format.h"
#include "report/jsondoc.h"
#include "util/str.h"

/* A message may have lines of its own, such as the kernel's words: it is not wrapped. They are
 * indented, so that none looks like one of this program's. */
void ud_error_show(struct ud_buf *out, const struct ud_style *style, const struct ud_error *err)
{
    struct ud_error clean = *err;
    ud_str_sanitize(clean.message);
    ud_str_sanitize(clean.remedy);
    ud_buf_addf(out, "usbipd-desktop: %serror:%s ", ud_style_on(style, UD_PAINT_BAD),
                ud_style_off(style));
    ud_text_lines(out, clean.message, 4);
    if (clean.remedy[0] != '\0') {
        const char *arrow = ud_style_sign(style, UD_SIGN_NEXT);
        size_t indent = 2 + ud_text_columns(arrow) + 1;
        ud_buf_addf(out, "  %s ", arrow);
        ud_text_wrap(out, clean.remedy, indent, indent, style->width);
    }
}

void ud_error_json(struct ud_buf *out, const char *event, const struct ud_error *err)
{
    cJSON *document = ud_doc_new();
    ud_doc_text_if(document, "event", event);
    ud_doc_error(document, err);
    ud_doc_print(document, out);
    cJSON_Delete(document);
}
