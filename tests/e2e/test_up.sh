#!/usr/bin/env bash
# up and down: from a virtual machine without USB to a board that answers a container, once more
# with nothing to do, and back.
# lab: registry mirror native vm board
# lane: 2
# shellcheck source=tests/e2e/up.sh
. "$(dirname "${BASH_SOURCE[0]}")/up.sh"

trap board_clean_up EXIT
vm_shell_open "$LAB_VM"
check "(what is there before)" remember "$LAB_VM"
check "down has nothing to undo" nothing_to_undo
check "without a terminal the list is the error, and a wrong name costs no build" without_a_terminal
check "up from a virtual machine without USB" from_nothing
check "the board answers a container" the_board_answers
check "a second up changes nothing" nothing_changes
check "down leaves what up did not do" what_is_not_of_up_stays
check "down undoes the rest later" the_rest_is_undone_later
check "a person leaves the list" left_by_keys
check "a person chooses" chosen_by_keys
check "a damaged journal is told" a_damaged_journal
check "the virtual machine is as it was" as_it_was
