# shellcheck shell=bash
# shellcheck disable=SC2034,SC2153 # set here or by `run`, used by others
# relay.c, between the program and an engine.

RELAY_SOCKET=$E2E_WORK/relay.sock
RELAY_LOG=$E2E_WORK/relay.log
RELAY_CLIENT=$E2E_WORK/relay.client # the id of the process to interrupt
RELAY_PID=$E2E_WORK/relay.pid

# relay_start ENGINE [INTERRUPT-AFTER [MILLISECONDS-LATER]]: by $RELAY_SIGNAL, or SIGINT; also ends one that a failed case left.
relay_start() {
    relay_stop
    rm -f "$RELAY_SOCKET" "$RELAY_LOG" "$RELAY_CLIENT"
    "$E2E_RELAY" --listen "$RELAY_SOCKET" --to "$1" --log "$RELAY_LOG" \
        --interrupt "${2:-0}" --delay "${3:-0}" --signal "${RELAY_SIGNAL:-2}" --pid-file "$RELAY_CLIENT" 3>&- &
    echo "$!" >"$RELAY_PID"
    later 5 test -S "$RELAY_SOCKET"
}

relay_stop() {
    local pid
    [ -s "$RELAY_PID" ] || return 0
    pid=$(cat "$RELAY_PID")
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
    rm -f "$RELAY_PID"
}

# through_relay COMMAND...: the command is the one that gets interrupted.
through_relay() {
    # shellcheck disable=SC2016 # for the inner shell
    exec timeout -k 10 600 sh -c 'echo "$$" >"$0"; exec "$@"' "$RELAY_CLIENT" "$@"
}

relay_calls() { grep -vc '^interrupt$' "$RELAY_LOG"; }
relay_interrupted() { grep -qx interrupt "$RELAY_LOG"; }
