#include "drivers/names.h"

#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

/* A tree of Linux 6.1 has 70,000 files and 16,000 options, in 4 MB. */
enum { TEXT_MAX = 64 << 20, FIRST_SLOTS = 1024 };

void ud_names_init(struct ud_names *names)
{
    *names = (struct ud_names){.slot_count = FIRST_SLOTS};
    ud_buf_init(&names->texts, TEXT_MAX);
    names->slots = ud_alloc(FIRST_SLOTS, sizeof *names->slots);
}

void ud_names_done(struct ud_names *names)
{
    if (names->slots == NULL) {
        return;
    }
    ud_buf_done(&names->texts);
    free(names->offsets);
    free(names->slots);
    *names = (struct ud_names){0};
}

/* FNV-1a. */
static uint32_t names_hash(struct ud_slice text)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < text.len; i++) {
        hash = (hash ^ (unsigned char)text.ptr[i]) * 16777619u;
    }
    return hash;
}

/* The slot of the text, or the free one where it would go. */
static size_t names_slot(const struct ud_names *names, struct ud_slice text)
{
    size_t slot = names_hash(text) % names->slot_count;
    while (names->slots[slot] != 0 &&
           !ud_slice_equals(text, ud_names_text(names, names->slots[slot] - 1))) {
        slot = (slot + 1) % names->slot_count;
    }
    return slot;
}

static void names_grow(struct ud_names *names)
{
    free(names->slots);
    names->slot_count *= 2;
    names->slots = ud_alloc(names->slot_count, sizeof *names->slots);
    for (uint32_t i = 0; i < names->len; i++) {
        names->slots[names_slot(names, ud_slice_of(ud_names_text(names, i)))] = i + 1;
    }
}

uint32_t ud_names_add(struct ud_names *names, struct ud_slice text)
{
    size_t slot = names_slot(names, text);
    if (names->slots[slot] != 0) {
        return names->slots[slot] - 1;
    }
    if (2 * (names->len + 1) > names->slot_count) {
        names_grow(names);
        slot = names_slot(names, text);
    }
    if (names->len == names->cap) {
        names->cap = names->cap == 0 ? FIRST_SLOTS : 2 * names->cap;
        names->offsets = ud_realloc(names->offsets, names->cap, sizeof *names->offsets);
    }
    names->offsets[names->len] = (uint32_t)names->texts.len;
    ud_buf_add(&names->texts, text.ptr, text.len);
    ud_buf_add(&names->texts, "", 1);
    if (names->texts.overflow) {
        return UD_NAMES_NONE; /* no input that is a kernel comes here */
    }
    names->slots[slot] = (uint32_t)++names->len;
    return (uint32_t)names->len - 1;
}

uint32_t ud_names_find(const struct ud_names *names, struct ud_slice text)
{
    const uint32_t found = names->slots[names_slot(names, text)];
    return found != 0 ? found - 1 : UD_NAMES_NONE;
}

const char *ud_names_text(const struct ud_names *names, uint32_t number)
{
    return names->texts.data + names->offsets[number];
}
