#include "sys/waiting.h"

#include <time.h>

#include "util/patience.h"

uint64_t ud_wait_now_ms(void)
{
    struct timespec time = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_nsec / 1000000;
}

struct ud_wait ud_wait_begin(const struct ud_kernel *kernel, unsigned limit_ms)
{
    return (struct ud_wait){.kernel = kernel, .limit_ms = limit_ms, .begun_ms = ud_wait_now_ms()};
}

bool ud_wait_next(struct ud_wait *wait)
{
    if (wait->slept_ms >= wait->limit_ms || ud_wait_now_ms() - wait->begun_ms >= wait->limit_ms) {
        return false;
    }
    wait->kernel->sleep_ms(wait->kernel->ctx, UD_PATIENCE_DEVICE_POLL_MS);
    wait->slept_ms += UD_PATIENCE_DEVICE_POLL_MS;
    return true;
}
