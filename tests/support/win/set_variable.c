#include "set_variable.h"

#include <windows.h>

void set_variable(const char *name, const char *value)
{
    (void)SetEnvironmentVariableA(name, value);
}
