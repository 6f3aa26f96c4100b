#!/usr/bin/env bash
# `docker usb ...`: the program as a plugin of docker's own command line, of the one that is first in PATH, Debian's,
# and those that UD_DOCKER_CLIS names.
# lab: native
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

export DOCKER_CONFIG=$E2E_WORK/docker
PLUGIN=$DOCKER_CONFIG/cli-plugins/docker-usb
read -ra CLIS <<<"docker /usr/bin/docker ${UD_DOCKER_CLIS:-}"

each_cli() {
    local cli
    for cli in "${CLIS[@]}"; do
        "$cli" --version
        CLI=$cli
        "$@"
    done
}

install_it() {
    expect_exit 0 ud plugin install --json
    expect_json ".changed and .path == \"$PLUGIN\" and .program == \"$UD_BINARY\""
    expect_exit 0 ud plugin install --json
    expect_json '.changed | not'
}

docker_knows_it() {
    "$CLI" --help >"$E2E_WORK/out" 2>&1
    grep -E '^ +usb\*? +USB devices in containers' "$E2E_WORK/out" || fail "docker does not list it"
    "$CLI" usb version >"$E2E_WORK/out"
    expect_equal "$(cat "$E2E_WORK/out")" "$(ud version)"
    "$CLI" usb help attach | grep -q 'Attach a device' || fail "docker usb help attach"
}

# status, of an engine that is named as docker has it named.
engine_of() { jq -r '.engine.endpoint' "$E2E_WORK/out"; }

dockers_options_are_taken() {
    expect_exit 0 "$CLI" -H "$LAB_NATIVE" usb status --json
    expect_equal "$(engine_of)" "$LAB_NATIVE"
    "$CLI" context inspect lab >/dev/null 2>&1 || "$CLI" context create lab --docker "host=$LAB_NATIVE"
    expect_exit 0 "$CLI" --context lab usb status --json
    expect_equal "$(engine_of)" "$LAB_NATIVE"
    expect_exit 0 "$CLI" --config "$DOCKER_CONFIG" -c lab usb status --json
    expect_equal "$(engine_of)" "$LAB_NATIVE"
    expect_exit 3 "$CLI" -H "unix://$E2E_WORK/none.sock" usb status
}

engines_are_listed() {
    docker context inspect asleep >/dev/null 2>&1 || docker context create asleep --docker host=ssh://nobody@asleep.invalid
    docker context inspect gone >/dev/null 2>&1 || docker context create gone --docker "host=unix://$E2E_WORK/gone.sock"
    expect_exit 0 ud engines --context lab --json
    expect_json "[.engines[] | select(.chosen).endpoint] == [\"$LAB_NATIVE\"]"
    expect_json '[.engines[] | select(.chosen) | .state, .origin, .product] == ["answers", "--context lab", "Docker"]'
    expect_json '[.engines[] | select(.origin == "context asleep").state] == ["not asked"]'
    expect_json '[.engines[] | select(.origin == "context gone") | .state, .error] | .[0] == "fails" and (.[1] | test("gone.sock"))'
    expect_exit 0 ud engines --context nothing --json
    expect_json '(.failure | test("no docker context nothing")) and ([.engines[] | select(.chosen)] == [])'
    expect_exit 2 ud engines --context lab --host "$LAB_NATIVE"
}

exit_codes_pass() {
    expect_exit 2 "$CLI" usb attach --no-such-option
    expect_exit 2 "$CLI" usb nothing
}

# Docker 20.10 does not ask its plugins.
it_completes() {
    [[ $("$CLI" --version) != *'version 20.'* ]] || return 0
    expect_equal "$("$CLI" __complete usb at 2>/dev/null | cut -f1 | head -n 1)" attach
}

foreign_ones_stay() {
    ud plugin uninstall
    [ ! -e "$PLUGIN" ] || fail "it is still there"
    expect_exit 0 ud plugin uninstall --json
    expect_json '.changed | not'
    printf '#!/bin/sh\necho "{\\"Vendor\\":\\"somebody\\"}"\n' >"$PLUGIN"
    chmod +x "$PLUGIN"
    expect_exit 12 ud plugin install
    expect_text "another plugin's"
    expect_exit 12 ud plugin uninstall
    grep -q somebody "$PLUGIN" || fail "it was changed"
    rm "$PLUGIN"
    ln -s "$E2E_WORK/nowhere" "$PLUGIN"
    expect_exit 0 ud plugin install
    expect_equal "$(readlink "$PLUGIN")" "$UD_BINARY"
}

check "it is installed, and a second time nothing changes" install_it
check "docker lists and runs it" each_cli docker_knows_it
check "docker's options and contexts choose the engine" each_cli dockers_options_are_taken
check "engines lists contexts, and asks what may be asked" engines_are_listed
check "exit codes pass" each_cli exit_codes_pass
check "docker's completion offers its commands" each_cli it_completes
check "somebody else's plugin stays" foreign_ones_stay
