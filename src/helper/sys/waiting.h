/* Looking again and again for something that the kernel does, up to a limit. */
#ifndef HELPER_SYS_WAITING_H
#define HELPER_SYS_WAITING_H

#include <stdbool.h>
#include <stdint.h>

#include "sys/kernel.h"

struct ud_wait {
    const struct ud_kernel *kernel;
    unsigned limit_ms;
    unsigned slept_ms;
    uint64_t begun_ms;
};

/* Of a clock that only goes forward. */
uint64_t ud_wait_now_ms(void);

struct ud_wait ud_wait_begin(const struct ud_kernel *kernel, unsigned limit_ms);

/* Sleeps for a moment; false, without it, once the limit has passed: a look may take long
 * itself, since a device's files in sysfs wait for the device. */
bool ud_wait_next(struct ud_wait *wait);

#endif
