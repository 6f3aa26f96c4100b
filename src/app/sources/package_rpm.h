/* What package managers of .rpm have in common: the signatures of packages, by `rpmkeys`. */
#ifndef APP_SOURCES_PACKAGE_RPM_H
#define APP_SOURCES_PACKAGE_RPM_H

#include "sources/package_fetcher.h"

/* The database of keys that an ordinary user may write, below the container's tree. */
#define UD_PACKAGE_RPM_ROOT UD_PACKAGE_IN_TREE("root")

/* Makes it of the image's keys, the files in this directory. There may be links and keys of other
 * releases among them; whether the right one is there, checking a package tells. */
UD_MUST_CHECK enum ud_code ud_package_rpm_import(struct ud_package_fetcher *fetcher,
                                                 const char *keys, struct ud_error *err);

/* Checks the signatures of the packages in a directory below the tree. One without a signature is
 * refused, too: UD_ERR_SOURCE. */
UD_MUST_CHECK enum ud_code ud_package_rpm_verify(struct ud_package_fetcher *fetcher,
                                                 const char *dir, struct ud_error *err);

#endif
