#include "kernel/elf/elf_program.h"

#include "check.h"
#include "kernel/elf/elf.h"

static void header(unsigned char ret[64], unsigned char type, unsigned char machine)
{
    memset(ret, 0, 64);
    memcpy(ret, "\177ELF\2\1\1", 7);
    ret[16] = type;
    ret[18] = machine;
}

static void programs_tell_their_machine(void **state)
{
    unsigned char h[64];
    uint16_t machine = 0;
    (void)state;
    header(h, 2, UD_EM_X86_64);
    assert_ok(ud_elf_program_machine(h, sizeof h, "it", &machine, NULL));
    assert_int_equal(machine, UD_EM_X86_64);
    header(h, 3, UD_EM_AARCH64);
    assert_ok(ud_elf_program_machine(h, sizeof h, "it", &machine, NULL));
    assert_int_equal(machine, UD_EM_AARCH64);
}

static void expect_unfit(const void *data, size_t len, const char *reason)
{
    struct ud_error err = {0};
    uint16_t machine = 7;
    assert_int_equal(ud_elf_program_machine(data, len, "it", &machine, &err), UD_ERR_UNFIT);
    assert_has(err.message, reason);
    assert_int_equal(machine, 7);
}

static void what_is_no_program_is_named(void **state)
{
    unsigned char h[64];
    (void)state;
    header(h, 1, UD_EM_X86_64);
    expect_unfit(h, sizeof h, "it is an ELF file, but no program");
    header(h, 2, UD_EM_X86_64);
    expect_unfit(h, 63, "ends inside its ELF header");
    h[4] = 1;
    expect_unfit(h, sizeof h, "not a program for a 64-bit");
    expect_unfit("#!/bin/sh\n", 10, "not a Linux program");
    expect_unfit("", 0, "not a Linux program");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(programs_tell_their_machine),
        cmocka_unit_test(what_is_no_program_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
