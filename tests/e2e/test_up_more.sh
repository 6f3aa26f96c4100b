#!/usr/bin/env bash
# up and down: interrupted, and for a device whose driver only its class names.
# lab: registry mirror native vm board
# only: campaign: it builds twice, and interrupts what it builds for
# shellcheck source=tests/e2e/up.sh
. "$(dirname "${BASH_SOURCE[0]}")/up.sh"

trap board_clean_up EXIT
vm_shell_open "$LAB_VM"
check "(what is there before)" remember "$LAB_VM"
check "(up, and down again)" from_nothing
check "the virtual machine is as it was" as_it_was
check "up goes on after Ctrl-C" interrupted_and_gone_on
check "down undoes what Ctrl-C left" interrupted_and_undone
check "a driver is found by class" found_by_class
check "and as it was again" as_it_was
