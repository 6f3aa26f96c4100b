# The helper, a static Linux program that runs inside the engine's machine, is
# built for both architectures by its own small project, whatever the main
# program is built for, and embedded into the library ud_helpers.
include(ExternalProject)
include(embed)

set(UD_HELPER_ARCHES "amd64;arm64" CACHE STRING
    "Architectures to embed the helper for; others are left out")
set(_toolchain_amd64 x86_64-linux-musl)
set(_toolchain_arm64 aarch64-linux-musl)

file(GLOB_RECURSE _helper_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/helper/*.c)
if(NOT _helper_sources)
    message(STATUS "The helper has no sources: nothing is embedded")
    set(UD_HELPER_ARCHES "")
endif()

add_library(ud_helpers STATIC)
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
    set(_helper_${arch} ${directory}/build/ud-helper)
    add_dependencies(ud_helpers helper_${arch})
endforeach()
# One that is left out has size 0.
foreach(arch amd64 arm64)
    ud_embed(ud_helpers ud_helper_${arch} "${_helper_${arch}}")
endforeach()
