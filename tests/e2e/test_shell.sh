#!/usr/bin/env bash
# A shell in the virtual machine: its streams, its terminal, its end.
# lab: registry native vm
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

SHELL_VM=(shell --host "$LAB_VM")

# The name of the virtual machine, as its engine tells.
vm_name() { docker -H "$LAB_VM" info -f '{{.Name}}'; }

our_containers() { docker -H "$LAB_VM" ps -aq --filter label=io.github.usbipd-desktop; }
# An engine may list a container for a moment after it has said that it is removed.
none_left() { later 10 no_container || fail "left: $(our_containers)"; }
no_container() { [ -z "$(our_containers)" ]; }

program() {
    expect_exit 0 ud "${SHELL_VM[@]}" -- uname -r
    expect_equal "$(cat "$E2E_WORK/out")" "$LAB_VM_RELEASE"
    expect_equal "$(cat "$E2E_WORK/err")" ''
    none_left
}

commands_from_a_pipe() {
    echo 'cat /etc/hostname; echo bad >&2; exit 7' | expect_exit 7 ud "${SHELL_VM[@]}"
    expect_equal "$(cat "$E2E_WORK/out")" "$(vm_name)"
    expect_equal "$(cat "$E2E_WORK/err")" bad
    none_left
}

binary_data() {
    head -c 5000000 /dev/urandom >"$E2E_WORK/data"
    ud "${SHELL_VM[@]}" -- cat <"$E2E_WORK/data" >"$E2E_WORK/echoed"
    cmp "$E2E_WORK/data" "$E2E_WORK/echoed"
}

no_such_program() {
    expect_exit 127 ud "${SHELL_VM[@]}" -- no-such-program
    expect_text "cannot run no-such-program in the VM"
    none_left
}

reader_gone() {
    local codes
    codes=$(
        set +eo pipefail
        ud "${SHELL_VM[@]}" -- yes 2>"$E2E_WORK/err" | head -n 1 >/dev/null
        echo "${PIPESTATUS[0]}"
    )
    expect_equal "$codes" 15
    grep -q 'cannot write to standard output' "$E2E_WORK/err"
    none_left
}

# on_terminal: does the steps of standard input to a shell on a terminal.
on_terminal() {
    TERM=xterm "$E2E_PTY" "$E2E_WORK/terminal" "$UD_BINARY" "${SHELL_VM[@]}" || {
        cat -v "$E2E_WORK/terminal"
        fail "on the terminal"
    }
}

# The marks are not in what is typed, or the echo would be taken for the answer. A key is typed only
# at a prompt or to a running program: the shell drops what came before its prompt when Ctrl-C comes.
# A new size reaches the shell a request to the engine later, however long that takes.
terminal() {
    on_terminal <<'STEPS'
expect #
send tty && echo na''me-ok\r
expect /dev/pts/
expect name-ok
expect #
send stty size\r
expect 24 80
expect #
resize 40 132
send until [ "$(stty size)" != "24 80" ]; do sleep 1; done; stty size\r
expect 40 132
expect #
send echo sleep''ing; sleep 100; echo after=$?\r
expect sleeping
send \x03
expect ^C
expect #
send echo in''terrupted-$?\r
expect interrupted-130
expect #
send exit 9\r
end 9
mode
STEPS
    none_left
}

# A signal to the program is the user's wish to end it, unlike a key.
terminated() {
    on_terminal <<STEPS
expect #
send echo sleep''ing; sleep 200\r
expect sleeping
signal $1
end 130
mode
STEPS
    none_left
}

terminal_closed() {
    on_terminal <<'STEPS'
expect #
hangup
end 130
STEPS
    none_left
}

own_kernel() {
    docker -H "$LAB_NATIVE" ps -aq | sort >"$E2E_WORK/before"
    expect_exit 2 ud shell --host "$LAB_NATIVE" -- true
    docker -H "$LAB_NATIVE" ps -aq | sort >"$E2E_WORK/after"
    expect_same "$E2E_WORK/before" "$E2E_WORK/after"
    expect_text --native
}

no_json() {
    expect_exit 2 ud "${SHELL_VM[@]}" --json -- true
    expect_text --json
}

check "a program's output is all there is" program
check "commands from a pipe, and their exit code" commands_from_a_pipe
check "five megabytes there and back" binary_data
check "no such program" no_such_program
check "the reader of the output goes away" reader_gone
check "a terminal: name, size, Ctrl-C, mode restored" terminal
check "SIGTERM while a program runs on the terminal" terminated 15
check "SIGHUP while a program runs on the terminal" terminated 1
check "the terminal is closed" terminal_closed
check "this machine's own kernel" own_kernel
check "no --json" no_json
