/* Sources and Module.symvers out of packages of rpm, as they are kept here from an earlier run. The
 * fixtures were made by rpmbuild 4.18. */
#include <stdio.h>

#include "sources_fixture.h"

#include "bundle/srctree/srctree.h"
#include "sources/source_store.h"

#define FIXTURES UD_SOURCE_DIR "/tests/contract/app/sources/fixtures/"

static void keep(struct fixture *f, const char *asked, const char *file)
{
    struct ud_buf bytes;
    char *name = ud_strf("package-%s", asked);
    char *path = ud_strf(FIXTURES "%s", file);
    ud_buf_init(&bytes, 1 << 20);
    assert_int_equal(ud_fs_read(path, &bytes, NULL), UD_OK);
    ud_source_store_add(&f->app, &f->facts, name, &bytes, asked);
    ud_buf_done(&bytes);
    free(path);
    free(name);
}

/* A kernel with that release, and a configuration of one line; nothing may be fetched. */
static void begin(struct fixture *f, struct ud_patches *patches, const char *release,
                  const char *os_id, const char *os_version)
{
    static char config[] = "CONFIG_USB=m\n";
    static const struct script_rule none[] = {
        {.method = "GET", .path = "/", .status = 404, .body = "", .forever = true}};
    fixture_begin(f, none, COUNT(none), release);
    ud_acquire_done(&f->acquire);
    f->facts.os.id = ud_strdup(os_id);
    f->facts.os.version_id = ud_strdup(os_version);
    f->facts.has_config = true;
    assert_int_equal(ud_config_parse(config, strlen(config), &f->facts.config, NULL), UD_OK);
    f->wish.offline = true;
    f->acquire.patches = patches;
    f->acquire.wanted = UD_ROUTE_SOURCES | UD_ROUTE_SYMVERS;
    ud_acquire_begin(&f->acquire);
}

static void end(struct fixture *f, struct ud_patches *patches)
{
    ud_patches_done(patches);
    ud_os_release_done(&f->facts.os);
    ud_config_done(&f->facts.config);
    fixture_end(f);
}

static void fedoras_source_package_has_archive_and_patches(void **state)
{
    struct fixture f;
    struct ud_patches patches = {0};
    struct ud_error err = {0};
    (void)state;
    begin(&f, &patches, "6.17.1-300.fc43.x86_64", "fedora", "43");
    keep(&f, "kernel-6.17.1-300.fc43.src", "kernel.src.rpm");
    keep(&f, "kernel-devel-6.17.1-300.fc43.x86_64", "kernel-devel.rpm");
    assert_int_equal(ud_acquire_get(&f.acquire, UD_ROUTE_SYMVERS, &err), UD_OK);
    if (f.acquire.got != (UD_ROUTE_SYMVERS | UD_ROUTE_SOURCES)) {
        fail_msg("%s", f.told);
    }
    assert_non_null(ud_symvers_find(&f.symvers, "module_layout"));
    assert_string_equal(f.sources.name, "kernel-6.17.1-300.fc43.src");
    assert_true(f.sources.unpatched && f.sources.temporary);
    assert_int_equal(patches.len, 1); /* the empty one is none */
    assert_string_equal(patches.items[0].name, "patch-6.17-redhat.patch");
    assert_string_equal(patches.origin, "kernel-6.17.1-300.fc43.src");
    char *path = ud_strdup(f.sources.path);
    assert_int_equal(ud_fs_kind(path), UD_FS_FILE);
    end(&f, &patches);
    assert_int_equal(ud_fs_kind(path), UD_FS_NONE);
    free(path);
}

static unsigned want_all(void *ctx, const char *path)
{
    struct ud_strv *seen = ctx;
    ud_strv_add(seen, path);
    return UD_SRCTREE_SEND;
}

static void suses_package_is_the_tree(void **state)
{
    struct fixture f;
    struct ud_patches patches = {0};
    struct ud_strv seen = {0};
    struct ud_error err = {0};
    struct ud_srctree *tree = NULL;
    char piece[4096];
    size_t n = 1;
    (void)state;
    begin(&f, &patches, "6.17.1-1-default", "opensuse-leap", "16.0");
    f.acquire.wanted = UD_ROUTE_SOURCES;
    keep(&f, "kernel-source", "kernel-source.rpm");
    assert_int_equal(ud_acquire_get(&f.acquire, UD_ROUTE_SOURCES, &err), UD_OK);
    if (f.acquire.got != UD_ROUTE_SOURCES) {
        fail_msg("%s", f.told);
    }
    assert_false(f.sources.unpatched || f.sources.temporary);
    const struct ud_srctree_options options = {
        .path = f.sources.path, .want = want_all, .ctx = &seen, .sha256 = f.sources.sha256};
    assert_int_equal(ud_srctree_open(&options, &tree, &err), UD_OK);
    while (n > 0) {
        if (ud_srctree_read(tree, piece, sizeof piece, &n, &err) != UD_OK) {
            fail_msg("%s", err.message);
        }
    }
    ud_srctree_free(tree);
    char *text = ud_strv_join(&seen, " ");
    assert_string_equal(text, "Makefile drivers/usb/Kconfig");
    free(text);
    ud_strv_done(&seen);
    end(&f, &patches);
}

/* The same packages, of another kernel's configuration; and one that is cut off. */
static void what_does_not_fit_is_not_taken(void **state)
{
    struct fixture f;
    struct ud_patches patches = {0};
    struct ud_error err = {0};
    (void)state;
    begin(&f, &patches, "6.17.1-300.fc43.x86_64", "fedora", "43");
    ud_config_done(&f.facts.config);
    assert_int_equal(ud_config_parse("CONFIG_USB=y\n", 13, &f.facts.config, NULL), UD_OK);
    keep(&f, "kernel-devel-6.17.1-300.fc43.x86_64", "kernel-devel.rpm");
    assert_int_equal(ud_acquire_get(&f.acquire, UD_ROUTE_SYMVERS, &err), UD_OK);
    assert_int_equal(f.acquire.got & UD_ROUTE_SYMVERS, 0);
    fixture_expect_told(&f, "is of another build");
    end(&f, &patches);

    begin(&f, &patches, "6.17.1-300.fc43.x86_64", "fedora", "43");
    keep(&f, "kernel-devel-6.17.1-300.fc43.x86_64", "kernel-source.rpm");
    assert_int_equal(ud_acquire_get(&f.acquire, UD_ROUTE_SYMVERS, &err), UD_OK);
    assert_int_equal(f.acquire.got & UD_ROUTE_SYMVERS, 0);
    fixture_expect_told(&f, "has no .config of kernel");
    end(&f, &patches);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fedoras_source_package_has_archive_and_patches),
        cmocka_unit_test(suses_package_is_the_tree),
        cmocka_unit_test(what_does_not_fit_is_not_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
