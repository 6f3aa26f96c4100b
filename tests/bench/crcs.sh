# shellcheck shell=bash
# shellcheck disable=SC2154 # LAB_* come from `lab env`
# `run crcs`: the CRCs of a kernel without its Module.symvers, ours against what else gives them: making
# the whole kernel once.

# The kernel that the lab itself compiles with CRCs: a distribution's would take hours.
crcs_variables() {
    : "${LAB_PLAIN_HARDENED:?the lab has to be up: examples/lab/lab up registry native plain-hardened}"
    LAB_VM=$LAB_PLAIN_HARDENED LAB_VM_RELEASE=$LAB_PLAIN_HARDENED_RELEASE
    LAB_VM_CONFIG=$LAB_PLAIN_HARDENED_CONFIG LAB_SOURCE=$LAB_PLAIN_HARDENED_SOURCE
}

crcs_prepare() {
    "$UD_BINARY" builder make --host "$LAB_VM" --build-host "$LAB_NATIVE" --json >"$WORK/builder.json"
    BUILDER=$(jq -r .name "$WORK/builder.json")
}

# The steps that a build does besides those of one that was given a Module.symvers.
crcs_ours() {
    local found sent computed
    rm -rf "$WORK/dist"
    /usr/bin/time -v -o "$WORK/time" "$UD_BINARY" build --host "$LAB_VM" --build-host "$LAB_NATIVE" \
        --source "$LAB_SOURCE" --offline --no-cache --output "$WORK/dist" --progress json --json \
        >"$WORK/ours.json" 2>"$WORK/events"
    found=$(step 'Asking') sent=$(step 'Sending what exports') computed=$(step 'Computing CRCs')
    bc <<<"$found + $sent + $computed" >>"$WORK/ours.wall"
    printf 'ours    %6s s  of the VM%ss modules %s s, sending sources %s s, computing %s s: %s; peak memory %s MiB\n' \
        "$(tail -n 1 "$WORK/ours.wall")" "'" "$found" "$sent" "$computed" \
        "$(jq -r '.crcs | "\(.needed) = \(.of_modules) + \(.computed)"' "$WORK/ours.json")" "$(peak_memory)"
}

crcs_whole_kernel() {
    local started STEPS='' DIR=/
    docker -H "$LAB_NATIVE" run -d --name "$NAME" --network none --user 0 --entrypoint sleep \
        -v "$LAB_VM_CONFIG:/in/config:ro" "$BUILDER" 7200 >>"$WORK/recipe.log"
    in_container mkdir -p /src
    DIR=/src
    unpack_all
    in_container cp /in/config .config
    started=$EPOCHREALTIME
    timed config in_container make olddefconfig
    timed 'vmlinux and modules' in_container make "-j$(nproc)" vmlinux modules
    bc <<<"scale=1; ($EPOCHREALTIME - $started) / 1" >>"$WORK/recipe.wall"
    docker -H "$LAB_NATIVE" cp -q "$NAME:$DIR/Module.symvers" "$WORK/Module.symvers"
    docker -H "$LAB_NATIVE" rm -f "$NAME" >/dev/null
    printf 'kernel  %6s s  %s; %s CRCs\n' "$(tail -n 1 "$WORK/recipe.wall")" "$STEPS" \
        "$(wc -l <"$WORK/Module.symvers")"
}

bench_crcs() {
    local i runs=${1:-1}
    crcs_variables
    crcs_prepare
    printf 'kernel  %s, builder %s, %s processors, load %s\n' "$LAB_VM_RELEASE" "$BUILDER" "$(nproc)" \
        "$(cut -d' ' -f1-3 /proc/loadavg)"
    for ((i = 0; i < runs; i++)); do
        crcs_ours
        crcs_whole_kernel
    done
    printf 'ratio   ours/kernel %s\n' \
        "$(bc <<<"scale=3; $(mean "$WORK/ours.wall") / $(mean "$WORK/recipe.wall")")"
}
