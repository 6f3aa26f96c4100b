/* Where slices of source archives are kept on this machine, and how many. */
#ifndef APP_CACHE_SLICES_H
#define APP_CACHE_SLICES_H

/* The oldest go beyond so many. One takes about 20 MB. */
enum { UD_SLICES_MOST = 4 };

/* The directory in new memory, or NULL if there is no home. */
char *ud_slices_dir(void);

#endif
