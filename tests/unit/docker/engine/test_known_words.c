#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "docker/engine/known_words.h"

/* As engines, registries, compilers and apt say it. */
static void what_is_known_has_a_remedy(void **state)
{
    static const struct {
        const char *said;
        const char *remedy; /* a word of it; NULL: none */
    } words[] = {
        {"write /usbipd/linux/mm/slab.c: no space left on device", "disk is full"},
        {"fatal error: error writing to /tmp/ccXwfF7x.s: No space left on device", "disk is full"},
        {"mkdir /var/lib/docker/overlay2/x: disk quota exceeded", "disk is full"},
        {"E: You don't have enough free space in /var/cache/apt/archives/.", "disk is full"},
        {"toomanyrequests: You have reached your pull rate limit.", "docker login"},
        {"chmod usbipd/modules/usb-common.ko: via /proc/self/fd/26: no such file or directory",
         "kernels before 6.6"},
        {"unable to start container process: unable to apply caps: operation not permitted",
         "Enhanced Container Isolation"},
        {"readlink /var/lib/docker/overlay2/l: invalid argument (HTTP 500)", "store of images"},
        {"manifest unknown", NULL},
        {"", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        const char *remedy = ud_known_words_remedy(words[i].said);
        if (words[i].remedy == NULL) {
            assert_null(remedy);
        } else {
            assert_non_null(remedy);
            assert_non_null(strstr(remedy, words[i].remedy));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_known_has_a_remedy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
