/* What `up` did to a VM, so that `down` can undo just that: a file in the user's state directory,
 * one for each boot of a VM's kernel. A VM that restarted has nothing of it any more, and another
 * boot id. It is text, a line for each thing:
 *
 *   usbipd-desktop up 1           first; the number is that of this format
 *   engine ENDPOINT               by which the VM was reached; the rest of the line
 *   module NAME                   was inserted, in this order
 *   device HOST PORT BUSID        was attached
 *   tried VID:PID:CLASS           the sources have no driver for that interface
 *
 * A line is written before the thing is done: it may have been interrupted. Whether a module is
 * loaded or a device attached is the kernel's to say. */
#ifndef APP_UP_JOURNAL_H
#define APP_UP_JOURNAL_H

#include <stddef.h>

#include "platform/lock_file.h"
#include "proto/device_report.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/strv.h"

enum { UD_JOURNAL_MAX = 256 * 1024 }; /* bytes */

struct ud_journal {
    char *path;
    char *engine;
    struct ud_lock_file *lock;
    struct ud_strv modules;
    struct ud_strv devices; /* "HOST PORT BUSID" */
    struct ud_strv tried;
};

/* Reads the journal of that boot, an empty one if there is none, and holds its lock until
 * ud_journal_done. Removes those of earlier boots behind the same endpoint. Errors: UD_ERR_BUSY
 * (another run holds it), UD_ERR_USAGE (it is damaged, or not ours), UD_ERR_FACTS (no boot_id),
 * UD_ERR_IO and the like. To be released on failure too. */
UD_MUST_CHECK enum ud_code ud_journal_open(const char *endpoint, const char *boot_id,
                                           struct ud_journal *ret, struct ud_error *err);
void ud_journal_done(struct ud_journal *journal);

/* Replaces the file; removes it if nothing is left to tell. */
UD_MUST_CHECK enum ud_code ud_journal_save(const struct ud_journal *journal, struct ud_error *err);

/* "HOST PORT BUSID" in new memory: of a server's list, and of what is attached. */
char *ud_journal_device(const char *host, unsigned port, const char *busid);
char *ud_journal_attached(const struct ud_reported_device *device);

/* Adds an item if the list does not have it. */
void ud_journal_add(struct ud_strv *list, const char *item);

/* Takes an item out of one of its lists. */
void ud_journal_drop(struct ud_strv *list, const char *item);

/* The text, and back; name is that of the file, for messages. UD_ERR_USAGE naming the line. */
void ud_journal_write(const struct ud_journal *journal, struct ud_buf *ret);
UD_MUST_CHECK enum ud_code ud_journal_read(const char *text, size_t len, const char *name,
                                           struct ud_journal *ret, struct ud_error *err);

#endif
