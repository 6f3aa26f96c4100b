#include "last_words.h"

#include <string.h>

void ud_last_words_add(struct ud_last_words *words, const char *piece, size_t len)
{
    const size_t skip = len > UD_LAST_WORDS_MAX ? len - UD_LAST_WORDS_MAX : 0;
    piece += skip;
    len -= skip;
    const size_t room = UD_LAST_WORDS_MAX - words->len;
    const size_t drop = len > room ? len - room : 0;
    memmove(words->text, words->text + drop, words->len - drop);
    words->len -= drop;
    memcpy(words->text + words->len, piece, len);
    words->len += len;
    words->text[words->len] = '\0';
}
