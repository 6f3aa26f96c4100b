# The manual page and the scripts that complete commands in shells, which the program itself prints from the table of
# its commands; only where the program can be run, by itself or by an emulator.
if(NOT CMAKE_SYSTEM_NAME STREQUAL CMAKE_HOST_SYSTEM_NAME
        OR NOT (CMAKE_SYSTEM_PROCESSOR STREQUAL CMAKE_HOST_SYSTEM_PROCESSOR OR CMAKE_CROSSCOMPILING_EMULATOR))
    return()
endif()

set(program ${CMAKE_CROSSCOMPILING_EMULATOR} $<TARGET_FILE:usbipd-desktop>)
set(manual ${PROJECT_BINARY_DIR}/usbipd-desktop.1)
set(printed ${manual})
set(commands COMMAND ${program} help --man > ${manual} COMMAND gzip -9nkf ${manual})
foreach(shell bash zsh fish powershell)
    list(APPEND printed ${PROJECT_BINARY_DIR}/usbipd-desktop.${shell})
    list(APPEND commands
        COMMAND ${program} help --completion ${shell} > ${PROJECT_BINARY_DIR}/usbipd-desktop.${shell})
endforeach()
add_custom_command(OUTPUT ${printed} ${commands}
    DEPENDS usbipd-desktop
    COMMENT "Writing the manual page and the completions"
    VERBATIM)
add_custom_target(manual ALL DEPENDS ${printed})
install(FILES ${manual}.gz DESTINATION share/man/man1)
# The names and places that each shell looks for.
install(FILES ${PROJECT_BINARY_DIR}/usbipd-desktop.bash DESTINATION share/bash-completion/completions
    RENAME usbipd-desktop)
foreach(folder site-functions vendor-completions) # Debian's zsh looks into the second only
    install(FILES ${PROJECT_BINARY_DIR}/usbipd-desktop.zsh DESTINATION share/zsh/${folder} RENAME _usbipd-desktop)
endforeach()
install(FILES ${PROJECT_BINARY_DIR}/usbipd-desktop.fish DESTINATION share/fish/vendor_completions.d)
