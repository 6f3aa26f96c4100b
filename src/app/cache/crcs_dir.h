/* Where computed CRCs are kept on this machine, some 20 KB for a kernel. */
#ifndef APP_CACHE_CRCS_DIR_H
#define APP_CACHE_CRCS_DIR_H

/* The directory in new memory, or NULL if there is no home. */
char *ud_crcs_dir(void);

#endif
