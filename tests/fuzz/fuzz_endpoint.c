/* The input is a text that names an endpoint: what is accepted has to be
 * accepted again as its own canonical text. It is read as an image reference
 * and as a URL to be shown, too, and as UTF-16 if it has the mark. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "docker/images/reference.h"
#include "transport/endpoint.h"
#include "transport/url.h"
#include "util/mem.h"
#include "util/utf16.h"

/* Of a URL no userinfo is shown, alone or within a text. */
static void check_url(const char *text)
{
    struct ud_url url;
    ud_url_init(&url, text);
    char *name = ud_url_file_name(&url);
    char *shown = ud_url_redact_text(text);
    const char *host = strstr(shown, "://");
    bool scheme = host != NULL && host > shown && strspn(shown, "abcdefghijklmnopqrstuvwxyz") > 0;
    if (strchr(name, '/') != NULL ||
        (scheme && strspn(shown, "abcdefghijklmnopqrstuvwxyz") == (size_t)(host - shown) &&
         memchr(host + 3, '@', strcspn(host + 3, "/?# \t\r\n\"'`<>")) != NULL)) {
        __builtin_trap();
    }
    free(shown);
    free(name);
    ud_url_done(&url);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_endpoint(const char *text)
{
    struct ud_endpoint first = {0};
    struct ud_endpoint second = {0};
    struct ud_error err = {0};
    if (ud_endpoint_parse(text, false, "fuzz", &first, &err) != UD_OK) {
        if (err.code != UD_ERR_USAGE || first.text != NULL) {
            __builtin_trap();
        }
        return;
    }
    if (ud_endpoint_parse(first.text, false, "fuzz", &second, &err) != UD_OK ||
        first.kind != second.kind || strcmp(first.text, second.text) != 0) {
        __builtin_trap();
    }
    if (ud_endpoint_check_supported(&first, &err) != ud_endpoint_check_supported(&second, &err)) {
        __builtin_trap();
    }
    ud_endpoint_done(&first);
    ud_endpoint_done(&second);
}

/* What of a file is understood has no more than half as much again in UTF-8. */
static void check_utf16(const uint8_t *data, size_t size)
{
    struct ud_buf text;
    if (!ud_utf16_is(data, size)) {
        return;
    }
    ud_buf_init(&text, size + size / 2);
    if (ud_utf16_decode(data, size, &text) && text.overflow) {
        __builtin_trap();
    }
    ud_buf_done(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_utf16(data, size);
    char *text = ud_strndup((const char *)data, size);
    struct ud_reference reference = {0};
    check_endpoint(text);
    check_url(text);
    if (ud_reference_parse(text, &reference, NULL) == UD_OK) {
        if (strstr(reference.name, "..") != NULL && strstr(reference.name, "/..") != NULL) {
            __builtin_trap();
        }
        ud_reference_done(&reference);
    }
    char *shown = ud_url_redact_target(text);
    if (strlen(shown) > 400) {
        __builtin_trap();
    }
    free(shown);
    free(text);
    return 0;
}
