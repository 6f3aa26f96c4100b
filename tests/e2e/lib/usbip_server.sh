# shellcheck shell=bash
# A USB/IP server that does what it is told (usbip_server.c), one at a time, as the virtual machine reaches it.

USBIP_SERVER_PID=$E2E_WORK/usbip-server.pid
USBIP_SERVER_PORT=$E2E_WORK/usbip-server.port

# usbip_serve NAME=VALUE...: it listens when this returns.
usbip_serve() {
    usbip_serve_stop
    rm -f "$USBIP_SERVER_PORT" # of the one before
    "$E2E_USBIP_SERVER" "$@" >"$USBIP_SERVER_PORT" 3>&- &
    echo "$!" >"$USBIP_SERVER_PID"
    later 5 test -s "$USBIP_SERVER_PORT"
}

usbip_served() { printf '10.0.2.2:%s\n' "$(cat "$USBIP_SERVER_PORT")"; }

usbip_serve_stop() {
    [ -s "$USBIP_SERVER_PID" ] || return 0
    kill "$(cat "$USBIP_SERVER_PID")" 2>/dev/null || true
    rm -f "$USBIP_SERVER_PID"
}
