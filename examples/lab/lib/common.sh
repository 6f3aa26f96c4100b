# shellcheck shell=bash
# Paths, ports, messages and waiting: what every other file of the lab uses.
# shellcheck disable=SC2034 # used by the others

LAB_RUN=${USBIPD_DESKTOP_LAB:-/tmp/usbipd-desktop-lab}
LAB_CACHE=${USBIPD_DESKTOP_DEV_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/usbipd-desktop-dev}/lab

LAB_VM_PORT=${LAB_VM_PORT:-12375}
LAB_PODMAN_PORT=${LAB_PODMAN_PORT:-12377}
LAB_PLAIN_PORT=${LAB_PLAIN_PORT:-12376}
LAB_REGISTRY_PORT=${LAB_REGISTRY_PORT:-15000}
LAB_MIRROR_PORT=${LAB_MIRROR_PORT:-18080}
LAB_PROXY_PORT=${LAB_PROXY_PORT:-13128}
LAB_ARCHIVES_PORT=${LAB_ARCHIVES_PORT:-18090}
LAB_BOARD_PORT=${LAB_BOARD_PORT:-13240}
LAB_KERNELS_PORT=${LAB_KERNELS_PORT:-12380} # the first of several

# This machine's loopback as QEMU's user network shows it to a guest.
readonly LAB_HOST_SEEN_BY_GUEST=10.0.2.2

say() { printf 'lab: %s\n' "$*" >&2; }

die() {
    say "error: $*"
    exit 1
}

# The last word when a command fails that nobody checked: set -e alone is silent.
unchecked_failure() { say "error: '$3' failed with $1 (${2##*/})"; }

# part_do PART VERB: the parts `vm-...` are all done by part-vm.sh, which is told which one is meant.
part_do() { "${1%%-*}_$2" "$1"; }

# find_row PART ROW...: sets ROW to the words of the row that begins with PART, and ROW_INDEX to its place.
find_row() {
    local part=$1
    shift
    for ((ROW_INDEX = 0; $# > 0; ROW_INDEX++)); do
        read -ra ROW <<<"$1"
        if [ "${ROW[0]}" = "$part" ]; then return; fi
        shift
    done
    die "no row for the part $part"
}

# part_prefix PART: of its variables in `lab env`, LAB_VM_6_12 for vm-6.12.
part_prefix() {
    local name=LAB_${1//[-.]/_}
    printf '%s\n' "${name^^}"
}

part_dir() { printf '%s/%s\n' "$LAB_RUN" "$1"; }
part_log() { printf '%s/%s/log\n' "$LAB_RUN" "$1"; }

# fail_with_log PART MESSAGE: the message, the log's path and its last lines.
fail_with_log() {
    local log
    log=$(part_log "$1")
    say "error: $1: $2"
    say "its log is $log, the last lines:"
    if [ -s "$log" ]; then tail -n 15 "$log" | tr -d '\r' | sed 's/^/    /' >&2; else say "    (empty)"; fi
    exit 1
}

port_answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# need_free_port PORT VARIABLE
need_free_port() {
    if port_answers "$1"; then
        die "port 127.0.0.1:$1 is taken by another program; choose another with $2=<port>"
    fi
}

# wait_ready PART SECONDS: until it is ready; fails at once if the part's process ends.
wait_ready() {
    local part=$1 deadline=$((SECONDS + $2))
    until part_do "$part" ready; do
        process_alive "$part" main || fail_with_log "$part" "ended before it was ready"
        [ "$SECONDS" -lt "$deadline" ] || fail_with_log "$part" "not ready after $2 s"
        sleep 0.3
    done
}

# Shell assignments that `lab env` prints while the part is up: set_env PART NAME VALUE.
set_env() { printf '%s=%q\n' "$2" "$3" >>"$(part_dir "$1")/env"; }

# engine_answers CURL-ARGUMENT...: a silent request, for probes.
engine_answers() { curl -fs --max-time 5 -o /dev/null "$@"; }
