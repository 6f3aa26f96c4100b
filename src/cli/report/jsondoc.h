/* Building JSON: every text is sanitized, since cJSON passes on bytes that are
 * not UTF-8; out of memory ends the program. */
#ifndef CLI_REPORT_JSONDOC_H
#define CLI_REPORT_JSONDOC_H

#include <stdbool.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include "util/buf.h"
#include "util/error.h"
#include "util/strv.h"

/* Call before anything else here. */
void ud_doc_init(void);

/* An object with "schema": 1, which every document and event begins with. */
cJSON *ud_doc_new(void);

/* The object or array that was added, borrowed. */
cJSON *ud_doc_object(cJSON *parent, const char *key);
cJSON *ud_doc_array(cJSON *parent, const char *key);
cJSON *ud_doc_array_object(cJSON *array);

void ud_doc_text(cJSON *parent, const char *key, const char *text);    /* NULL: null */
void ud_doc_text_if(cJSON *parent, const char *key, const char *text); /* NULL or "": nothing */
void ud_doc_bool(cJSON *parent, const char *key, bool value);

/* A number; from 2^53 on a string, as a double does not hold each of those. */
void ud_doc_u64(cJSON *parent, const char *key, uint64_t value);
void ud_doc_strv(cJSON *parent, const char *key, const struct ud_strv *list);

/* "error": {"code", "exit", "message", "remedy"}. */
void ud_doc_error(cJSON *parent, const struct ud_error *err);

/* Adds the document as one line. */
void ud_doc_print(const cJSON *document, struct ud_buf *out);

#endif
