/* A cache directory that is too small for what is to be kept: on a file system of its own. */
#include <stdio.h>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include "../sources_fixture.h"

#define FILE_NAME "linux-6.1.9.tar.xz"

enum { ARCHIVE = 300 * 1024 }; /* the file system has 128 KiB */

static char archive[ARCHIVE + 1];

static bool may_mount; /* in a namespace of its own */

static bool write_map(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY);
    bool written = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
    (void)close(fd);
    return written;
}

/* Who is not root becomes root of a namespace of users; while there is one thread. */
static bool enter_namespace(void)
{
    char *users = ud_strf("0 %u 1", (unsigned)getuid());
    char *groups = ud_strf("0 %u 1", (unsigned)getgid());
    bool done =
        unshare(CLONE_NEWNS) == 0 ||
        (unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 && write_map("/proc/self/setgroups", "deny") &&
         write_map("/proc/self/uid_map", users) && write_map("/proc/self/gid_map", groups));
    free(groups);
    free(users);
    return done && mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

static size_t files_in(const char *path)
{
    struct ud_strv names = {0};
    assert_int_equal(ud_fs_list(path, &names, NULL), UD_OK);
    size_t count = names.len;
    ud_strv_done(&names);
    return count;
}

static void what_is_larger_than_the_cache_is_used_all_the_same(void **state)
{
    struct fixture f;
    struct ud_error err = {0};
    (void)state;
    for (size_t i = 0; i < ARCHIVE; i++) {
        archive[i] = (char)('a' + i * 7 % 26);
    }
    char *sums = fixture_sums(FILE_NAME, archive);
    const struct script_rule rules[] = {
        {.method = "GET", .path = "/sha256sums.asc", .body = sums},
        {.method = "GET", .path = "/" FILE_NAME, .body = archive, .piece = 10000}};
    fixture_begin(&f, rules, COUNT(rules), "6.1.9");
    assert_int_equal(ud_fs_mkdirs(f.cache, &err), UD_OK);
    if (!may_mount || mount("none", f.cache, "tmpfs", 0, "size=128k,mode=755") != 0) {
        fixture_end(&f);
        free(sums);
        print_message("SKIPPED: NO FILE SYSTEM CAN BE MOUNTED HERE\n");
        skip();
    }
    assert_int_equal(ud_acquire_get(&f.acquire, UD_ROUTE_SOURCES, &err), UD_OK);
    assert_int_equal(f.acquire.got, UD_ROUTE_SOURCES);
    fixture_expect_file(f.sources.path, archive);
    assert_true(f.sources.temporary);
    fixture_expect_told(&f, "is not kept for the next time: cannot write");
    assert_int_equal(scripted_engine_seen(f.server, "GET", FILE_NAME), 1);
    char *dir = ud_sources_cache_dir();
    assert_int_equal(files_in(dir), 0); /* no half of it is left there */
    free(dir);
    char *path = ud_strdup(f.sources.path);
    ud_sources_done(&f.sources);
    assert_int_equal(ud_fs_kind(path), UD_FS_NONE);
    free(path);
    assert_int_equal(umount2(f.cache, MNT_DETACH), 0);
    fixture_end(&f);
    free(sums);
}

int main(void)
{
    may_mount = enter_namespace();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_larger_than_the_cache_is_used_all_the_same),
    };
    return cmocka_run_group_tests_name("app.sources.full", tests, NULL, NULL);
}
