#include "docker/engine/known_words.h"

#include <stddef.h>
#include <string.h>

#include "util/full_disk.h"

static const char known_words_disk_remedy[] =
    "The engine's disk is full. `usbipd-desktop clean --dry-run` lists what is kept there, "
    "`clean` removes it, `builder prune` only old builder images; `docker system df` shows what "
    "else there is.";
static const char known_words_limit_remedy[] =
    "The registry has had enough of anonymous pulls from your network: log in (docker login), "
    "wait, or have the engine use a mirror.";
static const char known_words_privileged_remedy[] =
    "This engine cannot make a container privileged: switch Enhanced Container Isolation off "
    "(Docker Desktop), or use an engine that runs as root in its VM and in no container of "
    "another one.";

static const char known_words_unpack_remedy[] =
    "This version of the engine cannot copy files into containers on kernels before 6.6; `docker "
    "cp` fails too (https://github.com/moby/go-archive/pull/103): use another version of it, or a "
    "newer kernel.";

static const char known_words_store_remedy[] =
    "The engine's own store of images is damaged, as after a loss of power: remove the image that "
    "is used (docker rmi -f), so that it is pulled anew. If that does not help, see with `docker "
    "run` which images the engine can still use.";

static const struct {
    const char *words;
    const char *remedy;
} known_words[] = {
    /* runc's and sysbox's */
    {"unable to apply caps: operation not permitted", known_words_privileged_remedy},
    /* moby/go-archive's chmodNoSymlink where there is no fchmodat2(2), in a root without /proc:
     * Debian's docker.io 28.5.2+dfsg4 */
    {": via /proc/self/fd/", known_words_unpack_remedy},
    /* moby's overlay2 driver, for a layer whose file "link" is empty */
    {"/overlay2/l: invalid argument", known_words_store_remedy},
    /* Docker Hub's code, and what it says */
    {"toomanyrequests", known_words_limit_remedy},
    {"You have reached your pull rate limit", known_words_limit_remedy},
};

const char *ud_known_words_remedy(const char *said)
{
    for (size_t i = 0; ud_full_disk_words[i] != NULL; i++) {
        if (strstr(said, ud_full_disk_words[i]) != NULL) {
            return known_words_disk_remedy;
        }
    }
    for (size_t i = 0; i < sizeof known_words / sizeof known_words[0]; i++) {
        if (strstr(said, known_words[i].words) != NULL) {
            return known_words[i].remedy;
        }
    }
    return NULL;
}
