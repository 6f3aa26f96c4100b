# shellcheck shell=bash
# What the end-to-end tests share. A test is a bash script that sources this first, says in a line
# `# lab: PART...` which parts of the lab it needs, perhaps `# lane: 2` or `# only: when named` (see run),
# and then makes its checks, each one test case:
#
#   check "what is expected" FUNCTION [ARGUMENT...]
#
# A case runs in a subshell with `set -e`: what it wants to keep goes into files in $E2E_WORK.
# tests/e2e/run sets E2E_NAME, E2E_WORK (this test's directory), E2E_SHARED (that of all tests of a
# run), E2E_RESULTS, E2E_DIR, UD_BINARY and the lab's LAB_*.
set -Eeuo pipefail
shopt -s inherit_errexit

: "${E2E_WORK:?start the tests with tests/e2e/run}"

# Nothing of the user's decides what a test does.
unset DOCKER_HOST DOCKER_CONTEXT DOCKER_TLS_VERIFY NO_COLOR
export DOCKER_CONFIG=$E2E_WORK/docker-config XDG_CACHE_HOME=$E2E_WORK/cache LC_ALL=C
mkdir -p "$DOCKER_CONFIG" "$XDG_CACHE_HOME"

for file in "$E2E_DIR"/lib/*.sh; do
    # shellcheck source=/dev/null
    . "$file"
done
trap 'vm_shell_close' EXIT
