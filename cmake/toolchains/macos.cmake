# What the toolchains for macOS share: programs for macOS 11 and later, by zig.
#
#   ud_macos(<processor as zig names it> <processor as macOS names it>)
#
# The system's library (libSystem) is the only dynamic one: macOS has no static one, and its
# system calls are no stable interface. zig's linker signs programs for arm64 ad hoc, without
# which Apple silicon runs none; nothing may change them afterwards.
include(${CMAKE_CURRENT_LIST_DIR}/zig.cmake)
set(UD_MACOS_DIR ${CMAKE_CURRENT_LIST_DIR})
file(GLOB_RECURSE UD_MACOS_HEADERS ${UD_MACOS_DIR}/darwin-include/*.h)
list(APPEND UD_TOOLCHAIN_FILES ${CMAKE_CURRENT_LIST_FILE} ${UD_MACOS_HEADERS})

macro(ud_macos zig_processor processor)
    set(CMAKE_SYSTEM_NAME Darwin)
    set(CMAKE_SYSTEM_PROCESSOR ${processor})
    ud_zig(${zig_processor}-macos.11.0)

    # There is no SDK: zig knows where its headers are.
    set(CMAKE_OSX_SYSROOT "" CACHE PATH "")
    set(CMAKE_OSX_DEPLOYMENT_TARGET "" CACHE STRING "")
    # CMake insists on it, for paths of dynamic libraries that nothing here has.
    set(CMAKE_INSTALL_NAME_TOOL /bin/true CACHE FILEPATH "")

    # libcurl calls a function of a framework and drops its value. For headers that libraries
    # include without being asked there are stand-ins in darwin-include.
    foreach(framework SYSTEMCONFIGURATION COREFOUNDATION CORESERVICES)
        set(${framework}_FRAMEWORK none CACHE FILEPATH "")
    endforeach()
    set(CMAKE_C_FLAGS_INIT "-isystem ${UD_MACOS_DIR}/darwin-include")

    set(CMAKE_FIND_FRAMEWORK NEVER)
    set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
    set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
    set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
    set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
endmacro()
