# shellcheck shell=bash
# shellcheck disable=SC2154 # LAB_* come from `lab env`
# `run origin`: modules out of the distribution's packages against building them, both from nothing: no image,
# no builder and no download is there; and a second run of each.

origin_variables() {
    : "${LAB_VM_FULL:?the lab has to be up: examples/lab/lab up registry native vm-full}"
    LAB_VM=$LAB_VM_FULL LAB_VM_RELEASE=$LAB_VM_FULL_RELEASE
    export XDG_CACHE_HOME=$WORK/cache
}

# What came over the network; the lab's own servers are on the loopback interface.
origin_received() { cat /sys/class/net/[!l]*/statistics/rx_bytes | awk '{ sum += $1 } END { printf "%.0f\n", sum }'; }

origin_forget() {
    "$UD_BINARY" clean --host "$LAB_NATIVE" --downloads --json >/dev/null
    docker -H "$LAB_NATIVE" rmi -f debian:bookworm >/dev/null 2>&1 || true
    rm -rf "$WORK/dist" "$XDG_CACHE_HOME"
}

# origin_run ORIGIN NAME: keeps the seconds without the look at the kernel, which is the same for both.
origin_run() {
    local started=$EPOCHREALTIME before wall
    before=$(origin_received)
    "$UD_BINARY" build --host "$LAB_VM" --build-host "$LAB_NATIVE" --origin "$1" --output "$WORK/dist" \
        --progress json --json >"$WORK/ours.json" 2>"$WORK/events"
    wall=$(seconds_since "$started")
    bc <<<"scale=1; $wall - $(step 'Looking at the kernel')" >>"$WORK/$2.net"
    printf '%-13s %6s s  without the look at the kernel %s s; %s MB over the network; %s\n' "$2" "$wall" \
        "$(tail -n 1 "$WORK/$2.net")" "$(bc <<<"scale=1; ($(origin_received) - $before) / 1000000")" \
        "$(jq -r 'if .unchanged then "nothing to do" else "\(.manifest.modules | length) modules" end' "$WORK/ours.json")"
}

bench_origin() {
    local i runs=${1:-1} origin
    origin_variables
    printf 'kernel  %s, load %s\n' "$LAB_VM_RELEASE" "$(cut -d' ' -f1-3 /proc/loadavg)"
    for ((i = 0; i < runs; i++)); do
        for origin in build package; do
            origin_forget
            origin_run "$origin" "$origin"
            origin_run "$origin" "$origin-again"
        done
    done
    printf 'ratio   package/build %s, nothing to do/build %s\n' \
        "$(divide "$(mean "$WORK/package.net")" "$(mean "$WORK/build.net")")" \
        "$(bc <<<"scale=3; $(mean "$WORK/package-again.net") / $(mean "$WORK/build.net")")"
}
