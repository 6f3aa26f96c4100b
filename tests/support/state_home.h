/* A user's state directory, for a test of its own. */
#ifndef SUPPORT_STATE_HOME_H
#define SUPPORT_STATE_HOME_H

/* Makes a new empty directory the one in which runs of this process note themselves;
 * its path, to free with state_home_free. */
char *state_home_new(void);
/* Makes one of them the current one again. */
void state_home_use(const char *dir);
/* The path of a run's file in the current one, to free; its directory is made. */
char *state_home_run_file(const char *id);
void state_home_free(char *dir);

#endif
