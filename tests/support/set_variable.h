/* The environment of a test. */
#ifndef SUPPORT_SET_VARIABLE_H
#define SUPPORT_SET_VARIABLE_H

/* Sets it, or with NULL removes it. */
void set_variable(const char *name, const char *value);

#endif
