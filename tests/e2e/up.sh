# shellcheck shell=bash
# What the tests of up and down do: test_up.sh, and test_up_more.sh, which takes longer.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

DIST=$E2E_WORK/dist
HERE=(--host "$LAB_VM")
UP=(up "${MAIN_BUILD[@]}" -r "$BOARD_SERVER" --modules "$DIST")
# What up did is noted there.
export XDG_STATE_HOME=$E2E_WORK/state
JOURNALS=$XDG_STATE_HOME/usbipd-desktop/up

journal() { find "$JOURNALS" -type f ! -name '*.lock' -exec cat {} +; }

# ---- before anything is there ----

nothing_to_undo() {
    expect_exit 0 ud down "${HERE[@]}"
    expect_text 'there is nothing to undo'
}

without_a_terminal() {
    expect_exit 2 ud up "${HERE[@]}" -r "$BOARD_SERVER"
    expect_text 'no device is named' "$BOARD_FTDI" '-b BUSID'
    expect_exit 14 ud "${UP[@]}" -b 9-9
    expect_equal "$(vm_usb_modules)" ''
}

# ---- all of it ----

from_nothing() {
    expect_exit 0 ud "${UP[@]}" -i "$BOARD_FTDI" --mode 0660 --group 20 --json
    expect_json ".changed and .server == \"$BOARD_SERVER\" and .built == \"$DIST/$LAB_VM_RELEASE\""
    expect_json '.loaded | index("ftdi_sio") and index("vhci-hcd")'
    expect_json '.devices | length == 1 and (.[0] | .already == false and .without_driver == []
        and .interfaces[0].driver == "ftdi_sio")'
    expect_equal "$(in_vm stat -c '%a %g' /dev/ttyUSB0)" '660 20'
    journal | grep -qx "device $BOARD_HOST $BOARD_PORT 1-1"
    journal | grep -qx 'module vhci-hcd'
}

the_board_answers() {
    expect_equal "$(serial_answers --device /dev/ttyUSB0)" 'board heard: hello board'
}

nothing_changes() {
    journal >"$E2E_WORK/journal.before"
    vm_modules | cut -d' ' -f1 >"$E2E_WORK/modules.up"
    expect_exit 0 ud "${UP[@]}" -i "$BOARD_FTDI" --json
    expect_json '(.changed | not) and .loaded == [] and (has("built") | not) and .devices[0].already'
    expect_exit 0 ud "${UP[@]}" -b 1-1 --with ftdi_sio
    expect_text 'already: nothing had to be done' '--device /dev/ttyUSB0'
    journal | diff - "$E2E_WORK/journal.before"
    vm_modules | cut -d' ' -f1 | diff - "$E2E_WORK/modules.up"
}

# ---- down ----

what_is_not_of_up_stays() {
    expect_exit 0 ud attach "${HERE[@]}" -r "$BOARD_SERVER" -i "$BOARD_STICK_ID" --modules "$DIST"
    expect_exit 0 ud down "${HERE[@]}" --json
    expect_json '[.detached[].device] == ["0403:6001 QEMU USB SERIAL"] and .unloaded == []'
    expect_json '(.left | index("vhci-hcd")) and (.others | length == 1)'
    expect_exit 0 ud port "${HERE[@]}" --json
    expect_json "[.devices[].hardware_id] == [\"$BOARD_STICK_ID\"]"
    expect_exit 0 ud detach "${HERE[@]}" -i "$BOARD_STICK_ID"
}

the_rest_is_undone_later() {
    expect_exit 0 ud down "${HERE[@]}" --json
    expect_json '.detached == [] and .left == [] and (.unloaded | index("vhci-hcd"))'
    expect_equal "$(journal)" ''
    expect_remembered "$LAB_VM"
    nothing_to_undo
}

# ---- interrupted ----

# interrupted_at TEXT: Ctrl-C as soon as a step begins whose title has TEXT.
interrupted_at() {
    local rc=0 pid
    env --default-signal=INT "$UD_BINARY" "${UP[@]}" -i "$BOARD_FTDI" --progress json \
        >"$E2E_WORK/out" 2>"$E2E_WORK/err" &
    pid=$!
    later 300 grep -q "$1" "$E2E_WORK/err" || fail "no step $1"
    kill -INT "$pid"
    wait "$pid" || rc=$?
    expect_equal "$rc" 130
}

interrupted_and_gone_on() {
    interrupted_at 'Inserting'
    interrupted_at 'Attaching'
    journal | grep -qx 'module vhci-hcd'
    expect_exit 0 ud "${UP[@]}" -i "$BOARD_FTDI" --json
    expect_json '.changed and (has("built") | not) and .devices[0].interfaces[0].driver == "ftdi_sio"'
    expect_exit 0 ud down "${HERE[@]}"
    expect_remembered "$LAB_VM"
}

interrupted_and_undone() {
    interrupted_at 'Attaching'
    expect_exit 0 ud down "${HERE[@]}"
    expect_remembered "$LAB_VM"
}

# ---- a class driver, and a person ----

# The server tells no interfaces: that it is a stick is known when it is attached. What was built
# for the other one stays.
found_by_class() {
    expect_exit 0 ud "${UP[@]}" -i "$BOARD_STICK_ID" --json
    expect_json '.built and .devices[0].interfaces[0].driver == "usb-storage"'
    jq -e '[.modules[].name] | index("ftdi_sio") and index("usb-storage")' \
        "$DIST/$LAB_VM_RELEASE/manifest.json"
    expect_exit 0 ud down "${HERE[@]}"
    expect_remembered "$LAB_VM"
}

# The list has two devices, in the server's order; one step may take a minute.
chosen_by_keys() {
    local steps='send \x1b[B
expect >   2'
    expect_exit 0 ud list "${HERE[@]}" -r "$BOARD_SERVER" --json
    if jq -e ".devices[0].hardware_id == \"$BOARD_FTDI\"" "$E2E_WORK/out"; then
        steps+='
send \x1b[A
expect >   1'
    fi
    TERM=xterm "$E2E_PTY" "$E2E_WORK/terminal" "$UD_BINARY" "${UP[@]}" <<STEPS || {
expect Which device of $BOARD_SERVER
expect >   1
expect $BOARD_FTDI
$steps
send \r
expect Looking at the kernel
expect Checking the modules
expect Inserting
expect Attaching
expect yes; \`usbipd-desktop down --host $LAB_VM\` undoes it
end 0
mode
STEPS
        cat -v "$E2E_WORK/terminal"
        fail "on the terminal"
    }
    expect_exit 0 ud port "${HERE[@]}" --json
    expect_json "[.devices[].hardware_id] == [\"$BOARD_FTDI\"]"
}

left_by_keys() {
    TERM=xterm "$E2E_PTY" "$E2E_WORK/terminal" "$UD_BINARY" "${UP[@]}" <<STEPS || {
expect Which device
expect >   1
send q
end 130
mode
STEPS
        cat -v "$E2E_WORK/terminal"
        fail "on the terminal"
    }
}

# ---- the journal ----

a_damaged_journal() {
    local file
    file=$(find "$JOURNALS" -type f ! -name '*.lock')
    cp "$file" "$E2E_WORK/journal"
    echo 'module ../../x' >>"$file"
    expect_exit 2 ud down "${HERE[@]}"
    expect_text "$file" 'Remove it'
    cp "$E2E_WORK/journal" "$file"
}

as_it_was() {
    expect_exit 0 ud down "${HERE[@]}"
    expect_equal "$(journal)" ''
    expect_remembered "$LAB_VM"
}
