# shellcheck shell=bash
# shellcheck disable=SC2154 # LAB_* come from `lab env`
# `run calls`: how many calls of the Engine API each command makes, and what a far engine costs. Each call waits at
# least once for the way there and back.

# calls_of LABEL ARGUMENT...: a row of the table.
calls_of() {
    local label=$1 log=$WORK/calls socket=$WORK/calls.sock pid started wall count containers
    shift
    rm -f "$log" "$socket"
    "$UD_BENCH_RELAY" --listen "$socket" --to "$LAB_VM" --log "$log" &
    pid=$!
    until [ -S "$socket" ]; do sleep 0.05; done
    started=$EPOCHREALTIME
    "$UD_BINARY" "$@" --host "unix://$socket" >"$WORK/calls.out" 2>&1 || tail -n 3 "$WORK/calls.out" >&2
    wall=$(seconds_since "$started")
    kill "$pid"
    wait "$pid" || true
    count=$(wc -l <"$log")
    containers=$(grep -c 'POST .*/containers/create' "$log" || true)
    printf '%-28s %5d calls %3d containers %6s s  at 50 ms: + %s s\n' "$label" "$count" "$containers" "$wall" \
        "$(bc <<<"scale=2; $count * 0.05")"
}

bench_calls() {
    local server
    : "${UD_BENCH_RELAY:=$TOP/build/release/tests/e2e/relay}"
    [ -x "$UD_BENCH_RELAY" ] || die "there is no $UD_BENCH_RELAY; build the preset release with its tests"
    our_build "$WORK/dist" >"$WORK/first.json"
    printf 'engine  the lab'"'"'s VM, load %s\n' "$(cut -d' ' -f1-3 /proc/loadavg)"
    calls_of 'engines' engines
    calls_of 'status (helper to be made)' status
    calls_of 'status' status
    calls_of 'status --self-test' status --self-test
    calls_of 'load --dry-run' load --dry-run --input "$WORK/dist"
    calls_of 'load' load --input "$WORK/dist"
    calls_of 'load, nothing to do' load --input "$WORK/dist"
    calls_of 'port' port
    if [ -n "${LAB_BOARD:-}" ]; then
        server=10.0.2.2:${LAB_BOARD##*:} # as the virtual machine sees it
        calls_of 'list' list -r "$server"
        calls_of 'attach' attach -r "$server" -i 0403:6001
        calls_of 'detach' detach --all
    fi
    calls_of 'unload' unload --input "$WORK/dist"
}
