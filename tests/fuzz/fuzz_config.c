/* A configuration, the same as a fragment, and as a Kconfig file. */
#include <stdint.h>
#include <stdlib.h>

#include "kernel/config/config.h"
#include "kernel/config/kconfig.h"
#include "kernel/drift/drift.h"
#include "kernel/facts/config_of.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void use(const struct ud_config *config, const struct ud_config_edits *edits)
{
    static const struct ud_config empty = {0};
    struct ud_strv symbols = {0};
    struct ud_strv force_off = {0};
    struct ud_drift drift;
    free(ud_config_string(config, "CC_VERSION_TEXT"));
    ud_drift_classify(&empty, config, edits, &symbols, &drift);
    enum ud_code rc = ud_drift_verdict(&drift, &force_off, NULL);
    (void)rc;
    ud_drift_done(&drift);
    ud_strv_done(&force_off);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    struct ud_config config;
    struct ud_config_edits edits = {0};
    struct ud_strv symbols = {0};
    struct ud_slice packed;
    size_t len;
    enum ud_code rc = ud_config_edits_parse_fragment(&edits, text, size, "fuzz", NULL);
    if (ud_config_parse(text, size, &config, NULL) == UD_OK) {
        use(&config, &edits);
        ud_config_done(&config);
    }
    char *applied = ud_config_apply(text, size, &edits, &len);
    /* What was sound stays so. */
    if (rc == UD_OK && edits.len > 0) {
        if (ud_config_parse(applied, len, &config, NULL) != UD_OK) {
            abort();
        }
        ud_config_done(&config);
    }
    free(applied);
    if (ud_config_find_packed(text, size, &packed) &&
        (packed.ptr < text || packed.ptr + packed.len > text + size)) {
        abort();
    }
    ud_kconfig_symbols(text, size, &symbols);
    ud_strv_done(&symbols);
    ud_config_edits_done(&edits);
    return 0;
}
