#include "glob.h"

/* The length of the set at the beginning of pattern, from [ to ]; 0 if it is none. A ]
 * that comes first is a member. No ] comes after last, so that nothing is looked for again
 * and again in vain. */
static size_t set_length(struct ud_slice pattern, const char *last)
{
    size_t at = 1;
    if (last == NULL || last < pattern.ptr) {
        return 0;
    }
    if (at < pattern.len && (pattern.ptr[at] == '!' || pattern.ptr[at] == '^')) {
        at++;
    }
    for (at++; at < pattern.len; at++) {
        if (pattern.ptr[at] == ']') {
            return at + 1;
        }
    }
    return 0;
}

/* set is one from [ to ]. */
static bool set_has(struct ud_slice set, char c)
{
    bool negated = set.ptr[1] == '!' || set.ptr[1] == '^';
    bool found = false;
    for (size_t at = negated ? 2 : 1; at + 1 < set.len; at++) {
        unsigned char low = (unsigned char)set.ptr[at];
        unsigned char high = low;
        if (at + 3 < set.len && set.ptr[at + 1] == '-') {
            high = (unsigned char)set.ptr[at + 2];
            at += 2;
        }
        found = found || (low <= (unsigned char)c && (unsigned char)c <= high);
    }
    return found != negated;
}

/* Whether the first element of pattern, which is no *, fits c; its length in either case. */
static bool element_fits(struct ud_slice pattern, const char *last, char c, size_t *ret_len)
{
    size_t set = pattern.ptr[0] == '[' ? set_length(pattern, last) : 0;
    *ret_len = 1;
    if (set > 0) {
        *ret_len = set;
        return set_has((struct ud_slice){pattern.ptr, set}, c);
    }
    if (pattern.ptr[0] == '\\' && pattern.len > 1) {
        *ret_len = 2;
        return pattern.ptr[1] == c;
    }
    return pattern.ptr[0] == '?' || pattern.ptr[0] == c;
}

static const char *last_bracket(struct ud_slice pattern)
{
    for (size_t at = pattern.len; at > 0; at--) {
        if (pattern.ptr[at - 1] == ']') {
            return pattern.ptr + at - 1;
        }
    }
    return NULL;
}

static struct ud_slice slice_from(struct ud_slice s, size_t at)
{
    return (struct ud_slice){s.ptr + at, s.len - at};
}

/* Only the last * that was passed need take more: what an earlier one could take as well,
 * that one can. So there is one place to go back to, and no recursion. */
bool ud_glob_fits(struct ud_slice pattern, struct ud_slice text)
{
    const char *last = last_bracket(pattern);
    struct ud_slice star = {NULL, 0}; /* the pattern behind the last * */
    struct ud_slice retry = {NULL, 0};
    while (pattern.len > 0 || text.len > 0) {
        size_t len = 0;
        if (pattern.len > 0 && pattern.ptr[0] == '*') {
            pattern = slice_from(pattern, 1);
            star = pattern;
            retry = text;
        } else if (pattern.len > 0 && text.len > 0 &&
                   element_fits(pattern, last, text.ptr[0], &len)) {
            pattern = slice_from(pattern, len);
            text = slice_from(text, 1);
        } else if (retry.len > 0) {
            retry = slice_from(retry, 1);
            pattern = star;
            text = retry;
        } else {
            return false;
        }
    }
    return true;
}
