# shellcheck shell=bash
# A web server of a test's own, one at a time.

SERVE_PORT=$E2E_WORK/serve.port
SERVE_PID=$E2E_WORK/serve.pid

# serve DIR PATH: waits until PATH, a file below it, is served.
serve() {
    local port=$((20000 + RANDOM % 10000))
    serve_stop
    while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((port + 1)); done
    busybox httpd -f -p "127.0.0.1:$port" -h "$1" 3>&- &
    echo "$!" >"$SERVE_PID"
    echo "$port" >"$SERVE_PORT"
    later 5 curl -fso /dev/null "$(served)/$2"
}

served() { printf 'http://127.0.0.1:%s\n' "$(cat "$SERVE_PORT")"; }

serve_stop() {
    [ -s "$SERVE_PID" ] || return 0
    kill "$(cat "$SERVE_PID")" 2>/dev/null || true
    rm -f "$SERVE_PID"
}
