# shellcheck shell=bash
# An engine of a test's own, which it may kill, and whose disk has a size.

OWN_DIR=$E2E_WORK/engine
OWN_ENGINE=unix://$OWN_DIR/sock

# own_engine_start [SIZE]: with a disk of that size the first time; again with what it had then.
own_engine_start() {
    mkdir -p "$OWN_DIR/disk"
    mountpoint -q "$OWN_DIR/disk" || mount -t tmpfs -o "size=${1:-4G}" tmpfs "$OWN_DIR/disk"
    printf '{"deprecated-key-path":"%s/key.json"}\n' "$OWN_DIR" >"$OWN_DIR/daemon.json"
    rm -f "$OWN_DIR"/{sock,dockerd.pid}
    setsid unshare --mount --propagation unchanged "$E2E_DIR/../../examples/lab/lib/in-private-mounts" \
        dockerd --config-file "$OWN_DIR/daemon.json" -H "$OWN_ENGINE" --data-root "$OWN_DIR/disk/data" \
        --storage-driver overlay2 --exec-root "$OWN_DIR/exec" --pidfile "$OWN_DIR/dockerd.pid" \
        --iptables=false --ip6tables=false --ip-forward=false --bridge=none \
        --registry-mirror "http://$LAB_REGISTRY" >>"$OWN_DIR/log" 2>&1 </dev/null 3>&- 7>&- 8<&- &
    later 30 docker -H "$OWN_ENGINE" version >/dev/null 2>&1
}

# own_engine_processes: dockerd, its containerd and what these started.
own_engine_containers() {
    docker -H "$OWN_ENGINE" ps -q 2>/dev/null | xargs -r docker -H "$OWN_ENGINE" inspect -f '{{.State.Pid}}'
}
own_engine_processes() { pgrep -f -- "^[^ ]*(dockerd|containerd[^ ]*) .*$OWN_DIR/" || true; }

# As when its machine loses power: containers are gone, and so is what is not on the disk.
own_engine_kill() {
    local inside
    inside=$(own_engine_containers)
    own_engine_processes | xargs -r kill -9 2>/dev/null || true
    # shellcheck disable=SC2086 # one argument a process
    [ -z "$inside" ] || kill -9 $inside 2>/dev/null || true
    later 10 own_engine_is_gone
    rm -rf "$OWN_DIR/exec"
}
own_engine_is_gone() { [ -z "$(own_engine_processes)" ]; }

own_engine_end() {
    [ -d "$OWN_DIR" ] || return 0
    [ ! -s "$OWN_DIR/dockerd.pid" ] || kill "$(cat "$OWN_DIR/dockerd.pid")" 2>/dev/null || true
    later 10 own_engine_is_gone || own_engine_kill || true
    while umount -l "$OWN_DIR/disk" 2>/dev/null; do :; done
    rm -rf "$OWN_DIR"
}
