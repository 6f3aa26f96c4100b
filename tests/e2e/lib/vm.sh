# shellcheck shell=bash
# shellcheck disable=SC2153 # set by `run`
# The power of the lab's `vm`.

vm_pid() {
    local pid
    read -r pid _ <"$LAB_RUN/vm/main.pid"
    printf '%s\n' "$pid"
}

# vm_signal SIGNAL: to the emulator: STOP is a machine that stands still, KILL one that loses its power.
vm_signal() { kill "-$1" "$(vm_pid)"; }

vm_is_off() { ! kill -0 "$(vm_pid)" 2>/dev/null; }

# Off, if it is not, and on. The shell in the machine has to be opened anew.
vm_restart() {
    USBIPD_DESKTOP_LAB=$LAB_RUN LAB_VM_PORT=${LAB_VM##*:} LAB_REGISTRY_PORT=${LAB_REGISTRY##*:} \
        LAB_BOARD_PORT=$BOARD_PORT "$E2E_DIR/../../examples/lab/lab" vm-restart
}
