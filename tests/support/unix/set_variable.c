#include "set_variable.h"

#include <stdlib.h>

void set_variable(const char *name, const char *value)
{
    if (value != NULL) {
        (void)setenv(name, value, 1);
    } else {
        (void)unsetenv(name);
    }
}
