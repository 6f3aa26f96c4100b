#include "drivers/ksolve.h"

#include <stdlib.h>

#include "check.h"
#include "util/mem.h"

/* Options whose name begins so are part of the image. */
static bool in_image(void *ctx, const char *option, bool module, char **ret_why)
{
    const char *prefix = module ? "STUBBED_" : ctx;
    if (strncmp(option, prefix, strlen(prefix)) != 0) {
        return false;
    }
    *ret_why = ud_strdup("core/core.o would be part of that kernel's image");
    return true;
}

static const char top[] = "mainmenu \"A kernel\"\n"
                          "source \"drivers/Kconfig\"\n"
                          "source \"arch/$(SRCARCH)/Kconfig\"\n"
                          "source \"not/there/Kconfig\"\n";

static const char drivers[] =
    "menu \"Drivers\"\n\tdepends on ARCH_OK\n\n"
    "config BUS\n\ttristate \"A bus\"\n\thelp\n\t  Says\n\t  config NOT_THIS\n\n"
    "if BUS\n"
    "config SERIAL\n\ttristate \"Serial\"\n\tdepends on TTY && \\\n\t\t(BUS || OTHER)\n"
    "config SERIAL_FTDI\n\ttristate \"FTDI\"\n\tdepends on SERIAL # as usual\n"
    "\tselect CRC if SERIAL_CHECKED\n\tselect HELPER\n"
    "config SERIAL_CHECKED\n\tbool\n\tdefault y\n\tdepends on SERIAL\n"
    "endif\n"
    "config TTY\n\tbool \"Terminals\"\n"
    "config CRC\n\ttristate\n"
    "config HELPER\n\ttristate\n\tselect DEEP\n"
    "config DEEP\n\ttristate\n"
    "config HIDDEN\n\ttristate\n"
    "config SELECTS_HIDDEN_DEARLY\n\ttristate \"x\"\n\tdepends on SERIAL_FTDI\n\tselect HIDDEN\n"
    "config SELECTS_HIDDEN\n\ttristate \"x\"\n\tselect HIDDEN\n"
    "config NEEDS_HIDDEN\n\ttristate \"x\"\n\tdepends on HIDDEN\n"
    "config EITHER\n\ttristate \"x\"\n\tdepends on CORE_X || SERIAL_FTDI || SELECTS_HIDDEN\n"
    "config NOT_WITH_TTY\n\ttristate \"x\"\n\tdepends on !TTY && BUS!=n\n"
    "config NEEDS_CORE\n\ttristate \"x\"\n\tdepends on BUS\n\tselect WITH_CORE\n"
    "config WITH_CORE\n\ttristate\n\tselect CORE_BUFFER\n"
    "config CORE_BUFFER\n\tbool\n"
    "config CORE_X\n\tbool \"x\"\n"
    "config FILTER\n\tbool \"x\"\n"
    "config CAMERA\n\tbool\n\tprompt \"x\" if FILTER\n\tdefault y if !FILTER\n"
    "config WEBCAM\n\ttristate \"x\"\n\tdepends on CAMERA\n"
    "config CYCLE_A\n\ttristate \"x\"\n\tdepends on CYCLE_B\n"
    "config CYCLE_B\n\ttristate \"x\"\n\tdepends on CYCLE_A\n"
    "config NUMBER\n\tint \"x\"\n\tdefault 5\n"
    "config NEEDS_FIVE\n\ttristate \"x\"\n\tdepends on NUMBER=5\n"
    "config NEEDS_SIX\n\ttristate \"x\"\n\tdepends on NUMBER = 6\n"
    "config NEEDS_BUILT_IN\n\ttristate \"x\"\n\tdepends on BUS=y\n"
    "config NEEDS_MISSING\n\ttristate \"x\"\n\tdepends on NO_SUCH\n"
    "config STUBBED_PHY\n\ttristate \"x\"\n"
    "choice\n\tprompt \"One of\"\n"
    "config CHOSEN\n\tbool \"x\"\n"
    "config UNCHOSEN\n\tbool \"x\"\n"
    "endchoice\n"
    "config NEEDS_UNCHOSEN\n\ttristate \"x\"\n\tdepends on UNCHOSEN\n"
    "config A_WITHOUT_B\n\ttristate \"x\"\n\tdepends on !B_WITHOUT_A\n"
    "config B_WITHOUT_A\n\tbool \"x\"\n"
    "config ASKS_TOOL\n\ttristate \"x\"\n\tdepends on $(cc-option,-m (x)) && BUS\n"
    "menu \"Seen sometimes\"\n\tvisible if FILTER\n"
    "config SEEN_SOMETIMES\n\ttristate \"x\"\n"
    "endmenu\n"
    "endmenu\n";

static const char arch[] = "config ARCH_OK\n\tdef_bool y\n";

struct solved {
    struct ud_ktree tree;
    struct ud_config running;
    struct ud_ksolution solution;
    struct ud_error err;
    enum ud_code code;
};

static void solve(const char *running, const struct ud_config_edits *given, const char *wanted,
                  struct solved *ret)
{
    static char image[] = "CORE_";
    struct ud_strv options = {0};
    char *copy = ud_strdup(wanted);
    *ret = (struct solved){0};
    ud_ktree_init(&ret->tree);
    ud_ktree_add(&ret->tree, "drivers/Kconfig", drivers, strlen(drivers));
    ud_ktree_add(&ret->tree, "Kconfig", top, strlen(top));
    ud_ktree_add(&ret->tree, "arch/x86/Kconfig", arch, strlen(arch));
    ud_ktree_add(&ret->tree, "arch/arm64/Kconfig", "config NOT_OURS\n\tbool\n", 22);
    assert_ok(ud_ktree_read(&ret->tree, "x86", &ret->err));
    assert_ok(ud_config_parse(running, strlen(running), &ret->running, &ret->err));
    for (char *word = strtok(copy, " "); word != NULL; word = strtok(NULL, " ")) {
        ud_strv_add(&options, word);
    }
    const struct ud_ksolve ask = {
        .tree = &ret->tree,
        .running = &ret->running,
        .given = given,
        .in_image = in_image,
        .ctx = image,
        .with_defaults = true,
    };
    ret->code = ud_ksolve_run(&ask, &options, &ret->solution, &ret->err);
    ud_strv_done(&options);
    free(copy);
}

static void solved_done(struct solved *solved)
{
    ud_ksolution_done(&solved->solution);
    ud_ktree_done(&solved->tree);
    ud_config_done(&solved->running);
}

static const char base[] = "CONFIG_ARCH_OK=y\nCONFIG_TTY=y\nCONFIG_NUMBER=5\n"
                           "# CONFIG_FILTER is not set\nCONFIG_CHOSEN=y\n";

static void assert_edits(const char *wanted, const char *expected)
{
    struct solved solved;
    struct ud_strv list = {0};
    solve(base, NULL, wanted, &solved);
    if (solved.code != UD_OK) {
        fail_msg("%s: %s", wanted, solved.err.message);
    }
    for (size_t i = 0; i < solved.solution.edits.len; i++) {
        ud_strv_addf(&list, "%s=%s", solved.solution.edits.items[i].name,
                     solved.solution.edits.items[i].value);
    }
    ud_strv_sort_unique(&list);
    char *text = ud_strv_join(&list, " ");
    assert_string_equal(text, expected);
    free(text);
    ud_strv_done(&list);
    solved_done(&solved);
}

static void assert_refused(const char *wanted, enum ud_code code, const char *part,
                           const char *other_part)
{
    struct solved solved;
    solve(base, NULL, wanted, &solved);
    assert_int_equal(solved.code, code);
    assert_has(solved.err.message, part);
    assert_has(solved.err.message, other_part);
    solved_done(&solved);
}

static void conditions_are_followed_and_selects_known(void **state)
{
    (void)state;
    assert_edits("BUS", "BUS=m");
    assert_edits("SERIAL", "BUS=m SERIAL=m");
    /* CRC by a boolean that is on by default. */
    assert_edits("SERIAL_FTDI", "BUS=m CRC=m DEEP=m HELPER=m SERIAL=m SERIAL_FTDI=m");
    assert_edits("ASKS_TOOL", "ASKS_TOOL=m BUS=m");
    assert_edits("NEEDS_FIVE", "NEEDS_FIVE=m");
}

static void alternatives_take_the_fewest_edits(void **state)
{
    (void)state;
    assert_edits("EITHER", "EITHER=m HIDDEN=m SELECTS_HIDDEN=m");
    assert_edits("NEEDS_HIDDEN", "HIDDEN=m NEEDS_HIDDEN=m SELECTS_HIDDEN=m");
    assert_edits("WEBCAM", "CAMERA=y WEBCAM=m"); /* by its default, FILTER stays off */
    assert_edits("SEEN_SOMETIMES", "FILTER=y SEEN_SOMETIMES=m");
}

static void what_is_on_is_no_edit_but_used(void **state)
{
    static const char running[] = "CONFIG_ARCH_OK=y\nCONFIG_TTY=y\nCONFIG_BUS=m\nCONFIG_SERIAL=m\n"
                                  "CONFIG_HELPER=m\nCONFIG_DEEP=y\n# CONFIG_CRC is not set\n"
                                  "CONFIG_SERIAL_CHECKED=y\n";
    struct solved solved;
    (void)state;
    solve(running, NULL, "SERIAL_FTDI", &solved);
    assert_ok(solved.code);
    assert_int_equal(solved.solution.edits.len, 2);
    assert_string_equal(ud_config_edits_get(&solved.solution.edits, "SERIAL_FTDI"), "m");
    assert_string_equal(ud_config_edits_get(&solved.solution.edits, "CRC"), "m");
    char *used = ud_strv_join(&solved.solution.used, " ");
    assert_string_equal(used, "BUS HELPER SERIAL");
    free(used);
    solved_done(&solved);
}

static void refusals_name_the_way_and_the_condition(void **state)
{
    (void)state;
    assert_refused("NOT_WITH_TTY", UD_ERR_CONFIG, "CONFIG_NOT_WITH_TTY: it depends on !(TTY)",
                   "does not hold");
    assert_refused("NEEDS_CORE", UD_ERR_CONFIG,
                   "CONFIG_NEEDS_CORE selects CONFIG_WITH_CORE, which selects CONFIG_CORE_BUFFER",
                   "core/core.o would be part of that kernel's image");
    assert_refused("NEEDS_BUILT_IN", UD_ERR_CONFIG, "CONFIG_NEEDS_BUILT_IN needs CONFIG_BUS",
                   "built into the kernel's image");
    assert_refused("STUBBED_PHY", UD_ERR_CONFIG, "CONFIG_STUBBED_PHY",
                   "core/core.o would be part of that kernel's image");
    assert_refused("NEEDS_SIX", UD_ERR_CONFIG, "NUMBER=6", "does not hold");
    assert_refused("NEEDS_MISSING", UD_ERR_CONFIG, "needs CONFIG_NO_SUCH",
                   "do not have it for this architecture");
    assert_refused("NEEDS_UNCHOSEN", UD_ERR_CONFIG, "needs CONFIG_UNCHOSEN",
                   "nothing can switch it on");
    assert_refused("CYCLE_A", UD_ERR_CONFIG, "CONFIG_CYCLE_A", "CONFIG_CYCLE_B");
    assert_refused("NUMBER", UD_ERR_CONFIG, "CONFIG_NUMBER", "nothing that can be switched on");
    assert_refused("NOT_OURS", UD_ERR_USAGE, "CONFIG_NOT_OURS", "no option");
    assert_refused("NOT_THIS", UD_ERR_USAGE, "CONFIG_NOT_THIS", "no option"); /* a help text */
    assert_refused("A_WITHOUT_B B_WITHOUT_A", UD_ERR_CONFIG, "CONFIG_A_WITHOUT_B",
                   "excludes one another");
}

static void what_is_set_anyhow_stays(void **state)
{
    struct ud_config_edits given = {0};
    struct solved solved;
    (void)state;
    ud_config_edits_set(&given, "BUS", "m");
    ud_config_edits_set(&given, "SERIAL", "n");
    solve(base, &given, "SERIAL_FTDI", &solved);
    assert_int_equal(solved.code, UD_ERR_CONFIG);
    assert_has(solved.err.message, "CONFIG_SERIAL: it is set to n");
    solved_done(&solved);
    solve(base, &given, "ASKS_TOOL", &solved);
    assert_ok(solved.code);
    assert_int_equal(solved.solution.edits.len, 1); /* BUS is no edit of ours */
    solved_done(&solved);
    ud_config_edits_done(&given);
}

static void trees_that_are_none_are_refused(void **state)
{
    static const char loop[] = "source \"Kconfig\"\nconfig X\n\tbool\n";
    struct ud_error err = {0};
    struct ud_ktree tree;
    (void)state;
    ud_ktree_init(&tree);
    assert_int_equal(ud_ktree_read(&tree, "x86", &err), UD_ERR_SOURCE);
    assert_has(err.message, "no file Kconfig");
    ud_ktree_done(&tree);
    ud_ktree_init(&tree);
    ud_ktree_add(&tree, "Kconfig", loop, strlen(loop));
    assert_int_equal(ud_ktree_read(&tree, "x86", &err), UD_ERR_SOURCE);
    assert_has(err.message, "source each other");
    ud_ktree_done(&tree);
}

static void a_thousand_alternatives_and_brackets_end(void **state)
{
    struct ud_buf text;
    struct ud_error err = {0};
    struct ud_ktree tree;
    (void)state;
    ud_buf_init(&text, 1u << 20);
    ud_buf_adds(&text, "config X\n\ttristate \"x\"\n\tdepends on ");
    for (int i = 0; i < 5000; i++) {
        ud_buf_addf(&text, "(!A%d || (B%d && ", i, i);
    }
    for (int i = 0; i < 5000; i++) {
        ud_buf_addf(&text, "A%d%s", i % 7, i % 2 == 0 ? " || " : " && ");
    }
    ud_ktree_init(&tree);
    ud_ktree_add(&tree, "Kconfig", text.data, text.len);
    assert_ok(ud_ktree_read(&tree, "x86", &err));
    assert_int_not_equal(ud_ktree_find(&tree, "X"), UD_KTREE_END);
    assert_int_equal(ud_ktree_find(&tree, "A1"), UD_KTREE_END); /* only mentioned */
    ud_ktree_done(&tree);
    ud_buf_done(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conditions_are_followed_and_selects_known),
        cmocka_unit_test(alternatives_take_the_fewest_edits),
        cmocka_unit_test(what_is_on_is_no_edit_but_used),
        cmocka_unit_test(refusals_name_the_way_and_the_condition),
        cmocka_unit_test(what_is_set_anyhow_stays),
        cmocka_unit_test(trees_that_are_none_are_refused),
        cmocka_unit_test(a_thousand_alternatives_and_brackets_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
