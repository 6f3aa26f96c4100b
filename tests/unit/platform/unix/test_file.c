#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "platform/file.h"
#include "platform/fs.h"
#include "tempdir.h"

static struct ud_error err;
static char *dir;

static int setup(void **state)
{
    (void)state;
    dir = tempdir_new();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    tempdir_free(dir);
    return 0;
}

static void a_created_file_reads_back(void **state)
{
    (void)state;
    char *path = ud_fs_join(dir, "file");
    struct ud_file *file = NULL;
    char buf[16] = {0};
    size_t n = 0;
    uint64_t size = 0;
    assert_int_equal(ud_file_create(path, true, &file, &err), UD_OK);
    assert_int_equal(ud_file_write(file, "hello ", 6, &err), UD_OK);
    assert_int_equal(ud_file_write(file, "you", 3, &err), UD_OK);
    assert_int_equal(ud_file_close(file, true, &err), UD_OK);
    assert_int_equal(ud_file_open(path, &file, &err), UD_OK);
    assert_int_equal(ud_file_size(file, &size, &err), UD_OK);
    assert_int_equal(size, 9);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(ud_file_read(file, buf, sizeof buf, &n, &err), UD_OK);
        assert_int_equal(n, 9);
        assert_memory_equal(buf, "hello you", 9);
        assert_int_equal(ud_file_read(file, buf, sizeof buf, &n, &err), UD_OK);
        assert_int_equal(n, 0);
        assert_int_equal(ud_file_rewind(file, &err), UD_OK);
    }
    ud_file_free(file);
    free(path);
}

static void private_files_are_for_the_user_only(void **state)
{
    (void)state;
    char *path = ud_fs_join(dir, "secret");
    struct ud_file *file = NULL;
    struct stat st;
    assert_int_equal(ud_file_create(path, true, &file, &err), UD_OK);
    assert_int_equal(ud_file_close(file, false, &err), UD_OK);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    free(path);
}

static void create_refuses_what_exists_and_links(void **state)
{
    (void)state;
    char *path = ud_fs_join(dir, "file");
    char *link = ud_fs_join(dir, "link");
    struct ud_file *file = NULL;
    assert_int_equal(ud_fs_write_atomic(path, "x", 1, &err), UD_OK);
    assert_int_equal(ud_file_create(path, false, &file, &err), UD_ERR_BUSY);
    assert_int_equal(symlink("elsewhere", link), 0);
    assert_int_equal(ud_file_create(link, false, &file, &err), UD_ERR_BUSY);
    assert_null(file);
    free(link);
    free(path);
}

static void open_refuses_directories_and_names_what_is_missing(void **state)
{
    (void)state;
    struct ud_file *file = NULL;
    assert_int_equal(ud_file_open(dir, &file, &err), UD_ERR_IO);
    assert_int_equal(ud_file_open("/no/such/file", &file, &err), UD_ERR_NOT_FOUND);
    assert_string_equal(err.message, "cannot open /no/such/file: No such file or directory");
}

/* A limit on the file size stands for a full disk. */
static void a_write_that_fails_half_way_leaves_nothing(void **state)
{
    (void)state;
    static char data[256 * 1024];
    char *path = ud_fs_join(dir, "file");
    struct rlimit old;
    struct ud_strv names = {0};
    assert_int_equal(ud_fs_write_atomic(path, "old", 3, &err), UD_OK);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    const struct rlimit small = {.rlim_cur = 4096, .rlim_max = old.rlim_max};
    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    enum ud_code rc = ud_fs_write_atomic(path, data, sizeof data, &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    assert_int_equal(rc, UD_ERR_IO);
    assert_int_equal(ud_fs_list(dir, &names, &err), UD_OK);
    assert_int_equal(names.len, 1);
    assert_string_equal(names.items[0], "file");
    ud_strv_done(&names);
    free(path);
}

static void a_full_disk_comes_with_a_remedy(void **state)
{
    (void)state;
    struct ud_file *file = NULL;
    char *path = ud_fs_join(dir, "full");
    /* /dev/full cannot be created, so it takes the place of a new file's descriptor. */
    int next = dup(STDERR_FILENO);
    close(next);
    assert_int_equal(ud_file_create(path, false, &file, &err), UD_OK);
    free(path);
    int full = open("/dev/full", O_WRONLY);
    if (full < 0) {
        ud_file_free(file);
        print_message("SKIPPED: NO /dev/full HERE\n");
        skip();
    }
    assert_int_equal(dup2(full, next), next);
    close(full);
    assert_int_equal(ud_file_write(file, "x", 1, &err), UD_ERR_IO);
    assert_string_equal(err.remedy, "Free some space on that file system.");
    ud_file_free(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_created_file_reads_back, setup, teardown),
        cmocka_unit_test_setup_teardown(private_files_are_for_the_user_only, setup, teardown),
        cmocka_unit_test_setup_teardown(create_refuses_what_exists_and_links, setup, teardown),
        cmocka_unit_test_setup_teardown(open_refuses_directories_and_names_what_is_missing, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_write_that_fails_half_way_leaves_nothing, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_full_disk_comes_with_a_remedy, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
