# shellcheck shell=bash
# shellcheck disable=SC2034 # set here, used by the tests
# An installation in the vm's engine, and the vm's restarts.

readonly INSTALLED=usbipd-desktop-installed

# installed FORMAT: of the container.
installed() { docker -H "$LAB_VM" inspect -f "$1" "$INSTALLED"; }

# restart_vm [--cut] [PART]: see `lab vm-restart`. A shell in it has to be closed before.
restart_vm() {
    installed '{{.State.StartedAt}}' >"$E2E_WORK/started"
    USBIPD_DESKTOP_LAB=$LAB_RUN LAB_VM_PORT=${LAB_VM##*:} LAB_REGISTRY_PORT=${LAB_REGISTRY##*:} \
        "$E2E_DIR/../../examples/lab/lab" vm-restart "$@"
}

# What it says since its last start. It may speak before the engine notes that it has started.
installed_says() {
    local since
    since=$(date -u -d "$(installed '{{.State.StartedAt}}') -5 seconds" +%FT%T.%NZ)
    docker -H "$LAB_VM" logs --since "$since" "$INSTALLED" 2>&1
}

# Whether it has started again, if the virtual machine has.
installed_is_new() { [ "$(installed '{{.State.StartedAt}}')" != "$(cat "$E2E_WORK/started" 2>/dev/null)" ]; }

# Whether it has said then what came of it.
installed_is_over() {
    installed_is_new || return 1
    installed_says >"$E2E_WORK/log"
    grep -qE '^usbipd-desktop: (ready|error): ' "$E2E_WORK/log"
}

await_installed() {
    later 120 installed_is_over || fail "it says nothing of the modules: $(cat "$E2E_WORK/log")"
    cat "$E2E_WORK/log"
}

# By what the container says: to look into the kernel takes another container.
expect_inserted() {
    await_installed
    expect_equal "$(sed -n 's/^usbipd-desktop: inserted //p' "$E2E_WORK/log" | xargs)" \
        'usb-common usbcore usbip-core vhci-hcd'
    grep -qx 'usbipd-desktop: ready: the modules are in the kernel' "$E2E_WORK/log"
}
