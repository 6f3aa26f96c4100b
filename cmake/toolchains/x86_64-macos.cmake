# Programs for macOS 11 and later on Intel processors, with zig.
include(${CMAKE_CURRENT_LIST_DIR}/macos.cmake)
ud_macos(x86_64 x86_64)
