# shellcheck shell=bash
# The Windows program under wine, and named pipes that lead to engines.

WIN_DIR=$E2E_DIR/../windows
WIN_BINARY=${UD_WINDOWS_BINARY:-$E2E_DIR/../../build/windows/usbipd-desktop.exe}
WIN_TOOLS=${WIN_BINARY%/*}/tests/windows
WIN_SOCAT=$E2E_WORK/socat.pid

need_windows_binary() {
    local file
    for file in "$WIN_BINARY" "$WIN_TOOLS"/{pipe-relay,ctrl,path/ssh}.exe; do
        [ -e "$file" ] || fail "there is no $file: cmake --preset windows, then build it"
    done
    command -v wine script socat >/dev/null || fail "wine, script or socat is not installed"
}

# As the program sees it.
win_path() { printf 'Z:%s\n' "$1"; }

# What a Windows user has in the environment; with LC_ALL=C wine would know no Unicode.
win_environment() {
    export LC_ALL=C.UTF-8 DOCKER_CONFIG
    DOCKER_CONFIG=$(win_path "$DOCKER_CONFIG")
}

# udw ARGUMENT...: usbipd-desktop.exe
udw() {
    (
        win_environment
        exec "$WIN_DIR/wine" "$WIN_BINARY" "$@"
    )
}

# udw_ssh PORT ARGUMENT...: usbipd-desktop.exe where ssh.exe leads to that port (tests/windows/ssh.c). Each run of
# ssh.exe is a line in $E2E_WORK/ssh.
udw_ssh() {
    (
        export UD_TEST_SSH_PORT=$1 UD_TEST_SSH_LOG WINEPATH
        UD_TEST_SSH_LOG=$(win_path "$E2E_WORK/ssh")
        WINEPATH=$(win_path "$WIN_TOOLS/path")
        : >"$E2E_WORK/ssh"
        shift
        udw "$@"
    )
}

# pipe_start NAME PORT [OPTION...]: \\.\pipe\NAME leads to the port, with the options of
# pipe-relay.exe.
pipe_start() {
    local name=$1 port=$2
    local log=$E2E_WORK/pipe.$name
    shift 2
    pipe_stop "$name"
    "$WIN_DIR/wine" "$WIN_TOOLS/pipe-relay.exe" --pipe "$name" --port "$port" \
        --log "$(win_path "$log")" "$@" >"$log.out" 2>&1 </dev/null 3>&- &
    echo "$!" >"$log.pid"
    later 30 grep -qs ready "$log" || fail "no pipe: $(cat "$log.out")"
}

# It ends when its log is gone.
pipe_stop() {
    local log=$E2E_WORK/pipe.$1
    [ -e "$log.pid" ] || return 0
    rm -f "$log"
    later 10 pipe_ended "$log.pid" || kill "$(cat "$log.pid")" 2>/dev/null || true
    rm -f "$log.pid"
}

pipe_ended() { ! kill -0 "$(cat "$1")" 2>/dev/null; }

# pipe_bytes NAME: "FROM-CLIENT TO-CLIENT", so far.
pipe_bytes() { awk '/^connections/ { up = $4; down = $6 } END { print up + 0, down + 0 }' "$E2E_WORK/pipe.$1"; }

# tcp_to_unix PATH: sets PORT to one of this machine that leads to the socket; wine has no unix
# sockets. -t: a side that is done may still be answered.
tcp_to_unix() {
    local try
    for try in {1..20}; do
        PORT=$((20000 + RANDOM % 10000))
        socat -t 86400 "TCP-LISTEN:$PORT,bind=127.0.0.1,fork,reuseaddr" "UNIX-CONNECT:$1" 3>&- &
        echo "$!" >>"$WIN_SOCAT"
        sleep 0.3
        ! kill -0 "$!" 2>/dev/null || return 0
    done
    fail "no port after $try tries"
}

windows_stop() {
    local log pid
    for log in "$E2E_WORK"/pipe.*.pid; do
        log=${log%.pid}
        [ "$log" = "$E2E_WORK/pipe.*" ] || pipe_stop "${log##*/pipe.}"
    done
    [ -e "$WIN_SOCAT" ] || return 0
    while read -r pid; do kill "$pid" 2>/dev/null || true; done <"$WIN_SOCAT"
    rm -f "$WIN_SOCAT"
}
