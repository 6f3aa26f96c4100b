# shellcheck shell=bash
# shellcheck disable=SC2154 # LAB_* come from `lab env`
# `run image`: usbipd-desktop image vhcli against `docker build` of what the recipe builds.

IMAGE=ud-bench/vhcli:1

image_ours() {
    local started=$EPOCHREALTIME wall probe
    docker -H "$LAB_VM" rmi -f "$IMAGE" >/dev/null 2>&1 || true
    "$UD_BINARY" image vhcli --host "$LAB_VM" --tag "$IMAGE" --client "$UD_BENCH_CLIENT" \
        --input "$WORK/dist" --progress json --json >"$WORK/ours.json" 2>"$WORK/events"
    wall=$(seconds_since "$started")
    probe=$(step 'Looking at the kernel')
    printf 'ours    %6s s  without the look at the kernel %s s\n' "$wall" \
        "$(bc <<<"$wall - $probe")"
    echo "$wall" >>"$WORK/ours.wall"
    bc <<<"$wall - $probe" >>"$WORK/ours.net"
}

# What the shell script does, with its Dockerfile's steps, and the same files.
image_recipe() {
    local started=$EPOCHREALTIME wall release
    docker -H "$LAB_VM" rmi -f "$IMAGE" >/dev/null 2>&1 || true
    release=$(docker -H "$LAB_VM" run --rm --network none busybox uname -r)
    DOCKER_BUILDKIT=0 docker -H "$LAB_VM" build -q -t "$IMAGE" -f - "$WORK/context" \
        >>"$WORK/recipe.log" 2>&1 <<END
FROM busybox
COPY vhclientx86_64 /opt/virtualhere/
COPY modules/ /lib/modules/$release/
ENV HOME=/opt/virtualhere
ENV PATH=\$PATH:/opt/virtualhere
WORKDIR /opt/virtualhere
RUN printf '[General]\\nAutoFind=0\\n' >.vhui && chmod +x vhclientx86_64
END
    wall=$(seconds_since "$started")
    printf 'recipe  %6s s\n' "$wall"
    echo "$wall" >>"$WORK/recipe.wall"
}

bench_image() {
    local i runs=${1:-2}
    : "${UD_BENCH_CLIENT:?set it to a client program, such as build/release/tests/e2e/vhclient}"
    our_build "$WORK/dist" >"$WORK/first.json"
    mkdir -p "$WORK/context/modules"
    cp "$UD_BENCH_CLIENT" "$WORK/context/vhclientx86_64"
    cp "$WORK/dist/$LAB_VM_RELEASE"/*.ko "$WORK/context/modules/"
    docker -H "$LAB_VM" pull -q busybox >/dev/null
    printf 'engine  the lab'"'"'s VM, load %s\n' "$(cut -d' ' -f1-3 /proc/loadavg)"
    for ((i = 0; i < runs; i++)); do
        image_ours
        image_recipe
    done
    docker -H "$LAB_VM" rmi -f "$IMAGE" busybox >/dev/null
    summary
}
