# shellcheck shell=bash
# shellcheck disable=SC2034 # set here, used by the tests
# An installation in the vm's engine, and the vm's restarts.

readonly INSTALLED=usbipd-desktop-installed

# restart_vm [--cut] [PART]: see `lab vm-restart`. A shell in it has to be closed before.
restart_vm() {
    USBIPD_DESKTOP_LAB=$LAB_RUN LAB_VM_PORT=${LAB_VM##*:} LAB_REGISTRY_PORT=${LAB_REGISTRY##*:} \
        "$E2E_DIR/../../examples/lab/lab" vm-restart "$@"
}

# installed FORMAT: of the container.
installed() { docker -H "$LAB_VM" inspect -f "$1" "$INSTALLED"; }

# What it says since its last start.
installed_says() {
    docker -H "$LAB_VM" logs --since "$(installed '{{.State.StartedAt}}')" "$INSTALLED" 2>&1
}

installed_is_over() { installed_says | grep -qE '^usbipd-desktop: (ready|error): '; }

# By what the container says: to look into the kernel takes another container.
expect_inserted() {
    later 120 installed_is_over || fail "it says nothing of the modules"
    installed_says >"$E2E_WORK/log"
    cat "$E2E_WORK/log"
    expect_equal "$(sed -n 's/^usbipd-desktop: inserted //p' "$E2E_WORK/log" | xargs)" \
        'usb-common usbcore usbip-core vhci-hcd'
    grep -qx 'usbipd-desktop: ready: the modules are in the kernel' "$E2E_WORK/log"
}
