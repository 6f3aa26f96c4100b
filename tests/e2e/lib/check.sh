# shellcheck shell=bash
# Test cases and what they expect.

# check WHAT COMMAND...: one test case; goes on after a failure, which `run` counts.
check() {
    local what=$1 started=$EPOCHREALTIME verdict=ok rc seconds
    shift
    printf -- '--- %s\n' "$what"
    trap - ERR
    set +e
    # In a subshell of its own, which no condition surrounds: there `set -e` would mean nothing.
    (
        set -e
        trap 'printf "failed: %s (%s:%s)\n" "$BASH_COMMAND" "${BASH_SOURCE[0]##*/}" "$LINENO" >&2' ERR
        trap - EXIT
        "$@"
    ) 2>&1
    rc=$?
    set -e
    [ "$rc" = 0 ] || verdict=FAILED
    seconds=$(bc <<<"scale=1; ($EPOCHREALTIME - $started) / 1")
    printf -- '--- %s: %s, %s s\n' "$verdict" "$what" "$seconds"
    printf '%s\t%s\t%s\n' "$verdict" "$seconds" "$what" >>"$E2E_RESULTS"
    printf '%-6s %6s s  %s: %s\n' "$verdict" "$seconds" "$E2E_NAME" "$what" >&3
}

fail() {
    printf 'failed: %s\n' "$*"
    return 1
}

# expect_exit CODE COMMAND...: keeps its output in $E2E_WORK/out and $E2E_WORK/err.
expect_exit() {
    local code=$1 rc=0
    shift
    printf '+ %s\n' "$*"
    "$@" >"$E2E_WORK/out" 2>"$E2E_WORK/err" || rc=$?
    sed 's/^/  out: /' "$E2E_WORK/out"
    grep -v '"event":"progress"' "$E2E_WORK/err" | sed 's/^/  err: /' || true
    [ "$rc" = "$code" ] || fail "exit code $rc, expected $code"
}

# What the last command said, as one line: long messages are wrapped.
said() { cat "$E2E_WORK/out" "$E2E_WORK/err" | tr -s ' \n' ' '; }

# expect_text TEXT...: the last command said each of them, on either stream.
expect_text() {
    local text
    for text in "$@"; do
        said | grep -qF -- "$text" || fail "it did not say: $text"
    done
}

# expect_json FILTER: the last command's standard output is one document of schema 1 of which the
# jq expression is true.
expect_json() {
    [ "$(jq -s 'length' "$E2E_WORK/out")" = 1 ] || fail "not one JSON document"
    jq -e '.schema == 1' "$E2E_WORK/out" >/dev/null || fail "its schema is not 1"
    jq -e "$1" "$E2E_WORK/out" >/dev/null || fail "not so in the document: $1"
}

# expect_same FILE FILE
expect_same() { diff -u "$1" "$2" || fail "$1 and $2 differ"; }

# expect_equal ACTUAL EXPECTED
expect_equal() { [ "$1" = "$2" ] || fail "it is '$1', expected '$2'"; }

# later SECONDS COMMAND...: until the command succeeds.
later() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$deadline" ] || return 1
        sleep 0.3
    done
}
