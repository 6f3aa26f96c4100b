#include "kernel/facts/facts.h"

#include <stdlib.h>
#include <string.h>

#include "text/scan.h"
#include "util/mem.h"
#include "util/str.h"

void ud_facts_done(struct ud_facts *facts)
{
    if (facts == NULL) {
        return;
    }
    char *texts[] = {facts->build_id,    facts->version,       facts->machine,     facts->boot_id,
                     facts->config_text, facts->config_origin, facts->modules_dir, facts->lockdown};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        free(texts[i]);
    }
    ud_os_release_done(&facts->os);
    ud_config_done(&facts->config);
    ud_loaded_done(&facts->loaded);
    ud_deps_done(&facts->deps);
    ud_strv_done(&facts->builtin);
    ud_strv_done(&facts->keys);
    ud_strv_done(&facts->passed_over);
    ud_vhci_ports_done(&facts->ports);
    ud_device_report_done(&facts->devices);
    *facts = (struct ud_facts){0};
}

enum ud_code ud_facts_take_config(struct ud_facts *facts, const char *text, size_t len,
                                  const char *origin, struct ud_error *err)
{
    struct ud_config config = {0};
    UD_TRY(ud_config_parse(text, len, &config, err));
    enum ud_code rc = ud_config_check_whole(&config, text, len, err);
    if (rc != UD_OK) {
        ud_config_done(&config);
        return rc;
    }
    ud_config_done(&facts->config);
    free(facts->config_text);
    free(facts->config_origin);
    facts->has_config = true;
    facts->config = config;
    facts->config_text = ud_memdup(text, len); /* what is digested is all of it */
    facts->config_len = len;
    facts->config_origin = ud_strdup(origin);
    return UD_OK;
}

char *ud_lockdown_parse(const char *text)
{
    const char *open = strchr(text, '[');
    const char *close = open != NULL ? strchr(open, ']') : NULL;
    return close != NULL ? ud_strndup(open + 1, (size_t)(close - open - 1)) : NULL;
}

enum ud_code ud_facts_check_loadable(const struct ud_facts *facts, struct ud_error *err)
{
    if (!facts->modules_supported ||
        (facts->has_config && !ud_config_on(&facts->config, "MODULES"))) {
        return ud_fail(err, UD_ERR_FACTS,
                       "Run a kernel that was built with CONFIG_MODULES=y, or that has USB/IP "
                       "built in (Apple's `container`: `container run --kernel`).",
                       "kernel %s was built without support for modules", facts->release.text);
    }
    if (facts->modules_disabled) {
        return ud_fail(err, UD_ERR_FACTS, "Restart the VM without setting kernel.modules_disabled.",
                       "inserting modules was switched off until the next boot "
                       "(/proc/sys/kernel/modules_disabled)");
    }
    return UD_OK;
}
