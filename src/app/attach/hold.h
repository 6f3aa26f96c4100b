/* A run of the helper that lasts as long as it holds a device, in a thread with a connection to
 * the engine of its own; what it tells arrives as events, while the engine is used for other
 * things. */
#ifndef APP_ATTACH_HOLD_H
#define APP_ATTACH_HOLD_H

#include "attach/session.h"
#include "docker/stream/splice.h"
#include "proto/device_report.h"
#include "util/error.h"
#include "util/report.h"
#include "util/strv.h"

enum ud_hold_kind {
    UD_HOLD_NOTHING,  /* new */
    UD_HOLD_MESSAGE,  /* for the report */
    UD_HOLD_ATTACHED, /* a device is there; report has it */
    UD_HOLD_LOST,     /* it is there no more; text says why */
    UD_HOLD_WAITING,  /* there is none, and text says why */
    UD_HOLD_ENDED     /* the run is over: ud_hold_free() gives its outcome */
};

struct ud_hold_event {
    struct ud_hold_event *next;
    enum ud_hold_kind kind;
    enum ud_report_level level;     /* of a message */
    char *text;                     /* NULL or owned */
    char *address;                  /* of the server: NULL, or owned */
    struct ud_device_report report; /* of one device */
};

void ud_hold_event_free(struct ud_hold_event *event);

struct ud_hold;

/* Starts the operation with these arguments (copied). peer NULL: the helper itself reaches the
 * server; else its connection, which is the hold's from now on, also after a failure. */
UD_MUST_CHECK enum ud_code ud_hold_start(const struct ud_attach_session *session, enum ud_role role,
                                         const struct ud_strv *args, struct ud_tcp *peer,
                                         struct ud_hold **ret, struct ud_error *err);

/* The next event, to be freed; NULL if there is none now. */
struct ud_hold_event *ud_hold_next(struct ud_hold *hold);

/* Bytes so far, from the server and to it; 0 without a peer. */
void ud_hold_count(struct ud_hold *hold, uint64_t *ret_from, uint64_t *ret_to);

/* Ends the run unless it has ended, waits for that, and hands on its outcome: UD_OK if somebody
 * else detached the device. NULL is UD_OK. */
UD_MUST_CHECK enum ud_code ud_hold_free(struct ud_hold *hold, struct ud_error *err);

#endif
