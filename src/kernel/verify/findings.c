#include "kernel/verify/findings.h"

#include <stdarg.h>
#include <stdlib.h>

#include "util/mem.h"

struct ud_verify_check *ud_findings_check(struct ud_findings *findings, const char *name)
{
    findings->checks = ud_realloc(findings->checks, findings->len + 1, sizeof *findings->checks);
    struct ud_verify_check *check = &findings->checks[findings->len++];
    *check = (struct ud_verify_check){.name = name, .compared = ud_strdup("")};
    return check;
}

void ud_verify_check_compared(struct ud_verify_check *check, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    char *text = ud_vstrf(fmt, args);
    va_end(args);
    free(check->compared);
    check->compared = text;
}

static void findings_add(struct ud_verify_check *check, struct ud_finding finding)
{
    check->items = ud_realloc(check->items, check->len + 1, sizeof *check->items);
    check->items[check->len++] = finding;
}

void ud_verify_check_find(struct ud_verify_check *check, enum ud_found verdict, const char *module,
                          const char *remedy, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    char *text = ud_vstrf(fmt, args);
    va_end(args);
    findings_add(check, (struct ud_finding){
                            .verdict = verdict,
                            .code = UD_ERR_UNFIT,
                            .module = ud_strdup(module != NULL ? module : ""),
                            .text = text,
                            .remedy = ud_strdup(remedy != NULL ? remedy : ""),
                        });
}

void ud_verify_check_fail(struct ud_verify_check *check, const struct ud_error *why)
{
    findings_add(check, (struct ud_finding){
                            .verdict = UD_FOUND_ERROR,
                            .code = why->code,
                            .module = ud_strdup(""),
                            .text = ud_strdup(why->message),
                            .remedy = ud_strdup(why->remedy),
                        });
}

enum ud_found ud_verify_check_verdict(const struct ud_verify_check *check)
{
    enum ud_found worst = UD_FOUND_OK;
    for (size_t i = 0; i < check->len; i++) {
        worst = check->items[i].verdict > worst ? check->items[i].verdict : worst;
    }
    return worst;
}

enum ud_found ud_findings_verdict(const struct ud_findings *findings)
{
    enum ud_found worst = UD_FOUND_OK;
    for (size_t i = 0; i < findings->len; i++) {
        enum ud_found verdict = ud_verify_check_verdict(&findings->checks[i]);
        worst = verdict > worst ? verdict : worst;
    }
    return worst;
}

static enum ud_code findings_fail(const struct ud_finding *item, struct ud_error *err)
{
    const char *remedy = item->remedy[0] != '\0' ? item->remedy : NULL;
    if (item->module[0] == '\0') {
        return ud_fail(err, item->code, remedy, "%s", item->text);
    }
    return ud_fail(err, item->code, remedy, "module %s does not fit the kernel: %s", item->module,
                   item->text);
}

enum ud_code ud_findings_first_error(const struct ud_findings *findings, struct ud_error *err)
{
    for (size_t i = 0; i < findings->len; i++) {
        const struct ud_verify_check *check = &findings->checks[i];
        for (size_t k = 0; k < check->len; k++) {
            if (check->items[k].verdict == UD_FOUND_ERROR) {
                return findings_fail(&check->items[k], err);
            }
        }
    }
    return UD_OK;
}

static void check_done(struct ud_verify_check *check)
{
    for (size_t i = 0; i < check->len; i++) {
        free(check->items[i].module);
        free(check->items[i].text);
        free(check->items[i].remedy);
    }
    free(check->items);
    free(check->compared);
}

void ud_findings_done(struct ud_findings *findings)
{
    if (findings == NULL) {
        return;
    }
    for (size_t i = 0; i < findings->len; i++) {
        check_done(&findings->checks[i]);
    }
    free(findings->checks);
    *findings = (struct ud_findings){0};
}

const char *ud_found_name(enum ud_found verdict)
{
    static const char *const names[] = {
        [UD_FOUND_OK] = "ok",
        [UD_FOUND_UNKNOWN] = "unknown",
        [UD_FOUND_WARNING] = "warning",
        [UD_FOUND_ERROR] = "error",
    };
    return names[verdict];
}
