/* How long this program and its helper wait for what: every time limit, every pause between
 * two looks, and every age, with the reason for its value. _MS are milliseconds, _S seconds.
 *
 * A test that has to see a limit run out gives its own to the object that waits, in an option
 * whose 0 means the constant (ud_engine_options, ud_http_config), or in a parameter
 * (ud_lock_take). Nothing else overrides them: there is no switch for all. */
#ifndef UTIL_PATIENCE_H
#define UTIL_PATIENCE_H

/* ---- a connection ---- */
enum {
    /* Until an engine has taken the connection. It is on this machine or in its network;
     * more would only delay the word that none is there. A busy named pipe has as long. */
    UD_PATIENCE_CONNECT_MS = 5 * 1000,
    /* The same for a server of the web: slow names, a proxy, an address that does not answer. */
    UD_PATIENCE_WEB_CONNECT_MS = 30 * 1000,
    /* Before a download that was cut goes on. A connection that was cut is mostly there again
     * at once, a server that restarts is not. */
    UD_PATIENCE_DOWNLOAD_AGAIN_MS = 100,
    UD_PATIENCE_DOWNLOAD_LATER_MS = 1000,
    /* A transfer of any size may take long, but not a byte for a minute is a lost connection. */
    UD_PATIENCE_STALL_S = 60,
    /* For the interim answer that asks for the body of an upload. Who sends none gets the
     * body all the same. */
    UD_PATIENCE_EXPECT_MS = 5 * 1000,
    /* For a credential helper: some ask a keychain, which asks a person. */
    UD_PATIENCE_HELPER_MS = 10 * 1000,
    UD_PATIENCE_HELPER_POLL_MS = 10,
    /* For the body of an answer that should have become a stream: only a message needs it. */
    UD_PATIENCE_REFUSAL_MS = 5 * 1000,
    /* One look at a socket while such an answer comes: the longest before the limit above is
     * looked at again. */
    UD_PATIENCE_SOCKET_MS = 1000,
    UD_PATIENCE_REFUSAL_POLL_MS = 100,
    /* The longest sleep with requests under way. A wake-up that got lost costs no more. */
    UD_PATIENCE_TURN_MS = 250,
    /* After Ctrl-C, for what changes the engine's state, so that its outcome is known. It is
     * as long as docker's command gives a container to stop. */
    UD_PATIENCE_CANCEL_MS = 10 * 1000
};

/* ---- an answer of an engine ---- */
enum {
    /* The first request: whoever does not answer this is no engine, or hangs. */
    UD_PATIENCE_PING_MS = 10 * 1000,
    /* The same over ssh, which may ask a person for a passphrase or about a host's key. */
    UD_PATIENCE_PING_SSH_MS = 120 * 1000,
    /* For ssh to connect, and how long a login is kept for the next connection. */
    UD_PATIENCE_SSH_CONNECT_S = 30,
    UD_PATIENCE_SSH_LOGIN_S = 15,
    /* For a program that was left to end, or does not end although it is told to. */
    UD_PATIENCE_PROGRAM_END_MS = 2 * 1000,
    UD_PATIENCE_PROGRAM_POLL_MS = 10,
    /* When no byte has come for so long, an engine is asked whether it is there, and has as long to
     * answer. A compiler is silent for minutes, and so is the engine that it runs in. It is more
     * than a computer's short sleep. */
    UD_PATIENCE_SILENCE_MS = 60 * 1000,
    /* What only reads: an engine that is pulling an image may take seconds for it. */
    UD_PATIENCE_READ_MS = 60 * 1000,
    /* What creates, starts or removes, on a slow disk. */
    UD_PATIENCE_CHANGE_MS = 180 * 1000,
    /* For the exit code of a program of ours whose output has ended. An engine under load, or
     * on an emulated processor, learns late that a process is gone. */
    UD_PATIENCE_EXIT_MS = 30 * 1000,
    /* Between two questions for it. The first is short, since most end at once; each is twice
     * as long as the one before, up to the last. */
    UD_PATIENCE_EXIT_FIRST_MS = 20,
    UD_PATIENCE_EXIT_LAST_MS = 1000,
    /* Between two looks at whether a program of ours that works on has said so. */
    UD_PATIENCE_LEAVE_MS = 20,
    /* Between being asked to stop and being killed. It fits into UD_PATIENCE_CANCEL_MS. */
    UD_PATIENCE_STOP_S = 8,
    /* The same for the VirtualHere client at `vhcli stop`, when nothing presses: docker's own. */
    UD_PATIENCE_CLIENT_STOP_S = 10
};
_Static_assert((int)UD_PATIENCE_STOP_S * 1000 < (int)UD_PATIENCE_CANCEL_MS,
               "a stop has to be over before its request is given up");

/* ---- a terminal ---- */
enum {
    /* Nothing to do: bytes, keys and new sizes all wake. */
    UD_PATIENCE_IDLE_MS = 60 * 1000,
    /* While the size of the terminal is on its way. */
    UD_PATIENCE_RESIZING_MS = 50,
    /* Keys are held back until the process has its size, but no longer than this. */
    UD_PATIENCE_SIZE_MS = 2 * 1000,
    /* The process may not have its terminal yet when the size is told first: again after
     * this, 20 times. */
    UD_PATIENCE_RESIZE_AGAIN_MS = 100,
    /* One of these requests: the next has the newer size anyway. */
    UD_PATIENCE_RESIZE_MS = 3 * 1000,
    /* Between two looks at the keys while a person chooses: it feels like at once. */
    UD_PATIENCE_KEY_MS = 50,
    /* Between two drawings of the running step: ten a second look smooth. */
    UD_PATIENCE_REDRAW_MS = 100
};

/* ---- a use case ---- */
enum {
    /* `vhcli start`, until the client was started: the helper there may wait for the lock
     * (UD_PATIENCE_LOCK_MS), and inserts modules. */
    UD_PATIENCE_CLIENT_MS = 120 * 1000,
    UD_PATIENCE_CLIENT_POLL_MS = 200,
    /* Then it has to stay alive so long: one that does not like its place ends at once. */
    UD_PATIENCE_CLIENT_SETTLE_MS = 700,
    /* `install`, until the modules are in: the same wait for the lock. */
    UD_PATIENCE_INSTALLED_MS = 120 * 1000,
    /* Between two runs of that container's health check. It is asked by people, and a run of it
     * costs an engine as much as the start of a small container. */
    UD_PATIENCE_HEALTH_S = 60,
    /* Between two looks at what a helper tells that holds a device, and between two times that
     * the rates of what goes through are shown. */
    UD_PATIENCE_HOLD_POLL_MS = 100,
    UD_PATIENCE_RATES_MS = 1000,
    /* The life of a container that compiles or installs a compiler. With no run that removes
     * it, it ends by itself. An emulated processor takes an hour for the longest build. */
    UD_PATIENCE_BUILD_S = 4 * 60 * 60,
    /* Then, and an hour later, no run can still use it. */
    UD_PATIENCE_SWEEP_S = UD_PATIENCE_BUILD_S + 60 * 60,
    /* After a day without a change nobody writes an unfinished file of the cache any more. */
    UD_PATIENCE_UNFINISHED_S = 24 * 60 * 60,
    /* The file of a run that was killed is kept so long: it may have used an engine that is
     * rarely there. */
    UD_PATIENCE_RUN_FILE_S = 30 * 24 * 60 * 60
};

/* ---- the helper, in the VM ---- */
enum {
    /* Another helper that changes modules takes seconds; one that hangs is told after this. */
    UD_PATIENCE_LOCK_MS = 60 * 1000,
    UD_PATIENCE_LOCK_POLL_MS = 100,
    /* For a module of the same name to come or go, and for ours to become live. */
    UD_PATIENCE_MODULE_MS = 10 * 1000,
    UD_PATIENCE_MODULE_POLL_MS = 100,
    /* The self-test: for the device to be configured, and again to be gone. The kernel's own
     * limit for one step of it is 5 s (include/linux/usb.h: USB_CTRL_GET_TIMEOUT). */
    UD_PATIENCE_SELFTEST_MS = 10 * 1000,
    UD_PATIENCE_SELFTEST_POLL_MS = 20,
    /* Until a USB/IP server has taken the connection, and then for its list of devices. It is
     * in the same network or on the machine around the VM; a firewall that drops everything is
     * told within so long for each address. */
    UD_PATIENCE_SERVER_CONNECT_MS = 5 * 1000,
    UD_PATIENCE_SERVER_ANSWER_MS = 5 * 1000,
    /* For the answer to an import: some servers (usbipd-win) first take the device away from
     * its driver, which restarts it. */
    UD_PATIENCE_SERVER_IMPORT_MS = 20 * 1000,
    /* The longest that a signal goes unnoticed which came just before waiting for a socket. */
    UD_PATIENCE_SERVER_POLL_MS = 100,
    /* On the connection of an attached device: after so long without a byte it is asked whether
     * the server is still there, then again at the interval, 5 times. What was sent is given up
     * as unanswered after the last. So a device whose server slept, or lost its network, is gone
     * after 30 s at most. */
    UD_PATIENCE_KEEPALIVE_IDLE_S = 10,
    UD_PATIENCE_KEEPALIVE_INTERVAL_S = 3,
    UD_PATIENCE_KEEPALIVE_TIMES = 5,
    UD_PATIENCE_UNANSWERED_MS = 25 * 1000,
    /* For an attached device to be configured. The kernel gives one question to it 5 s, and asks
     * the first one three times; that it gives up is seen in its log before. */
    UD_PATIENCE_ENUMERATE_MS = 15 * 1000,
    /* For the kernel to be done with a device that went before it was configured: the timeout of
     * a question to one, USB_CTRL_GET_TIMEOUT of include/linux/usb.h, and a little. */
    UD_PATIENCE_LET_GO_MS = 6 * 1000,
    /* Then for drivers, which udev may have to load. Less if nothing has changed for the second
     * time. */
    UD_PATIENCE_DRIVERS_MS = 3 * 1000,
    /* The same for a disk whose driver is there: usb-storage waits a second by itself, and asks
     * the disk a dozen questions, one after the other, each of which crosses the network. */
    UD_PATIENCE_DISK_MS = 20 * 1000,
    UD_PATIENCE_SETTLE_MS = 1000,
    /* The same where no udev is that could load one: the kernel binds those it has at once. And
     * for a disk's partitions, which the kernel reads from it. */
    UD_PATIENCE_SETTLE_ALONE_MS = 200,
    /* For a port to be free after detaching, which ends all that is under way. */
    UD_PATIENCE_DETACH_MS = 5 * 1000,
    /* Whoever keeps a device attached tries so long after it was lost; then at this interval while
     * the server answers and does not export it, so that it is there again within a second. While
     * nothing answers, or somebody else has the device, each pause is twice as long as the one
     * before, up to the last: failed connections do not fill anybody's tables. */
    UD_PATIENCE_KEEP_SOON_MS = 200,
    UD_PATIENCE_KEEP_LOOK_MS = 500,
    UD_PATIENCE_KEEP_LAST_MS = 30 * 1000,
    /* The longest that it goes unnoticed in such a pause that nobody wants the device any more. */
    UD_PATIENCE_KEEP_POLL_MS = 100,
    /* Between two looks at whether a guarded connection has ended. */
    UD_PATIENCE_PUMP_POLL_MS = 200,
    /* Between two looks at any of these. */
    UD_PATIENCE_DEVICE_POLL_MS = 20,
    /* The most that `hold` takes. */
    UD_PATIENCE_HOLD_S = 24 * 60 * 60,
    /* The longest shell: one that was forgotten ends. */
    UD_PATIENCE_SHELL_S = 4 * 60 * 60,
    /* A program that is to end has so long after the signal before it is killed; what it wrote
     * last is passed on for as long. */
    UD_PATIENCE_LAST_WORDS_S = 5,
    UD_PATIENCE_LAST_WORDS_POLL_MS = 1000
};
_Static_assert((int)UD_PATIENCE_BUILD_S <= (int)UD_PATIENCE_HOLD_S,
               "hold has to take what build asks for");
_Static_assert((int)UD_PATIENCE_LOCK_MS < (int)UD_PATIENCE_CLIENT_MS,
               "who waits for the client waits for its lock too");

/* ---- Windows ---- */
enum {
    /* Virus scanners and indexers hold new files for moments: a rename is tried 8 times, first
     * after this, then after twice as long, and so on: 1.3 s in all. */
    UD_PATIENCE_RENAME_FIRST_MS = 5,
    /* Between two tries at a named pipe that is busy. */
    UD_PATIENCE_PIPE_AGAIN_MS = 10,
    /* For a connection of this process with itself. */
    UD_PATIENCE_LOOPBACK_MS = 2 * 1000,
    /* The thread that reads the console is asked to end every so often, for 2 s in all: a read
     * that begins just then misses it. */
    UD_PATIENCE_READER_POLL_MS = 50,
    UD_PATIENCE_READER_MS = 2 * 1000
};

#endif
