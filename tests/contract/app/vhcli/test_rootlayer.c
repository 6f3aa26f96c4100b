/* Where files go in an image with links among its folders. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine_fixture.h"

#include "bundle/tar/tarread.h"
#include "util/mem.h"
#include "vhcli/rootlayer.h"

#define COUNT(rules) (sizeof(rules) / sizeof(rules)[0])
#define STAT "X-Docker-Container-Path-Stat: "
/* {"mode":2147484141}: a folder with 0755 */
#define DIR STAT "eyJtb2RlIjoyMTQ3NDg0MTQxfQ==\r\n"
/* {"mode":2147484096}: a folder with 0700 */
#define DIR_0700 STAT "eyJtb2RlIjoyMTQ3NDg0MDk2fQ==\r\n"
/* {"mode":420}: a file */
#define REGULAR STAT "eyJtb2RlIjo0MjB9\r\n"
/* {"mode":134218239,"linkTarget":"/usr/lib"} */
#define TO_USR_LIB STAT "eyJtb2RlIjoxMzQyMTgyMzksImxpbmtUYXJnZXQiOiIvdXNyL2xpYiJ9\r\n"
/* {"mode":134218239,"linkTarget":"/srv/opt"} */
#define TO_SRV_OPT STAT "eyJtb2RlIjoxMzQyMTgyMzksImxpbmtUYXJnZXQiOiIvc3J2L29wdCJ9\r\n"
/* {"mode":134218239,"linkTarget":"/loop"} */
#define TO_LOOP STAT "eyJtb2RlIjoxMzQyMTgyMzksImxpbmtUYXJnZXQiOiIvbG9vcCJ9\r\n"

#define AT(path_, headers_)                                                                        \
    {                                                                                              \
        .method = "HEAD", .path = "archive?path=" path_, .headers = headers_, .body = "",          \
        .forever = true                                                                            \
    }
#define NOTHING                                                                                    \
    {                                                                                              \
        .method = "HEAD", .path = "/archive", .status = 404, .body = "", .forever = true           \
    }

static enum ud_code note(void *ctx, const struct ud_tarread_entry *entry, struct ud_error *err)
{
    (void)err;
    ud_buf_addf(ctx, "%s%s %o\n", entry->path, entry->type == UD_TARREAD_DIR ? "/" : "",
                entry->mode);
    return UD_OK;
}

static void list(const struct ud_buf *tar, struct ud_buf *ret)
{
    const struct ud_tarread_options options = {
        .entry = note, .ctx = ret, .max_entries = 100, .max_file = 100};
    struct ud_tarread *reader = ud_tarread_new(&options);
    ud_buf_init(ret, 4096);
    assert_int_equal(ud_tarread_feed(reader, tar->data, tar->len, NULL), UD_OK);
    assert_int_equal(ud_tarread_finish(reader, NULL), UD_OK);
    ud_tarread_free(reader);
}

/* The entries, a line each, after the files were added; or why not. */
static enum ud_code add_all(const struct script_rule *rules, size_t count, const char *const *paths,
                            char **ret, struct ud_error *err)
{
    struct engine_fixture f;
    struct ud_rootlayer layer;
    struct ud_buf tar;
    struct ud_buf lines;
    enum ud_code rc = UD_OK;
    engine_fixture_init(&f, rules, count, true);
    ud_buf_init(&tar, 65536);
    ud_rootlayer_init(&layer, f.engine, "c", &tar);
    for (size_t i = 0; paths[i] != NULL && rc == UD_OK; i++) {
        rc = ud_rootlayer_add(&layer, paths[i], 0644, "x", 1, err);
    }
    if (rc == UD_OK) {
        rc = ud_rootlayer_finish(&layer, err);
    }
    if (rc == UD_OK) {
        list(&tar, &lines);
        *ret = ud_strdup(lines.data);
        ud_buf_done(&lines);
    }
    ud_rootlayer_done(&layer);
    ud_buf_done(&tar);
    engine_fixture_done(&f);
    return rc;
}

static void expect(const struct script_rule *rules, size_t count, const char *const *paths,
                   const char *expected)
{
    struct ud_error err = {0};
    char *lines = NULL;
    if (add_all(rules, count, paths, &lines, &err) != UD_OK) {
        fail_msg("%s", err.message);
    }
    assert_string_equal(lines, expected);
    free(lines);
}

static void folders_that_are_missing_are_made_once(void **state)
{
    (void)state;
    const char *const paths[] = {"/new/a", "/new/b", "/opt/x/y/c", "/opt/d", "/e", NULL};
    const struct script_rule rules[] = {PONG,
                                        {.method = "HEAD",
                                         .path = "archive?path=%2Fopt%2F",
                                         .status = 404,
                                         .body = "",
                                         .forever = true},
                                        AT("%2Fopt", DIR_0700),
                                        NOTHING};
    expect(rules, COUNT(rules), paths,
           "new/ 755\nnew/a 644\nnew/b 644\nopt/ 700\nopt/x/ 755\nopt/x/y/ 755\n"
           "opt/x/y/c 644\nopt/d 644\ne 644\n");
}

/* A folder in the place of the link would hide what is behind it. */
static void links_are_followed_to_where_they_lead(void **state)
{
    (void)state;
    const struct script_rule rules[] = {
        PONG,
        {.method = "HEAD", .path = "%2Fmodules%2F1.0", .status = 404, .body = "", .forever = true},
        AT("%2Fusr%2Flib%2Fmodules", DIR_0700),
        AT("%2Fusr%2Flib", DIR),
        AT("%2Fusr", DIR),
        AT("%2Flib", TO_USR_LIB),
        AT("%2Fopt", TO_SRV_OPT),
        NOTHING,
    };
    const char *const paths[] = {"/lib/modules/1.0/a", "/usr/lib/b", "/opt/c", "/lib/d", NULL};
    expect(rules, COUNT(rules), paths,
           "usr/ 755\nusr/lib/ 755\nusr/lib/modules/ 700\nusr/lib/modules/1.0/ 755\n"
           "usr/lib/modules/1.0/a 644\nusr/lib/b 644\nsrv/ 755\nsrv/opt/ 755\nsrv/opt/c 644\n"
           "usr/lib/d 644\n");
}

static void what_is_no_folder_is_named(void **state)
{
    struct ud_error err = {0};
    char *lines = NULL;
    (void)state;
    const struct script_rule rules[] = {PONG, AT("%2Fopt", REGULAR), AT("%2Floop", TO_LOOP)};
    const char *const file[] = {"/opt/a", NULL};
    assert_int_equal(add_all(rules, COUNT(rules), file, &lines, &err), UD_ERR_UNFIT);
    assert_non_null(
        strstr(err.message, "at /opt the base image has something that is not a folder"));
    const char *const loop[] = {"/loop/a", NULL};
    assert_int_equal(add_all(rules, COUNT(rules), loop, &lines, &err), UD_ERR_UNFIT);
    assert_non_null(strstr(err.message, "/loop"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folders_that_are_missing_are_made_once),
        cmocka_unit_test(links_are_followed_to_where_they_lead),
        cmocka_unit_test(what_is_no_folder_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
