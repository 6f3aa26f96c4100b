#include "docker/engine/known_words.h"

#include <stddef.h>
#include <string.h>

#define DISK_REMEDY                                                                                \
    "The engine's disk is full. `usbipd-desktop clean --dry-run` lists what is kept there, "       \
    "`clean` "                                                                                     \
    "removes it, `builder prune` only old builder images; `docker system df` shows what else "     \
    "there is."
#define LIMIT_REMEDY                                                                               \
    "The registry has had enough of anonymous pulls from your network: log in (docker login), "    \
    "wait, "                                                                                       \
    "or have the engine use a mirror."

#define PRIVILEGED_REMEDY                                                                          \
    "This engine cannot make a container privileged: switch Enhanced Container Isolation off "     \
    "(Docker "                                                                                     \
    "Desktop), or use an engine that runs as root in its VM and in no container of another one."

static const struct {
    const char *words;
    const char *remedy;
} known_words[] = {
    {"no space left on device", DISK_REMEDY},   /* ENOSPC, as Go says it */
    {"No space left on device", DISK_REMEDY},   /* as libc does */
    {"isk quota exceeded", DISK_REMEDY},        /* EDQUOT */
    {"have enough free space in", DISK_REMEDY}, /* apt */
    {"unable to apply caps: operation not permitted", PRIVILEGED_REMEDY}, /* runc's and sysbox's */
    {"toomanyrequests", LIMIT_REMEDY}, /* Docker Hub's code, and what it says */
    {"You have reached your pull rate limit", LIMIT_REMEDY},
};

const char *ud_known_words_remedy(const char *said)
{
    for (size_t i = 0; i < sizeof known_words / sizeof known_words[0]; i++) {
        if (strstr(said, known_words[i].words) != NULL) {
            return known_words[i].remedy;
        }
    }
    return NULL;
}
