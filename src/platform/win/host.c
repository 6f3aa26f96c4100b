#include "platform/host.h"

#include <stdlib.h>

#include "platform/fs.h"
#include "util/mem.h"
#include "wide.h"

#include <bcrypt.h>
#include <psapi.h>

uint64_t ud_host_now_ms(void)
{
    return GetTickCount64();
}

int64_t ud_host_wall_time(void)
{
    const int64_t epoch = 11644473600; /* seconds from 1601 to 1970 */
    FILETIME now;
    GetSystemTimeAsFileTime(&now);
    uint64_t ticks = ((uint64_t)now.dwHighDateTime << 32) | now.dwLowDateTime;
    return (int64_t)(ticks / 10000000) - epoch;
}

void ud_host_random(void *buf, size_t len)
{
    NTSTATUS status = BCryptGenRandom(NULL, buf, (ULONG)len, BCRYPT_USE_SYSTEM_PREFERRED_RNG);
    if (status != 0) {
        ud_fatal("the system gives no random numbers");
    }
}

char *ud_host_boot_id(void)
{
    return NULL;
}

char *ud_host_kernel(void)
{
    return NULL;
}

char *ud_host_program(void)
{
    enum { PATH_LEN_MAX = 32 * 1024 }; /* of Windows */
    wchar_t *wide = ud_alloc(PATH_LEN_MAX, sizeof *wide);
    const DWORD len = GetModuleFileNameW(NULL, wide, PATH_LEN_MAX);
    char *path = len > 0 && len < PATH_LEN_MAX ? ud_win_utf8(wide) : NULL;
    free(wide);
    return path;
}

uint64_t ud_host_pid(void)
{
    return GetCurrentProcessId();
}

/* The machine's own, also when this program runs in an emulation. */
const char *ud_host_arch(void)
{
    USHORT process = 0;
    USHORT machine = 0;
    if (!IsWow64Process2(GetCurrentProcess(), &process, &machine)) {
        return "unknown";
    }
    switch (machine) {
    case IMAGE_FILE_MACHINE_AMD64:
        return "amd64";
    case 0xaa64: /* IMAGE_FILE_MACHINE_ARM64 */
        return "arm64";
    case IMAGE_FILE_MACHINE_I386:
        return "386";
    default:
        return "unknown";
    }
}

const char *ud_host_os(void)
{
    return "windows";
}

uint64_t ud_host_peak_memory(void)
{
    PROCESS_MEMORY_COUNTERS counters;
    if (!K32GetProcessMemoryInfo(GetCurrentProcess(), &counters, sizeof counters)) {
        return 0;
    }
    return counters.PeakWorkingSetSize;
}
