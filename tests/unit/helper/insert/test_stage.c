/* Module files in memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/mman.h>

#include "fake.h"
#include "insert/stage.h"

/* Both of Linux 6.3, include/uapi/linux/memfd.h and fcntl.h. */
enum { NOEXEC_SEAL = 8, SEAL_EXEC = 0x20 };

/* What vm.memfd_noexec=2 demands, where the kernel knows it; and else all the same a file. */
static void a_module_in_memory_is_not_executable(void **state)
{
    static struct ud_stage stage;
    struct fake f;
    char name[] = "usbcore";
    char *names[] = {name};
    char text[16] = "";
    (void)state;
    int probe = memfd_create("probe", MFD_CLOEXEC | NOEXEC_SEAL);
    fake_init(&f);
    fake_file(&f, name);
    assert_int_equal(ud_stage_load(f.root, "/usbipd/modules", 1, names, &stage, NULL), UD_OK);
    const int fd = stage.modules[0].fd;
    const int seals = fcntl(fd, F_GET_SEALS);
    assert_int_equal(seals >= 0 && (seals & SEAL_EXEC) != 0, probe >= 0);
    assert_int_equal(pread(fd, text, sizeof text - 1, 0), strlen(name));
    assert_string_equal(text, name);
    assert_int_equal(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDONLY);
    ud_stage_done(&stage);
    fake_done(&f);
    if (probe >= 0) {
        (void)close(probe);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_module_in_memory_is_not_executable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
