#include "options/suggest.h"

#include <stdbool.h>
#include <string.h>

#include "util/str.h"

enum { LONGEST = 40 };

static size_t suggest_least(size_t a, size_t b, size_t c)
{
    size_t m = a < b ? a : b;
    return m < c ? m : c;
}

/* Optimal string alignment distance: insert, delete, replace, swap neighbours. */
static size_t suggest_distance(const char *a, size_t n, const char *b, size_t m)
{
    size_t d[LONGEST + 1][LONGEST + 1];
    for (size_t i = 0; i <= n; i++) {
        d[i][0] = i;
    }
    for (size_t j = 0; j <= m; j++) {
        d[0][j] = j;
    }
    for (size_t i = 1; i <= n; i++) {
        for (size_t j = 1; j <= m; j++) {
            size_t cost = a[i - 1] == b[j - 1] ? 0 : 1;
            d[i][j] = suggest_least(d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + cost);
            bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped && d[i - 2][j - 2] + 1 < d[i][j]) {
                d[i][j] = d[i - 2][j - 2] + 1;
            }
        }
    }
    return d[n][m];
}

void ud_suggest_offer(struct ud_suggest *suggest, const char *name)
{
    size_t n = strlen(suggest->word);
    size_t m = strlen(name);
    if (n == 0 || n > LONGEST || m > LONGEST) {
        return;
    }
    size_t far = n < 2 ? 0 : (n + 2) / 3;
    size_t d = n >= 2 && ud_str_starts(name, suggest->word)
                   ? 1
                   : suggest_distance(suggest->word, n, name, m);
    if (d <= far && (suggest->best == NULL || d < suggest->distance)) {
        suggest->best = name;
        suggest->distance = d;
    }
}
