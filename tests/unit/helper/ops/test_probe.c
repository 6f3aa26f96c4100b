#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cmocka.h>

#include "fake.h"
#include "proto/check.h"

/* The release of the machine that the test runs on, since uname is real. */
static const char *release(void)
{
    static struct utsname uts;
    assert_int_equal(uname(&uts), 0);
    assert_true(ud_check_release(uts.release));
    return uts.release;
}

static void put(const struct fake *f, const char *before, const char *after, const char *text)
{
    char *path = ud_strf("%s%s%s", before, release(), after);
    fake_text(f, path, text);
    free(path);
}

static void an_empty_machine_gives_few_facts_and_no_error(void **state)
{
    struct fake f;
    (void)state;
    fake_init(&f);
    fake_forget(&f, "/proc");
    struct answer a = fake_run(&f, "probe");
    assert_int_equal(a.code, UD_OK);
    assert_has(&a, "fact release=");
    assert_has(&a, "fact modules-supported=0\n");
    assert_has(&a, "fact vhci-driver=0\n");
    assert_has_not(&a, "blob ");
    assert_has_not(&a, "config");
    assert_has_not(&a, "kallsyms");
    assert_string_equal(f.did, "");
    answer_done(&a);
    fake_done(&f);
}

static void a_full_machine_gives_all_facts(void **state)
{
    struct fake f;
    unsigned char note[20];
    (void)state;
    fake_init(&f);
    fake_note(0xab, note);
    fake_load(&f, "usbcore", 2);
    fake_load(&f, "plain", 0);
    fake_text(&f, "/sys/module/usb_common/parameters/x", "");
    fake_text(&f, "/proc/sys/kernel/random/boot_id", "a-b-c\n");
    fake_text(&f, "/proc/sys/kernel/modules_disabled", "0\n");
    fake_text(&f, "/proc/sys/kernel/tainted", "4096\n");
    fake_text(&f, "/sys/module/module/parameters/sig_enforce", "N\n");
    fake_text(&f, "/sys/kernel/security/lockdown", "[none] integrity\n");
    fake_text(&f, "/proc/kallsyms", "0 T a\n");
    fake_text(&f, "/proc/keys", "a key\n");
    fake_text(&f, "/sys/kernel/btf/vmlinux", "x");
    fake_write(&f, "/sys/kernel/notes", note, sizeof note);
    struct answer a = fake_run(&f, "probe");
    assert_int_equal(a.code, UD_OK);
    assert_has(&a, "fact boot-id=a-b-c\nfact modules-disabled=0\nfact sig-enforce=N\n"
                   "fact lockdown=[none] integrity\nfact tainted=4096\n"
                   "fact modules-supported=1\nfact kallsyms=1\nfact btf=1\n"
                   "fact kernel-build-id=abababab\n");
    assert_has(&a, "fact builtin:usb_common=1\nfact build-id:usbcore=02020202\n");
    assert_has(&a, "blob proc-modules=usbcore 16384 0 - Live");
    assert_has(&a, "blob proc-keys=a key\n");
    assert_has_not(&a, ":plain");
    assert_has_not(&a, "builtin:usbcore");
    answer_done(&a);
    fake_done(&f);
}

static void keys_that_are_hidden_are_not_known(void **state)
{
    struct fake f;
    (void)state;
    fake_init(&f);
    fake_text(&f, "/proc/keys", "");
    struct answer a = fake_run(&f, "probe");
    assert_int_equal(a.code, UD_OK);
    assert_has_not(&a, "proc-keys");
    answer_done(&a);
    fake_done(&f);
}

static void the_modules_directory_may_be_in_usr(void **state)
{
    struct fake f;
    (void)state;
    fake_init(&f);
    put(&f, "/usr/lib/modules/", "/modules.dep", "a.ko: b.ko\n");
    put(&f, "/usr/lib/modules/", "/modules.builtin", "c.ko\n");
    struct answer a = fake_run(&f, "probe");
    char *expected = ud_strf("fact modules-dir=/usr/lib/modules/%s\nblob modules.dep=a.ko: b.ko\n\n"
                             "blob modules.builtin=c.ko\n\n",
                             release());
    assert_has(&a, expected);
    free(expected);
    answer_done(&a);
    fake_done(&f);
}

static void vhci_facts_hold_all_controllers(void **state)
{
    struct fake f;
    (void)state;
    fake_init(&f);
    fake_text(&f, "/sys/bus/platform/drivers/vhci_hcd/bind", "");
    fake_text(&f, "/sys/devices/platform/vhci_hcd.0/nports", "32\n");
    fake_text(&f, "/sys/devices/platform/vhci_hcd.0/status", "one\n");
    fake_text(&f, "/sys/devices/platform/vhci_hcd.0/status.1", "two");
    struct answer a = fake_run(&f, "probe");
    assert_has(&a, "fact vhci-driver=1\nfact vhci-overflow=1\nfact vhci-nports=32\nblob "
                   "vhci-status=one\ntwo\n\n");
    answer_done(&a);
    fake_done(&f);
}

static void os_release_is_the_one_that_was_given(void **state)
{
    struct fake f;
    (void)state;
    fake_init(&f);
    fake_text(&f, "/etc/os-release", "ID=container\n");
    struct answer a = fake_run(&f, "probe");
    assert_has_not(&a, "os-release");
    answer_done(&a);
    fake_text(&f, "/usbipd/os-release", "ID=given\n");
    a = fake_run(&f, "probe");
    assert_has(&a, "blob os-release=ID=given\n");
    answer_done(&a);
    fake_done(&f);
}

static void after_entering_os_release_is_the_machines(void **state)
{
    struct fake f;
    (void)state;
    fake_init(&f);
    fake_text(&f, "/usr/lib/os-release", "ID=vm\n");
    struct answer a = fake_run(&f, "probe --enter");
    assert_string_equal(f.did, "enter");
    assert_has(&a, "blob os-release=ID=vm\n");
    answer_done(&a);
    f.enter_code = UD_ERR_DENIED;
    a = fake_run(&f, "probe --enter");
    assert_int_equal(a.code, UD_ERR_DENIED);
    assert_int_equal(a.text.len, 0);
    answer_done(&a);
    fake_done(&f);
}

static void the_kernels_own_configuration_comes_first(void **state)
{
    struct fake f;
    (void)state;
    fake_init(&f);
    put(&f, "/boot/config-", "", "CONFIG_A=y\n");
    put(&f, "/lib/modules/", "/build/.config", "CONFIG_B=y\n");
    struct answer a = fake_run(&f, "probe");
    char *expected = ud_strf("blob config:/boot/config-%s=CONFIG_A=y\n", release());
    assert_has(&a, expected);
    free(expected);
    answer_done(&a);
    fake_text(&f, "/proc/config.gz", "\x1f\x8b packed");
    a = fake_run(&f, "probe");
    assert_has(&a, "blob config:/proc/config.gz=\x1f\x8b packed\n");
    assert_has_not(&a, "CONFIG_A");
    answer_done(&a);
    fake_done(&f);
}

static void large_modules_come_whole_in_several_records(void **state)
{
    struct fake f;
    size_t size = 400000; /* several records */
    char *data = ud_alloc(size, 1);
    (void)state;
    fake_init(&f);
    memset(data, 'k', size);
    data[0] = '\0';
    char *path = ud_strf("/lib/modules/%s/kernel/a.ko.xz", release());
    fake_write(&f, path, data, size);
    char *line = ud_strf("read --enter %s", path);
    struct answer a = fake_run(&f, line);
    assert_int_equal(a.code, UD_OK);
    assert_string_equal(f.did, "enter");
    size_t kept = 0;
    for (size_t i = 0; i < a.text.len; i++) {
        kept += a.text.data[i] == 'k';
    }
    size_t in_name = 0;
    for (const char *c = path; *c != '\0'; c++) {
        in_name += *c == 'k';
    }
    assert_int_equal(kept, size - 1 + in_name);
    answer_done(&a);
    free(line);
    free(path);
    free(data);
    fake_done(&f);
}

static void several_files_come_in_the_order_asked_for(void **state)
{
    struct fake f;
    (void)state;
    fake_init(&f);
    put(&f, "/lib/modules/", "/kernel/a.ko", "AAA");
    put(&f, "/lib/modules/", "/kernel/b.ko", "BBB");
    fake_text(&f, "/sys/kernel/btf/vmlinux", "BTF");
    char *line = ud_strf("read /lib/modules/%s/kernel/b.ko /sys/kernel/btf/vmlinux "
                         "/lib/modules/%s/kernel/a.ko",
                         release(), release());
    char *expected = ud_strf("fact file=/lib/modules/%s/kernel/b.ko\nblob file=BBB\n"
                             "fact file=/sys/kernel/btf/vmlinux\nblob file=BTF\n"
                             "fact file=/lib/modules/%s/kernel/a.ko\nblob file=AAA\n",
                             release(), release());
    struct answer a = fake_run(&f, line);
    assert_int_equal(a.code, UD_OK);
    assert_string_equal(a.text.data, expected);
    answer_done(&a);
    free(line);
    free(expected);
    fake_done(&f);
}

static void symbols_come_behind_the_files(void **state)
{
    struct fake f;
    (void)state;
    fake_init(&f);
    put(&f, "/lib/modules/", "/a.ko", "AAA");
    char *line = ud_strf("read --symbols /lib/modules/%s/a.ko", release());
    char *file = ud_strf("fact file=/lib/modules/%s/a.ko\nblob file=AAA\n", release());
    char *expected = ud_strf("%sblob symbols=kfree\n\n", file);
    struct answer a = fake_run(&f, line);
    assert_int_equal(a.code, UD_ERR_FACTS); /* after the file */
    assert_string_equal(a.text.data, file);
    answer_done(&a);
    fake_text(&f, "/proc/kallsyms", "0000000000000000 T kfree\n");
    a = fake_run(&f, line);
    assert_int_equal(a.code, UD_OK);
    assert_string_equal(a.text.data, expected);
    answer_done(&a);
    free(line);
    free(file);
    free(expected);
    fake_done(&f);
}

static void reading_elsewhere_is_refused(void **state)
{
    struct fake f;
    (void)state;
    fake_init(&f);
    fake_text(&f, "/etc/shadow", "secret");
    put(&f, "/lib/modules/", "/dir.ko/x", "");
    put(&f, "/lib/modules/", "/there.ko", "module");
    char *lines[] = {
        ud_strdup("read /etc/shadow"),
        ud_strdup("read"),
        ud_strf("read /lib/modules/%s/../../../etc/shadow.ko", release()),
        ud_strf("read /lib/modules/%s/there.ko /etc/shadow", release()),
        ud_strf("read /lib/modules/%s/there.ko /lib/modules/%s/none.ko", release(), release()),
        ud_strf("read /lib/modules/%s/none.ko", release()),
        ud_strf("read /lib/modules/%s/dir.ko", release()),
    };
    static const enum ud_code codes[] = {UD_ERR_USAGE, UD_ERR_USAGE,     UD_ERR_USAGE,
                                         UD_ERR_USAGE, UD_ERR_NOT_FOUND, UD_ERR_NOT_FOUND,
                                         UD_ERR_IO};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct answer a = fake_run(&f, lines[i]);
        assert_int_equal(a.code, codes[i]);
        assert_int_equal(a.text.len, 0);
        answer_done(&a);
        free(lines[i]);
    }
    fake_done(&f);
}

/* Which of them is this kernel's, only whoever reads them can tell. */
static void all_files_that_may_be_the_configuration_are_sent(void **state)
{
    struct fake f;
    (void)state;
    fake_init(&f);
    put(&f, "/boot/config-", "", "garbage");
    put(&f, "/lib/modules/", "/config", "CONFIG_A=y\n# end of Kernel hacking\n");
    put(&f, "/lib/modules/", "/build/.config", "CONFIG_A=y\n# end of Kernel hacking\n");
    put(&f, "/lib/modules/", "/kernel/kernel/configs.ko.xz", "packed");
    struct answer a = fake_run(&f, "probe");
    assert_has(&a, "=garbage");
    assert_has(&a, "=CONFIG_A=y\n# end of Kernel hacking\n");
    assert_has_not(&a, "build/.config"); /* the same again */
    assert_has(&a, "configs.ko.xz=packed\n");
    answer_done(&a);
    fake_done(&f);
}

/* As on Alpine: all of /lib/modules is a link into the image. */
static void a_link_in_place_of_all_is_followed_or_told(void **state)
{
    (void)state;
    for (int seen = 0; seen < 2; seen++) {
        struct fake f;
        fake_init(&f);
        fake_text(&f, "/lib/README", "x");
        if (seen) {
            put(&f, "/.modloop/modules/", "/modules.dep", "kernel/a.ko.gz:\n");
        }
        char *target = ud_strf("%s/.modloop/modules", f.root);
        char *link = ud_strf("%s/lib/modules", f.root);
        assert_int_equal(symlink(target, link), 0);
        struct answer a = fake_run(&f, "probe");
        char *dir = ud_strf("fact modules-dir=/lib/modules/%s\n", release());
        const char *told = "fact modules-unseen=linked\n";
        assert_has(&a, seen ? dir : told);
        assert_has_not(&a, seen ? told : dir);
        free(dir);
        free(target);
        free(link);
        answer_done(&a);
        fake_done(&f);
    }
}

/* The headers have it where there is no /proc/config.gz. */
static void the_kernels_headers_are_sent_unless_it_shows_its_configuration(void **state)
{
    (void)state;
    for (int shown = 0; shown < 2; shown++) {
        struct fake f;
        fake_init(&f);
        fake_text(&f, "/sys/kernel/kheaders.tar.xz", "headers");
        if (shown) {
            fake_text(&f, "/proc/config.gz", "packed");
        }
        struct answer a = fake_run(&f, "probe");
        if (shown) {
            assert_has(&a, "/proc/config.gz=packed");
            assert_has_not(&a, "kheaders");
        } else {
            assert_has(&a, "/sys/kernel/kheaders.tar.xz=headers");
        }
        answer_done(&a);
        fake_done(&f);
    }
}

static void without_a_modules_dep_the_files_are_listed(void **state)
{
    static const char *const deps[] = {NULL, "", "\n# nothing\n", "garbage\n",
                                       "kernel/a.ko: \nrest of a fil"};
    (void)state;
    for (size_t i = 0; i < sizeof deps / sizeof deps[0]; i++) {
        struct fake f;
        fake_init(&f);
        if (deps[i] != NULL) {
            put(&f, "/lib/modules/", "/modules.dep", deps[i]);
        }
        put(&f, "/lib/modules/", "/kernel/drivers/usb/core/usbcore.ko.gz", "x");
        put(&f, "/lib/modules/", "/kernel/drivers/usb/usbip/vhci-hcd.ko", "x");
        put(&f, "/lib/modules/", "/updates/dkms/a.ko.zst", "x");
        put(&f, "/lib/modules/", "/kernel/readme.kop", "x");
        char *target = ud_strf("%s/lib/modules/%s/kernel", f.root, release());
        char *link = ud_strf("%s/lib/modules/%s/source", f.root, release());
        assert_int_equal(symlink(target, link), 0);
        struct answer a = fake_run(&f, "probe");
        assert_has(&a, "blob module-files=updates/dkms/a.ko.zst\n"
                       "kernel/drivers/usb/core/usbcore.ko.gz\n"
                       "kernel/drivers/usb/usbip/vhci-hcd.ko\n\n");
        assert_has_not(&a, "modules.dep");
        free(target);
        free(link);
        answer_done(&a);
        fake_done(&f);
    }
}

/* As where the modules are in an image that is mounted: the link is followed, or told. */
static void a_folder_that_is_a_link_is_followed_or_told(void **state)
{
    (void)state;
    for (int seen = 0; seen < 2; seen++) {
        struct fake f;
        fake_init(&f);
        fake_text(&f, "/lib/modules/README", "x");
        if (seen) {
            put(&f, "/.modloop/modules/", "/modules.dep", "kernel/a.ko.gz:\n");
        }
        char *target = ud_strf("%s/.modloop/modules/%s", f.root, release());
        char *link = ud_strf("%s/lib/modules/%s", f.root, release());
        assert_int_equal(symlink(target, link), 0);
        struct answer a = fake_run(&f, "probe");
        char *dir = ud_strf("fact modules-dir=/lib/modules/%s\n", release());
        const char *told = "fact modules-unseen=linked\n";
        assert_has(&a, seen ? dir : told);
        assert_has_not(&a, seen ? told : dir);
        free(dir);
        free(target);
        free(link);
        answer_done(&a);
        fake_done(&f);
    }
}

/* As where SELinux keeps a container from the folder, or from one of its files. */
static void a_folder_that_may_not_be_read_is_told(void **state)
{
    static const char *const denied[] = {"", "/modules.dep"};
    const uid_t user = geteuid();
    (void)state;
    for (size_t i = 0; i < sizeof denied / sizeof denied[0]; i++) {
        struct fake f;
        fake_init(&f);
        put(&f, "/lib/modules/", "/modules.dep", "kernel/a.ko:\n");
        char *path = ud_strf("%s/lib/modules/%s%s", f.root, release(), denied[i]);
        assert_int_equal(chmod(f.root, 0755), 0);
        assert_int_equal(chmod(path, 0), 0);
        assert_int_equal(user == 0 ? seteuid(65534) : 0, 0);
        struct answer a = fake_run(&f, "probe");
        assert_int_equal(user == 0 ? seteuid(0) : 0, 0);
        assert_int_equal(chmod(path, 0755), 0);
        assert_int_equal(a.code, UD_OK);
        assert_has(&a, "fact modules-unseen=denied\n");
        assert_has_not(&a, "modules-dir");
        free(path);
        answer_done(&a);
        fake_done(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_folder_that_may_not_be_read_is_told),
        cmocka_unit_test(a_folder_that_is_a_link_is_followed_or_told),
        cmocka_unit_test(a_link_in_place_of_all_is_followed_or_told),
        cmocka_unit_test(the_kernels_headers_are_sent_unless_it_shows_its_configuration),
        cmocka_unit_test(an_empty_machine_gives_few_facts_and_no_error),
        cmocka_unit_test(a_full_machine_gives_all_facts),
        cmocka_unit_test(keys_that_are_hidden_are_not_known),
        cmocka_unit_test(the_modules_directory_may_be_in_usr),
        cmocka_unit_test(vhci_facts_hold_all_controllers),
        cmocka_unit_test(os_release_is_the_one_that_was_given),
        cmocka_unit_test(after_entering_os_release_is_the_machines),
        cmocka_unit_test(the_kernels_own_configuration_comes_first),
        cmocka_unit_test(all_files_that_may_be_the_configuration_are_sent),
        cmocka_unit_test(without_a_modules_dep_the_files_are_listed),
        cmocka_unit_test(large_modules_come_whole_in_several_records),
        cmocka_unit_test(several_files_come_in_the_order_asked_for),
        cmocka_unit_test(symbols_come_behind_the_files),
        cmocka_unit_test(reading_elsewhere_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
