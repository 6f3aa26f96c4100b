#include "kernel/kbuild/patches.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"

/* As git writes it: a mail above, one file changed, one made, one removed, one renamed; in a hunk a
 * removed line that looks like the name of a file. */
static const char of_git[] = "From 0123456789 Mon Sep 17 00:00:00 2001\n"
                             "Subject: [PATCH] hv_sock: a change\n"
                             "---\n"
                             " drivers/usb/core/hub.c | 3 ++-\n"
                             "\n"
                             "diff --git a/drivers/usb/core/hub.c b/drivers/usb/core/hub.c\n"
                             "index 111..222 100644\n"
                             "--- a/drivers/usb/core/hub.c\n"
                             "+++ b/drivers/usb/core/hub.c\n"
                             "@@ -10,3 +10,3 @@ static int hub(void)\n"
                             " one\n"
                             "--- a/etc/passwd\n"
                             "+++ b/etc/passwd\n"
                             " three\n"
                             "@@ -90 +90,2 @@\n"
                             "-x\n"
                             "+y\n"
                             "+z\n"
                             "\\ No newline at end of file\n"
                             "diff --git a/include/linux/new.h b/include/linux/new.h\n"
                             "new file mode 100644\n"
                             "--- /dev/null\n"
                             "+++ b/include/linux/new.h\n"
                             "@@ -0,0 +1 @@\n"
                             "+int x;\n"
                             "diff --git a/lib/old.c b/lib/old.c\n"
                             "--- a/lib/old.c\t2026-01-01 00:00:00\n"
                             "+++ /dev/null\n"
                             "@@ -1 +0,0 @@\n"
                             "-int x;\n"
                             "diff --git a/a.c b/b.c\n"
                             "similarity index 100%\n"
                             "rename from net/a.c\n"
                             "rename to net/b.c\n"
                             "-- \n"
                             "2.39\n";

static void add(struct ud_patches *patches, const char *name, const char *text)
{
    ud_patches_add(patches, name, text, strlen(text));
}

static void files_of_a_patch_are_found(void **state)
{
    struct ud_patches patches = {0};
    struct ud_strv files = {0};
    (void)state;
    add(&patches, "0002-more.patch",
        "--- a/drivers/usb/core/hub.c\n+++ b/drivers/usb/core/hub.c\n"
        "@@ -1 +1 @@\n-a\n+b\n");
    add(&patches, "0001-hub.patch", of_git);
    assert_string_equal(patches.items[0].name, "0001-hub.patch");
    assert_ok(ud_patches_list_files(&patches, &files, NULL));
    char *text = ud_strv_join(&files, " ");
    assert_string_equal(text,
                        "drivers/usb/core/hub.c include/linux/new.h lib/old.c net/a.c net/b.c");
    free(text);
    ud_strv_done(&files);
    ud_patches_done(&patches);
}

static void refused(const char *text, const char *why)
{
    struct ud_patches patches = {0};
    struct ud_strv files = {0};
    struct ud_error err = {0};
    add(&patches, "x.patch", text);
    assert_int_equal(ud_patches_list_files(&patches, &files, &err), UD_ERR_SOURCE);
    assert_has(err.message, "x.patch");
    assert_has(err.message, why);
    ud_strv_done(&files);
    ud_patches_done(&patches);
}

static void what_is_no_patch_of_the_tree_is_refused(void **state)
{
    (void)state;
    refused("", "changes no file");
    refused("some words\n", "changes no file");
    refused("--- /dev/null\n+++ /dev/null\n", "changes no file");
    refused("--- a/../../etc/passwd\n", "not below the top");
    refused("--- a//etc/passwd\n", "not below the top");
    refused("+++ b/lib/./x.c\n", "not below the top");
    refused("--- passwd\n", "not below the top");
    refused("rename to ../x\n", "not below the top");
    refused("@@ -1,999999999999999999999 +1 @@\n--- a/x\n", "changes no file");
}

static void the_same_bytes_are_the_same_text(void **state)
{
    struct ud_patches one = {0};
    struct ud_patches other = {0};
    struct ud_buf a;
    struct ud_buf b;
    (void)state;
    ud_buf_init(&a, 4096);
    ud_buf_init(&b, 4096);
    add(&one, "b.patch", "2");
    add(&one, "a.patch", "1");
    add(&other, "a.patch", "1");
    add(&other, "b.patch", "2");
    ud_patches_text(&one, &a);
    ud_patches_text(&other, &b);
    assert_string_equal(a.data, "a.patch 1\n1b.patch 1\n2");
    assert_string_equal(a.data, b.data);
    ud_buf_done(&a);
    ud_buf_done(&b);
    ud_patches_done(&one);
    ud_patches_done(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_of_a_patch_are_found),
        cmocka_unit_test(what_is_no_patch_of_the_tree_is_refused),
        cmocka_unit_test(the_same_bytes_are_the_same_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
