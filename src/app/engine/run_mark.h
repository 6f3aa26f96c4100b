/* Whose a container is. Each run of this program has a random id, which its containers
 * bear as a label, and holds the lock of a file of that name in the user's state directory
 * for as long as it is connected to an engine. So a later run of the same user tells what
 * belongs to a run that is under way from what a killed one left, without asking a clock
 * and on an engine that others use too.
 *
 * begin, end and keep belong to the main thread; the rest to any while a run is begun. */
#ifndef APP_ENGINE_RUN_MARK_H
#define APP_ENGINE_RUN_MARK_H

#include <stdbool.h>

#include "util/report.h"

/* Begins this process's run unless it is begun. Without a place for its file, it goes on
 * without: its containers are then those of an unknown owner. */
void ud_run_mark_begin(const struct ud_report *report);

/* Called once for each begin; the last ends the run and removes its file. */
void ud_run_mark_end(void);

/* Something may be left in an engine: the file stays when the run ends, so that the next
 * run knows whose it was. */
void ud_run_mark_keep(void);

/* This run's id; "none" if it has none. */
const char *ud_run_mark_id(void);

/* Whether that is this run's id, and it has one. */
bool ud_run_mark_is_mine(const char *id);

enum ud_run_life {
    UD_RUN_UNKNOWN, /* of another machine, user or version */
    UD_RUN_ALIVE,   /* this one counts, too */
    UD_RUN_DEAD
};

/* Of the run with that id; NULL and what is no id are unknown. */
enum ud_run_life ud_run_mark_life(const char *id);

/* Whether another run may be alive here: also true where that cannot be known. */
bool ud_run_mark_has_others(void);

#endif
