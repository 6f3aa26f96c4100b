#include "show/show.h"

#include "kernel/facts/systems.h"
#include "report/jsondoc.h"

static void json_engine(cJSON *document, const struct ud_status *status)
{
    const struct ud_engine_info *info = &status->engine;
    cJSON *object = ud_doc_object(document, "engine");
    ud_doc_bool(object, "up", status->engine_up);
    ud_doc_text(object, "endpoint", status->endpoint);
    ud_doc_text(object, "origin", status->origin);
    if (status->engine_up) {
        ud_doc_text(object, "product", info->product);
        ud_doc_text(object, "version", info->server_version);
        ud_doc_text(object, "api_version", info->api_version);
        ud_doc_text(object, "platform", info->platform);
        ud_doc_text(object, "operating_system", info->operating_system);
        ud_doc_text(object, "arch", info->arch);
        ud_doc_bool(object, "rootless", info->rootless);
        ud_doc_u64(object, "cpus", info->cpus);
        ud_doc_u64(object, "memory", info->memory);
    }
}

static void json_self_test(cJSON *document, const struct ud_usbip_check *test)
{
    cJSON *object = ud_doc_object(document, "self_test");
    ud_doc_bool(object, "passed", test->passed);
    ud_doc_text_if(object, "failed_step", test->step);
    if (test->passed) {
        ud_doc_u64(object, "port", test->port);
        ud_doc_text(object, "busid", test->busid);
        ud_doc_u64(object, "milliseconds", test->milliseconds);
        ud_doc_u64(object, "urbs", test->urbs);
        ud_doc_bool(object, "authorized", test->authorized);
    }
}

void ud_doc_status(cJSON *document, const struct ud_status *status)
{
    json_engine(document, status);
    ud_doc_text(document, "vm_kind", status->vm_kind);
    if (status->facts_known) {
        ud_doc_kernel(document, &status->facts);
    }
    ud_doc_text(document, "usbip", status->usbip);
    ud_doc_text_if(document, "packages", status->packages);
    struct ud_error err;
    ud_doc_text_if(document, "modules_refused", ud_status_refusal(status, &err));
    const struct ud_system *system = status->facts_known ? ud_system_find(&status->facts) : NULL;
    if (system != NULL) {
        cJSON *object = ud_doc_object(document, "system");
        ud_doc_text(object, "name", system->name);
        ud_doc_bool(object, "no_build", system->no_build);
        ud_doc_text(object, "what", system->what);
        ud_doc_text(object, "todo", system->todo);
    }
    if (status->facts_known) {
        ud_doc_plan(document, &status->plan);
    }
    if (status->facts_known && status->facts.vhci_present) {
        ud_doc_ports(document, &status->facts.ports, &status->facts.devices);
        ud_doc_bool(document, "guarded_by_default", status->facts.vhci_overflow);
    }
    if (status->self_tested) {
        json_self_test(document, &status->self_test);
    }
    ud_doc_installation(document, &status->installation);
    cJSON *array = ud_doc_array(document, "artifacts");
    for (size_t i = 0; i < status->artifact_count; i++) {
        const struct ud_status_artifact *artifact = &status->artifacts[i];
        cJSON *object = ud_doc_array_object(array);
        ud_doc_text(object, "dir", artifact->dir);
        ud_doc_bool(object, "fits", artifact->fits);
        ud_doc_text_if(object, "reason", artifact->reason);
        ud_doc_manifest(object, &artifact->manifest);
    }
    ud_doc_inventory(document, "kept", &status->inventory);
}
