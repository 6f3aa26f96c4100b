/* Prepared trees: containers in which a build was made, kept as images in the engine. */
#ifndef APP_CACHE_PREPARED_H
#define APP_CACHE_PREPARED_H

#include <stddef.h>

#include "docker/engine/engine.h"
#include "docker/images/image.h"
#include "util/error.h"

#define UD_PREPARED_REPO "usbipd-desktop/prepared"
#define UD_PREPARED_ROLE "prepared"
/* The image's comment, which images that are made of it do not inherit. */
#define UD_PREPARED_MADE_BY "usbipd-desktop's prepared tree"

/* The oldest go beyond so many. One takes about 100 MB besides its builder image. */
enum { UD_PREPARED_MOST = 3 };

/* Those of the engine, newest first. Two builds at once may have left one without
 * a name: ret has it, too. */
UD_MUST_CHECK enum ud_code ud_prepared_list(struct ud_engine *engine, struct ud_image_list *ret,
                                            struct ud_error *err);

/* The name to remove it by, borrowed. */
const char *ud_prepared_name(const struct ud_image *image);

/* Removes the oldest beyond most. One that is in use stays. */
UD_MUST_CHECK enum ud_code ud_prepared_limit(struct ud_engine *engine, size_t most,
                                             struct ud_error *err);

#endif
