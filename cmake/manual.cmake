# The manual page and the shell completion, which the program itself prints from
# the table of its commands; only where the program can be run.
if(NOT CMAKE_SYSTEM_NAME STREQUAL CMAKE_HOST_SYSTEM_NAME
        OR NOT CMAKE_SYSTEM_PROCESSOR STREQUAL CMAKE_HOST_SYSTEM_PROCESSOR)
    return()
endif()

set(manual ${PROJECT_BINARY_DIR}/usbipd-desktop.1)
set(completion ${PROJECT_BINARY_DIR}/usbipd-desktop.bash)
add_custom_command(OUTPUT ${manual} ${completion}
    COMMAND $<TARGET_FILE:usbipd-desktop> help --man > ${manual}
    COMMAND $<TARGET_FILE:usbipd-desktop> help --completion bash > ${completion}
    DEPENDS usbipd-desktop
    COMMENT "Writing the manual page"
    VERBATIM)
add_custom_target(manual ALL DEPENDS ${manual} ${completion})
install(FILES ${manual} DESTINATION share/man/man1)
install(FILES ${completion} DESTINATION share/bash-completion/completions
    RENAME usbipd-desktop)
