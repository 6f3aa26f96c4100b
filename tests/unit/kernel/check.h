/* What every test of this layer includes, in the order that cmocka wants. */
#ifndef TEST_KERNEL_CHECK_H
#define TEST_KERNEL_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "util/error.h"

#define assert_ok(call) assert_int_equal(call, UD_OK)
#define assert_has(text, part)                                                                     \
    do {                                                                                           \
        if (strstr(text, part) == NULL) {                                                          \
            fail_msg("\"%s\" lacks \"%s\"", text, part);                                           \
        }                                                                                          \
    } while (0)
#define COUNT(array) (sizeof(array) / sizeof *(array))

#endif
