# Programs for macOS 11 and later on Apple silicon, with zig.
include(${CMAKE_CURRENT_LIST_DIR}/macos.cmake)
ud_macos(aarch64 arm64)
