/* A report of devices. What is read can be written, and reads again as the same text. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "proto/device_report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_again(const struct ud_device_report *report)
{
    struct ud_device_report again;
    struct ud_buf first;
    struct ud_buf second;
    ud_buf_init(&first, 2 * UD_REPORT_SIZE_MAX);
    ud_buf_init(&second, 2 * UD_REPORT_SIZE_MAX);
    ud_device_report_write(report, &first);
    if (ud_device_report_read((struct ud_slice){first.data, first.len}, &again, NULL) != UD_OK) {
        abort();
    }
    ud_device_report_write(&again, &second);
    if (again.count != report->count || strcmp(first.data, second.data) != 0) {
        abort();
    }
    ud_device_report_done(&again);
    ud_buf_done(&first);
    ud_buf_done(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct ud_slice text = {(const char *)data, size};
    struct ud_device_report report;
    struct ud_error err = {0};
    if (ud_device_report_read(text, &report, &err) == UD_OK) {
        check_again(&report);
        ud_device_report_done(&report);
    } else if (err.code != UD_ERR_PROTOCOL || err.message[0] == '\0') {
        abort();
    }
    return 0;
}
