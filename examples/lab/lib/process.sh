# shellcheck shell=bash
# Background processes. A pid file holds the pid and the process's start time, so that
# a stale file never makes the lab signal somebody else's process.

pid_file() { printf '%s/%s/%s.pid\n' "$LAB_RUN" "$1" "$2"; }

# Field 22 of /proc/PID/stat, counted after the command name, which may hold blanks.
start_time() {
    local stat
    stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
    # shellcheck disable=SC2086 # split into fields on purpose
    set -- ${stat##*) }
    [ "$1" != Z ] || return 1
    printf '%s\n' "${20}"
}

# process_alive PART NAME: sets PID.
process_alive() {
    local file started
    file=$(pid_file "$1" "$2")
    PID=
    [ -s "$file" ] || return 1
    read -r PID started <"$file" || return 1
    [ "$(start_time "$PID")" = "$started" ]
}

# start_process PART NAME COMMAND...: detached, output appended to the part's log.
start_process() {
    local part=$1 name=$2 pid
    shift 2
    # The lab's own lock (descriptor 9) must not live on in what it starts.
    setsid "$@" </dev/null >>"$(part_log "$part")" 2>&1 9>&- &
    pid=$!
    disown "$pid"
    printf '%s %s\n' "$pid" "$(start_time "$pid")" >"$(pid_file "$part" "$name")" ||
        fail_with_log "$part" "$name ended at once"
}

gone_within() {
    local pid=$1 started=$2 deadline=$((SECONDS + $3))
    while [ "$(start_time "$pid")" = "$started" ]; do
        [ "$SECONDS" -lt "$deadline" ] || return 1
        sleep 0.1
    done
}

# end_pid PID SECONDS: asks, waits, then insists.
end_pid() {
    local started
    started=$(start_time "$1") || return 0
    kill -TERM "$1" 2>/dev/null || return 0
    gone_within "$1" "$started" "$2" && return 0
    kill -KILL "$1" 2>/dev/null || return 0
    gone_within "$1" "$started" 10 || say "warning: process $1 does not end"
}

# stop_process PART NAME [SECONDS]
stop_process() {
    if process_alive "$1" "$2"; then end_pid "$PID" "${3:-5}"; fi
    rm -f "$(pid_file "$1" "$2")"
}

# end_leftovers COMMAND TEXT: processes whose command name starts with COMMAND and whose
# command line contains TEXT (a path of ours), their children first.
end_leftovers() {
    local dir pid child
    for dir in /proc/[0-9]*; do
        pid=${dir#/proc/}
        [[ $(cat "$dir/comm" 2>/dev/null) == "$1"* ]] || continue
        tr '\0' ' ' 2>/dev/null <"$dir/cmdline" | grep -qF -- "$2" || continue
        # shellcheck disable=SC2013 # words are wanted: all pids are on one line
        for child in $(cat "$dir/task/$pid/children" 2>/dev/null); do end_pid "$child" 2; done
        end_pid "$pid" 5
    done
}
