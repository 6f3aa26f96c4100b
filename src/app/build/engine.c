#include "build/steps.h"

struct ud_engine *ud_build_engine(const struct ud_build *build)
{
    return build->builder_host.engine != NULL ? build->builder_host.engine : build->vm.engine;
}
