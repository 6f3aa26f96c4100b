/* Names of modules, and of the files that hold them. */
#ifndef KERNEL_MODLIST_MODULE_NAME_H
#define KERNEL_MODLIST_MODULE_NAME_H

#include <stdbool.h>

enum ud_compression { UD_COMPRESS_NONE, UD_COMPRESS_GZIP, UD_COMPRESS_XZ, UD_COMPRESS_ZSTD };

/* How a module file is compressed, by its suffix: ".ko", ".ko.gz", ".ko.xz",
 * ".ko.zst". False if the path is no module file. */
bool ud_module_path_compression(const char *path, enum ud_compression *ret);

/* Whether two module names are the same to the kernel: '-' and '_' are equal. */
bool ud_module_name_equal(const char *a, const char *b);

/* Copies the module name of a file path ("…/vhci-hcd.ko.xz" gives "vhci_hcd"), in new memory. */
char *ud_module_name_of_path(const char *path);

#endif
