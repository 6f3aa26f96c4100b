#include "attach/drivers.h"

#include <stdlib.h>
#include <string.h>

#include "load/steps.h"
#include "proto/fact.h"
#include "proto/ops.h"
#include "util/mem.h"
#include "util/str.h"
#include "vm/probe.h"
#include "vm/vm_modules.h"

enum ud_code ud_attach_drivers_ask(const struct ud_attach_session *session,
                                   const struct ud_strv *modaliases, struct ud_attach_answer *ret,
                                   struct ud_error *err)
{
    struct ud_strv args = {0};
    *ret = (struct ud_attach_answer){0};
    if (modaliases->len == 0) {
        return UD_OK;
    }
    ud_strv_add(&args, UD_OP_ALIASES);
    ud_strv_add(&args, UD_OPS_FLAG_ENTER);
    for (size_t i = 0; i < modaliases->len && i < UD_OPS_MODALIASES_MAX; i++) {
        ud_strv_add(&args, modaliases->items[i]);
    }
    enum ud_code rc = ud_attach_ask(session, UD_ROLE_PROBE_VM, &args, ret, err);
    ud_strv_done(&args);
    return rc;
}

void ud_attach_drivers_of(const struct ud_attach_answer *answer, const char *modalias,
                          struct ud_strv *ret)
{
    const struct ud_facts_fill *facts = &answer->facts;
    for (size_t i = 0; i < facts->keys.len; i++) {
        const char *key = facts->keys.items[i];
        if (ud_str_starts(key, UD_FACT_ALIAS_PREFIX) &&
            strcmp(key + strlen(UD_FACT_ALIAS_PREFIX), modalias) == 0 &&
            !ud_strv_has(ret, facts->values.items[i])) {
            ud_strv_add(ret, facts->values.items[i]);
        }
    }
}

/* As load does it, with these files and no others. */
static enum ud_code drivers_insert_files(struct ud_load *load, const struct ud_strv *paths,
                                         struct ud_strv *ret, struct ud_error *err)
{
    load->items = ud_alloc(paths->len, sizeof *load->items);
    for (size_t i = 0; i < paths->len; i++) {
        load->items[load->count++] = (struct ud_load_item){
            .name = ud_vm_modules_stem(paths->items[i]),
            .origin = UD_ORIGIN_TEXT_OWN,
            .data = load->own.items[i].bytes.data,
            .len = load->own.items[i].bytes.len,
        };
    }
    UD_TRY(ud_load_insert(load, err));
    for (size_t i = 0; i < load->result->module_count; i++) {
        ud_strv_add(ret, load->result->modules[i].name);
    }
    return UD_OK;
}

static enum ud_code drivers_insert(struct ud_load *load, const struct ud_strv *names,
                                   struct ud_strv *ret, struct ud_error *err)
{
    struct ud_strv paths = {0};
    UD_TRY(ud_probe(load->app, load->vm.engine, &load->facts, err));
    for (size_t i = 0; i < names->len; i++) {
        ud_vm_modules_add(&load->facts, names->items[i], false, &paths);
    }
    enum ud_code rc = ud_vm_modules_read(load->app, load->vm.engine, &load->facts, false, &paths,
                                         &load->own, err);
    if (rc == UD_OK && paths.len > 0) {
        rc = drivers_insert_files(load, &paths, ret, err);
    }
    ud_strv_done(&paths);
    return rc;
}

enum ud_code ud_attach_drivers_insert(const struct ud_attach_session *session,
                                      const struct ud_strv *names, struct ud_strv *ret,
                                      struct ud_error *err)
{
    const struct ud_load_options options = {0};
    struct ud_load_result result = {0};
    if (names->len == 0) {
        return UD_OK;
    }
    struct ud_load load = {.app = session->app,
                           .options = &options,
                           .result = &result,
                           .vm = {.engine = session->vm.engine}};
    enum ud_code rc = drivers_insert(&load, names, ret, err);
    load.vm.engine = NULL; /* the session's */
    ud_load_release(&load);
    ud_load_result_done(&result);
    return rc;
}
