#include <stdint.h>
#include <stdlib.h>

#include "kernel/facts/vhci.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ud_vhci_ports ports = {0};
    enum ud_code rc = ud_vhci_parse((const char *)data, size, &ports, NULL);
    (void)rc;
    if (ud_vhci_in_use(&ports) > ports.len) {
        abort();
    }
    ud_vhci_ports_done(&ports);
    return 0;
}
