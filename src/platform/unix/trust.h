/* Where systems keep the file of the certificates that they trust. */
#ifndef PLATFORM_UNIX_TRUST_H
#define PLATFORM_UNIX_TRUST_H

/* The first of the usual places that exists below root, in new memory and with root before it;
 * NULL if there is none. root is "" but in tests. */
char *ud_trust_find(const char *root);

#endif
