#include "cli/cli.h"
#include "platform/term.h"

int main(int argc, char **argv)
{
    ud_term_main_args(&argc, &argv);
    ud_term_init();
    return ud_cli_main(argc, argv);
}
