#!/usr/bin/env bash
# Tests what the completion scripts offer, each in its shell. That for PowerShell is not tried: Debian has no
# PowerShell.
#
#   completion.sh BINARY
set -u

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
binary=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
"$binary" help --completion bash >"$work/script" || exit 1
# shellcheck source=/dev/null
source "$work/script" || exit 1
cd "$work" && mkdir files files/sub && touch files/a.config "files/b c" || exit 1
failed=0

# offers EXPECTED WORD...: the words as bash splits them, the last one is
# completed. What is offered is compared sorted.
offers() {
    local expected=$1 actual
    shift
    COMP_WORDS=("$@")
    COMP_CWORD=$(($# - 1))
    COMPREPLY=()
    _usbipd_desktop 2>/dev/null
    actual=$(printf '%s\n' "${COMPREPLY[@]+"${COMPREPLY[@]}"}" | LC_ALL=C sort | tr '\n' '|')
    if [[ $actual != "$expected" ]]; then
        echo "FAILED ${*@Q}: offered $actual, expected $expected"
        failed=1
    fi
}

offers 'build|builder|' usbipd-desktop bu
offers 'prune|' usbipd-desktop builder pr
offers 'load|' usbipd-desktop --json lo
offers '--source|--source-mirror|--source-sha256|' usbipd-desktop build --sou
offers '--json|' usbipd-desktop build --js
offers '|' usbipd-desktop load --sou
offers '--all|' usbipd-desktop unload --al
offers 'plain|' usbipd-desktop --progress pl
offers 'tty|' usbipd-desktop status --progress = t
offers 'auto|json|none|plain|tty|' usbipd-desktop status --progress =
offers 'files/a.config|files/b c|files/sub|' usbipd-desktop build --symvers files/
offers 'files/sub|' usbipd-desktop build -o files/
offers '|' usbipd-desktop build --jobs ''
offers 'unload|' usbipd-desktop help unl
offers 'vhcli|' usbipd-desktop vh
offers 'start|stop|' usbipd-desktop vhcli st
offers 'vhcli|' usbipd-desktop image vh
offers '--client|--client-sha256|' usbipd-desktop image vhcli --cli
offers '--follow|' usbipd-desktop vhcli logs --fo
offers '|' usbipd-desktop vhcli start --fo
offers 'files/a.config|files/b c|files/sub|' usbipd-desktop image vhcli --client files/

# The other scripts ask the program, which they find in PATH.
mkdir bin && ln -s "$binary" bin/usbipd-desktop
PATH=$work/bin:$PATH
for shell in zsh fish powershell; do "$binary" help --completion "$shell" >"script.$shell" || exit 1; done

# shellcheck disable=SC2317 # asked() calls it
in_fish() { fish --no-config -c "source script.fish; complete -C '$1'" | cut -f1; }

# zsh's own functions stand in for the editor: they show what they are given.
# shellcheck disable=SC2317 # asked() calls it
in_zsh() {
    zsh -f -c '
        compdef() { : }
        _describe() { print -l -- ${(P)2%%:*} }
        _files() { print -l -- files/* }
        source script.zsh
        words=(${(z)1}) && [[ $1 != *" " ]] || words+=("")
        CURRENT=$#words
        _usbipd_desktop' zsh "$1"
}

# asked EXPECTED LINE: in each of them the same is offered.
asked() {
    local shell actual
    for shell in zsh fish; do
        actual=$("in_$shell" "$2" | sed 's,/$,,' | LC_ALL=C sort | tr '\n' '|')
        if [[ $actual != "$1" ]]; then
            echo "FAILED $shell: $2: offered $actual, expected $1"
            failed=1
        fi
    done
}

asked 'build|builder|' 'usbipd-desktop bu'
asked 'prune|' 'usbipd-desktop builder pr'
asked 'list|make|prune|' 'usbipd-desktop builder '
asked 'load|' 'usbipd-desktop --host unix:///x lo'
asked '--source|--source-mirror|--source-sha256|' 'usbipd-desktop build --sou'
asked '--json|' 'usbipd-desktop build --js'
asked 'plain|' 'usbipd-desktop --progress pl'
asked 'unload|' 'usbipd-desktop help unl'
asked 'files/a.config|files/b c|files/sub|' 'usbipd-desktop build --symvers files/'
echo "completion: $([[ $failed -eq 0 ]] && echo good || echo FAILED)"
exit "$failed"
