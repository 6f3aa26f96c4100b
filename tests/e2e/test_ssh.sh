#!/usr/bin/env bash
# An engine over ssh, by Debian's own ssh and sshd: status, refusals, a passphrase on the terminal, other programs at
# the other end than docker's, and a board on this side for a container on the other.
# lab: registry mirror native vm board
# only: campaign: with a run of docker at the other end for each connection, it takes minutes
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

SSH=$E2E_WORK/ssh
SSH_PORT=$((22000 + RANDOM % 9000))

# Users have their settings at home; here a wrapper brings them, which is first in PATH.
make_server() {
    mkdir -p "$SSH"/{bin,elsewhere} /run/sshd
    ssh-keygen -q -t ed25519 -N '' -f "$SSH/host"
    ssh-keygen -q -t ed25519 -N '' -f "$SSH/key"
    ssh-keygen -q -t ed25519 -N 'a passphrase' -f "$SSH/locked"
    ssh-keygen -q -t ed25519 -N '' -f "$SSH/stranger"
    cat "$SSH"/{key,locked}.pub >"$SSH/authorized"
    cat >"$SSH/config" <<END
Host engine
    HostName 127.0.0.1
    IdentityFile $SSH/key
Host locked
    HostName 127.0.0.1
    IdentityFile $SSH/locked
Host stranger
    HostName 127.0.0.1
    IdentityFile $SSH/stranger
Host unknown
    HostName 127.0.0.1
    IdentityFile $SSH/key
    UserKnownHostsFile $SSH/none
    StrictHostKeyChecking yes
Host shared
    HostName 127.0.0.1
    IdentityFile $SSH/key
    ControlMaster auto
    ControlPath $SSH/%C
    ControlPersist 5
Host *
    User root
    Port $SSH_PORT
    IdentitiesOnly yes
    UserKnownHostsFile $SSH/known
END
    printf '[127.0.0.1]:%s %s\n' "$SSH_PORT" "$(cut -d' ' -f1,2 "$SSH/host.pub")" >"$SSH/known"
    printf '#!/bin/sh\necho "$@" >>%q\nexec /usr/bin/ssh -F %q "$@"\n' "$SSH/calls" "$SSH/config" >"$SSH/bin/ssh"
    chmod +x "$SSH/bin/ssh"
    sshd_start "DOCKER_HOST=$LAB_VM"
}

# sshd_start VARIABLE=VALUE...: what is run there has these.
sshd_start() {
    local words
    sshd_stop
    words=$(printf ' %s' "$@")
    /usr/sbin/sshd -f /dev/null -E "$SSH/log" -p "$SSH_PORT" -h "$SSH/host" -o "ListenAddress=127.0.0.1" \
        -o "AuthorizedKeysFile=$SSH/authorized" -o StrictModes=no -o "PidFile=$SSH/pid" -o PasswordAuthentication=no \
        -o KbdInteractiveAuthentication=no -o UsePAM=no -o "SetEnv=${words# }"
    later 5 test -s "$SSH/pid"
}
sshd_stop() {
    [ ! -s "$SSH/pid" ] || kill "$(cat "$SSH/pid")"
    rm -f "$SSH/pid"
}

# Names of one host share a login: from here on a new one is needed. The place for it has to have a short path.
new_login() {
    XDG_RUNTIME_DIR=$(mktemp -d "${TMPDIR:-/tmp}/ud-XXXXXX")
    export XDG_RUNTIME_DIR
    echo "$XDG_RUNTIME_DIR" >>"$SSH/places"
}

by_ssh() { PATH=$SSH/bin:$PATH ud "$@"; }

# reaches URL: the engine there is the virtual machine's.
reaches() {
    expect_exit 0 by_ssh status --host "$1" --json
    expect_json ".engine.endpoint == \"$1\" and .kernel.release == \"$LAB_VM_RELEASE\""
}

status_by_names() {
    reaches ssh://engine
    reaches "ssh://root@engine:$SSH_PORT"
    grep -q -- '-o ControlMaster=auto' "$SSH/calls" || fail "connections do not share a login"
}

dockers_context() {
    DOCKER_CONFIG=$E2E_WORK/docker docker context create far --docker host=ssh://engine
    DOCKER_CONFIG=$E2E_WORK/docker expect_exit 0 by_ssh status --context far --json
    expect_json '.engine.endpoint == "ssh://engine" and .engine.origin == "--context far"'
}

# The user's own place for shared logins is used.
the_users_sharing() {
    : >"$SSH/calls"
    reaches ssh://shared
    ! grep -q ControlMaster "$SSH/calls" || fail "the user's settings are overridden"
}

# refused HOST TEXT...
refused() {
    expect_exit 3 by_ssh status --host "$1"
    expect_text "${@:2}"
}

refusals() {
    new_login
    refused ssh://stranger 'Permission denied (publickey)'
    refused ssh://unknown 'Host key verification failed'
    refused ssh://engine:1 'Connection refused'
    refused ssh://no-such-host.invalid 'Could not resolve hostname'
}

a_passphrase() {
    new_login
    PATH=$SSH/bin:$PATH "$E2E_PTY" "$E2E_WORK/terminal" "$UD_BINARY" status --host ssh://locked <<'STEPS' ||
expect Enter passphrase
send a passphrase\r
expect kernel
end 0
STEPS
        fail "$(cat -v "$E2E_WORK/terminal")"
}

# Only what is named is there: docker's and podman's programs are not.
other_programs() {
    local program
    for program in sh bash socat; do ln -s "$(command -v "$program")" "$SSH/elsewhere/"; done
    # Of ssh, a log-in shell may set PATH anew: the name of docker is taken away there.
    for program in docker podman; do
        printf '#!/bin/sh\nexit 127\n' >"$SSH/elsewhere/$program"
        chmod +x "$SSH/elsewhere/$program"
    done
    sshd_start "PATH=$SSH/elsewhere"
    new_login
    expect_exit 0 by_ssh status --host "ssh://engine${LAB_NATIVE#unix://}" --json
    expect_json ".engine.endpoint == \"ssh://engine${LAB_NATIVE#unix://}\""
    sshd_start "DOCKER_HOST=$LAB_VM"
}

# What is on the way may not be taken for the shell's words.
# shellcheck disable=SC2016 # it is not for this shell
no_words_for_a_shell() {
    expect_exit 2 by_ssh status --host 'ssh://engine/tmp/$(touch${IFS}x).sock'
    expect_exit 2 by_ssh status --host 'ssh://-oProxyCommand=x'
}

a_board_on_this_side() {
    local code=0
    new_login
    PATH=$SSH/bin:$PATH "$UD_BINARY" build --host ssh://engine --build-host "$LAB_NATIVE" --with ftdi_sio \
        --output "$E2E_WORK/dist"
    expect_exit 0 by_ssh load --host ssh://engine --input "$E2E_WORK/dist" --with ftdi_sio
    PATH=$SSH/bin:$PATH "$UD_BINARY" attach --host ssh://engine -r "$BOARD_SERVER_HERE" --via here -i "$BOARD_FTDI" \
        >"$E2E_WORK/stay.out" 2>"$E2E_WORK/stay.err" &
    later 90 grep -q '^run ' "$E2E_WORK/stay.out" || fail "$(cat "$E2E_WORK/stay.err")"
    cat "$E2E_WORK/stay.out"
    expect_equal "$(serial_answers --device /dev/ttyUSB0)" 'board heard: hello board'
    kill -TERM $!
    wait $! || code=$?
    expect_equal "$code" 0
    in_vm rmmod ftdi_sio usbserial
    expect_exit 0 by_ssh unload --host ssh://engine --input "$E2E_WORK/dist"
}

clean_up() {
    sshd_stop
    vm_shell_close
    [ ! -s "$SSH/places" ] || xargs rm -rf <"$SSH/places"
}

trap clean_up EXIT
vm_shell_open "$LAB_VM"
check "(an ssh server)" make_server
check "status by names of ssh's own settings" status_by_names
check "a context of docker's" dockers_context
check "a place for shared logins that the user has" the_users_sharing
check "what ssh refuses is passed on" refusals
check "a passphrase is asked for on the terminal" a_passphrase
check "without docker's command at the other end" other_programs
check "nothing for a shell is in an address" no_words_for_a_shell
check "a board on this side for a container on the other" a_board_on_this_side
