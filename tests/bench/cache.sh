# shellcheck shell=bash
# shellcheck disable=SC2154 # LAB_* come from `lab env`
# `run cache`: a first build, and those that find something of an earlier one, against the recipe.

# Our build as it is by default: with all processors.
cache_jobs() { JOBS=${UD_BENCH_JOBS:-$(nproc)}; }

cache_prune() {
    "$UD_BINARY" cache prune --host "$LAB_VM" --build-host "$LAB_NATIVE" "$@" >/dev/null
}

# Learns builder and configuration; builds once only if the builder image has to be made.
cache_prepare() {
    our_build "$WORK/dist" --dry-run >"$WORK/first.json"
    BUILDER=$(jq -r .builder "$WORK/first.json")
    docker -H "$LAB_NATIVE" image inspect "$BUILDER" >/dev/null 2>&1 || our_build "$WORK/dist" >/dev/null
    write_recipe_files
}

# cache_ours STATE: one build in the state that cache and output are in.
cache_ours() {
    local wall probe check
    local started=$EPOCHREALTIME
    run_ours
    wall=$(seconds_since "$started")
    probe=$(step 'Looking at the kernel') check=$(step Checking)
    printf '%-9s %6s s  without the look at the kernel %s s; sent %s in %s s, config %s s, prepare %s s, modules %s s, check %s s, keep %s s; peak memory %s MiB\n' \
        "$1" "$wall" "$(bc <<<"$wall - $probe")" "$(sent_sources)" "$(step Sending)" \
        "$(step Resolving)" "$(step Preparing)" "$(step Compiling)" "$check" "$(step Keeping)" "$(peak_memory)"
    bc <<<"$wall - $probe" >>"$WORK/$1.net"
    bc <<<"$wall - $probe - $check" >>"$WORK/$1.builder"
    step Sending >>"$WORK/$1.sending"
    peak_memory >>"$WORK/peak" && echo >>"$WORK/peak"
}

# What unpacking alone takes, in the best case for us to be as fast as.
cache_xz() {
    local started=$EPOCHREALTIME
    xz -dc "$LAB_SOURCE" >/dev/null
    seconds_since "$started" >>"$WORK/xz"
    printf 'xz -dc    %6s s\n' "$(tail -n 1 "$WORK/xz")"
}

cache_round() {
    rm -rf "$WORK/dist"
    cache_prune
    settle
    cache_ours cold
    cache_ours unchanged
    rm -rf "$WORK/dist"
    settle
    cache_ours prepared
    rm -rf "$WORK/dist"
    cache_prune --kind prepared
    settle
    cache_ours slice
    cache_xz
    settle
    recipe
}

cache_summary() {
    local state recipe limit xz
    recipe=$(mean "$WORK/recipe.wall")
    for state in cold:0.50 slice:0.40 prepared:0.25 unchanged:0.02; do
        limit=${state#*:} state=${state%:*}
        printf 'ratio   %-9s %s of the recipe, %s without the check; at most %s is wanted\n' "$state" \
            "$(bc <<<"scale=3; $(mean "$WORK/$state.net") / $recipe")" \
            "$(bc <<<"scale=3; $(mean "$WORK/$state.builder") / $recipe")" "$limit"
    done
    xz=$(mean "$WORK/xz")
    printf 'ratio   sending   %s of xz -dc alone from the archive, %s from the slice\n' \
        "$(bc <<<"scale=2; $(mean "$WORK/cold.sending") / $xz")" \
        "$(bc <<<"scale=2; $(mean "$WORK/slice.sending") / $xz")"
    printf 'memory  %s MiB at most, under 32 is wanted\n' "$(sort -n "$WORK/peak" | tail -n 1)"
}

bench_cache() {
    local i runs=${1:-1}
    export XDG_CACHE_HOME=$WORK/cache
    cache_jobs
    cache_prepare
    printf 'kernel  %s, builder %s, %s of %s processors for ours, 1 for the recipe, load %s\n' \
        "$LAB_VM_RELEASE" "$BUILDER" "$JOBS" "$(nproc)" "$(cut -d' ' -f1-3 /proc/loadavg)"
    for ((i = 0; i < runs; i++)); do cache_round; done
    printf 'load    %s\n' "$(cut -d' ' -f1-3 /proc/loadavg)"
    cache_summary
}
