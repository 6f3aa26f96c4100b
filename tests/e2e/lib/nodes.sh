# shellcheck shell=bash
# What containers of $LAB_VM see of the board's serial adapter: the table of docs/attach.md.

readonly NODE_ROWS=(
    'plain'
    '--device'
    '--privileged'
    '-v /dev:/dev'
    '-v /dev:/dev, rules'
    '-v /dev/bus/usb, rule'
)

# node_options ROW: sets OPTIONS.
node_options() {
    case $1 in
    plain) OPTIONS=() ;;
    --device) OPTIONS=(--device /dev/ttyUSB0 --device "$(cat "$E2E_WORK/usbfs")") ;;
    --privileged) OPTIONS=(--privileged) ;;
    '-v /dev:/dev') OPTIONS=(-v /dev:/dev) ;;
    '-v /dev:/dev, rules')
        OPTIONS=(-v /dev:/dev --device-cgroup-rule 'c 188:* rmw' --device-cgroup-rule 'c 189:* rmw')
        ;;
    *) OPTIONS=(-v /dev/bus/usb:/dev/bus/usb --device-cgroup-rule 'c 189:* rmw') ;;
    esac
}

# node_start WHEN: a container for each row; one that does not start has no cells.
node_start() {
    local i
    for i in "${!NODE_ROWS[@]}"; do
        node_options "${NODE_ROWS[i]}"
        docker -H "$LAB_VM" run -d --network none --name "$E2E_MARK-node-$1-$i" "${OPTIONS[@]}" "$E2E_TOOLS" sleep 3600 ||
            docker -H "$LAB_VM" rm "$E2E_MARK-node-$1-$i" || true
    done
}

# node_cell CONTAINER USER NODE
node_cell() {
    local said
    # shellcheck disable=SC2016 # for the shell in the container
    said=$(docker -H "$LAB_VM" exec -u "$2" "$1" sh -c '
        [ -c "$0" ] || { echo nonexistent; exit; }
        exec 3<>"$0" && echo opens' "$3" 2>&1) || true
    case $said in
    *opens*) printf 'opens' ;;
    *'No such file'* | *'nonexistent'*) printf 'no node' ;;
    *'Operation not permitted'*) printf 'not permitted' ;;
    *'Permission denied'*) printf 'denied' ;;
    *'o such container'* | *'o container with name'* | *'is not running'*) printf 'does not start' ;;
    *) printf '%s' "$said" ;;
    esac
}

# A user without a group, "-u 1000", would be of group 0, which usbfs' nodes are open to.
node_table() {
    local i when user
    printf '| container | started | root | uid 1000 | uid 1000, gid 20 | root, libusb | uid 1000, libusb |\n'
    printf '|---|---|---|---|---|---|---|\n'
    for i in "${!NODE_ROWS[@]}"; do
        for when in before after; do
            printf '| %s | %s ' "${NODE_ROWS[i]}" "$when"
            for user in 0 1000:1000 1000:20; do
                printf '| %s ' "$(node_cell "$E2E_MARK-node-$when-$i" "$user" /dev/ttyUSB0)"
            done
            for user in 0 1000:1000; do
                printf '| %s ' "$(node_cell "$E2E_MARK-node-$when-$i" "$user" "$(cat "$E2E_WORK/usbfs")")"
            done
            printf '|\n'
        done
    done
}

# nodes_in_containers [OPTION...]: of attach besides.
nodes_in_containers() {
    echo /dev/bus/usb/001/none >"$E2E_WORK/usbfs"
    node_start before
    expect_exit 0 board_attach -i "$BOARD_FTDI" --mode 0660 --group 20 --json "$@"
    jq -r '[.device.nodes[].path | select(startswith("/dev/bus/usb/"))][0]' "$E2E_WORK/out" >"$E2E_WORK/usbfs"
    node_start after
    node_table | tee "$E2E_WORK/table"
    nodes_end
    expect_exit 0 board_detach -p 0
    expect_same "$E2E_WORK/table" <(sed -n '/^| container | started /,/^$/p' "$E2E_DIR/../../docs/attach.md" |
        grep '^|')
}

nodes_end() {
    docker -H "$LAB_VM" ps -aq --filter "name=$E2E_MARK-node" | xargs -r docker -H "$LAB_VM" rm -f >/dev/null
}
