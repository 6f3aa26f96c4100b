/* A directory for each test, and files in it. Include after cmocka.h. */
#ifndef TEST_FS_FIXTURE_H
#define TEST_FS_FIXTURE_H

#include <string.h>

#include "platform/fs.h"
#include "tempdir.h"

static struct ud_error err;
static char *dir; /* new for each test */

static inline int setup(void **state)
{
    (void)state;
    dir = tempdir_new();
    err = (struct ud_error){0};
    return 0;
}

static inline int teardown(void **state)
{
    (void)state;
    tempdir_free(dir);
    return 0;
}

static inline char *in(const char *name)
{
    return ud_fs_join(dir, name);
}

static inline void write_file(const char *path, const char *text)
{
    assert_int_equal(ud_fs_write_atomic(path, text, strlen(text), &err), UD_OK);
}

static inline void assert_content(const char *path, const char *text)
{
    struct ud_buf buf;
    ud_buf_init(&buf, 1 << 20);
    assert_int_equal(ud_fs_read(path, &buf, &err), UD_OK);
    assert_string_equal(buf.data, text);
    ud_buf_done(&buf);
}

#endif
