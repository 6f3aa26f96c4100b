/* The command line: the only layer that prints. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

/* Runs the command that the arguments (UTF-8, argv[0] first) ask for and
 * returns the process's exit code; see docs/errors.md. */
int ud_cli_main(int argc, char **argv);

#endif
