#include "host/stop.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t requested;

static void stop_on_signal(int number)
{
    (void)number;
    requested = 1;
}

void ud_stop_install(void)
{
    struct sigaction action = {.sa_handler = stop_on_signal};
    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(SIGTERM, &action, NULL);
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGHUP, &action, NULL);
    action.sa_handler = SIG_IGN;
    (void)sigaction(SIGPIPE, &action, NULL);
}

bool ud_stop_requested(void)
{
    return requested != 0;
}
