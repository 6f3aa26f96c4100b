/* Causes that engines, registries and programs in containers tell in words only. Pure. */
#ifndef DOCKER_ENGINE_KNOWN_WORDS_H
#define DOCKER_ENGINE_KNOWN_WORDS_H

/* What to do about what was said, a static text; NULL if it is nothing that is known. */
const char *ud_known_words_remedy(const char *said);

#endif
