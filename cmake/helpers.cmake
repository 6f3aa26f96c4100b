# The helper, a static Linux program that runs inside the engine's machine, is
# built for both architectures by its own small project, whatever the main
# program is built for, and embedded into the library ud_helpers.
include(ExternalProject)
enable_language(ASM)

set(UD_HELPER_ARCHES "amd64;arm64" CACHE STRING
    "Architectures to embed the helper for; others are left out")
set(_toolchain_amd64 x86_64-linux-musl)
set(_toolchain_arm64 aarch64-linux-musl)

file(GLOB_RECURSE _helper_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/helper/*.c)
if(NOT _helper_sources)
    message(STATUS "The helper has no sources: nothing is embedded")
    set(UD_HELPER_ARCHES "")
endif()

set(UD_INCBIN_amd64 "")
set(UD_INCBIN_arm64 "")
set(_helper_binaries "")
foreach(arch IN LISTS UD_HELPER_ARCHES)
    set(directory ${PROJECT_BINARY_DIR}/helper/${arch})
    # BUILD_ALWAYS asks the helper's own build, which knows its sources; what
    # embeds the result is rebuilt only if the program changed.
    ExternalProject_Add(helper_${arch}
        SOURCE_DIR ${PROJECT_SOURCE_DIR}/src/helper
        PREFIX ${directory}
        BINARY_DIR ${directory}/build
        CMAKE_ARGS -DCMAKE_BUILD_TYPE=MinSizeRel
            -DCMAKE_TOOLCHAIN_FILE=${PROJECT_SOURCE_DIR}/cmake/toolchains/${_toolchain_${arch}}.cmake
        INSTALL_COMMAND ""
        BUILD_ALWAYS ON
        BUILD_BYPRODUCTS ${directory}/build/ud-helper)
    list(APPEND _helper_binaries ${directory}/build/ud-helper)
    set(UD_INCBIN_${arch} ".incbin \"${directory}/build/ud-helper\"")
endforeach()

configure_file(${PROJECT_SOURCE_DIR}/cmake/helpers.S.in
    ${PROJECT_BINARY_DIR}/generated/helpers.S @ONLY)
set_source_files_properties(${PROJECT_BINARY_DIR}/generated/helpers.S
    PROPERTIES OBJECT_DEPENDS "${_helper_binaries}")
add_library(ud_helpers STATIC ${PROJECT_BINARY_DIR}/generated/helpers.S)
foreach(arch IN LISTS UD_HELPER_ARCHES)
    add_dependencies(ud_helpers helper_${arch})
endforeach()
