#include "sources/routes_of.h"

#include <stdlib.h>

#include "kernel/kbuild/compiler.h"
#include "util/mem.h"

char *ud_routes_builder(const struct ud_facts *facts)
{
    struct ud_compiler compiler;
    struct ud_builder builder;
    struct ud_error why = {0};
    if (!facts->has_config ||
        ud_compiler_of_config(&facts->config, facts->config_text, &compiler, &why) != UD_OK ||
        ud_builder_choose(&compiler, &facts->config, facts->machine, facts->machine, NULL, &builder,
                          &why) != UD_OK) {
        return NULL;
    }
    char *image = ud_strdup(builder.image);
    ud_builder_done(&builder);
    return image;
}

void ud_routes_input_of(const struct ud_facts *facts, struct ud_routes_input *ret)
{
    *ret = (struct ud_routes_input){
        .release = &facts->release,
        .os = facts->os.pretty_name,
        .os_id = facts->os.id,
        .os_version = facts->os.version_id,
    };
}

void ud_routes_of_kernel(const struct ud_facts *facts, const char *builder, bool offline,
                         struct ud_routes *ret)
{
    struct ud_routes_input input;
    char *known = builder == NULL ? ud_routes_builder(facts) : NULL;
    ud_routes_input_of(facts, &input);
    input.builder = builder != NULL ? builder : known;
    input.offline = offline;
    ud_routes_make(&input, ret);
    free(known);
}
