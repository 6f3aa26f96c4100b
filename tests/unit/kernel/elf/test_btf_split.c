/* The types of a module beside those of a kernel. */
#include "kernel/elf/btf.h"

#include "check.h"
#include "made_btf.h"

enum { PTR = 2, STRUCT = 4, TYPEDEF = 8, FUNC = 12, PROTO = 13, VAR = 14, DATASEC = 15 };

/* A kernel of `types` ints and a prototype, and a module of it. */
struct pair {
    struct made_btf kernel, module;
    uint32_t proto; /* number of the kernel's prototype */
    uint32_t next;  /* number of the module's first type */
};

static void pair_init(struct pair *p, uint32_t types)
{
    made_btf_init(&p->kernel);
    for (uint32_t i = 0; i < types; i++) {
        made_btf_type(&p->kernel, "int", 1, 0, 4);
        made_btf_add32(&p->kernel.types, 32);
    }
    p->proto = types + 1;
    made_btf_type(&p->kernel, "", PROTO, 0, 1);
    p->next = types + 2;
    made_btf_finish(&p->kernel);
    made_btf_init_split(&p->module, &p->kernel);
}

static void pair_done(struct pair *p)
{
    made_btf_done(&p->kernel);
    made_btf_done(&p->module);
}

static enum ud_code compare(struct pair *p, struct ud_error *err)
{
    made_btf_finish(&p->module);
    return ud_btf_check_split(p->kernel.whole.data, p->kernel.whole.len, p->module.whole.data,
                              p->module.whole.len, err);
}

static void expect_unfit(struct pair *p, const char *why)
{
    struct ud_error err = {0};
    assert_int_equal(compare(p, &err), UD_ERR_UNFIT);
    assert_has(err.message, why);
}

/* What a driver brings: a struct, functions of the kernel's and of its own types, a variable. */
static void make_driver(struct pair *p)
{
    struct made_btf *m = &p->module;
    made_btf_type(m, "vhci_hcd", STRUCT, 1, 8);
    made_btf_member(m, "vudc", 0);
    made_btf_type(m, "vhci_start", FUNC, 0, p->proto);
    made_btf_type(m, "", PROTO, 1, 0);
    made_btf_add32(&m->types, made_btf_name(m, "hcd"));
    made_btf_add32(&m->types, p->next);
    made_btf_type(m, "vhci_stop", FUNC, 0, p->next + 2);
    made_btf_type(m, "vhci_hcds", VAR, 0, p->next);
    made_btf_add32(&m->types, 1);
    made_btf_type(m, ".data..percpu", DATASEC, 1, 8);
    made_btf_add32(&m->types, p->next + 4);
    made_btf_add32(&m->types, 0);
    made_btf_add32(&m->types, 8);
}

static void a_module_of_this_kernel_goes_with_it(void **state)
{
    struct pair p;
    (void)state;
    pair_init(&p, 20);
    assert_ok(compare(&p, NULL)); /* no types at all */
    make_driver(&p);
    assert_ok(compare(&p, NULL));
    pair_done(&p);
}

/* The same module beside kernels that have one type more or one less. */
static void numbers_of_another_build_are_found(void **state)
{
    struct pair made;
    (void)state;
    pair_init(&made, 20);
    make_driver(&made);
    made_btf_finish(&made.module);
    for (uint32_t types = 19; types <= 21; types++) {
        struct pair other;
        struct ud_error err = {0};
        pair_init(&other, types);
        enum ud_code rc = ud_btf_check_split(other.kernel.whole.data, other.kernel.whole.len,
                                             made.module.whole.data, made.module.whole.len, &err);
        assert_int_equal(rc, types == 20 ? UD_OK : UD_ERR_UNFIT);
        pair_done(&other);
    }
    pair_done(&made);
}

static void each_rule_is_checked(void **state)
{
    struct pair p;
    (void)state;
    pair_init(&p, 3);
    made_btf_type(&p.module, "start", FUNC, 0, 1);
    expect_unfit(&p, "no function has the type of its type 5");
    pair_done(&p);

    pair_init(&p, 3);
    made_btf_type(&p.module, "", PTR, 0, 900);
    expect_unfit(&p, "there is no type that is part");
    pair_done(&p);

    pair_init(&p, 3);
    made_btf_type(&p.module, "a name", TYPEDEF, 0, 1);
    expect_unfit(&p, "no valid name");
    pair_done(&p);

    pair_init(&p, 3);
    made_btf_type(&p.module, "", TYPEDEF, 0, 1);
    expect_unfit(&p, "no valid name");
    pair_done(&p);

    pair_init(&p, 3);
    made_btf_type(&p.module, "pointer", PTR, 0, 1);
    expect_unfit(&p, "there is a name");
    pair_done(&p);

    pair_init(&p, 3);
    made_btf_type(&p.module, "s", STRUCT, 1, 8);
    made_btf_member(&p.module, "3rd", 0);
    expect_unfit(&p, "no valid name in a member");
    pair_done(&p);

    pair_init(&p, 3);
    made_btf_type(&p.module, ".data..percpu", DATASEC, 1, 8);
    made_btf_add32(&p.module.types, 2);
    made_btf_add32(&p.module.types, 0);
    made_btf_add32(&p.module.types, 8);
    expect_unfit(&p, "there is no variable");
    pair_done(&p);
}

static void bytes_that_are_no_types_are_told_apart(void **state)
{
    struct ud_error err = {0};
    struct pair p;
    (void)state;
    pair_init(&p, 3);
    make_driver(&p);
    assert_ok(compare(&p, NULL));
    const struct ud_buf *kernel = &p.kernel.whole;
    const struct ud_buf *module = &p.module.whole;
    assert_int_equal(
        ud_btf_check_split(kernel->data, kernel->len, module->data, module->len - 1, &err),
        UD_ERR_UNFIT);
    assert_has(err.message, "the module's BTF");
    assert_int_equal(ud_btf_check_split(kernel->data, 10, module->data, module->len, &err),
                     UD_ERR_PROTOCOL);
    assert_has(err.message, "the kernel's BTF");
    pair_done(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_module_of_this_kernel_goes_with_it),
        cmocka_unit_test(numbers_of_another_build_are_found),
        cmocka_unit_test(each_rule_is_checked),
        cmocka_unit_test(bytes_that_are_no_types_are_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
