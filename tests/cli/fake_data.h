/* Made-up facts, plans, manifests and the like for golden tests. */
#ifndef FAKE_DATA_H
#define FAKE_DATA_H

#include <stdbool.h>

#include "app/artifacts/manifest.h"
#include "app/build/build.h"
#include "app/clean.h"

/* Whether UD_FAKE names this scenario. */
bool ud_fake_scenario(const char *name);

void ud_fake_fill_facts(struct ud_facts *facts);
void ud_fake_done_facts(struct ud_facts *facts);
void ud_fake_fill_ports(struct ud_vhci_ports *ports, bool device);
void ud_fake_fill_device(struct ud_device_report *report, bool driver);
void ud_fake_fill_plan(struct ud_plan *plan, bool nothing);
void ud_fake_done_plan(struct ud_plan *plan);
void ud_fake_fill_manifest(struct ud_manifest *manifest);
void ud_fake_done_manifest(struct ud_manifest *manifest);
void ud_fake_fill_inventory(struct ud_inventory *inventory, bool removed);
void ud_fake_fill_drift(struct ud_drift *drift);

#endif
