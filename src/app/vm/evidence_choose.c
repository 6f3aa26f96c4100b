#include "vm/evidence.h"

#include "util/str.h"
#include "vm/vm_modules.h"

enum { OWN_MAX = 16, SMALL_MAX = 6 };

/* A few KiB each, in most kernels, and with both an init and an exit function. What
 * they import is among what USB's modules import, as far as that goes. */
static const char *const small[] = {"dummy",      "virtio_balloon",
                                    "loop",       "virtio_blk",
                                    "virtio_net", "virtio_console",
                                    "veth",       "tun",
                                    "nbd",        "msr",
                                    "cpuid",      "fuse"};

static void evidence_choose_add(const struct ud_facts *facts, const char *name, struct ud_strv *ret)
{
    const struct ud_dep *dep = ud_deps_find(&facts->deps, name);
    /* What lies elsewhere, in updates/ or extra/, may be from somebody else. */
    if (dep != NULL && ud_str_starts(dep->path, "kernel/") && !ud_strv_has(ret, dep->path)) {
        ud_strv_add(ret, dep->path);
    }
}

static void add_any(const struct ud_facts *facts, struct ud_strv *ret)
{
    for (size_t i = 0; i < facts->deps.len && ret->len == 0; i++) {
        const struct ud_dep *dep = &facts->deps.items[i];
        if (dep->needs.len == 0 && ud_str_starts(dep->path, "kernel/")) {
            ud_strv_add(ret, dep->path);
        }
    }
}

void ud_evidence_choose(const struct ud_facts *facts, const struct ud_plan *plan,
                        struct ud_strv *ret)
{
    struct ud_strv own = {0};
    if (plan != NULL) {
        ud_vm_modules_list(facts, plan, true, &own);
    }
    for (size_t i = 0; i < own.len && i < OWN_MAX; i++) {
        ud_strv_add(ret, own.items[i]);
    }
    ud_strv_done(&own);
    const size_t most = ret->len + SMALL_MAX;
    for (size_t i = 0; i < sizeof small / sizeof *small && ret->len < most; i++) {
        evidence_choose_add(facts, small[i], ret);
    }
    add_any(facts, ret);
}
