# shellcheck shell=bash
# shellcheck disable=SC2034,SC2153 # set here or by `run`, used by others
# Engines as the docker CLI sees them, and a shell inside a virtual machine.

# The mark of what the tests themselves create in an engine: snapshots leave it out.
readonly E2E_MARK=ud-e2e
readonly E2E_TOOLS=$E2E_MARK/tools:1

# snapshot ENGINE: its containers, images and volumes, a line each, sorted. Images without a name
# that are part of one with a name belong to that one.
snapshot() {
    {
        docker -H "$1" ps -a --no-trunc --format 'container {{.Names}} {{.Image}} {{.Status}}' |
            sed 's/ Up .*/ up/'
        docker -H "$1" images --no-trunc --format 'image {{.Repository}}:{{.Tag}} {{.ID}}'
        docker -H "$1" volume ls --format 'volume {{.Name}}'
    } | awk -v mark="$E2E_MARK" '!index($0, mark)' | sort
}

# without_kept: a snapshot less the images that docs/containers.md says are kept.
without_kept() { grep -vE '^image usbipd-desktop/(helper|builder|prepared):' || true; }

# expect_only_kept BEFORE AFTER: what is new is only such images, and nothing is gone but prepared
# trees, of which the oldest make room.
expect_only_kept() {
    local lost
    lost=$(comm -23 "$1" "$2" | grep -v '^image usbipd-desktop/prepared:' || true)
    [ -z "$lost" ] || fail "gone from the engine: $lost"
    diff -u <(without_kept <"$1") <(without_kept <"$2") || fail "something is left in the engine"
}

# import_tools ENGINE [BUSYBOX]: an image with this machine's static busybox, or the one given.
import_tools() {
    local root=$E2E_WORK/tools-root
    if docker -H "$1" image inspect "$E2E_TOOLS" >/dev/null 2>&1; then return; fi
    if [ ! -d "$root" ]; then
        mkdir -p "$root"/{bin,tmp,vm}
        cp "${2:-/bin/busybox}" "$root/bin/"
        /bin/busybox --list | grep -vx busybox | xargs -I{} ln -s busybox "$root/bin/{}"
    fi
    tar -c -C "$root" . | docker -H "$1" import -c 'ENV PATH=/bin' - "$E2E_TOOLS" >/dev/null
}

VM_SHELL_ENGINE=
VM_SHELL_NAME=$E2E_MARK-shell-$$

# vm_shell_open ENGINE [BUSYBOX]: starts the shell that in_vm speaks to. Starting a container under emulation
# takes seconds; one for all commands is enough.
vm_shell_open() {
    import_tools "$@"
    mkfifo "$E2E_WORK/shell.in" "$E2E_WORK/shell.out"
    docker -H "$1" run -i --rm --name "$VM_SHELL_NAME" --privileged --pid host --network host \
        -v /:/vm "$E2E_TOOLS" sh <"$E2E_WORK/shell.in" >"$E2E_WORK/shell.out" 2>&1 3>&- &
    VM_SHELL_ENGINE=$1
    exec 7>"$E2E_WORK/shell.in" 8<"$E2E_WORK/shell.out"
    in_shell true || fail "no shell in the virtual machine"
}

vm_shell_close() {
    [ -n "$VM_SHELL_ENGINE" ] || return 0
    exec 7>&- 8<&-
    docker -H "$VM_SHELL_ENGINE" rm -f "$VM_SHELL_NAME" >/dev/null 2>&1 || true
    docker -H "$VM_SHELL_ENGINE" rmi -f "$E2E_TOOLS" >/dev/null 2>&1 || true
    rm -f "$E2E_WORK"/shell.{in,out}
    VM_SHELL_ENGINE=
}

# What the shell says until the mark that in_shell has it print. It is read to the end before it is
# passed on: a reader that leaves early would leave the rest for the next command's.
shell_answer() {
    local line text=
    while IFS= read -r -t 300 -u 8 line; do
        case $line in
        *"-- end "*)
            printf '%s' "$text${line%%-- end *}"
            return "${line##*-- end }"
            ;;
        esac
        text+=$line$'\n'
    done
    fail "the shell in the virtual machine does not answer"
}

# in_shell COMMAND...: in the shell's own container, where the virtual machine's root is /vm.
in_shell() {
    printf '(%s) 2>&1 </dev/null; echo "-- end $?"\n' "$(printf '%q ' "$@")" >&7
    shell_answer
}

# in_vm COMMAND...: with the virtual machine's own files and programs.
in_vm() { in_shell chroot /vm /usr/bin/env PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"; }

# in_init COMMAND...: where the virtual machine's first process is, which has mounts that came after in_vm's.
in_init() { in_shell nsenter -t 1 -m "$@"; }

# put_in_vm FILE PATH: not with `docker cp`, which mounts all of the virtual machine's file systems
# once more each time.
put_in_vm() {
    {
        printf 'base64 -d >%q <<E2E_END; echo "-- end $?"\n' "/vm$2"
        base64 "$1"
        echo E2E_END
    } >&7
    shell_answer
    expect_equal "$(in_shell sha256sum "/vm$2" | cut -d' ' -f1)" "$(sha256sum <"$1" | cut -d' ' -f1)"
}

vm_modules() { in_vm cat /proc/modules; }

# The USB and USB/IP modules in the virtual machine's kernel, sorted, on one line.
vm_usb_modules() {
    vm_modules | awk '$1 ~ /^(usb_common|usbcore|usbip_core|vhci_hcd)$/ { print $1 }' | sort | xargs
}
readonly ALL_FOUR='usb_common usbcore usbip_core vhci_hcd'

# remember VM: what is in both engines and, by name, in the kernel, which has no USB yet.
remember() {
    snapshot "$1" >"$E2E_WORK/vm.before"
    snapshot "$LAB_NATIVE" >"$E2E_WORK/native.before"
    vm_modules | cut -d' ' -f1 | sort >"$E2E_WORK/modules.before"
    expect_equal "$(vm_usb_modules)" ''
}

# expect_remembered VM: but for the images that are kept.
expect_remembered() {
    snapshot "$1" >"$E2E_WORK/vm.after"
    snapshot "$LAB_NATIVE" >"$E2E_WORK/native.after"
    expect_only_kept "$E2E_WORK/vm.before" "$E2E_WORK/vm.after"
    expect_only_kept "$E2E_WORK/native.before" "$E2E_WORK/native.after"
    vm_modules | cut -d' ' -f1 | sort >"$E2E_WORK/modules.after"
    expect_same "$E2E_WORK/modules.before" "$E2E_WORK/modules.after"
}
