/* One element after the other of DER (X.690), from bytes that may be anything. */
#ifndef KERNEL_ELF_DER_H
#define KERNEL_ELF_DER_H

#include <stdbool.h>
#include <stddef.h>

enum {
    UD_DER_INTEGER = 0x02,
    UD_DER_OCTETS = 0x04,
    UD_DER_OID = 0x06,
    UD_DER_SEQUENCE = 0x30,
    UD_DER_SET = 0x31,
    UD_DER_CONTEXT_0 = 0x80, /* primitive */
    UD_DER_CONSTRUCTED_0 = 0xa0,
    UD_DER_CONSTRUCTED_1 = 0xa1
};

struct ud_der {
    const unsigned char *ptr;
    size_t len;
};

/* The tag of the next element, -1 at the end. */
int ud_der_peek(struct ud_der rest);

/* Takes the next element off *rest, if it has this tag; false leaves both as they
 * were. *ret is its content. Only lengths in their shortest form are taken, and
 * tags of one byte. */
bool ud_der_take(struct ud_der *rest, int tag, struct ud_der *ret);

#endif
