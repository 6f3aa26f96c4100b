/* The cancel object of the program: set by the first Ctrl-C. */
#ifndef APP_ENGINE_INTERRUPT_H
#define APP_ENGINE_INTERRUPT_H

#include "transport/cancel.h"

struct ud_cancel *ud_app_cancel(void);

#endif
